"""Bulk messages as the tests write them, and short ways to send them and to read what was answered."""

from typing import Any

import httpx

from .people import ERROR, PATCH

REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
RESPONSE = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"


def message(*operations: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A bulk request of these operations."""
    return {"schemas": [REQUEST], "Operations": list(operations), **more}


def creation(bulk_id: str, data: dict[str, Any]) -> dict[str, Any]:
    """The operation that creates a User."""
    return {"method": "POST", "path": "/Users", "bulkId": bulk_id, "data": data}


def change(path: str, *operations: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The operation that patches what is at the path."""
    return {"method": "PATCH", "path": path, "data": {"schemas": [PATCH], "Operations": list(operations)}, **more}


def end(path: str, **more: Any) -> dict[str, Any]:
    """The operation that deletes what is at the path."""
    return {"method": "DELETE", "path": path, **more}


def members_of(*bulk_ids: str) -> list[dict[str, str]]:
    """Members of a group who are created in the same request."""
    return [{"value": f"bulkId:{each}"} for each in bulk_ids]


def done(answer: httpx.Response) -> list[dict[str, Any]]:
    """The results in a bulk response, whose form is checked."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/scim+json"
    body = answer.json()
    assert set(body) == {"schemas", "Operations"}
    assert body["schemas"] == [RESPONSE]
    for result in body["Operations"]:
        failed = result["status"] >= "400"
        assert ("response" in result) is failed, result
        if failed:
            assert result["response"]["schemas"] == [ERROR]
            assert result["response"]["status"] == result["status"]
            assert result["response"]["detail"]
    results: list[dict[str, Any]] = body["Operations"]
    return results


async def perform(client: httpx.AsyncClient, *operations: dict[str, Any]) -> list[dict[str, Any]]:
    """The results of these operations."""
    return done(await client.post("/Bulk", json=message(*operations), timeout=60))


def statuses(results: list[dict[str, Any]]) -> list[str]:
    """The status of each result."""
    return [result["status"] for result in results]


def failures(results: list[dict[str, Any]]) -> dict[int, tuple[str, str | None]]:
    """The results that are errors, by their places: status and scimType."""
    return {
        at: (result["status"], result["response"].get("scimType"))
        for at, result in enumerate(results)
        if "response" in result
    }

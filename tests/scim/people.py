"""Bodies that the tests send, and short ways to send them."""

from typing import Any

import httpx

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"


def ada(**more: Any) -> dict[str, Any]:
    """A User as Okta creates one; what is given besides replaces or joins."""
    return {
        "schemas": [CORE],
        "userName": "ada@x.test",
        "externalId": "00u1",
        "name": {"givenName": "Ada", "familyName": "Lovelace"},
        "emails": [{"primary": True, "value": "ada@x.test", "type": "work"}],
        "displayName": "Ada Lovelace",
        "active": True,
        **more,
    }


def bare(user_name: str, **more: Any) -> dict[str, Any]:
    """The least that a User is."""
    return {"schemas": [CORE], "userName": user_name, **more}


async def created(client: httpx.AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    """The User that a POST makes."""
    answer = await client.post("/Users", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def patch(client: httpx.AsyncClient, path: str, *operations: dict[str, Any], **options: Any) -> httpx.Response:
    """The answer to a PATCH of these operations."""
    return await client.patch(path, json={"schemas": [PATCH], "Operations": list(operations)}, **options)


async def read(client: httpx.AsyncClient, path: str) -> dict[str, Any]:
    """What stands at the address."""
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def member_ids(client: httpx.AsyncClient, group: str) -> list[str]:
    """The ids of a group's members."""
    return [member["value"] for member in (await read(client, f"/Groups/{group}"))["members"]]


def refusal(answer: httpx.Response) -> tuple[int, str | None]:
    """The status and scimType of a SCIM error, whose form is checked."""
    body = answer.json()
    assert answer.headers["content-type"] == "application/scim+json"
    assert body["schemas"] == [ERROR]
    assert body["status"] == str(answer.status_code)
    assert body["detail"]
    return answer.status_code, body.get("scimType")

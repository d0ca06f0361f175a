"""POST /Bulk: many operations in one request, each done as if it came alone (RFC 7644 section 3.7)."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

import orjson
from starlette.types import Message

from rollbook.domain.bodies import WHOLE, kept
from rollbook.scim.answering import answered, note
from rollbook.scim.bulk_job import Job, Outcome
from rollbook.scim.bulk_message import MAX_PAYLOAD, BulkOperation, message_of
from rollbook.scim.errors import ScimError
from rollbook.scim.reading import Reading, shown
from rollbook.scim.requests import Request, loaded
from rollbook.scim.responses import Response
from rollbook.services import Services

BULK_RESPONSE_URN = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"


class Bulk:
    """What can be done at /Bulk. `endpoint` is what answers a single request."""

    def __init__(self, services: Services, base: str, endpoint: Callable[[Request], Awaitable[Response]]) -> None:
        self._services = services
        self._base = base
        self._endpoint = endpoint

    async def run(self, request: Request) -> Response:
        """POST /Bulk: 200 with the results in the order of the request; those not tried are left out."""
        body = await request.json(MAX_PAYLOAD, loaded)
        message = await request.aside(lambda: message_of(body, request.reading))

        async def perform(operation: BulkOperation) -> Outcome:
            return await self._perform(request, operation)

        outcomes = await Job(message, perform).outcomes()
        for at, outcome in outcomes.items():
            if outcome.refusal is not None:
                self._note(request, message.operations[at], outcome.refusal)
        results = [
            self._result(operation, outcomes[at]) for at, operation in enumerate(message.operations) if at in outcomes
        ]
        return Response(200, orjson.dumps({"schemas": [BULK_RESPONSE_URN], "Operations": results}))

    async def _perform(self, outer: Request, operation: BulkOperation) -> Outcome:
        """One operation: its own request to its own endpoint, with its own notes."""
        inner = _request(outer, operation, self._services.clock())
        response = await answered(self._services, self._endpoint, inner)
        if not isinstance(response.body, bytes):
            await response.body.aclose()  # a group with its members, which nobody reads here
        headers = {name.lower(): value for name, value in response.headers}
        if response.status >= 400:
            assert isinstance(response.body, bytes)
            return Outcome(response.status, error=response.body)
        location = headers.get("location", self._location(operation))
        return Outcome(response.status, location, headers.get("etag"))

    def _note(self, outer: Request, operation: BulkOperation, refusal: ScimError) -> None:
        """Tell the provisioning log of an operation that was refused before it came to its endpoint."""
        inner = _request(outer, operation, self._services.clock())
        if operation.data is not None:
            # how long it was is not known: as if it were long, so that it is not written as a whole first
            inner.exchange.sent, inner.exchange.body = operation.data, kept(operation.data, WHOLE + 1)
        note(self._services, inner, Response.of(refusal))

    def _location(self, operation: BulkOperation) -> str:
        return f"{self._base}/{quote('/'.join(operation.segments))}"

    def _result(self, operation: BulkOperation, outcome: Outcome) -> dict[str, Any]:
        """The result as the response tells it. A success has no body, as section 3.7 allows."""
        result: dict[str, Any] = {"method": shown(operation.method, 20), "status": str(outcome.status)}
        if operation.bulk_id is not None:
            result["bulkId"] = operation.bulk_id
        location = outcome.location
        if location is None and operation.method != "POST":
            # a failed operation names its resource too, unless it would have made it
            location = self._location(operation)
        if location is not None:
            result["location"] = location
        if outcome.version is not None:
            result["version"] = outcome.version
        if outcome.error is not None:
            result["response"] = orjson.Fragment(outcome.error)
        return result


def _request(outer: Request, operation: BulkOperation, at: datetime) -> Request:
    body = b"" if operation.data is None else orjson.dumps(operation.data)

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    headers = {b"content-length": str(len(body)).encode()}
    if operation.version is not None:
        headers[b"if-match"] = operation.version.encode("latin-1", "replace")
    request = Request(
        operation.method, operation.segments, headers, operation.query.encode(), receive, outer.request_id
    )
    request.begins(at)
    request.exchange.comes_with(outer.exchange)
    request.actor = replace(outer.actor, exchange=request.exchange)
    request.is_read(Reading(strict=outer.reading.strict))
    return request

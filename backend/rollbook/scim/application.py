"""The SCIM facade as one ASGI application: whatever comes below its prefix gets a SCIM answer.

No framework stands between the socket and the services: a provisioning client's requests are many and small.
"""

import logging

from starlette.types import ASGIApp, Receive, Scope, Send

from rollbook.domain.lockout import Lockout
from rollbook.domain.values import new_id
from rollbook.scim import tolerance
from rollbook.scim.answering import answered, note_broken
from rollbook.scim.gate import Gate
from rollbook.scim.reading import Reading
from rollbook.scim.requests import ClientGone, Request
from rollbook.scim.responses import Response
from rollbook.scim.router import Router
from rollbook.services import Services

PREFIX = "/scim/v2"

_log = logging.getLogger(__name__)


def scim_application(
    services: Services, base_url: str, *, lockout: Lockout | None = None, requests_per_second: int | None = None
) -> ASGIApp:
    """The application that owns every answer below `PREFIX`; `base_url` is where clients find the server.

    `requests_per_second` is what each token may send, counted over `gate.COUNTED_OVER` seconds.
    """
    gate = Gate(services, lockout or Lockout(), requests_per_second)
    router = Router(services, base_url.rstrip("/") + PREFIX)

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
            return
        request = Request.of(scope, receive, new_id())
        request.begins(services.clock())
        try:
            response = await answered(services, answer, request)
        except ClientGone:
            return
        response.headers = (*response.headers, *request.rate)
        try:
            await response.send(send, receive, request.request_id, without_body=request.method == "HEAD")
        except Exception:
            # Too late for another answer: the server closes the connection, and the client sees that it is not whole
            _log.exception("SCIM answer %s broke off", request.request_id)
            note_broken(services, request)
            raise

    async def answer(request: Request) -> Response:
        # Before anything else, so that without a token nothing can be found out
        await gate.admit(request)
        request.is_read(Reading(strict=request.actor.strict))
        if not request.segments:
            request.segments, request.query_string = tolerance.joined_address(request.query_string, request.reading)
            request.is_meant()
        return await router.answer(request)

    return application

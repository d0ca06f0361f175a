"""What the HTTP doors share: refusals with a status, and bodies read as JSON within a limit."""

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

MAX_BODY = 1024 * 1024

JsonObject = dict[str, Any]


class Refused(Exception):
    """A request that is answered with this status before any operation begins."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


def require_post(request: Request) -> None:
    """Return if the method is POST; otherwise refuse with 405."""
    if request.method != "POST":
        raise Refused(405, "METHOD_NOT_ALLOWED", "Only POST works here.", {"Allow": "POST"})


def client_address(request: Request) -> str | None:
    """The address of the client; the server has read it from a trusted proxy's headers if there is one."""
    return request.client.host if request.client else None


async def json_object(request: Request) -> JsonObject:
    """The JSON object in the body. Refuses with 415, 413 and 400."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Refused(415, "UNSUPPORTED_MEDIA_TYPE", "Send the request as Content-Type: application/json.")
    try:
        parsed = orjson.loads(await _body(request))
    except orjson.JSONDecodeError as error:
        raise Refused(400, "BAD_REQUEST", f"The body is not JSON: {error}.") from None
    if isinstance(parsed, list):
        raise Refused(400, "BAD_REQUEST", "The body is a list: send one operation in each request, not a batch.")
    if not isinstance(parsed, dict):
        raise Refused(400, "BAD_REQUEST", "The body should be one JSON object.")
    return parsed


async def _body(request: Request) -> bytes:
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > MAX_BODY:
        raise _too_large()
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise _too_large()
    return bytes(body)


def _too_large() -> Refused:
    return Refused(413, "LIMIT_EXCEEDED", f"The body is larger than {MAX_BODY} bytes.", {"Connection": "close"})


def json_response(
    body: object, *, request_id: str, status: int = 200, media_type: str = "application/json"
) -> Response:
    """An answer that nobody may keep, with the request's id."""
    response = Response(
        orjson.dumps(body), status, media_type=f"{media_type}; charset=utf-8", headers={"Cache-Control": "no-store"}
    )
    response.headers["X-Request-Id"] = request_id
    return response

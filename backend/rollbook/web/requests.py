"""What the HTTP doors share: refusals with a status, and bodies read as JSON within a limit."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request
from starlette.responses import Response

MAX_BODY = 1024 * 1024
MAX_FORM = 64 * 1024
MOST_FORM_FIELDS = 100

JsonObject = dict[str, Any]


class Refused(Exception):
    """A request that is answered with this status.

    `details` says more, by name, where the door has room for it: the `field` of a value, the `problem` of a sign-in.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        headers: Mapping[str, str] | None = None,
        details: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})
        self.details = dict(details or {})


def require_method(request: Request, methods: Sequence[str]) -> None:
    """Return if the method is one of these; otherwise refuse with 405."""
    if request.method not in methods:
        message = f"Only {' and '.join(methods)} {'works' if len(methods) == 1 else 'work'} here."
        raise Refused(405, "METHOD_NOT_ALLOWED", message, {"Allow": ", ".join(methods)})


def client_address(request: Request) -> str | None:
    """The address of the client; the server has read it from a trusted proxy's headers if there is one."""
    return request.client.host if request.client else None


async def json_object(request: Request) -> JsonObject:
    """The JSON object in the body. Refuses with 415, 413 and 400."""
    if _media_type(request) != "application/json":
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


async def form_fields(request: Request) -> list[tuple[str, str]]:
    """The fields of a form in the body, in their order. Refuses with 415, 413 and 400."""
    if _media_type(request) != "application/x-www-form-urlencoded":
        raise Refused(415, "UNSUPPORTED_MEDIA_TYPE", "Send the form as application/x-www-form-urlencoded.")
    try:
        text = (await _body(request, MAX_FORM)).decode()
        return parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FORM_FIELDS)
    except ValueError:
        raise Refused(400, "BAD_REQUEST", "The body is not a form.") from None


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _body(request: Request, most: int = MAX_BODY) -> bytes:
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most:
        raise _too_large(most)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise _too_large(most)
    return bytes(body)


def _too_large(most: int) -> Refused:
    return Refused(413, "LIMIT_EXCEEDED", f"The body is larger than {most} bytes.", {"Connection": "close"})


def json_response(
    body: object, *, request_id: str, status: int = 200, media_type: str = "application/json"
) -> Response:
    """An answer that nobody may keep, with the request's id."""
    response = Response(
        orjson.dumps(body), status, media_type=f"{media_type}; charset=utf-8", headers={"Cache-Control": "no-store"}
    )
    response.headers["X-Request-Id"] = request_id
    return response


def error_response(refused: Refused, request_id: str) -> Response:
    """A refusal as pages read it: the error's code and message, and what else is known."""
    error = {"code": refused.code, "message": refused.message, **refused.details}
    return json_response({"error": error}, request_id=request_id, status=refused.status)

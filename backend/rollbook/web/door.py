"""What every HTTP endpoint for browsers and tools has in common: one answer with a request id, also of a failure."""

import logging
from abc import ABC, abstractmethod

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from rollbook.domain.errors import Busy, DomainError, RateLimited
from rollbook.domain.values import new_id
from rollbook.web.requests import Refused, require_post

INTERNAL = "INTERNAL"
INTERNAL_MESSAGE = "Rollbook failed to answer; this is not your mistake."

_log = logging.getLogger("rollbook.web")


class Door(ABC):
    """An ASGI endpoint that answers POST only. Subclasses say what to do, and how a refusal looks.

    What is in `request.state.headers` goes with the answer, whatever it is.
    """

    @abstractmethod
    async def answer(self, request: Request, request_id: str) -> Response:
        """The answer to a POST. May raise `Refused` and domain errors."""

    @abstractmethod
    def refusal(self, request: Request, refused: Refused, request_id: str) -> Response:
        """The answer that tells of a refusal."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        request_id = new_id()
        request.state.headers = {}
        try:
            require_post(request)
            response = await self.answer(request, request_id)
        except ClientDisconnect:
            return
        except Exception as error:
            refused = _as_refused(error, request_id)
            response = self.refusal(request, refused, request_id)
            response.headers.update(refused.headers)
        response.headers.update(request.state.headers)
        await response(scope, receive, send)


def _as_refused(error: Exception, request_id: str) -> Refused:
    if isinstance(error, Refused):
        return error
    if isinstance(error, Busy):
        return Refused(503, error.code, error.message, {"Retry-After": "1"})
    if isinstance(error, RateLimited):
        return Refused(429, error.code, error.message, {"Retry-After": str(error.retry_after)})
    if isinstance(error, DomainError):
        return Refused(400, error.code, error.message)
    _log.error("A request failed; request %s", request_id, exc_info=error)
    return Refused(500, INTERNAL, f"{INTERNAL_MESSAGE} Request id: {request_id}.")

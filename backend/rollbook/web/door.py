"""What every HTTP endpoint for browsers and tools has in common: one answer with a request id, also of a failure."""

import logging
from abc import ABC, abstractmethod
from typing import ClassVar

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from rollbook.domain.errors import (
    AlreadyExists,
    Busy,
    DomainError,
    Forbidden,
    InvalidValue,
    NotFound,
    NotSupported,
    ProviderFailed,
    RateLimited,
    SignInAgain,
    SignInRefused,
    Unauthenticated,
)
from rollbook.domain.values import new_id
from rollbook.web.requests import Refused, require_method

INTERNAL = "INTERNAL"
INTERNAL_MESSAGE = "Rollbook failed to answer; this is not your mistake."

_log = logging.getLogger("rollbook.web")


class Door(ABC):
    """An ASGI endpoint that answers `methods` only. Subclasses say what to do, and how a refusal looks.

    What is in `request.state.headers` goes with the answer, whatever it is.
    """

    methods: ClassVar[tuple[str, ...]] = ("POST",)

    @abstractmethod
    async def answer(self, request: Request, request_id: str) -> Response:
        """The answer to a request of one of the methods. May raise `Refused` and domain errors."""

    @abstractmethod
    def refusal(self, request: Request, refused: Refused, request_id: str) -> Response:
        """The answer that tells of a refusal."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        request_id = new_id()
        request.state.headers = {}
        try:
            require_method(request, self.methods)
            response = await self.answer(request, request_id)
        except ClientDisconnect:
            return
        except Exception as error:
            refused = as_refused(error, request_id)
            response = self.refusal(request, refused, request_id)
            response.headers.update(refused.headers)
        response.headers.update(request.state.headers)
        await response(scope, receive, send)


def as_refused(error: Exception, request_id: str) -> Refused:
    """How an error is answered; what is no refusal is logged, and answered without a detail."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, DomainError):
        return _refusal_of(error)
    _log.error("A request failed; request %s", request_id, exc_info=error)
    return Refused(500, INTERNAL, f"{INTERNAL_MESSAGE} Request id: {request_id}.")


def _refusal_of(error: DomainError) -> Refused:
    headers, details = {}, {}
    if isinstance(error, Busy):
        headers["Retry-After"] = "1"
    if isinstance(error, RateLimited):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, SignInRefused):
        details["problem"] = str(error.problem)
    if isinstance(error, AlreadyExists | InvalidValue):
        details["field"] = error.field
    status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 400)
    return Refused(status, error.code, error.message, headers, details)


_STATUS: dict[type[DomainError], int] = {
    Unauthenticated: 401,
    Forbidden: 403,
    SignInAgain: 403,
    NotFound: 404,
    AlreadyExists: 409,
    RateLimited: 429,
    NotSupported: 501,
    ProviderFailed: 502,
    Busy: 503,
}
"""The status of what was refused; 400 for the others."""

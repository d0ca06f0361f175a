"""An endpoint's answer, whatever happens: refusals in SCIM's words, faults in the log, all of it told to the admin."""

import logging
from collections.abc import Awaitable, Callable

from rollbook.domain.errors import DomainError
from rollbook.domain.exchanges import Answer
from rollbook.scim.errors import ScimError, from_domain, internal_error
from rollbook.scim.reading import shown
from rollbook.scim.requests import ClientGone, Request
from rollbook.scim.responses import Response
from rollbook.services import Services

_log = logging.getLogger(__name__)


async def answered(
    services: Services, endpoint: Callable[[Request], Awaitable[Response]], request: Request
) -> Response:
    """The endpoint's response to a request, noted for the provisioning log. Raises `ClientGone` only."""
    try:
        response = await _answered(endpoint, request)
        note(services, request, response)
    finally:
        if request.is_very_long:
            await request.let_go()
    return response


async def _answered(endpoint: Callable[[Request], Awaitable[Response]], request: Request) -> Response:
    try:
        return await endpoint(request)
    except ScimError as refusal:
        # what it came from would hold all that was read until the answer is sent
        refusal.__traceback__ = refusal.__context__ = None
        return Response.of(refusal)
    except DomainError as refusal:
        return Response.of(from_domain(refusal))
    except ClientGone:
        raise
    except Exception:
        return failure(request)


def failure(request: Request) -> Response:
    """A fault of ours: the log gets everything, the client the id to find it by."""
    _log.exception("SCIM request %s failed: %s %s", request.request_id, request.method, shown(request.path))
    return Response.of(internal_error(request.request_id))


def note(services: Services, request: Request, response: Response) -> None:
    """Tell the provisioning log how a request was answered; the request does not depend on it."""
    refusal = response.refusal
    body = response.body if isinstance(response.body, bytes) else None
    answer = Answer(response.status, body=body)
    if refusal is not None:
        answer = Answer(
            refusal.status, refusal.code, refusal.scim_type, refusal.detail, refusal.membership_id, body=body
        )
    try:
        services.provisioning.note(request.exchange, answer)
    except Exception:
        _log.exception("SCIM request %s could not be noted", request.request_id)


def note_broken(services: Services, request: Request) -> None:
    """Tell the provisioning log that an answer broke off while it was sent."""
    refusal = ScimError(500, "The answer broke off while it was sent, and the client got only a part of it.")
    note(services, request, Response.of(refusal))

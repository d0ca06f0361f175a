"""An endpoint's answer, whatever happens: refusals in SCIM's words, faults in the log, notes for the admin."""

import logging
from collections.abc import Awaitable, Callable

from rollbook.domain.errors import DomainError
from rollbook.scim.errors import ScimError, from_domain, internal_error
from rollbook.scim.reading import shown
from rollbook.scim.requests import ClientGone, Request
from rollbook.scim.responses import Response
from rollbook.services import Services

_log = logging.getLogger(__name__)


async def answered(
    services: Services, endpoint: Callable[[Request], Awaitable[Response]], request: Request
) -> Response:
    """The endpoint's response to a request whose token was checked. Raises `ClientGone` only."""
    try:
        response = await endpoint(request)
    except ScimError as refusal:
        response = Response.of(refusal)
    except DomainError as refusal:
        response = Response.of(from_domain(refusal))
    except ClientGone:
        raise
    except Exception:
        response = failure(request)
    await _keep_notes(services, request, response.status)
    return response


def failure(request: Request) -> Response:
    """A fault of ours: the log gets everything, the client the id to find it by."""
    _log.exception("SCIM request %s failed: %s %s", request.request_id, request.method, shown(request.path))
    return Response.of(internal_error(request.request_id))


async def _keep_notes(services: Services, request: Request, status: int) -> None:
    """Tell the provisioning log what was ignored, repaired or left out; the request does not depend on it."""
    notes = request.reading.notes
    if not notes:
        return
    try:
        await services.provisioning.record(
            request.actor, method=request.method, path=shown(request.path, 500), status=status, notes=notes
        )
    except Exception:
        _log.exception("the notes of SCIM request %s could not be kept", request.request_id)

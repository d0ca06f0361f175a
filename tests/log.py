"""The provisioning log as tests read and fill it."""

from collections.abc import Sequence
from dataclasses import dataclass

from rollbook.domain.actors import Actor
from rollbook.domain.exchanges import Answer, Exchange
from rollbook.domain.provisioning import ProvisioningRequest
from rollbook.domain.values import new_id
from rollbook.services import Services
from tests.conftest import AnOrganization


@dataclass(frozen=True)
class _Noted:
    notes: Sequence[str]


async def log(services: Services, of: AnOrganization) -> list[ProvisioningRequest]:
    """All entries of the organization, the newest first; what this process has noted is written down before."""
    await services.provisioning.keep_noted()
    return await services.provisioning.requests(of.operator, limit=10_000)


async def with_notes(services: Services, of: AnOrganization) -> list[ProvisioningRequest]:
    """The entries that tell of leniencies, the newest first."""
    return [entry for entry in await log(services, of) if entry.notes]


async def note(services: Services, actor: Actor, path: str, *notes: str, method: str = "GET") -> None:
    """Let the log have a request that succeeded, and of which something was ignored, repaired or left out."""
    exchange = Exchange(method, path, "", actor.request_id or new_id(), None, services.clock())
    exchange.organization_id, exchange.token_id = actor.organization_id, actor.id
    exchange.reading = _Noted(notes or ("x",))
    services.provisioning.note(exchange, Answer(200))
    await services.provisioning.keep_noted()

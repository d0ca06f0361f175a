"""The provisioning log as tests read and fill it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rollbook.domain.actors import Actor
from rollbook.domain.criteria import Page
from rollbook.domain.exchanges import Answer, Exchange
from rollbook.domain.provisioning import ProvisioningFilter, ProvisioningRequest
from rollbook.domain.values import new_id
from rollbook.persistence import provisioning_lists
from rollbook.services import Services
from tests.conftest import AnOrganization


@dataclass(frozen=True)
class _Noted:
    notes: Sequence[str]


async def log(services: Services, of: AnOrganization) -> list[ProvisioningRequest]:
    """All entries of the organization, the newest first; what this process has noted is written down before."""
    await services.provisioning.keep_noted()
    return await kept(services, of)


async def kept(services: Services, of: AnOrganization) -> list[ProvisioningRequest]:
    """All entries of the organization that are written down, the newest first, each as it is kept."""
    organization_id = of.organization.id
    async with services._database.read() as tx:
        entries = await provisioning_lists.page(tx, organization_id, ProvisioningFilter(), Page(10_000))
        ids = [entry.id for entry in entries]
        bodies = await provisioning_lists.bodies(tx, organization_id, ids, of_members=False)
    return [replace(each, request_body=bodies[each.id][0], response_body=bodies[each.id][1]) for each in entries]


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

"""What is kept of provisioning requests."""

from collections.abc import Sequence
from datetime import timedelta

from rollbook.domain.actors import Actor
from rollbook.domain.policy import Permission, require
from rollbook.domain.provisioning import ProvisioningRequest
from rollbook.domain.values import Clock, new_id
from rollbook.persistence import organizations, provisioning
from rollbook.persistence.database import Database

STRETCH = 1000
"""How many requests one transaction forgets at most, so that nobody else waits long."""


class Provisioning:
    """The operations on the provisioning log of the actor's organization."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def record(self, actor: Actor, *, method: str, path: str, status: int, notes: Sequence[str]) -> None:
        """Keep a request of which something was ignored, repaired or left out, so that an admin can see why."""
        require(actor, Permission.PROVISION)
        request = ProvisioningRequest(
            id=new_id(),
            organization_id=actor.organization_id,
            token_id=actor.id,
            occurred_at=self._clock(),
            method=method,
            path=path.replace("\0", "\\0"),
            status=status,
            request_id=actor.request_id,
            notes=tuple(notes),
        )
        async with self._database.write() as tx:
            await provisioning.append(tx, request)

    async def requests(self, actor: Actor, *, limit: int = 100) -> list[ProvisioningRequest]:
        """The newest requests that were kept, the newest first."""
        require(actor, Permission.AUDIT_READ)
        async with self._database.read() as tx:
            return await provisioning.newest(tx, actor.organization_id, limit=limit)

    async def forget(self) -> None:
        """Forget what every organization wants kept no longer; called now and then, not by requests."""
        async with self._database.read() as tx:
            everyone = await organizations.all_of_them(tx)
        for organization in everyone:
            until = self._clock() - timedelta(days=organization.settings.provisioning_log_retention_days)
            more = True
            while more:
                async with self._database.write() as tx:
                    more = await provisioning.forget(tx, organization.id, until=until, limit=STRETCH) == STRETCH

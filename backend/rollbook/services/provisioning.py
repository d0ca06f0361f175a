"""What is kept of provisioning requests.

The entry of a write that changed something is kept by the write itself (`recording.record`). Everything else is noted
here when it is answered and written down a moment later, so that no refusal waits for a transaction of its own.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from rollbook.domain.actors import Actor
from rollbook.domain.errors import Busy
from rollbook.domain.exchanges import Answer, Exchange, left_out, masked
from rollbook.domain.organizations import Organization
from rollbook.domain.policy import Permission, require
from rollbook.domain.provisioning import ProvisioningRequest
from rollbook.domain.values import Clock
from rollbook.persistence import organizations, provisioning
from rollbook.persistence.database import Database

STRETCH = 1000
"""How many requests one transaction forgets at most, so that nobody else waits long."""

MOST_NOTED = 1000
MOST_NOTED_OF_ONE = MOST_NOTED // 2
"""How many requests wait at most to be written down, of all organizations and of one: none may crowd out the others."""

_WRITTEN_AT_ONCE = 100
_MEGABYTE = 1_000_000

_log = logging.getLogger(__name__)


class Provisioning:
    """The operations on the provisioning log of the actor's organization."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._noted: dict[str, list[tuple[ProvisioningRequest, str | None]]] = {}
        self._left_out = Counter[str]()

    def note(self, exchange: Exchange, answer: Answer) -> None:
        """Note how a request was answered, unless it is kept already or is nothing to keep; writes nothing yet.

        Too many at once are only counted.
        """
        entry = exchange.entry_of_answer(answer)
        if entry is None:
            return
        waiting = self._noted.setdefault(entry.organization_id, [])
        if len(waiting) < MOST_NOTED_OF_ONE and sum(map(len, self._noted.values())) < MOST_NOTED:
            waiting.append((entry, exchange.member_in_path))
        else:
            self._left_out[entry.organization_id] += 1

    async def keep_noted(self) -> None:
        """Write down what was noted since the last time; called now and then, not by requests."""
        noted, self._noted = self._noted, {}
        counted, self._left_out = self._left_out, Counter()
        for organization_id in [*noted]:
            if counted[organization_id]:
                told = left_out(organization_id, counted.pop(organization_id), self._clock())
                noted[organization_id].append((told, None))
        try:
            while noted:
                organization_id = next(iter(noted))
                waiting = noted[organization_id]
                try:
                    await self._keep(organization_id, waiting[:_WRITTEN_AT_ONCE])
                except Busy:
                    raise
                except Exception:  # what cannot be written now never can, and must not hold up the others
                    _log.exception("some of the provisioning log of %s could not be written", organization_id)
                del waiting[:_WRITTEN_AT_ONCE]
                if not waiting:
                    del noted[organization_id]
        except BaseException:
            for organization_id, waiting in noted.items():  # for the next time, before what was noted meanwhile
                self._noted[organization_id] = waiting + self._noted.get(organization_id, [])
            raise

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
            await self._forget_old(organization)
            await self._forget_without_room(organization)

    async def _keep(self, organization_id: str, waiting: Sequence[tuple[ProvisioningRequest, str | None]]) -> None:
        async with self._database.write() as tx:
            if await organizations.find(tx, organization_id) is None:
                return  # it was deleted in the meantime
            ids = {id for entry, named in waiting for id in (named, entry.membership_id) if id is not None}
            names = await provisioning.names(tx, organization_id, sorted(ids))
            for entry, named in waiting:
                await provisioning.append(tx, _about_somebody(entry, named, names))

    async def _forget_old(self, organization: Organization) -> None:
        until = self._clock() - timedelta(days=organization.settings.provisioning_log_retention_days)
        more = True
        while more:
            async with self._database.write() as tx:
                more = await provisioning.forget(tx, organization.id, until=until, limit=STRETCH) == STRETCH

    async def _forget_without_room(self, organization: Organization) -> None:
        most = organization.settings.provisioning_log_max_megabytes * _MEGABYTE
        async with self._database.read() as tx:
            last = await provisioning.without_room(tx, organization.id, most_bytes=most)
        while last is not None:
            async with self._database.write() as tx:
                if await provisioning.forget_to(tx, organization.id, last=last, limit=STRETCH) < STRETCH:
                    last = None


def _about_somebody(entry: ProvisioningRequest, named: str | None, names: dict[str, str]) -> ProvisioningRequest:
    """The entry with the member whom it is about: who was written, who stood in the way, or whom its path names."""
    membership_id = next((each for each in (entry.membership_id, named) if each in names), None)
    if membership_id is None:
        return masked(replace(entry, membership_id=None))
    about = names[membership_id] if membership_id == named or not entry.about else entry.about
    return replace(entry, membership_id=membership_id, about=about)

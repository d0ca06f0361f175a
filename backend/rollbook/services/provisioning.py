"""What is kept of provisioning requests.

The entry of a write that changed something is kept by the write itself (`recording.record`). Everything else is noted
here when it is answered and written down a moment later, so that no refusal waits for a transaction of its own.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from rollbook.domain.errors import Busy
from rollbook.domain.exchanges import Answer, Exchange, left_out, masked
from rollbook.domain.organizations import Organization
from rollbook.domain.provisioning import NOT_KEPT, ProvisioningRequest
from rollbook.domain.values import Clock
from rollbook.persistence import organizations, provisioning
from rollbook.persistence.database import Database

STRETCH = 1000
"""How many requests one transaction forgets at most, so that nobody else waits long."""

MOST_NOTED = 1000
MOST_NOTED_OF_ONE = MOST_NOTED // 2
"""How many requests wait at most to be written down, of all organizations and of one."""

SHARE = 20
MOST_NOTED_WITH_SHARES = 2 * MOST_NOTED
"""How many of each organization always find a place, whatever the others send; and how many wait at most with these."""

_WRITTEN_AT_ONCE = 100
_TRIES = 3
"""How often a request is tried by itself while others can be written: after that the fault is its own."""

_MEGABYTE = 1_000_000

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Noted:
    """An entry that waits to be written down, and the member whom its path names.

    `failures` counts how often it could not be written by itself, `since` is how much was written by then.
    """

    entry: ProvisioningRequest
    named: str | None = None
    failures: int = 0
    since: int = -1


class Provisioning:
    """The writing of the provisioning log, and its cutting."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._noted: dict[str, list[_Noted]] = {}
        self._left_out = Counter[str]()
        self._writing = asyncio.Lock()
        self._written = 0

    def note(self, exchange: Exchange, answer: Answer) -> None:
        """Note how a request was answered, unless it is kept already or is nothing to keep; writes nothing yet.

        Too many at once are only counted.
        """
        entry = exchange.entry_of_answer(answer)
        if entry is None:
            return
        waiting = self._noted.setdefault(entry.organization_id, [])
        if self._has_place(len(waiting)):
            waiting.append(_Noted(entry, exchange.member_in_path))
        else:
            self._left_out[entry.organization_id] += 1

    async def keep_noted(self) -> None:
        """Write down what was noted since the last time; called now and then, not by requests.

        What cannot be written now is kept for the next time, unless the others can be and it alone fails again and
        again. Raises what was in the way.
        """
        failure: Exception | None = None
        async with self._writing:
            for organization_id in [*self._noted]:
                failure = await self._keep_waiting(organization_id) or failure
                if not self._noted[organization_id]:
                    del self._noted[organization_id]
        if failure is not None:
            raise failure

    async def forget(self) -> None:
        """Forget what every organization wants kept no longer; called now and then, not by requests."""
        async with self._database.read() as tx:
            everyone = await organizations.all_of_them(tx)
        for organization in everyone:
            await self._forget_old(organization)
            await self._forget_without_room(organization)

    def _has_place(self, waiting: int) -> bool:
        of_all = sum(map(len, self._noted.values()))
        if waiting < SHARE:
            return of_all < MOST_NOTED_WITH_SHARES
        return waiting < MOST_NOTED_OF_ONE and of_all < MOST_NOTED

    async def _keep_waiting(self, organization_id: str) -> Exception | None:
        """Write down what waits, and then how many found no place. What could not be written waits on: the reason."""
        waiting = self._noted[organization_id]
        failure = await self._keep_first(organization_id, waiting, len(waiting))
        if failure is None and (count := self._left_out.pop(organization_id, 0)):
            waiting.append(_Noted(left_out(organization_id, count, self._clock())))
            failure = await self._keep_first(organization_id, waiting, len(waiting))
        return failure

    async def _keep_first(self, organization_id: str, waiting: list[_Noted], count: int) -> Exception | None:
        failure: Exception | None = None
        place = 0
        while place < count:
            stretch = waiting[place : min(place + _WRITTEN_AT_ONCE, count)]
            left: list[_Noted] = []
            try:
                await self._keep(organization_id, stretch)
            except Busy:
                raise
            except Exception as error:  # it may be the fault of one of them, which must not hold up the others
                failure = error
                left = [each for each in stretch if not await self._is_done_with(organization_id, each)]
            waiting[place : place + len(stretch)] = left  # others may have come behind it meanwhile
            place += len(left)
            count -= len(stretch) - len(left)
        return failure

    async def _is_done_with(self, organization_id: str, noted: _Noted) -> bool:
        """Write down one entry by itself; it is dropped once it alone has failed again and again."""
        try:
            await self._keep(organization_id, [noted])
        except Busy:
            raise
        except Exception:
            if noted.since != self._written:  # while nothing at all can be written, the fault is not its own
                noted.since = self._written
                noted.failures += 1
            if noted.failures < _TRIES:
                return False
            _log.exception("an entry of the provisioning log of %s cannot be written", organization_id)
        return True

    async def _keep(self, organization_id: str, waiting: Sequence[_Noted]) -> None:
        async with self._database.write() as tx:
            if await organizations.find(tx, organization_id) is None:
                return  # it was deleted in the meantime
            ids = {id for each in waiting for id in (each.named, each.entry.membership_id) if id is not None}
            names = await provisioning.names(tx, organization_id, sorted(ids))
            for each in waiting:
                is_request = each.entry.code != NOT_KEPT
                entry = _about_somebody(each.entry, each.named, names) if is_request else each.entry
                await provisioning.append_once(tx, entry)
        self._written += 1

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
    # who was erased has no userName, and is nobody: what still comes about them must not tell who they were
    membership_id = next((each for each in (entry.membership_id, named) if each is not None and names.get(each)), None)
    if membership_id is None:
        is_of_erased = entry.membership_id in names or named in names
        return masked(replace(entry, membership_id=None, about="" if is_of_erased else entry.about))
    about = names[membership_id] if membership_id == named or not entry.about else entry.about
    return replace(entry, membership_id=membership_id, about=about)

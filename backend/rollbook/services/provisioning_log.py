"""The provisioning log, as admins read it: what provisioning clients sent, and what came of it.

It is written by `provisioning.Provisioning` and by the transactions of the writes themselves.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from rollbook.domain.actors import Actor
from rollbook.domain.audit import AuditEvent
from rollbook.domain.criteria import Page, Slice
from rollbook.domain.masking import masked_body
from rollbook.domain.policy import Permission, require
from rollbook.domain.provisioning import ProvisioningFilter, ProvisioningOutcome, ProvisioningRequest
from rollbook.domain.series import Bucket, Span
from rollbook.domain.values import parse_id
from rollbook.persistence import provisioning_lists
from rollbook.persistence.database import Database

Bodies = tuple[str | None, str | None]
"""What was sent and what was answered, as JSON."""

Results = list[tuple[date, Mapping[ProvisioningOutcome, int]]]
"""By the start of each bucket: how many requests there were of each outcome."""


class ProvisioningLog:
    """The log of the actor's organization. All of it needs `audit:read`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, actor: Actor, wanted: ProvisioningFilter, page: Page) -> Slice[ProvisioningRequest]:
        """One page of the log, the newest entries first, without their bodies. Costs the same at any depth."""
        require(actor, Permission.AUDIT_READ)
        if not all(each is None or parse_id(each) for each in (wanted.token_id, wanted.membership_id)):
            return Slice([], has_next=False, has_previous=False)
        async with self._database.read() as tx:
            return Slice.of(await provisioning_lists.page(tx, actor.organization_id, wanted, page), page)

    async def of_members(
        self, actor: Actor, membership_ids: Sequence[str], page: Page
    ) -> Mapping[str, Slice[ProvisioningRequest]]:
        """The same page of the entries about each of these members, the newest first; of nobody else."""
        require(actor, Permission.AUDIT_READ)
        async with self._database.read() as tx:
            found = await provisioning_lists.of_members(tx, actor.organization_id, membership_ids, page)
        return {each: Slice.of(found.get(each, []), page) for each in membership_ids}

    async def find(self, actor: Actor, request_id: str) -> ProvisioningRequest | None:
        """The entry of this id without its bodies, or None."""
        require(actor, Permission.AUDIT_READ)
        if parse_id(request_id) is None:
            return None
        async with self._database.read() as tx:
            return await provisioning_lists.find(tx, actor.organization_id, request_id)

    async def bodies(self, actor: Actor, request_ids: Sequence[str]) -> Mapping[str, Bodies]:
        """The bodies of these entries, with every personal value masked."""
        require(actor, Permission.AUDIT_READ)
        found = await self._bodies(actor, request_ids)
        return {each: (masked_body(sent), masked_body(answered)) for each, (sent, answered) in found.items()}

    async def bodies_of_members(self, actor: Actor, request_ids: Sequence[str]) -> Mapping[str, Bodies]:
        """The bodies of those of these entries that are about a member, as they were: the member's own record."""
        require(actor, Permission.AUDIT_READ)
        require(actor, Permission.MEMBERS_READ)
        return await self._bodies(actor, request_ids, of_members=True)

    async def _bodies(
        self, actor: Actor, request_ids: Sequence[str], *, of_members: bool = False
    ) -> Mapping[str, Bodies]:
        async with self._database.read() as tx:
            return await provisioning_lists.bodies(tx, actor.organization_id, request_ids, of_members=of_members)

    async def events(self, actor: Actor, event_ids: Sequence[str]) -> Mapping[str, AuditEvent]:
        """The events of the audit trail among these ids, by id."""
        require(actor, Permission.AUDIT_READ)
        async with self._database.read() as tx:
            return await provisioning_lists.events(tx, actor.organization_id, event_ids)

    async def results(self, actor: Actor, since: datetime, until: datetime, bucket: Bucket) -> Results:
        """How many requests of each outcome are kept of every bucket; those that were left out are not among them.

        `InvalidValue`, and `TooLarge` for too many points.
        """
        require(actor, Permission.AUDIT_READ)
        span = Span.of(since, until, bucket)
        counted: dict[date, Counter[ProvisioningOutcome]] = {start: Counter() for start in span.starts}
        async with self._database.read() as tx:
            days = await provisioning_lists.result_days(tx, actor.organization_id, span.begin, span.end)
        for day, outcome, count in days:
            counted[bucket.start(day)][outcome] += count
        return list(counted.items())

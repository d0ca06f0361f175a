"""What may be read of the audit trail."""

from collections.abc import AsyncIterator, Mapping, Sequence

from rollbook.domain.actors import Actor, Channel, Reauthenticate
from rollbook.domain.audit import AuditEvent, EventFilter, Occurrence, Touch
from rollbook.domain.criteria import Page, Position, Slice
from rollbook.domain.policy import Permission, may, may_read_history, require
from rollbook.domain.values import parse_id
from rollbook.persistence import audit, audit_lists
from rollbook.persistence.database import Database, ReadTx

MOST_EVENTS = 1000
"""How many events are read at once."""

EXPORTED_AT_ONCE = 500
"""How many events are read at once when all are."""

MOST_TOUCHES = 21
"""Of how many memberships it is told that an event touched them: one more than a client is shown."""


class Audit:
    """The operations on the audit trail of the actor's organization."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def events(self, actor: Actor, *, limit: int = 100, membership_id: str | None = None) -> list[AuditEvent]:
        """The newest events, or those of one membership, the newest first."""
        require(actor, Permission.AUDIT_READ)
        if membership_id is not None and parse_id(membership_id) is None:
            return []
        limit = min(max(limit, 0), MOST_EVENTS)
        async with self._database.read() as tx:
            return await audit.newest(tx, actor.organization_id, limit=limit, membership_id=membership_id)

    async def page(self, actor: Actor, wanted: EventFilter, page: Page) -> Slice[AuditEvent]:
        """One page of the trail, the newest events first. Costs the same at any depth."""
        require(actor, Permission.AUDIT_READ)
        named = (wanted.membership_id, wanted.actor_membership_id, wanted.actor_token_id)
        if not all(each is None or parse_id(each) for each in named):
            return Slice([], has_next=False, has_previous=False)
        async with self._database.read() as tx:
            return Slice.of(await audit_lists.page(tx, actor.organization_id, wanted, page), page)

    async def export(
        self, actor: Actor, wanted: EventFilter, reauthenticate: Reauthenticate
    ) -> AsyncIterator[Sequence[tuple[AuditEvent, Sequence[Touch]]]]:
        """All events that the filter leaves with whom they touched, the newest first, in pages.

        Nothing is held between two pages, however slowly they are taken, and the actor must still be allowed to read
        the next: raises `Unauthenticated` and `Forbidden`.
        """
        require(actor, Permission.AUDIT_READ)
        page = Page(size=EXPORTED_AT_ONCE)
        while True:
            found = await self.page(actor, wanted, page)
            touched = await self.touches(actor, [event.id for event in found.rows])
            yield [(event, touched.get(event.id, ())) for event in found.rows]
            if not found.has_next:
                return
            actor = await reauthenticate()
            last = found.rows[-1].id
            page = Page(size=EXPORTED_AT_ONCE, after=Position(last, last))

    async def find(self, actor: Actor, event_id: str) -> AuditEvent | None:
        """The event of this id, or None. Without `audit:read`, a member finds only what touched themselves."""
        require(actor, Permission.DIRECTORY_READ, or_else=Permission.AUDIT_READ)
        if parse_id(event_id) is None:
            return None
        async with self._database.read() as tx:
            event = await audit_lists.find(tx, actor.organization_id, event_id)
            if event is not None and not await _touches(tx, actor, [event_id]):
                require(actor, Permission.AUDIT_READ)
        return event

    async def histories(
        self, actor: Actor, membership_ids: Sequence[str], page: Page
    ) -> Mapping[str, Slice[Occurrence]]:
        """The same page of the history of each of these members, the newest events first; of nobody else.

        A member may read their own without `audit:read`.
        """
        require(actor, Permission.DIRECTORY_READ, or_else=Permission.AUDIT_READ)
        _require_histories(actor, membership_ids)
        async with self._database.read() as tx:
            found = await audit_lists.histories(tx, actor.organization_id, membership_ids, page)
        return {each: Slice.of(found.get(each, []), page) for each in membership_ids}

    async def last_provisioning(self, actor: Actor, membership_ids: Sequence[str]) -> Mapping[str, AuditEvent]:
        """Of each of these members, the newest event by which the identity provider touched them, if there is one."""
        require(actor, Permission.DIRECTORY_READ, or_else=Permission.AUDIT_READ)
        _require_histories(actor, membership_ids)
        async with self._database.read() as tx:
            return await audit_lists.last_by_channel(tx, actor.organization_id, membership_ids, Channel.SCIM)

    async def touches(self, actor: Actor, event_ids: Sequence[str]) -> Mapping[str, Sequence[Touch]]:
        """Of each of these events, whom it touched, `MOST_TOUCHES` at most; without `audit:read` only the actor."""
        require(actor, Permission.DIRECTORY_READ, or_else=Permission.AUDIT_READ)
        async with self._database.read() as tx:
            return await _touches(tx, actor, event_ids)


async def _touches(tx: ReadTx, actor: Actor, event_ids: Sequence[str]) -> Mapping[str, Sequence[Touch]]:
    if may(actor, Permission.AUDIT_READ):
        return await audit_lists.touches(tx, actor.organization_id, event_ids, most=MOST_TOUCHES)
    if actor.membership_id is None:
        return {}
    return await audit_lists.touches_of(tx, actor.organization_id, event_ids, actor.membership_id)


def _require_histories(actor: Actor, membership_ids: Sequence[str]) -> None:
    if not all(may_read_history(actor, membership_id) for membership_id in membership_ids):
        require(actor, Permission.AUDIT_READ)

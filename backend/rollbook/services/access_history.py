"""What may be read of who had access at an earlier moment."""

from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from rollbook.domain.access_history import PastMember, Return, Standing, WholeReturn, is_listed, shows
from rollbook.domain.actors import Actor
from rollbook.domain.criteria import MemberFilter, Page, Position, Slice
from rollbook.domain.errors import InvalidValue, NotFound
from rollbook.domain.facets import Facets, Tally, counted, facets_of
from rollbook.domain.immutable import immutable
from rollbook.domain.memberships import Membership
from rollbook.domain.policy import Permission, require
from rollbook.domain.values import Clock, is_storable, rfc3339
from rollbook.persistence import access_history, organizations
from rollbook.persistence.access_history import Present, Stop
from rollbook.persistence.database import Database, ReadTx

EVENTS_AT_ONCE = 2000
MEMBERS_AT_ONCE = 1000

_EVERYBODY = MemberFilter(active=frozenset())


@immutable
class Reviewed:
    """A member for an access review: as they were, and when they were last seen by then, if ever."""

    past: PastMember
    last_seen: datetime | None


class AccessHistory:
    """The members of the actor's organization as they were at a moment, by the order in which they came.

    Every method raises `InvalidValue` for a moment before the organization was made, or in the future.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def page(self, actor: Actor, wanted: MemberFilter, moment: datetime, page: Page) -> Slice[Membership]:
        """One page of the members whom the filter showed then."""
        require(actor, Permission.AUDIT_READ)
        require(actor, Permission.MEMBERS_READ)
        _check(wanted)
        found: list[Membership] = []
        async with self._database.read() as tx:
            await self._check(tx, actor, moment)
            stretch, is_more = replace(page, size=page.size + 1), True
            while is_more and len(found) <= page.size:
                read = await access_history.stretch(tx, actor.organization_id, wanted, moment, stretch)
                shown = await _sifted(tx, actor.organization_id, wanted, read, moment)
                missing = page.size + 1 - len(found)
                past = await _past(tx, actor.organization_id, shown[:missing], moment)
                found += [each.membership for each in past]
                is_more = len(read) == stretch.size
                stretch = _next(stretch, read)
        return Slice.of(found, page)

    async def numbers(self, actor: Actor, wanted: MemberFilter, moment: datetime) -> tuple[int, Facets]:
        """How many members the filter showed then, and how many of each role, status and source it showed or would have
        shown if it had asked so.
        """
        require(actor, Permission.AUDIT_READ)
        require(actor, Permission.MEMBERS_READ)
        _check(wanted)
        tallies: Counter[Tally] = Counter()
        async with self._database.read() as tx:
            await self._check(tx, actor, moment)
            async for tally in _tallies(tx, actor.organization_id, wanted, moment):
                tallies[replace(tally, count=1)] += tally.count
        every = [replace(tally, count=count) for tally, count in tallies.items()]
        return counted(every, wanted), facets_of(every, wanted)

    async def review(self, actor: Actor, moment: datetime, *, after: str | None, limit: int) -> list[Reviewed]:
        """Some of all who were members then, active or not, by id from behind `after` on; fewer only at the end."""
        require(actor, Permission.AUDIT_READ)
        require(actor, Permission.MEMBERS_READ)
        page = Page(size=limit, after=None if after is None else Position(after, after))
        async with self._database.read() as tx:
            await self._check(tx, actor, moment)
            read = await access_history.stretch(tx, actor.organization_id, _EVERYBODY, moment, page)
            past = await _past(tx, actor.organization_id, read, moment, with_roles=True)
            ids = [each.membership.id for each in past]
            seen = await access_history.last_seen(tx, actor.organization_id, ids, moment)
        return [Reviewed(each, seen.get(each.membership.id)) for each in past]

    async def _check(self, tx: ReadTx, actor: Actor, moment: datetime) -> None:
        organization = await organizations.find(tx, actor.organization_id)
        if organization is None:
            raise NotFound("This organization does not exist any more.")
        if moment > self._clock():
            raise InvalidValue("asOf lies in the future. Ask for a moment that is past.", field="asOf")
        if moment < organization.created_at:
            raise InvalidValue(
                f"asOf lies before the organization was made, at {rfc3339(organization.created_at)}.", field="asOf"
            )


def _check(wanted: MemberFilter) -> None:
    if wanted.search is not None and not is_storable(wanted.search):
        raise InvalidValue("The search contains NUL or a lone surrogate.", field="search")


def _next(stretch: Page, read: Sequence[Present]) -> Page:
    """The stretch behind this one: a longer one, since not enough was found."""
    if not read:
        return stretch
    last = Position(read[-1].membership.id, read[-1].membership.id)
    size = min(2 * stretch.size, MEMBERS_AT_ONCE)
    return replace(stretch, size=size, before=last) if stretch.backward else replace(stretch, size=size, after=last)


async def _tallies(
    tx: ReadTx, organization_id: str, wanted: MemberFilter, moment: datetime
) -> AsyncGenerator[Tally, None]:
    """How many the filter showed, whichever status, role and source it asks for: stretch by stretch of all members."""
    after: str | None = None
    while True:
        tallied = await access_history.tallied(tx, organization_id, wanted, moment, after=after, limit=MEMBERS_AT_ONCE)
        for tally in tallied.tallies:
            yield tally
        for standing in await _standings(tx, organization_id, wanted, tallied.changed, moment):
            yield Tally(standing.active, standing.role, standing.source, 1)
        if tallied.last is None:
            return
        after = tallied.last


async def _standings(
    tx: ReadTx, organization_id: str, wanted: MemberFilter, present: Mapping[str, Standing], moment: datetime
) -> list[Standing]:
    """How those of the members stood whom the filter showed, whichever status, role and source it asks for."""
    if wanted.search is None:
        ways = {id_: Return(standing, moment) for id_, standing in present.items()}
        await _go_back(tx, organization_id, ways, since=moment, standing_only=True)
        return [each for way in ways.values() if is_listed(wanted.group, each := way.standing())]
    read = await access_history.among(tx, organization_id, [*present])
    whole = {each.id: WholeReturn(each, moment) for each in read}
    await _go_back(tx, organization_id, whole, since=moment)
    every = replace(wanted, active=frozenset(), roles=frozenset(), sources=frozenset())
    return [way.standing() for way in whole.values() if shows(every, way.sketch())]


async def _sifted(
    tx: ReadTx, organization_id: str, wanted: MemberFilter, read: Sequence[Present], moment: datetime
) -> list[Present]:
    """Those whom the filter showed. It is found out with no more events than it takes, since it may be few of many."""
    ways = {each.membership.id: WholeReturn(each.membership, moment) for each in read if each.changed}
    await _go_back(tx, organization_id, ways, since=moment, standing_only=wanted.search is None)
    return [each for each in read if not each.changed or shows(wanted, ways[each.membership.id].sketch())]


async def _past(
    tx: ReadTx, organization_id: str, read: Sequence[Present], moment: datetime, *, with_roles: bool = False
) -> list[PastMember]:
    """The members as they were, in their order; `with_roles`: it is wanted since when they had their roles, too."""
    ways = {each.membership.id: WholeReturn(each.membership, moment) for each in read}
    await _go_back(
        tx,
        organization_id,
        {each.membership.id: ways[each.membership.id] for each in read if each.changed or with_roles},
    )
    return [way.past() for way in ways.values()]


async def _go_back(
    tx: ReadTx,
    organization_id: str,
    ways: Mapping[str, Return],
    *,
    since: datetime | None = None,
    standing_only: bool = False,
) -> None:
    """Feed the members' ways back with their events: all, or those since a moment, or what changed their standing then.

    The events are read after the members: what happened in between is taken back from who has not got it yet, which
    leaves them as they were before it all the same.
    """
    stop: Stop | None = None
    while ways:
        events = await access_history.touching(
            tx,
            organization_id,
            [*ways],
            limit=EVENTS_AT_ONCE,
            before=stop,
            since=since,
            standing_only=standing_only,
        )
        for event in events:
            ways[event.membership_id].take_back(event)
        if len(events) < EVENTS_AT_ONCE:
            return
        stop = Stop(events[-1].membership_id, events[-1].event_id)

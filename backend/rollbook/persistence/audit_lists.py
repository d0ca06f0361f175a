"""The audit trail, as it is read: pages of events, the histories of memberships, and whom an event touched."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, cast, func, literal, or_, select
from sqlalchemy.types import BigInteger, Text

from rollbook.domain.actors import Channel
from rollbook.domain.audit import AuditEvent, EventFilter, Occurrence, Touch
from rollbook.domain.criteria import Page, Position
from rollbook.domain.immutable import immutable
from rollbook.domain.values import first_id
from rollbook.persistence.audit import COLUMNS, from_row
from rollbook.persistence.database import ReadTx
from rollbook.persistence.planning import in_turn, rare, unordered
from rollbook.persistence.statements import Row, Statement, one_of
from rollbook.persistence.tables import audit_events, audit_targets, memberships, sessions
from rollbook.persistence.types import Id, UtcDateTime

_event = audit_events.c
_target = audit_targets.c
_member = memberships.c
_here = _event.organization_id == bindparam("organization_id")
_is_event_of_target = and_(_event.organization_id == _target.organization_id, _event.id == _target.event_id)

SLACK = timedelta(days=1)
"""How far the moment of an event and the one in its id may lie apart, so that an index leads to a stretch of time."""

FIRST_ID = "00000000-0000-0000-0000-000000000000"
LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff"


@immutable
class _Listing:
    """What decides the text of a page's statement: how many values are given, and which conditions there are."""

    actions: int = 0
    channels: int = 0
    token: bool = False
    member: bool = False
    touched: bool = False
    since: bool = False
    until: bool = False
    after: bool = False
    before: bool = False
    backward: bool = False


async def page(tx: ReadTx, organization_id: str, wanted: EventFilter, page: Page) -> list[AuditEvent]:
    """The page's events and one more, if there is one, in the direction in which the page was read: newest first."""
    listing = _Listing(
        actions=len(wanted.actions),
        channels=len(wanted.channels),
        token=wanted.actor_token_id is not None,
        member=wanted.actor_membership_id is not None,
        touched=wanted.membership_id is not None,
        since=wanted.since is not None,
        until=wanted.until is not None,
        after=page.after is not None,
        before=page.before is not None,
        backward=page.backward,
    )
    parameters: dict[str, Any] = {f"action_{i}": str(action) for i, action in enumerate(sorted(wanted.actions))}
    parameters |= {f"channel_{i}": str(channel) for i, channel in enumerate(sorted(wanted.channels))}
    parameters |= _ids(after=page.after, before=page.before)
    for name in ("actor_token_id", "actor_membership_id", "membership_id"):
        parameters[name] = getattr(wanted, name)
    if wanted.since is not None:
        parameters |= {"since": wanted.since, "since_id": first_id(wanted.since, later_by=-SLACK)}
    if wanted.until is not None:
        parameters |= {"until": wanted.until, "until_id": first_id(wanted.until, later_by=SLACK)}
    rows = await tx.all(_page(listing), organization_id=organization_id, limit=page.size + 1, **parameters)
    return [from_row(row) for row in rows]


async def find(tx: ReadTx, organization_id: str, event_id: str) -> AuditEvent | None:
    """The event of this id in the organization, or None."""
    row = await tx.one(_BY_ID, organization_id=organization_id, id=event_id)
    return None if row is None else from_row(row)


async def histories(
    tx: ReadTx, organization_id: str, membership_ids: Sequence[str], page: Page
) -> Mapping[str, list[Occurrence]]:
    """Of each of the members, the page of their history and one event more, as `page` reads them."""
    statement = _histories(page.after is not None, page.before is not None, page.backward)
    ends = _ids(after=page.after, before=page.before)
    rows = await tx.all(statement, organization_id=organization_id, ids=list(membership_ids), size=page.size, **ends)
    found: dict[str, list[Occurrence]] = defaultdict(list)
    for row in rows:
        found[row[-2]].append(Occurrence(from_row(row), row[-1]))
    return found


async def last_by_channel(
    tx: ReadTx, organization_id: str, membership_ids: Sequence[str], channel: Channel
) -> Mapping[str, AuditEvent]:
    """Of each of the members, the newest event that touched them and came through the channel, if there is one."""
    rows = await tx.all(_LAST, organization_id=organization_id, ids=list(membership_ids), channel=str(channel))
    return {row[-1]: from_row(row) for row in rows}


async def touches(
    tx: ReadTx, organization_id: str, event_ids: Sequence[str], *, most: int
) -> Mapping[str, list[Touch]]:
    """Of each of the events, the memberships that it touched, by id, and no more than so many."""
    rows = await tx.all(_TOUCHES, organization_id=organization_id, ids=list(event_ids), size=most - 1)
    return _touched(rows)


async def touches_of(
    tx: ReadTx, organization_id: str, event_ids: Sequence[str], membership_id: str
) -> Mapping[str, list[Touch]]:
    """Those of the events that touched this membership, each with that only."""
    rows = await tx.all(_TOUCHES_OF, organization_id=organization_id, ids=list(event_ids), membership_id=membership_id)
    return _touched(rows)


def _touched(rows: Sequence[Row]) -> Mapping[str, list[Touch]]:
    found: dict[str, list[Touch]] = defaultdict(list)
    for event_id, membership_id, gained in rows:
        found[event_id].append(Touch(membership_id, gained))
    return found


def _ids(**places: Position | None) -> dict[str, str]:
    return {f"{name}_id": place.id for name, place in places.items() if place is not None}


def _bind(name: str) -> ColumnElement[str]:
    return bindparam(name, type_=Id())


def _conditions(listing: _Listing) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [_here]
    if listing.actions:
        conditions.append(or_(*(_event.action == bindparam(f"action_{i}") for i in range(listing.actions))))
    if listing.channels:
        conditions.append(or_(*(_event.channel == bindparam(f"channel_{i}") for i in range(listing.channels))))
    if listing.token:
        conditions.append(_event.actor_id == bindparam("actor_token_id", type_=Text()))
    if listing.member:
        own = select(cast(sessions.c.id, Text())).where(
            sessions.c.organization_id == bindparam("organization_id"),
            sessions.c.membership_id == _bind("actor_membership_id"),
        )
        conditions.append(_event.actor_id.in_(own))
    if listing.touched:
        conditions.append(_target.organization_id == bindparam("organization_id"))
        conditions.append(_target.membership_id == _bind("membership_id"))
    row_id = _target.event_id if listing.touched else _event.id
    moment = UtcDateTime()
    if listing.since:
        conditions += [_event.occurred_at >= bindparam("since", type_=moment), row_id >= _bind("since_id")]
    if listing.until:
        conditions += [_event.occurred_at < bindparam("until", type_=moment), row_id < _bind("until_id")]
    if listing.after:
        conditions.append(row_id < _bind("after_id"))
    if listing.before:
        conditions.append(row_id > _bind("before_id"))
    return conditions


@lru_cache(maxsize=256)
def _page(listing: _Listing) -> Statement:
    row_id = _target.event_id if listing.touched else _event.id
    read_from = in_turn(audit_targets, audit_events, _is_event_of_target) if listing.touched else audit_events
    clause: Select[Any] = select(*COLUMNS).select_from(read_from).where(*_conditions(listing))
    # an index leads to what a member did in their sessions, and it is not much
    order: ColumnElement[Any] = unordered(row_id) if listing.member else row_id
    clause = clause.order_by(order.asc() if listing.backward else order.desc())
    # one condition has an index, several may read far; without any it is the primary key's end
    scans = listing != _Listing(after=listing.after, before=listing.before, backward=listing.backward)
    return Statement(clause.limit(bindparam("limit", type_=BigInteger())), scans=scans)


_BY_ID = Statement(select(*COLUMNS).where(_here, _event.id == bindparam("id")))


def nth_of(table: Any, of: ColumnElement[bool], row_id: str, *, last_first: bool, ends: Sequence[Any] = ()) -> Any:
    """The id behind so many as bound as `size`, among the rows of one owner; beyond all where there are no more.

    What lies up to it is the owner's page: read from an index for each owner by itself, on a database that has no
    LATERAL too.
    """
    column = table.c[row_id]
    order = column.desc() if last_first else column.asc()
    beyond = select(column).where(of, *ends).order_by(order).limit(1).offset(bindparam("size", type_=BigInteger()))
    return func.coalesce(beyond.scalar_subquery(), literal(FIRST_ID if last_first else LAST_ID, Id()))


@lru_cache(maxsize=8)
def _histories(after: bool, before: bool, backward: bool) -> Statement:
    def between(target: Any) -> list[ColumnElement[bool]]:
        ends = [(after, target.event_id < _bind("after_id")), (before, target.event_id > _bind("before_id"))]
        return [condition for given, condition in ends if given]

    counted = audit_targets.alias("counted")
    of = and_(counted.c.organization_id == _member.organization_id, counted.c.membership_id == _member.id)
    nth = nth_of(counted, of, "event_id", last_first=not backward, ends=between(counted.c))
    is_of_member = and_(_target.organization_id == _member.organization_id, _target.membership_id == _member.id)
    clause = (
        select(*COLUMNS, _member.id, _target.gained)
        .select_from(
            in_turn(in_turn(memberships, audit_targets, is_of_member), audit_events, _is_event_of_target),
        )
        .where(
            _member.organization_id == bindparam("organization_id"),
            one_of(_member.id, "ids"),
            _target.event_id <= nth if backward else _target.event_id >= nth,
            *between(_target),
        )
        .order_by(_target.event_id.asc() if backward else _target.event_id.desc())
    )
    return Statement(clause, scans=True)


def _last() -> Statement:
    of_channel = audit_events.alias("of_channel")
    is_of_target = and_(of_channel.c.organization_id == _target.organization_id, of_channel.c.id == _target.event_id)
    newest = (
        select(_target.event_id)
        .select_from(in_turn(audit_targets, of_channel, is_of_target))
        .where(
            _target.organization_id == _member.organization_id,
            _target.membership_id == _member.id,
            of_channel.c.channel == bindparam("channel"),
        )
        .order_by(_target.event_id.desc())
        .limit(1)
        .correlate(memberships)
        .scalar_subquery()
    )
    is_newest = and_(_event.organization_id == _member.organization_id, _event.id == newest)
    clause = (
        select(*COLUMNS, _member.id)
        .select_from(in_turn(memberships, audit_events, is_newest))
        .where(_member.organization_id == bindparam("organization_id"), one_of(_member.id, "ids"))
    )
    return Statement(clause, scans=True)


def _touches() -> Statement:
    counted = audit_targets.alias("counted")
    of = and_(counted.c.organization_id == _event.organization_id, counted.c.event_id == _event.id)
    nth = nth_of(counted, of, "membership_id", last_first=False)
    is_target = and_(_target.organization_id == _event.organization_id, rare(_target.event_id == _event.id))
    clause = (
        select(_event.id, _target.membership_id, _target.gained)
        .select_from(in_turn(audit_events, audit_targets, is_target))
        .where(_here, one_of(_event.id, "ids"), _target.membership_id <= nth)
        .order_by(_event.id, _target.membership_id)
    )
    return Statement(clause, scans=True)


_TOUCHES_OF = Statement(
    select(_target.event_id, _target.membership_id, _target.gained).where(
        _target.organization_id == bindparam("organization_id"),
        _target.membership_id == _bind("membership_id"),
        one_of(_target.event_id, "ids"),
    ),
    scans=True,
)
_LAST = _last()
_TOUCHES = _touches()

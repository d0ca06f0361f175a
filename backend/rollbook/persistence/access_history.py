"""Members as they were: the memberships that there were at a moment, and the events that touched them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, and_, bindparam, case, cast, func, null, or_, select, tuple_
from sqlalchemy.types import BigInteger, Text

from rollbook.domain.access_history import CHANGES_MEMBERS, Standing, Touched
from rollbook.domain.audit import AuditAction
from rollbook.domain.criteria import MemberFilter, Page
from rollbook.domain.facets import Tally
from rollbook.domain.immutable import immutable
from rollbook.domain.memberships import Membership, Source
from rollbook.domain.roles import effective
from rollbook.domain.values import first_id
from rollbook.persistence.audit_lists import FIRST_ID, LAST_ID, SLACK
from rollbook.persistence.database import ReadTx
from rollbook.persistence.membership_lists import Listing, conditions_of, listing_of, parameters_of
from rollbook.persistence.membership_rows import COLUMNS, GRANTS, from_row
from rollbook.persistence.planning import in_turn, unordered
from rollbook.persistence.statements import Statement, one_of
from rollbook.persistence.tables import audit_events, audit_targets, memberships, sessions
from rollbook.persistence.types import Id, UtcDateTime

_member = memberships.c
_event = audit_events.c
_target = audit_targets.c
_ACTIONS = {str(action): action for action in CHANGES_MEMBERS}
_CHANGING = sorted(_ACTIONS)
_moment = bindparam("moment", type_=UtcDateTime())
_limit = bindparam("limit", type_=BigInteger())
_here = _member.organization_id == bindparam("organization_id")
_was_there = and_(
    _here, unordered(_member.created_at) <= _moment, or_(_member.ended_at.is_(None), _member.ended_at > _moment)
)
_changed_since = or_(_member.ended_at.is_not(None), _member.updated_at > _moment)


@immutable
class Present:
    """A membership as it is. `changed`: it is not the one that there was at the moment, or may not be."""

    membership: Membership
    changed: bool


@immutable
class _Stretch:
    """What decides the text of a stretch's statement."""

    listing: Listing
    after: bool
    before: bool
    backward: bool


async def stretch(
    tx: ReadTx, organization_id: str, wanted: MemberFilter, moment: datetime, page: Page
) -> list[Present]:
    """Some of the memberships that there were at the moment, by id in the page's direction: as many as its size.

    Those that are as they were are left out unless the filter shows them; of the others only the events tell.
    """
    shape = _Stretch(listing_of(wanted), page.after is not None, page.before is not None, backward=page.backward)
    places = {f"{name}_id": place.id for name, place in (("after", page.after), ("before", page.before)) if place}
    rows = await tx.all(
        _stretch(shape),
        organization_id=organization_id,
        moment=moment,
        limit=page.size,
        **parameters_of(wanted),
        **places,
    )
    return [Present(from_row(row[: len(COLUMNS)]), bool(row[len(COLUMNS)])) for row in rows]


@immutable
class Tallied:
    """How many members are as they were, by what a facet tells apart, and by id how the others stand now.

    `last` is the last of them all, behind whom the next ones begin; None if there is nobody behind.
    """

    tallies: list[Tally]
    changed: Mapping[str, Standing]
    last: str | None


async def tallied(
    tx: ReadTx, organization_id: str, wanted: MemberFilter, moment: datetime, *, after: str | None, limit: int
) -> Tallied:
    """Some of whom there were at the moment, by id, told by one state of the database, so that nobody counts twice.

    Those who are as they were are tallied if the filter shows them, whichever status, role and source it asks for. Of
    the others, the filter decides only by when they became members.
    """
    every = replace(wanted, active=frozenset(), roles=frozenset(), sources=frozenset())
    rows = await tx.all(
        _tallied(listing_of(every)),
        organization_id=organization_id,
        moment=moment,
        after_id=after or FIRST_ID,
        limit=limit,
        **parameters_of(every),
    )
    tallies = [
        Tally(active, effective(GRANTS[admin, user]) if active else None, Source(source), count)
        for changed, active, admin, user, source, count, _ in rows
        if changed is None
    ]
    changed = {row[0]: Standing(row[1], GRANTS[row[2], row[3]], Source(row[4])) for row in rows if row[0] is not None}
    is_whole = sum(row[5] for row in rows) == limit
    return Tallied(tallies, changed, max(row[6] for row in rows) if is_whole else None)


@immutable
class Stop:
    """Where the reading of events stopped: at one event of one membership."""

    membership_id: str
    event_id: str


async def touching(
    tx: ReadTx,
    organization_id: str,
    membership_ids: Sequence[str],
    *,
    limit: int,
    before: Stop | None = None,
    since: datetime | None = None,
    standing_only: bool = False,
) -> list[Touched]:
    """The events that changed these memberships, from the last id on and each membership's newest first.

    They go on before the stop, if there is one. `since`: those only that are younger than this moment, and with
    `standing_only` those of them only that may tell of a member's standing.
    """
    stop = before or Stop(max(membership_ids), LAST_ID)
    rows = await tx.all(
        _TOUCHING[since is not None, standing_only],
        organization_id=organization_id,
        ids=list(membership_ids),
        before_membership=stop.membership_id,
        before_event=stop.event_id,
        actions=_CHANGING,
        since=since,
        since_id=FIRST_ID if since is None else first_id(since, later_by=-SLACK),
        limit=limit,
    )
    return [
        Touched(
            membership_id=membership_id,
            event_id=event_id,
            occurred_at=occurred_at,
            action=_ACTIONS[action],
            target=target,
            changes=orjson.loads(changes),
            gained=gained,
        )
        for membership_id, event_id, gained, occurred_at, action, target, changes in rows
    ]


async def among(tx: ReadTx, organization_id: str, membership_ids: Sequence[str]) -> list[Membership]:
    """The memberships of these ids, also those that have ended."""
    return [from_row(row) for row in await tx.all(_AMONG, organization_id=organization_id, ids=list(membership_ids))]


async def last_seen(
    tx: ReadTx, organization_id: str, membership_ids: Sequence[str], moment: datetime
) -> dict[str, datetime]:
    """Of each of the members who ever signed in, the last time up to the moment at which they are known to have been
    there: a session that was used later again counts by its beginning.
    """
    rows = await tx.all(_LAST_SEEN, organization_id=organization_id, ids=list(membership_ids), moment=moment)
    return {membership_id: seen_at for membership_id, seen_at in rows}


def _bind(name: str) -> ColumnElement[str]:
    return bindparam(name, type_=Id())


@lru_cache(maxsize=256)
def _stretch(shape: _Stretch) -> Statement:
    conditions = [_was_there, or_(_changed_since, and_(*conditions_of(shape.listing)))]
    if shape.after:
        conditions.append(_member.id > _bind("after_id"))
    if shape.before:
        conditions.append(_member.id < _bind("before_id"))
    clause: Select[Any] = select(*COLUMNS, case((_changed_since, 1), else_=0)).where(*conditions)
    order = _member.id.desc() if shape.backward else _member.id.asc()
    # members who came later, or whom the filter does not show, are passed over on the way
    return Statement(clause.order_by(order).limit(_limit), scans=True)


@lru_cache(maxsize=256)
def _tallied(listing: Listing) -> Statement:
    conditions = [_was_there, or_(_changed_since, and_(*conditions_of(listing))), _member.id > _bind("after_id")]
    if listing.created_since:
        conditions.append(_member.created_at >= bindparam("created_since", type_=UtcDateTime()))
    if listing.created_before:
        conditions.append(_member.created_at < bindparam("created_before", type_=UtcDateTime()))
    some = (
        select(
            _member.id,
            case((_changed_since, _member.id), else_=null()).label("changed"),
            _member.active,
            _member.admin_granted,
            _member.user_granted,
            _member.source,
        )
        .where(*conditions)
        .order_by(_member.id)
        .limit(_limit)
        .subquery()
        .c
    )
    alike = (some.changed, some.active, some.admin_granted, some.user_granted, some.source)
    last = func.max(cast(some.id, Text))  # there is none of ids in every PostgreSQL
    return Statement(select(*alike, func.count(), last).group_by(*alike), scans=True)


def _touching(since: bool, standing_only: bool) -> Statement:
    is_event_of_target = and_(_event.organization_id == _target.organization_id, _event.id == _target.event_id)
    place = tuple_(unordered(_target.membership_id), _target.event_id)  # the ids lead to fewer rows than the place
    clause = (
        select(
            _target.membership_id,
            _target.event_id,
            _target.gained,
            _event.occurred_at,
            _event.action,
            _event.target,
            _event.changes,
        )
        .select_from(in_turn(audit_targets, audit_events, is_event_of_target))
        .where(
            _target.organization_id == bindparam("organization_id"),
            one_of(_target.membership_id, "ids"),
            place < tuple_(_bind("before_membership"), _bind("before_event")),
            _target.event_id >= _bind("since_id"),
            # a sign-in touches a membership too, and changes nothing of it; no index leads to an event but by its id
            one_of(unordered(_event.action), "actions", texts=True),
        )
        .order_by(_target.membership_id.desc(), _target.event_id.desc())
        .limit(_limit)
    )
    if since:
        clause = clause.where(_event.occurred_at > bindparam("since", type_=UtcDateTime()))
    if standing_only:
        # the names of fields, as JSON has them; a value that looks like one does no harm
        fields = (_event.changes.contains(f'"{name}":') for name in ("active", "grants", "source"))
        clause = clause.where(or_(_event.action == str(AuditAction.GROUP_MEMBERS_CHANGED), *fields))
    return Statement(clause, scans=True)


def _seen() -> Statement:
    column = sessions.c
    at = case((column.last_seen_at <= _moment, column.last_seen_at), else_=column.created_at)
    clause = (
        select(column.membership_id, func.max(at, type_=UtcDateTime()))
        .where(
            column.organization_id == bindparam("organization_id"),
            one_of(column.membership_id, "ids"),
            column.created_at <= _moment,
        )
        .group_by(column.membership_id)
    )
    return Statement(clause, scans=True)


_TOUCHING = {shape: _touching(*shape) for shape in ((False, False), (True, False), (True, True))}
_LAST_SEEN = _seen()
_AMONG = Statement(select(*COLUMNS).where(_here, one_of(_member.id, "ids")), scans=True)

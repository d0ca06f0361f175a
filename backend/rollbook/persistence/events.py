"""The audit trail read forward, in the order in which its events became visible (docs/decisions/0009)."""

from sqlalchemy import Integer, and_, bindparam, select, tuple_
from sqlalchemy.types import BigInteger

from rollbook.domain.events import EventPlace, Occurred
from rollbook.domain.immutable import immutable
from rollbook.persistence.database import ReadTx
from rollbook.persistence.positions import settled
from rollbook.persistence.statements import Statement
from rollbook.persistence.tables import audit_events, audit_targets, memberships
from rollbook.persistence.types import Id

BEGINNING = EventPlace(0, "00000000-0000-0000-0000-000000000000")
"""Before every event."""

_own = audit_events.c.organization_id == bindparam("organization_id")
_place = tuple_(audit_events.c.position, audit_events.c.id)
_touched = (
    select(audit_targets.c.membership_id)
    .where(
        audit_targets.c.organization_id == audit_events.c.organization_id,
        audit_targets.c.event_id == audit_events.c.id,
    )
    .correlate(audit_events)
    .limit(1)
)
_first = _touched.order_by(audit_targets.c.membership_id).scalar_subquery()
_last = _touched.order_by(audit_targets.c.membership_id.desc()).scalar_subquery()

_SINCE = Statement(
    select(
        audit_events.c.position,
        audit_events.c.id,
        settled(),
        audit_events.c.action,
        audit_events.c.occurred_at,
        _first,
        _last,
        memberships.c.version,
    )
    .select_from(audit_events)
    .outerjoin(
        memberships,
        and_(
            memberships.c.organization_id == audit_events.c.organization_id,
            memberships.c.id == _first,
            memberships.c.ended_at.is_(None),
        ),
    )
    .where(_own, _place > tuple_(bindparam("position", type_=BigInteger()), bindparam("id", type_=Id())))
    .order_by(audit_events.c.position, audit_events.c.id)
    .limit(bindparam("limit", type_=Integer()))
)
_NEWEST = Statement(
    select(audit_events.c.position, audit_events.c.id)
    .where(_own, settled())
    .order_by(audit_events.c.position.desc(), audit_events.c.id.desc())
    .limit(1)
)
_FIND = Statement(select(audit_events.c.position).where(_own, audit_events.c.id == bindparam("id", type_=Id())))


@immutable
class EventPage:
    """Events in their order. `unsettled`: there are more already, whose place is not certain for another moment."""

    events: list[Occurred]
    unsettled: bool


async def since(tx: ReadTx, organization_id: str, place: EventPlace, *, limit: int) -> EventPage:
    """The events after a place, no more than the limit, and none that another could still come before."""
    rows = await tx.all(_SINCE, organization_id=organization_id, position=place.position, id=place.id, limit=limit)
    events: list[Occurred] = []
    for position, id_, is_settled, action, occurred_at, first, last, version in rows:
        if not is_settled:
            return EventPage(events, unsettled=True)
        one = first is not None and first == last
        events.append(
            Occurred(
                EventPlace(position, id_),
                action,
                occurred_at,
                membership_id=first if one else None,
                version=version if one else None,
            )
        )
    return EventPage(events, unsettled=False)


async def newest(tx: ReadTx, organization_id: str) -> EventPlace:
    """The place of the newest event that no other can come before any more."""
    row = await tx.one(_NEWEST, organization_id=organization_id)
    return BEGINNING if row is None else EventPlace(*row)


async def is_there(tx: ReadTx, organization_id: str, place: EventPlace) -> bool:
    """Whether there is an event at this place: not in a database that was restored to a time before it."""
    row = await tx.one(_FIND, organization_id=organization_id, id=place.id)
    return place == BEGINNING or (row is not None and row[0] == place.position)

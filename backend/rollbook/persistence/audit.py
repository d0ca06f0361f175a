"""The audit trail, as it is kept: appended only."""

from collections.abc import Sequence
from dataclasses import replace

import orjson
from sqlalchemy import bindparam, case, cast, insert, select
from sqlalchemy.types import Boolean, Integer

from rollbook.domain.actors import ActorKind, Channel
from rollbook.domain.audit import AuditAction, AuditEvent
from rollbook.domain.stretches import stretches
from rollbook.persistence.database import ReadTx, WriteTx
from rollbook.persistence.positions import next_position
from rollbook.persistence.statements import Row, Statement, one_of
from rollbook.persistence.tables import audit_events, audit_targets, memberships, sessions
from rollbook.persistence.types import Id

_INSERT = Statement(
    insert(audit_events).values(
        {column.name: bindparam(column.name) for column in audit_events.c if column.name != "position"}
        | {"position": next_position()}
    )
)
_INSERT_TARGET = Statement(insert(audit_targets))
_INSERT_TARGETS = Statement(
    insert(audit_targets).from_select(
        ["organization_id", "membership_id", "event_id", "gained"],
        select(
            memberships.c.organization_id,
            memberships.c.id,
            bindparam("event_id", type_=Id()),
            bindparam("gained", type_=Boolean()),
        ).where(memberships.c.organization_id == bindparam("organization_id"), one_of(memberships.c.id, "ids")),
    ),
    scans=True,
)
_of_a_session = audit_events.c.actor_kind == str(ActorKind.SESSION)
_session_member = (
    select(sessions.c.membership_id)
    .where(
        sessions.c.organization_id == audit_events.c.organization_id,
        # another kind of actor may have an id that is no UUID
        sessions.c.id == case((_of_a_session, cast(audit_events.c.actor_id, Id()))),
    )
    .scalar_subquery()
)
COLUMNS = (
    audit_events.c.id,
    audit_events.c.organization_id,
    audit_events.c.occurred_at,
    audit_events.c.action,
    audit_events.c.channel,
    audit_events.c.actor_kind,
    audit_events.c.actor_id,
    audit_events.c.actor_name,
    audit_events.c.request_id,
    audit_events.c.target,
    audit_events.c.changes,
    audit_events.c.warning,
    _session_member,
)
_NEWEST = (
    select(*COLUMNS)
    .where(audit_events.c.organization_id == bindparam("organization_id"))
    .order_by(audit_events.c.id.desc())
    .limit(bindparam("limit", type_=Integer()))
)
_EVENTS = Statement(_NEWEST)
_EVENTS_OF = Statement(
    _NEWEST.add_columns(audit_targets.c.gained)
    .join(
        audit_targets,
        (audit_targets.c.organization_id == audit_events.c.organization_id)
        & (audit_targets.c.event_id == audit_events.c.id),
    )
    .where(audit_targets.c.membership_id == bindparam("membership_id"))
)


async def append(tx: WriteTx, event: AuditEvent) -> None:
    """Keep an event."""
    await tx.later(
        _INSERT,
        organization_id=event.organization_id,
        id=event.id,
        occurred_at=event.occurred_at,
        action=str(event.action),
        channel=str(event.channel),
        actor_kind=event.actor_kind,
        actor_id=event.actor_id,
        actor_name=event.actor_name,
        request_id=event.request_id,
        target=event.target,
        changes=orjson.dumps(event.changes).decode(),
        warning=event.warning,
    )


async def append_targets(
    tx: WriteTx, event: AuditEvent, membership_ids: Sequence[str], *, gained: bool | None = None
) -> None:
    """Keep a row for each membership that an event touched; `gained`: the group got it, or lost it."""
    for ids in stretches(membership_ids):
        await tx.later(
            _INSERT_TARGETS if len(ids) > 1 else _INSERT_TARGET,
            organization_id=event.organization_id,
            ids=list(ids),
            membership_id=ids[0],
            event_id=event.id,
            gained=gained,
        )


async def newest(tx: ReadTx, organization_id: str, *, limit: int, membership_id: str | None = None) -> list[AuditEvent]:
    """The newest events of the organization, or of one of its memberships, the newest first."""
    if membership_id is None:
        rows = await tx.all(_EVENTS, organization_id=organization_id, limit=limit)
    else:
        rows = await tx.all(_EVENTS_OF, organization_id=organization_id, membership_id=membership_id, limit=limit)
    return [_in_history(row) if membership_id else from_row(row) for row in rows]


def from_row(row: Row) -> AuditEvent:
    """The event in a row that begins with `COLUMNS`."""
    values = list(row[: len(COLUMNS)])
    values[3:5] = AuditAction(row[3]), Channel(row[4])
    values[10] = {name: (before, after) for name, (before, after) in orjson.loads(row[10]).items()}
    return AuditEvent(*values)


def _in_history(row: Row) -> AuditEvent:
    event, gained = from_row(row), row[len(COLUMNS)]
    if gained is None:
        return event
    # of the whole group's change, what it was for the membership whose history is read
    return replace(event, changes={f"groups.{event.target}": (not gained, gained)})

"""What the audit trail tells of a person: found, and taken out, so that what happened stays told."""

from dataclasses import dataclass

import orjson
from sqlalchemy import bindparam, or_, select, update

from rollbook.domain.actors import ActorKind
from rollbook.domain.audit import AuditAction
from rollbook.domain.erasure import Told, Traces, erased_event
from rollbook.domain.memberships import Membership
from rollbook.persistence.database import ReadTx, WriteTx
from rollbook.persistence.erasing import may_hold, named, of_membership
from rollbook.persistence.statements import Row, Statement
from rollbook.persistence.tables import audit_events, audit_targets, sessions

_SESSIONS = Statement(select(sessions.c.id).where(*of_membership(sessions)))
_event = audit_events.c
_EVENT = (_event.id, _event.action, _event.actor_name, _event.target, _event.changes, _event.warning)
_EVENTS_ABOUT = Statement(
    select(*_EVENT)
    .join(
        audit_targets,
        (audit_targets.c.organization_id == _event.organization_id) & (audit_targets.c.event_id == _event.id),
    )
    .where(*of_membership(audit_targets)),
    scans=True,
)
_EVENTS_BY = Statement(
    select(*_EVENT).where(
        _event.organization_id == bindparam("in_organization"),
        _event.actor_kind == str(ActorKind.SESSION),
        _event.actor_id == bindparam("of_session"),
    ),
    scans=True,
)
_SAVE_EVENT = Statement(
    update(audit_events)
    .where(_event.organization_id == bindparam("in_organization"), _event.id == bindparam("event_id"))
    .values({name: bindparam(f"new_{name}") for name in ("actor_name", "target", "changes", "warning")})
)


@dataclass(slots=True)
class Event:
    """An event that may tell of the person: `about` them, `by` them, or it only names them."""

    id: str
    organization_id: str
    action: AuditAction
    told: Told
    about: bool = False
    by: bool = False


async def events_of(tx: ReadTx, membership: Membership) -> dict[str, Event]:
    """The events that touched the membership, and those of its member's sessions, by id."""
    found: dict[str, Event] = {}
    session_ids = {row[0] for row in await tx.all(_SESSIONS, **named(membership))}
    for row in await tx.all(_EVENTS_ABOUT, **named(membership)):
        found[row[0]] = _read(row, membership.organization_id, about=True)
    for session_id in sorted(session_ids):
        for row in await tx.all(_EVENTS_BY, in_organization=membership.organization_id, of_session=session_id):
            event = found.setdefault(row[0], _read(row, membership.organization_id))
            event.by = True
    return found


async def events_naming(tx: ReadTx, organization_id: str, traces: Traces) -> dict[str, Event]:
    """The events of the organization that may name one of the person's addresses, in their target or their changes."""
    may_name = or_(may_hold(_event.target, traces), may_hold(_event.changes, traces))
    statement = Statement(
        select(*_EVENT).where(_event.organization_id == bindparam("in_organization"), may_name), scans=True
    )
    rows = await tx.all(statement, in_organization=organization_id)
    return {row[0]: _read(row, organization_id) for row in rows}


async def erase_event(tx: WriteTx, event: Event, traces: Traces) -> bool:
    """Take the person out of an event; False if there was nothing of them in it."""
    left = erased_event(event.action, event.told, traces, about=event.about, by=event.by)
    if left == event.told:
        return False
    await tx.execute(
        _SAVE_EVENT,
        in_organization=event.organization_id,
        event_id=event.id,
        new_actor_name=left.actor_name,
        new_target=left.target,
        new_changes=orjson.dumps(left.changes).decode(),
        new_warning=left.warning,
    )
    return True


def _read(row: Row, organization_id: str, *, about: bool = False) -> Event:
    id_, action, actor_name, target, changes, warning = row
    pairs = {field: (before, after) for field, (before, after) in orjson.loads(changes).items()}
    told = Told(actor_name, target, pairs, warning)
    return Event(id_, organization_id, AuditAction(action), told, about=about)

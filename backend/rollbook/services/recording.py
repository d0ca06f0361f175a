"""The step that each operation ends with: its one event in the audit trail, in the same transaction."""

from collections.abc import Sequence
from datetime import datetime

from rollbook.domain.actors import Actor
from rollbook.domain.audit import AuditAction, AuditEvent, Changes
from rollbook.domain.values import new_id
from rollbook.persistence import audit
from rollbook.persistence.database import WriteTx


async def record(
    tx: WriteTx,
    actor: Actor,
    action: AuditAction,
    target: str,
    *,
    at: datetime,
    changes: Changes | None = None,
    memberships: Sequence[str] = (),
    added: Sequence[str] = (),
    removed: Sequence[str] = (),
    warning: str | None = None,
) -> None:
    """Append the event of the operation. `target` names in a word what was acted on; secrets never pass here.

    The memberships that it touched are named as such, or as those that a group gained and lost.
    """
    event = AuditEvent(
        id=new_id(),
        organization_id=actor.organization_id,
        occurred_at=at,
        action=action,
        channel=actor.channel,
        actor_kind=str(actor.kind),
        actor_id=actor.id,
        actor_name=actor.name,
        request_id=actor.request_id,
        target=target,
        changes=changes or {},
        warning=warning,
    )
    await audit.append(tx, event)
    for touched, gained in ((memberships, None), (added, True), (removed, False)):
        await audit.append_targets(tx, event, touched, gained=gained)

"""The step that each operation ends with: its one event in the audit trail, in the same transaction.

So is the entry in the provisioning log, if a provisioning client asked for it.
It is also where an operation's idempotency key, or the row of a job that it does, is kept with what it did, and where
a rehearsal turns back.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from rollbook.domain.actors import Actor
from rollbook.domain.audit import AuditAction, AuditEvent, Changes
from rollbook.domain.exchanges import masked
from rollbook.domain.jobs import JobRow, RowOutcome
from rollbook.domain.memberships import Membership
from rollbook.domain.values import new_id
from rollbook.persistence import audit, idempotency, jobs, provisioning
from rollbook.persistence.database import UniqueViolation, WriteTx

OUTCOMES: Mapping[AuditAction, RowOutcome] = {
    AuditAction.MEMBERSHIP_CREATED: RowOutcome.CREATED,
    AuditAction.MEMBERSHIP_REMOVED: RowOutcome.REMOVED,
    AuditAction.MEMBERSHIP_REVIVED: RowOutcome.REVIVED,
    AuditAction.MEMBERSHIP_UPDATED: RowOutcome.UPDATED,
}
"""What came of a job's row, by what the operation did that was its work."""


class Rehearsed(Exception):
    """The operation would have done this: raised at its end, so that nothing of it is kept."""

    def __init__(self, action: AuditAction, object_id: str | None) -> None:
        super().__init__(action)
        self.action = action
        self.object_id = object_id


class DoneBefore(Exception):
    """Another call with the same idempotency key, or for the same row of a job, was faster; nothing of this is kept."""


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
    object_id: str | None = None,
    result: Membership | None = None,
) -> None:
    """Append the event of the operation. `target` names in a word what was acted on; secrets never pass here.

    The memberships that it touched are named as such, or as those that a group gained and lost. `object_id` is what
    came of it, unless it is the first membership; `result` the member who was written, if it was one. Raises
    `Rehearsed` and `DoneBefore`, as the actor says.
    """
    made = object_id or (memberships[0] if memberships else None)
    if actor.rehearses:
        await tx.catch_up()  # what would be refused is told by the refusal
        raise Rehearsed(action, made)
    if actor.once is not None:
        await keep_key(tx, actor, made, at=at)
    if actor.step is not None:
        await _keep_step(tx, actor, JobRow(actor.step, OUTCOMES[action], made))
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
    tx.announce(actor.organization_id)
    for touched, gained in ((memberships, None), (added, True), (removed, False)):
        if touched:
            await audit.append_targets(tx, event, touched, gained=gained)
    if actor.exchange is not None:
        entry = actor.exchange.entry_of_write(event.id, result)
        await provisioning.append(tx, entry if result is not None else masked(entry))
        tx.once_committed(actor.exchange.keep)


async def keep_key(tx: WriteTx, actor: Actor, object_id: str | None, *, at: datetime) -> None:
    """Keep the actor's idempotency key with the object that came of the operation. Raises `DoneBefore`."""
    assert actor.once is not None, "only an actor with a key has one to keep"
    done = idempotency.Done(actor.once.mutation, actor.once.input_digest, object_id)
    try:
        await idempotency.insert_key(tx, actor.organization_id, actor.principal, actor.once.key, done, at=at)
    except UniqueViolation as violation:
        raise DoneBefore(actor.once.key) from violation


async def _keep_step(tx: WriteTx, actor: Actor, row: JobRow) -> None:
    try:
        await jobs.insert_rows(tx, actor.organization_id, [row])
    except UniqueViolation as violation:
        raise DoneBefore(f"row {row.step.number}") from violation

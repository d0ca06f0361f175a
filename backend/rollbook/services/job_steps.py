"""What one row of a job does: the ordinary operation on one member, and how its outcome is told."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rollbook.domain.actors import Actor
from rollbook.domain.descriptions import draft
from rollbook.domain.errors import AlreadyExists, Busy, DomainError, InvalidValue
from rollbook.domain.jobs import BulkChange, Job, JobKind, JobRow, MemberTask, PersonTask, RowOutcome, Step, Task
from rollbook.domain.memberships import Membership, MembershipDraft
from rollbook.domain.roles import Role
from rollbook.services.memberships import Memberships
from rollbook.services.recording import OUTCOMES, DoneBefore, Rehearsed


def tasks_of(job: Job, given: Mapping[str, Any]) -> list[Task]:
    """The tasks that a job was given, in order."""
    if job.kind is JobKind.IMPORT:
        return [PersonTask(**task) for task in given["tasks"]]
    return [
        MemberTask(task["membership_id"], BulkChange(task["change"]), Role(task["role"]) if task["role"] else None)
        for task in given["tasks"]
    ]


async def do(memberships: Memberships, actor: Actor, job: Job, number: int, task: Task) -> JobRow | None:
    """Do a row: what came of it, or None if that is kept already, together with what was done."""
    step = Step(job.id, number, task.about)
    actor = replace(actor, step=None if job.dry_run else step, rehearses=job.dry_run)
    try:
        return await _attempt(memberships, actor, step, task)
    except Busy:
        try:
            return await _attempt(memberships, actor, step, task)
        except Busy as error:
            return _failed(step, error)


async def _attempt(memberships: Memberships, actor: Actor, step: Step, task: Task) -> JobRow | None:
    try:
        if isinstance(task, PersonTask):
            return await _add(memberships, actor, step, task)
        return await _change(memberships, actor, step, task)
    except Rehearsed as rehearsal:
        outcome = OUTCOMES[rehearsal.action]
        return JobRow(step, outcome, None if outcome is RowOutcome.CREATED else rehearsal.object_id)
    except DoneBefore:
        return None  # by a process that had held the job before
    except Busy:
        raise
    except DomainError as error:
        return _failed(step, error)


async def _add(memberships: Memberships, actor: Actor, step: Step, task: PersonTask) -> JobRow | None:
    if task.same_as is not None:
        return JobRow(step, RowOutcome.SKIPPED, message=f"Row {task.same_as} has this address already.")
    try:
        await memberships.create(actor, _person(task))
    except AlreadyExists as error:
        if error.membership_id is None:
            raise
        return JobRow(step, RowOutcome.UNCHANGED, error.membership_id, message="This person is an active member.")
    return None


def _person(task: PersonTask) -> MembershipDraft:
    if task.mistake is not None:
        raise InvalidValue(task.mistake, field="csv")
    role = (task.role or Role.USER).lower()
    if role not in list(Role):
        raise InvalidValue(f"{task.role!r} is no role; it is admin or user.", field="role")
    return draft(email=task.email, name=task.name, role=Role(role))


async def _change(memberships: Memberships, actor: Actor, step: Step, task: MemberTask) -> JobRow | None:
    if task.change is BulkChange.REMOVE:
        await memberships.remove(actor, task.membership_id)
        return None
    found: list[int] = []

    def change(before: Membership) -> Membership:
        found.append(before.version)
        if task.role is not None:
            return before.with_role(task.role)
        return before.with_active(task.change is BulkChange.REACTIVATE)

    after = await memberships.update(actor, task.membership_id, change)
    # of a change nothing is left to tell: its row was kept with it
    return JobRow(step, RowOutcome.UNCHANGED, after.id) if after.version == found[-1] else None


def _failed(step: Step, error: DomainError) -> JobRow:
    return JobRow(step, RowOutcome.FAILED, code=error.code, message=error.message)

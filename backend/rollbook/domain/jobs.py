"""Jobs: work on many members that outlasts a request, row by row."""

from datetime import datetime
from enum import StrEnum

from rollbook.domain.errors import InvalidValue, TooLarge
from rollbook.domain.immutable import immutable
from rollbook.domain.roles import Role
from rollbook.domain.values import parse_id

MAX_MEMBERS = 500
"""How many members one bulk change names at most."""


class JobKind(StrEnum):
    """What a job does."""

    BULK_UPDATE = "bulk_update"
    IMPORT = "import"


class JobStatus(StrEnum):
    """How far a job is."""

    CANCELLED = "cancelled"
    DONE = "done"
    FAILED = "failed"
    QUEUED = "queued"
    RUNNING = "running"


class RowOutcome(StrEnum):
    """What came of one row of a job."""

    CREATED = "created"
    FAILED = "failed"
    REMOVED = "removed"
    REVIVED = "revived"
    SKIPPED = "skipped"
    UNCHANGED = "unchanged"
    UPDATED = "updated"


class BulkChange(StrEnum):
    """What a bulk change does with each member."""

    DEACTIVATE = "deactivate"
    REACTIVATE = "reactivate"
    REMOVE = "remove"
    SET_ROLE = "set_role"


@immutable
class Step:
    """One row of a job, before it is known what will come of it. `about` names in a word what it acts on."""

    job_id: str
    number: int
    about: str


@immutable
class JobRow:
    """What came of a row. A failed one has a domain error's code and a message for a person."""

    step: Step
    outcome: RowOutcome
    membership_id: str | None = None
    code: str | None = None
    message: str | None = None


@immutable
class Job:
    """A job and how far it is.

    `principal` says with whose authority it acts, `actor_id` is the credential that made it. `failure` tells why it
    stopped before its end. Whoever runs it holds it until `leased_until`.
    """

    id: str
    organization_id: str
    kind: JobKind
    dry_run: bool
    principal: str
    actor_id: str | None
    created_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    cancelled_at: datetime | None
    leased_until: datetime | None
    total: int
    done: int
    failed: int
    failure: str | None

    @property
    def status(self) -> JobStatus:
        """How far it is. A cancelled one may still be at its last row."""
        if self.failure is not None:
            return JobStatus.FAILED
        if self.cancelled_at is not None:
            return JobStatus.CANCELLED
        if self.finished_at is not None:
            return JobStatus.DONE
        return JobStatus.QUEUED if self.started_at is None else JobStatus.RUNNING


@immutable
class MemberTask:
    """What a row of a bulk change does: the same with each member."""

    membership_id: str
    change: BulkChange
    role: Role | None = None

    @property
    def about(self) -> str:
        """Whom it acts on."""
        return self.membership_id


@immutable
class PersonTask:
    """What a row of an import says, as it was typed. `same_as` is an earlier row about the same person."""

    email: str
    name: str | None = None
    role: str | None = None
    same_as: int | None = None
    mistake: str | None = None

    @property
    def about(self) -> str:
        """Whom it acts on."""
        return self.email


Task = MemberTask | PersonTask


def bulk_tasks(membership_ids: list[str], change: BulkChange, role: Role | None) -> list[MemberTask]:
    """One task for each of the members, each once. Raises `InvalidValue`, `TooLarge`."""
    if not membership_ids:
        raise InvalidValue("memberIds names nobody.", field="memberIds")
    if len(membership_ids) > MAX_MEMBERS:
        raise TooLarge(f"memberIds names more than {MAX_MEMBERS} members. Send them in parts.", limit=MAX_MEMBERS)
    if (role is not None) != (change is BulkChange.SET_ROLE):
        raise InvalidValue("role goes with the change SET_ROLE, and with no other.", field="role")
    for membership_id in membership_ids:
        if parse_id(membership_id) is None:
            raise InvalidValue(f"memberIds holds {membership_id!r}, which is no member's id.", field="memberIds")
    return [MemberTask(membership_id, change, role) for membership_id in dict.fromkeys(membership_ids)]

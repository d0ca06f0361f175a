"""What may be done with jobs: bulk changes and imports are asked for here, and run by `job_runner`."""

from collections.abc import Callable, Sequence
from dataclasses import asdict

from rollbook.domain.actors import Actor
from rollbook.domain.audit import AuditAction
from rollbook.domain.criteria import Page, Slice
from rollbook.domain.errors import Forbidden, NotFound
from rollbook.domain.jobs import BulkChange, Job, JobKind, JobRow, Task, bulk_tasks
from rollbook.domain.member_csv import import_tasks
from rollbook.domain.policy import Permission, may, may_read_job, require
from rollbook.domain.roles import Role
from rollbook.domain.stretches import STRETCH
from rollbook.domain.values import Clock, new_id, parse_id
from rollbook.persistence import jobs, memberships
from rollbook.persistence.database import Database, WriteTx
from rollbook.services.aside import aside
from rollbook.services.recording import record

_LONG_TEXT = 64 * 1024


class Jobs:
    """The operations on the jobs of the actor's organization. `wake` tells the runner of this process of a new one."""

    def __init__(self, database: Database, clock: Clock, wake: Callable[[], None]) -> None:
        self._database = database
        self._clock = clock
        self._wake = wake

    async def change_members(
        self,
        actor: Actor,
        membership_ids: Sequence[str],
        change: BulkChange,
        *,
        role: Role | None = None,
        dry_run: bool = False,
    ) -> Job:
        """A job that does the same with each of the members. Raises `InvalidValue`, `TooLarge`, `Forbidden`."""
        require(actor, Permission.MEMBERS_WRITE)
        if role is Role.ADMIN:
            require(actor, Permission.ROLES_WRITE)
        tasks = bulk_tasks(list(membership_ids), change, role)
        told = {"change": str(change)} | ({} if role is None else {"role": str(role)})
        return await self._create(actor, JobKind.BULK_UPDATE, tasks, told, dry_run=dry_run)

    async def import_members(self, actor: Actor, csv: str, *, dry_run: bool = False) -> Job:
        """A job that adds each person of a CSV text as `Memberships.create` does.

        Raises `InvalidValue` for a text that cannot be read as a whole, `TooLarge`.
        """
        require(actor, Permission.MEMBERS_WRITE)
        tasks = await aside(lambda: import_tasks(csv), is_long=len(csv) > _LONG_TEXT)
        return await self._create(actor, JobKind.IMPORT, tasks, {}, dry_run=dry_run)

    async def get(self, actor: Actor, job_id: str) -> Job:
        """The job as it is now, or `NotFound`. Who may not read members finds the jobs that they made."""
        require(actor, Permission.MEMBERS_READ, or_else=Permission.MEMBERS_WRITE)
        async with self._database.read() as tx:
            job = await jobs.load(tx, actor.organization_id, job_id)
        if not may_read_job(actor, job.principal):
            raise NotFound(f"There is no job {job_id!r} that you made.")
        return job

    async def page(self, actor: Actor, page: Page) -> Slice[Job]:
        """One page of the jobs, the newest first."""
        require(actor, Permission.MEMBERS_READ)
        async with self._database.read() as tx:
            return Slice.of(await jobs.page(tx, actor.organization_id, page), page)

    async def rows(self, actor: Actor, job_id: str, page: Page, *, only_failed: bool = False) -> Slice[JobRow]:
        """One page of what came of the rows of a job, by their numbers. No rows of a job that does not exist.

        Rows hold addresses: who may not read members gets those of their own jobs; of others, `NotFound`.
        """
        require(actor, Permission.MEMBERS_READ, or_else=Permission.MEMBERS_WRITE)
        if not may(actor, Permission.MEMBERS_READ):
            await self.get(actor, job_id)
        if parse_id(job_id) is None:
            return Slice([], has_next=False, has_previous=False)
        async with self._database.read() as tx:
            found = await jobs.rows_page(tx, actor.organization_id, job_id, page, only_failed=only_failed)
            return Slice.of(found, page)

    async def cancel(self, actor: Actor, job_id: str) -> Job:
        """Stop a job before its next row; what is done stays done. Idempotent, and nothing for one that has ended.

        Raises `NotFound`.
        """
        require(actor, Permission.MEMBERS_WRITE)
        at = self._clock()
        async with self._database.write() as tx:
            job = await jobs.load_for_update(tx, actor.organization_id, job_id)
            if job.finished_at is not None or job.cancelled_at is not None:
                return job
            cancelled = await jobs.cancel(tx, job, at=at)
            await record(tx, actor, AuditAction.JOB_CANCELLED, str(job.kind), at=at, object_id=job.id)
        return cancelled

    async def _create(
        self, actor: Actor, kind: JobKind, tasks: Sequence[Task], told: dict[str, str], *, dry_run: bool
    ) -> Job:
        at = self._clock()
        job = Job(
            id=new_id(),
            organization_id=actor.organization_id,
            kind=kind,
            dry_run=dry_run,
            principal=actor.principal,
            actor_id=actor.id,
            created_by=actor.name,
            created_at=at,
            started_at=None,
            finished_at=None,
            cancelled_at=None,
            leased_until=None,
            total=len(tasks),
            done=0,
            failed=0,
            failure=None,
        )
        given = await aside(lambda: {"tasks": [asdict(task) for task in tasks]}, is_long=len(tasks) > STRETCH)
        told_of_job = {"total": len(tasks), "dryRun": dry_run, **told}
        async with self._database.write() as tx:
            if actor.membership_id is not None:
                await _hold_maker(tx, actor.organization_id, actor.membership_id)
            await jobs.insert_job(tx, job, given)
            await record(
                tx,
                actor,
                AuditAction.JOB_CREATED,
                str(kind),
                at=at,
                changes={name: (None, value) for name, value in told_of_job.items()},
                object_id=job.id,
            )
        self._wake()
        return job


async def _hold_maker(tx: WriteTx, organization_id: str, membership_id: str) -> None:
    """Lock the member who makes a job, which ends with their access. Raises `Forbidden` if they have none any more."""
    try:
        maker = await memberships.load_for_update(tx, organization_id, membership_id)
    except NotFound:
        maker = None
    if maker is None or maker.role is None:
        raise Forbidden("You have no access to the organization any more.")
    await memberships.mark(tx, organization_id, membership_id)

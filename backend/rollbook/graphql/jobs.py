"""Jobs: how far they are, what came of their rows, and how one is cancelled."""

from datetime import datetime
from typing import Annotated, Self

import strawberry
from strawberry import relay

from rollbook.domain import jobs
from rollbook.domain.criteria import Position
from rollbook.graphql import ids
from rollbook.graphql.context import Context, Info
from rollbook.graphql.enums import JobKind, JobRowOutcome, JobStatus
from rollbook.graphql.fields import resolved
from rollbook.graphql.memberships import Member, find_member
from rollbook.graphql.once import KEY_DESCRIPTION, at_most_once
from rollbook.graphql.pagination import After, Before, Cursors, First, Last, Paged
from rollbook.graphql.user_errors import NotFoundError, Refusal


@strawberry.type(description="What came of one row of a job.")
class JobRow:
    """A row that is done."""

    number: int = strawberry.field(
        description="Its number, from 1: the place in memberIds, or the line of the CSV below the header."
    )
    about: str = strawberry.field(description="Whom it is about: the e-mail address as typed, or the member's id.")
    outcome: JobRowOutcome = strawberry.field(description="What came of it.")
    code: str | None = strawberry.field(description="What kind of refusal it was, as in ErrorCode; null: none.")
    message: str | None = strawberry.field(description="What to know about the outcome, written for a person.")
    membership_id: strawberry.Private[str | None]

    @resolved("The member; null where there is none, or no more.")
    async def member(self, info: Info) -> Member | None:
        """Read for all rows of a level at once."""
        return None if self.membership_id is None else await find_member(info.context, self.membership_id)

    @classmethod
    def of(cls, row: jobs.JobRow) -> Self:
        """The row as the API shows it."""
        return cls(
            number=row.step.number,
            about=row.step.about,
            outcome=JobRowOutcome[row.outcome.name],
            code=row.code,
            message=row.message,
            membership_id=row.membership_id,
        )


@strawberry.type(description="A row of a job, with its place in the list.")
class JobRowEdge:
    """One row of a page."""

    cursor: str = strawberry.field(description="The place in the list, good for after and before.")
    node: JobRow = strawberry.field(description="The row.")


@strawberry.type(description="One page of the rows of a job that are done, by their numbers.")
class JobRowConnection:
    """Reads its page when a field of it is asked for."""

    page: strawberry.Private[Paged[jobs.JobRow]]

    @resolved("The rows of the page with their places.")
    async def edges(self) -> list[JobRowEdge]:
        """The rows of the page."""
        return [JobRowEdge(cursor=cursor, node=JobRow.of(row)) for cursor, row in await self.page.placed()]

    @resolved("The rows of the page, for those who need no cursors.")
    async def nodes(self) -> list[JobRow]:
        """The same rows without their edges."""
        return [JobRow.of(row) for row in await self.page.rows()]

    @resolved("Where the page lies in the list.")
    async def page_info(self) -> relay.PageInfo:
        """Whether there is more, and from where to go on."""
        return await self.page.info()


OnlyFailed = Annotated[bool, strawberry.argument(description="Show only the rows that were refused.")]


@strawberry.type(description="Work on many members that goes on after its request has been answered, row by row.")
class Job(relay.Node):
    """A job of the viewer's organization."""

    id: relay.NodeID[str]
    kind: JobKind = strawberry.field(description="What it does.")
    status: JobStatus = strawberry.field(description="How far it is.")
    dry_run: bool = strawberry.field(
        description="Whether it only tries: each row is tried on its own, and nothing of it is kept."
    )
    total: int = strawberry.field(description="How many rows it has.")
    done: int = strawberry.field(description="How many of them are done, successfully or not; a second old at most.")
    failed: int = strawberry.field(description="How many of them were refused.")
    failure: str | None = strawberry.field(description="Why it stopped before its end; null: it did not.")
    created_by: str = strawberry.field(description="Who asked for it. It acts with the rights that they have by then.")
    created_at: datetime = strawberry.field(description="When it was asked for.")
    started_at: datetime | None = strawberry.field(description="When its first turn began; null: not yet.")
    finished_at: datetime | None = strawberry.field(description="When it ended; null: not yet.")
    job: strawberry.Private[jobs.Job]

    @resolved("What came of the rows that are done so far, page by page.")
    def rows(
        self,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
        only_failed: OnlyFailed = False,
    ) -> JobRowConnection:
        """Raises `InvalidValue`, `TooLarge`."""
        context = info.context
        cursors = Cursors(context.services.seal, context.actor, "rows", self.job.id, str(only_failed))
        page = cursors.page(first, after, last, before)
        return JobRowConnection(
            page=Paged(
                lambda: context.services.jobs.rows(context.actor, self.job.id, page, only_failed=only_failed),
                lambda row: cursors.write(Position(str(row.step.number), row.step.job_id)),
            )
        )

    @classmethod
    def of(cls, job: jobs.Job) -> Self:
        """The job as the API shows it."""
        return cls(
            id=job.id,
            kind=JobKind[job.kind.name],
            status=JobStatus[job.status.name],
            dry_run=job.dry_run,
            total=job.total,
            done=job.done,
            failed=job.failed,
            failure=job.failure,
            created_by=job.created_by,
            created_at=job.created_at,
            started_at=job.started_at,
            finished_at=job.finished_at,
            job=job,
        )


@strawberry.type(description="A job in the list, with its place in it.")
class JobEdge:
    """One row of a page."""

    cursor: str = strawberry.field(description="The place in the list, good for after and before.")
    node: Job = strawberry.field(description="The job.")


@strawberry.type(description="One page of the list of jobs.")
class JobConnection:
    """Reads its page when a field of it is asked for."""

    page: strawberry.Private[Paged[jobs.Job]]

    @resolved("The jobs of the page with their places.")
    async def edges(self) -> list[JobEdge]:
        """The rows of the page."""
        return [JobEdge(cursor=cursor, node=Job.of(row)) for cursor, row in await self.page.placed()]

    @resolved("The jobs of the page, for those who need no cursors.")
    async def nodes(self) -> list[Job]:
        """The same rows without their edges."""
        return [Job.of(row) for row in await self.page.rows()]

    @resolved("Where the page lies in the list.")
    async def page_info(self) -> relay.PageInfo:
        """Whether there is more, and from where to go on."""
        return await self.page.info()


def list_jobs(
    info: Info,
    first: First = strawberry.UNSET,
    after: After = strawberry.UNSET,
    last: Last = strawberry.UNSET,
    before: Before = strawberry.UNSET,
) -> JobConnection:
    """The list that the arguments describe, the newest first. Raises `InvalidValue`, `TooLarge`."""
    context = info.context
    cursors = Cursors(context.services.seal, context.actor, "jobs")
    page = cursors.page(first, after, last, before)
    return JobConnection(
        page=Paged(
            lambda: context.services.jobs.page(context.actor, page), lambda job: cursors.write(Position("", job.id))
        )
    )


async def find_job(context: Context, job_id: str) -> Job | None:
    """The job of this id; `NotFound`."""
    return Job.of(await context.services.jobs.get(context.actor, job_id))


@strawberry.input(description="Which job to cancel.")
class CancelJobInput:
    """A job."""

    job_id: strawberry.ID = strawberry.field(description="The id of the job.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY_DESCRIPTION)


@strawberry.type(description="The job does no further row. What was done stays done.")
class CancelJobSuccess:
    """Holds the job."""

    job: Job = strawberry.field(description="The job as it is now; one that had ended before stays as it was.")


CancelJobResult = Annotated[
    CancelJobSuccess | Refusal | NotFoundError,
    strawberry.union("CancelJobResult", description="What came of cancelling a job."),
]


async def cancel_job(
    info: Info, input: Annotated[CancelJobInput, strawberry.argument(description="Which job to cancel.")]
) -> CancelJobResult:
    """Stop a job before its next row."""
    context = info.context
    job_id = ids.inner(input.job_id, "Job", argument="jobId")
    outcome = await at_most_once(
        info, input, lambda actor: context.services.jobs.cancel(actor, job_id), lambda job: job.id
    )
    return CancelJobSuccess(job=Job.of(outcome.now or await context.services.jobs.get(context.actor, job_id)))

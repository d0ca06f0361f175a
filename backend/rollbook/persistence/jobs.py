"""Jobs and what came of their rows, as they are kept."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import field, replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import bindparam, func, insert, or_, select, update

from rollbook.domain.criteria import Page
from rollbook.domain.errors import NotFound
from rollbook.domain.immutable import immutable
from rollbook.domain.jobs import Job, JobKind, JobRow, RowOutcome, Step
from rollbook.domain.values import parse_id
from rollbook.persistence.database import ReadTx, WriteTx
from rollbook.persistence.paging import Pages
from rollbook.persistence.statements import Row, Statement, one_of
from rollbook.persistence.tables import job_rows, jobs

_column = jobs.c
_row = job_rows.c
_here = _column.organization_id == bindparam("organization_id")
_in_organization = _column.organization_id == bindparam("in_organization")
_COLUMNS = [column for column in _column if column.name not in {"organization_id", "input"}]
_SELECT = select(_column.organization_id, *_COLUMNS)
_BY_ID = Statement(_SELECT.where(_here, _column.id == bindparam("id")))
_BY_ID_LOCKED = Statement(_SELECT.where(_here, _column.id == bindparam("id")).with_for_update())
_INPUT = Statement(select(_column.input).where(_here, _column.id == bindparam("id")))
_PAGES = Pages(_SELECT.where(_here), _column.id, lambda place: place.id, descending=True)
_INSERT = Statement(insert(jobs))
_at = bindparam("at", type_=_column.leased_until.type)
_FREE = Statement(
    _SELECT.where(_column.finished_at.is_(None), or_(_column.leased_until.is_(None), _column.leased_until <= _at))
    # whoever had a turn comes after those who wait for one
    .order_by(func.coalesce(_column.leased_until, _column.created_at), _column.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_ANY_FREE = Statement(
    select(_column.id)
    .where(_column.finished_at.is_(None), or_(_column.leased_until.is_(None), _column.leased_until <= _at))
    .limit(1)
)
_TAKE = Statement(
    update(jobs)
    .where(_in_organization, _column.id == bindparam("job_id"))
    .values(leased_until=bindparam("until"), started_at=func.coalesce(_column.started_at, _at))
)
_PROGRESS = (
    update(jobs)
    .where(
        _in_organization,
        _column.id == bindparam("job_id"),
        _column.leased_until == bindparam("held", type_=_column.leased_until.type),
        _column.finished_at.is_(None),
    )
    .values(
        leased_until=bindparam("until"),
        finished_at=bindparam("finished"),
        done=bindparam("all_done"),
        failed=bindparam("all_failed"),
        failure=bindparam("why"),
    )
    .returning(_column.id)
)
_KEEP_PROGRESS = Statement(_PROGRESS)
_FINISH = Statement(_PROGRESS.values(input="{}"))
_CANCEL = Statement(
    update(jobs).where(_in_organization, _column.id == bindparam("job_id")).values(cancelled_at=bindparam("at"))
)
_CANCEL_UNBEGUN = Statement(
    update(jobs)
    .where(_in_organization, _column.id == bindparam("job_id"))
    .values(cancelled_at=bindparam("at"), finished_at=bindparam("at"), input="{}")
)
_CANCEL_BEGUN_BY = Statement(
    update(jobs)
    .where(
        _in_organization,
        _column.finished_at.is_(None),
        _column.cancelled_at.is_(None),
        one_of(_column.principal, "principals", texts=True),
    )
    .values(cancelled_at=bindparam("at"))
)
_INSERT_ROW = Statement(insert(job_rows))
_here_rows = (_row.organization_id == bindparam("organization_id"), _row.job_id == bindparam("job_id"))
_ROW_COLUMNS = (_row.job_id, _row.number, _row.about, _row.outcome, _row.membership_id, _row.code, _row.message)
_ROWS = select(*_ROW_COLUMNS).where(*_here_rows)
_ROW_PAGES = Pages(_ROWS, _row.number, lambda place: int(place.key))
_FAILED_PAGES = Pages(_ROWS.where(_row.outcome == str(RowOutcome.FAILED)), _row.number, lambda place: int(place.key))
_NUMBERS = Statement(select(_row.number, _row.outcome).where(*_here_rows), scans=True)


@immutable
class Progress:
    """How far a job has come since it was last written down.

    `done` and `failed` count all rows; `rows` are those that are not kept yet. Without `finished_at` the job is held
    on until `leased_until`.
    """

    done: int
    failed: int
    leased_until: datetime
    finished_at: datetime | None = None
    failure: str | None = None
    rows: Sequence[JobRow] = field(default=())


async def insert_job(tx: WriteTx, job: Job, given: Any) -> None:
    """Keep a new job and what it was given, ready for JSON."""
    await tx.execute(
        _INSERT,
        organization_id=job.organization_id,
        **{column.name: getattr(job, column.name) for column in _COLUMNS} | {"kind": str(job.kind)},
        input=orjson.dumps(given).decode(),
    )


async def load(tx: ReadTx, organization_id: str, job_id: str) -> Job:
    """A job of the organization, or `NotFound`."""
    return await _load(tx, _BY_ID, organization_id, job_id)


async def load_for_update(tx: WriteTx, organization_id: str, job_id: str) -> Job:
    """The same, and nobody else changes it before the transaction ends."""
    return await _load(tx, _BY_ID_LOCKED, organization_id, job_id)


async def page(tx: ReadTx, organization_id: str, page: Page) -> list[Job]:
    """The page's jobs and one more, the newest first, in the direction in which the page was read."""
    return [_job(row) for row in await _PAGES.read(tx, page, organization_id=organization_id)]


async def rows_page(
    tx: ReadTx, organization_id: str, job_id: str, page: Page, *, only_failed: bool = False
) -> list[JobRow]:
    """The page's rows and one more, by number, in the direction in which the page was read."""
    pages = _FAILED_PAGES if only_failed else _ROW_PAGES
    return [_job_row(row) for row in await pages.read(tx, page, organization_id=organization_id, job_id=job_id)]


async def is_any_free(tx: ReadTx, *, at: datetime) -> bool:
    """Whether there is a job that nobody holds."""
    return await tx.one(_ANY_FREE, at=at) is not None


async def take(tx: WriteTx, *, at: datetime, until: datetime) -> Job | None:
    """Take the job whose turn it is and that nobody holds, and hold it until then; None if there is none."""
    row = await tx.one(_FREE, at=at)
    if row is None:
        return None
    job = _job(row)
    await tx.execute(_TAKE, in_organization=job.organization_id, job_id=job.id, at=at, until=until)
    tx.announce(job.organization_id)
    return replace(job, started_at=job.started_at or at, leased_until=until)


async def given_to(tx: ReadTx, job: Job) -> Any:
    """What the job was given."""
    row = await tx.one(_INPUT, organization_id=job.organization_id, id=job.id)
    return orjson.loads(row[0]) if row else {}


async def outcomes(tx: ReadTx, job: Job) -> dict[int, RowOutcome]:
    """What came of the rows that are done, by number."""
    rows = await tx.all(_NUMBERS, organization_id=job.organization_id, job_id=job.id)
    return {row[0]: RowOutcome(row[1]) for row in rows}


async def keep_progress(tx: WriteTx, job: Job, progress: Progress) -> bool:
    """Keep how far a job has come, and announce it: the one place where that is written.

    False, and nothing is kept, if the caller does not hold the job any more.
    """
    row = await tx.one(
        _KEEP_PROGRESS if progress.finished_at is None else _FINISH,
        in_organization=job.organization_id,
        job_id=job.id,
        held=job.leased_until,
        until=progress.leased_until,
        finished=progress.finished_at,
        all_done=progress.done,
        all_failed=progress.failed,
        why=progress.failure,
    )
    if row is None:
        return False
    await insert_rows(tx, job.organization_id, progress.rows)
    tx.announce(job.organization_id)
    return True


async def cancel_begun_by(tx: WriteTx, organization_id: str, principals: Set[str], *, at: datetime) -> None:
    """Cancel every job that one of these began and that has not ended: it stops before its next row."""
    await tx.later(_CANCEL_BEGUN_BY, in_organization=organization_id, principals=sorted(principals), at=at)


async def cancel(tx: WriteTx, job: Job, *, at: datetime) -> Job:
    """Cancel a job that is not finished. It ends here if it never began; otherwise whoever holds it, or takes it next,
    ends it, with the rows counted that are done."""
    begun = job.started_at is not None
    statement = _CANCEL if begun else _CANCEL_UNBEGUN
    await tx.execute(statement, in_organization=job.organization_id, job_id=job.id, at=at)
    return replace(job, cancelled_at=at, finished_at=None if begun else at)


async def insert_rows(tx: WriteTx, organization_id: str, rows: Iterable[JobRow]) -> None:
    """Keep what came of rows. Raises `UniqueViolation` if one of them is done already."""
    for row in rows:
        await tx.execute(
            _INSERT_ROW,
            organization_id=organization_id,
            job_id=row.step.job_id,
            number=row.step.number,
            about=row.step.about,
            outcome=str(row.outcome),
            membership_id=row.membership_id,
            code=row.code,
            message=row.message,
        )


async def _load(tx: ReadTx, statement: Statement, organization_id: str, job_id: str) -> Job:
    canonical = parse_id(job_id)
    row = None if canonical is None else await tx.one(statement, organization_id=organization_id, id=canonical)
    if row is None:
        raise NotFound(f"There is no job {job_id!r} in this organization.")
    return _job(row)


def _job(row: Row) -> Job:
    values = dict(zip(("organization_id", *(column.name for column in _COLUMNS)), row, strict=True))
    values["kind"] = JobKind(values["kind"])
    return Job(**values)


def _job_row(row: Row) -> JobRow:
    return JobRow(Step(row[0], row[1], row[2]), RowOutcome(row[3]), *row[4:])

"""Runs jobs: in each process one at a time, under a lease, each row with the authority that its maker has by then."""

import asyncio
import logging
import time
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from rollbook.domain.actors import Actor
from rollbook.domain.errors import Busy, Forbidden, NotFound
from rollbook.domain.jobs import Job, JobRow, RowOutcome, Task
from rollbook.domain.policy import Permission, require
from rollbook.domain.stretches import STRETCH
from rollbook.domain.values import Clock
from rollbook.persistence import jobs
from rollbook.persistence.database import Database, UniqueViolation
from rollbook.persistence.jobs import Progress
from rollbook.services.acting import actor_behind
from rollbook.services.aside import aside
from rollbook.services.job_steps import do, tasks_of
from rollbook.services.memberships import Memberships

LEASE = timedelta(seconds=60)
"""How long a job is held without a sign of life before another process takes it over."""

POLL_SECONDS = 2.0
"""How often a process looks for jobs that another one made, or left."""

KEPT_EVERY_ROWS = 50
KEPT_EVERY_SECONDS = 1.0
"""How far behind the truth the written progress is at most."""

TURN_SECONDS = 10.0
"""How long a job runs before others that wait have their turn."""

_log = logging.getLogger(__name__)


class _Lost(Exception):
    """Another process holds the job by now, or it has ended; what it still needs is not this one's to do."""


class _Stopped(Exception):
    """The job may not go on; the text says why."""


class JobRunner:
    """The worker of one process."""

    def __init__(self, database: Database, clock: Clock, memberships: Memberships) -> None:
        self._database = database
        self._clock = clock
        self._memberships = memberships
        self._awake = asyncio.Event()
        self._stopping = False

    def wake(self) -> None:
        """There may be a job to run."""
        self._awake.set()

    def stop(self) -> None:
        """End `run` after the row that it is at; the job is left for whoever takes it next."""
        self._stopping = True
        self._awake.set()

    async def run(self) -> None:
        """Run the jobs of the installation as they come, until `stop`, which may come before it has begun."""
        while not self._stopping:
            self._awake.clear()
            worked = False
            try:
                worked = await self.turn()
            except Busy as error:
                _log.warning("jobs cannot be run at the moment: %s", error.message)
            except Exception:
                _log.exception("jobs cannot be run at the moment")
            if not worked and not self._stopping:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._awake.wait(), POLL_SECONDS)
        self._stopping = False

    async def turn(self) -> bool:
        """Take the job whose turn it is and run it for a while; False if there was none to take. Raises `Busy`."""
        at = self._clock()
        async with self._database.read() as reading:
            if not await jobs.is_any_free(reading, at=at):
                return False
        async with self._database.write() as tx:
            job = await jobs.take(tx, at=at, until=at + LEASE)
        if job is None:
            return False
        with suppress(_Lost):
            turn = _Turn(self._database, self._clock, job)
            try:
                await self._work(turn)
            except (Busy, _Lost):
                raise  # of a busy database the lease ends, and then somebody goes on
            except _Stopped as stopped:
                await turn.end(failure=str(stopped))
            except Exception:
                _log.exception("job %s failed", job.id)
                await turn.end(failure="Rollbook failed to run this job; the log of the server tells why.")
        return True

    async def _work(self, turn: "_Turn") -> None:
        began = time.monotonic()
        for number, task in await turn.open_tasks():
            if self._stopping or time.monotonic() - began > TURN_SECONDS:
                await turn.hand_on()
                return
            await asyncio.sleep(0)  # a rehearsal in the embedded database waits for nothing, and must let others pass
            actor = await turn.actor()
            if actor is None:
                break
            await turn.note(number, await do(self._memberships, actor, turn.job, number, task))
        await turn.end()


class _Turn:
    """A job while this process holds it: what was done since the progress was last written, and how it is written."""

    def __init__(self, database: Database, clock: Clock, job: Job) -> None:
        self._database = database
        self._clock = clock
        self.job = job
        self._done = self._failed = 0
        self._rows: list[JobRow] = []
        self._unwritten = 0
        self._written_at = time.monotonic()

    async def open_tasks(self) -> list[tuple[int, Task]]:
        """The rows that are not done yet, by number."""
        async with self._database.read() as tx:
            given = await jobs.given_to(tx, self.job)
            kept = await jobs.outcomes(tx, self.job)
        tasks = await aside(lambda: tasks_of(self.job, given), is_long=self.job.total > STRETCH)
        self._done = len(kept)
        self._failed = sum(outcome is RowOutcome.FAILED for outcome in kept.values())
        return [(number, task) for number, task in enumerate(tasks, 1) if number not in kept]

    async def actor(self) -> Actor | None:
        """Who acts, with the rights that they have now; None if the job was cancelled.

        Raises `_Stopped` if they may not change members any more, and `_Lost`.
        """
        at, job = self._clock(), self.job
        async with self._database.read() as tx:
            try:
                now = await jobs.load(tx, job.organization_id, job.id)
            except NotFound:  # deleted with its organization
                raise _Lost from None
            if now.finished_at is not None or now.leased_until != job.leased_until:
                raise _Lost
            try:
                actor = await actor_behind(
                    tx, job.organization_id, job.principal, job.actor_id, request_id=job.id, at=at
                )
                require(actor, Permission.MEMBERS_WRITE)
            except (Forbidden, NotFound) as error:
                raise _Stopped(error.message) from error
        # also of who had left and is back: what they began before does not go on
        return actor if now.cancelled_at is None else None

    async def note(self, number: int, row: JobRow | None) -> None:
        """A row is done; None if that is kept already. Writes the progress down now and then."""
        self._done += 1
        self._unwritten += 1
        if row is not None:
            self._failed += row.outcome is RowOutcome.FAILED
            self._rows.append(row)
        late = time.monotonic() - self._written_at >= KEPT_EVERY_SECONDS
        if late or self._unwritten >= KEPT_EVERY_ROWS:
            await self._write(self._clock() + LEASE)

    async def hand_on(self) -> None:
        """Let go of the job, for whoever takes it next."""
        await self._write(self._clock())

    async def end(self, *, failure: str | None = None) -> None:
        """The job is over: all rows are done, or it was stopped."""
        at = self._clock()
        await self._write(at, finished_at=at, failure=failure)

    async def _write(
        self, leased_until: datetime, *, finished_at: datetime | None = None, failure: str | None = None
    ) -> None:
        try:
            await self._keep(leased_until, finished_at, failure)
        except UniqueViolation:
            # whoever held the job before was at one of these rows still
            await self._drop_rows_of_others()
            await self._keep(leased_until, finished_at, failure)
        self.job = replace(self.job, leased_until=leased_until)
        self._rows = []
        self._unwritten = 0
        self._written_at = time.monotonic()

    async def _keep(self, leased_until: datetime, finished_at: datetime | None, failure: str | None) -> None:
        progress = Progress(self._done, self._failed, leased_until, finished_at, failure, self._rows)
        async with self._database.write() as tx:
            if not await jobs.keep_progress(tx, self.job, progress):
                raise _Lost

    async def _drop_rows_of_others(self) -> None:
        async with self._database.read() as tx:
            kept = await jobs.outcomes(tx, self.job)
        own = [row for row in self._rows if row.step.number not in kept]
        dropped = [row for row in self._rows if row.step.number in kept]
        self._failed -= sum(row.outcome is RowOutcome.FAILED for row in dropped)
        self._rows = own

"""Group commit for the embedded database: one connection writes, and transactions share their durable commits."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, TypeVar

from rollbook.domain.errors import Busy
from rollbook.persistence.announcements import Announcements
from rollbook.persistence.checkpoints import Checkpoints
from rollbook.persistence.database import Collision
from rollbook.persistence.uninterrupted import uninterrupted

T = TypeVar("T")

BUSY_SECONDS = 5.0
"""How long a write waits for another process's transaction."""

MOST_IN_A_COMMIT = 32
"""How many transactions share one durable commit at most, so that the first of them need not wait long."""

CROWD = 2
"""With so many waiting when a commit ends, others will come before long: the next commit is put off a little."""

CROWDED_COMMIT_EVERY = 0.002
"""About how many seconds are between the beginnings of two commits in a crowd: one costs as much for one as for ten."""

CAREFUL = 64
"""So many transactions have a savepoint each after one was refused that had written: more may be, as in a rehearsal."""

_ANOTHER_PROCESS = "Another process wrote at the same moment. Try again."

Written = list[tuple[str, list[Any]]]
"""Statements that changed something, in order, each with its arguments. On the same state they do the same again."""


class Batch:
    """The transactions that will become durable by one commit, and what they wrote of which all is kept."""

    def __init__(self) -> None:
        self.entered = 0
        self.written: Written = []
        self.announced: set[str] = set()
        self._is_settled = False
        self._error: BaseException | None = None
        self._waiting: list[asyncio.Future[None]] = []

    async def durable(self) -> None:
        """Return once it is committed. Raises what the commit raised."""
        if not self._is_settled:
            # each has a future of their own: who gives up leaves the others theirs, for a third of what a shield costs
            waiting = asyncio.get_running_loop().create_future()
            self._waiting.append(waiting)
            await waiting
        elif self._error is not None:
            raise self._error

    def settle(self, error: BaseException | None) -> None:
        """Tell everybody whether it was committed."""
        self._is_settled, self._error = True, error
        for waiting in self._waiting:
            if waiting.done():
                continue
            if error is None:
                waiting.set_result(None)
            else:
                waiting.set_exception(error)


class Writer:
    """The one connection that writes, for one transaction after the other.

    The commit is for all that have left by then. It takes its turn like a transaction, behind those who wait already;
    where it would be for more than `MOST_IN_A_COMMIT`, whoever comes next does it first. Nobody is told of success
    before it is durable, nor refused for what is not.

    Whoever is refused after they wrote something takes all of the batch back, and what the others wrote is done and
    committed once more. That is rare, and where it is not, each has a savepoint for a while: it has SQLite copy every
    page before it is changed (docs/decisions/0007).
    """

    def __init__(self, connection: sqlite3.Connection, checkpoints: Checkpoints, announcements: Announcements) -> None:
        self.connection = connection
        self.connection.execute("PRAGMA busy_timeout = 0")
        self._checkpoints = checkpoints
        self._announcements = announcements
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="rollbook-write")
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._crowded = False
        self._commit_began = 0.0
        self._closed = False
        self._careful = 0
        self._has_savepoint = False
        self._changes = 0
        self._batch: Batch | None = None
        self._commit_to_come: asyncio.Task[None] | None = None

    async def enter(self) -> Batch:
        """Wait for the turn, and take it until `keep` or `take_back`. Raises `Busy`."""
        if self._closed:
            raise Busy("Rollbook is shutting down. Try again in a moment.")
        arrived = time.monotonic()
        self._waiting += 1
        try:
            await self._turn.acquire()
        finally:
            self._waiting -= 1
        try:
            if self._batch is not None and self._batch.entered >= MOST_IN_A_COMMIT:
                await self._finish(self._batch)
            if self._batch is None:
                await self._begin(arrived)
                self._batch = Batch()
            self._batch.entered += 1
            self._changes = self.connection.total_changes
            self._has_savepoint = self._careful > 0
            if self._has_savepoint:
                self._careful -= 1
                self.connection.execute("SAVEPOINT operation")
        except BaseException:
            try:
                if self._batch is None and self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")  # it began in the thread, after its caller had given up
            finally:
                self._hand_on()
            raise
        return self._batch

    def keep(self, batch: Batch, written: Written) -> None:
        """End the turn: what it wrote becomes durable with the batch."""
        try:
            self._check_transaction()
            if self._has_savepoint:
                self.connection.execute("RELEASE operation")
            batch.written += written
        except sqlite3.Error as error:
            self._lose(batch, error)
        finally:
            self._hand_on()

    async def take_back(self, batch: Batch) -> None:
        """End the turn: nothing of what it wrote is kept."""
        has_changed = self.connection.total_changes != self._changes
        if has_changed:
            self._careful = CAREFUL
        try:
            self._check_transaction()
            if self._has_savepoint:
                self.connection.execute("ROLLBACK TO operation")
                self.connection.execute("RELEASE operation")
            elif has_changed:
                await self._finish(batch, anew=True)
        except sqlite3.Error as error:
            self._lose(batch, error)
        finally:
            self._hand_on()

    def _check_transaction(self) -> None:
        if not self.connection.in_transaction:  # as it may happen when the disk is full
            raise sqlite3.OperationalError("SQLite gave the transaction up")

    def _lose(self, batch: Batch, error: sqlite3.Error) -> None:
        """Give the whole transaction up, and tell all of the batch."""
        self._batch = None
        batch.settle(error)
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def _hand_on(self) -> None:
        """Give the turn to the next in the queue, and see to it that a commit is to come."""
        self._turn.release()
        if self._batch is not None and (self._commit_to_come is None or self._commit_to_come.done()):
            self._commit_to_come = asyncio.create_task(self._commit_in_turn())

    async def _commit_in_turn(self) -> None:
        if self._crowded:  # the turn is free meanwhile: whoever comes is in this commit, too
            await asyncio.sleep(self._commit_began + CROWDED_COMMIT_EVERY - time.monotonic())
        async with self._turn:
            self._commit_to_come = None
            if self._batch is not None:
                await self._finish(self._batch)

    async def _begin(self, arrived: float) -> None:
        try:
            self.connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            await self.off_loop(lambda: self._begin_patiently(arrived + BUSY_SECONDS))

    def _begin_patiently(self, deadline: float) -> None:
        # a queue behind another process's write is refused together, not one after the other
        patience = max(0, int((deadline - time.monotonic()) * 1000))
        self.connection.execute(f"PRAGMA busy_timeout = {patience}")
        try:
            self.connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            raise Busy("The database is busy with another process's write. Try again in a moment.") from error
        finally:
            self.connection.execute("PRAGMA busy_timeout = 0")

    async def _finish(self, batch: Batch, *, anew: bool = False) -> None:
        self._batch = None
        try:
            if not batch.written:
                self.connection.execute("ROLLBACK")
                batch.settle(None)
                return
            self._commit_began = time.monotonic()
            commit = self._thread.submit(partial(self._commit_anew, batch.written) if anew else self._commit)
        except BaseException as failure:  # as when no thread is to be had
            batch.settle(failure)
            raise
        try:
            with suppress(sqlite3.Error, Busy):
                await uninterrupted(asyncio.wrap_future(commit))
        finally:  # whether or not this was cancelled, all wait for the truth
            error = commit.exception()
            self._crowded = self._waiting >= CROWD
            batch.settle(error)
            if error is None:
                self._announcements.tell(batch.announced)
                self._checkpoints.begin_if_due()

    def _commit(self) -> None:
        with self._all_or_nothing():
            self.connection.execute("COMMIT")

    def _commit_anew(self, written: Written) -> None:
        """Commit only this of the transaction. Raises `Collision` if another process was faster to write."""
        seen = self._state()
        self.connection.execute("ROLLBACK")
        with self._all_or_nothing():
            try:
                self.connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise
                raise Collision(_ANOTHER_PROCESS) from error
            if self._state() != seen:
                raise Collision(_ANOTHER_PROCESS)
            for sql, arguments in written:
                self.connection.execute(sql, arguments).fetchall()
            self.connection.execute("COMMIT")

    def _state(self) -> int:
        """A number that is another one once somebody else has committed something."""
        (number,) = self.connection.execute("PRAGMA data_version").fetchone()
        return int(number)

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise

    async def off_loop(self, work: Callable[[], T]) -> T:
        """What the work answers, done in the thread that commits."""
        return await uninterrupted(asyncio.wrap_future(self._thread.submit(work)))

    async def close(self) -> None:
        """Wait for whoever has the turn or waits for it, commit, and close the connection."""
        self._closed = True
        async with self._turn:  # turns go in order, so those who came before have had theirs
            if self._batch is not None:
                await self._finish(self._batch)
            self._thread.shutdown()
            self._checkpoints.close()
            self.connection.close()
        if self._commit_to_come is not None:
            await asyncio.wait([self._commit_to_come])  # it finds nothing left to do

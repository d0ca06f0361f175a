"""The embedded database: SQLite in WAL mode, one writer at a time, and commits shared by those who wait.

Short statements run on the event loop, where they are cheaper than a hop to a thread. What can block or scan runs in
a thread: beginning a transaction while another process writes, the durable commit, and statements marked `scans`.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, AbstractContextManager, suppress
from pathlib import Path
from typing import Any, TypeVar

from rollbook.domain.errors import Busy
from rollbook.persistence.announcements import Announcements, News
from rollbook.persistence.checkpoints import Checkpoints
from rollbook.persistence.database import Collision, Database, ReadTx, Refusal, UniqueViolation, WriteTx
from rollbook.persistence.statements import SQLITE, Row, Statement
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

SCAN_THREADS = 2
_INTERRUPTED_EVERY = 0.05

CHECKPOINT_PAGES = 16_000
"""How many pages of 4 KiB the log has until a commit brings what is left into the file, so that the log begins anew.
At SQLite's 1000 hardly anything would be done beside the writer, and commits would wait for all of it."""


def connect(path: Path) -> sqlite3.Connection:
    """A connection as every part of the program uses it: WAL, durable commits, foreign keys."""
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA cache_size = -32768")
    return connection


class SqliteDatabase(Database):
    """An open SQLite file."""

    def __init__(self, path: Path) -> None:
        self._reader = connect(path)
        self._scanners = [connect(path) for _ in range(SCAN_THREADS)]
        self._scanner_free = asyncio.Semaphore(SCAN_THREADS)
        self._scan_threads = ThreadPoolExecutor(SCAN_THREADS, thread_name_prefix="rollbook-scan")
        self._announcements = Announcements()
        self._writer = _Writer(path, self._announcements)

    def read(self) -> AbstractAsyncContextManager[ReadTx]:
        """A place to read from; each statement reads the newest committed state."""
        return _SqliteRead(self)

    def write(self) -> AbstractAsyncContextManager[WriteTx]:
        """One transaction; `Busy` after `BUSY_SECONDS` of another process's writing."""
        return _SqliteWrite(self._writer)

    def listening(self, organization_id: str) -> AbstractContextManager[News]:
        """Be told of this process's commits; of another process's, only the tables tell."""
        return self._announcements.listening(organization_id)

    async def close(self) -> None:
        """Wait for the commit under way, then close every connection."""
        await self._writer.close()
        self._scan_threads.shutdown()
        for connection in (self._reader, *self._scanners):
            connection.close()

    async def rows(self, statement: Statement, parameters: dict[str, Any]) -> list[Row]:
        """All rows of a statement, read where it is cheapest."""
        prepared = statement.prepared(SQLITE)
        arguments = prepared.arguments(parameters)
        if not statement.scans:
            return [prepared.row(row) for row in self._reader.execute(prepared.sql, arguments).fetchall()]
        async with self._scanner_free:
            connection = self._scanners.pop()
            try:
                rows = await self._scan(connection, lambda: connection.execute(prepared.sql, arguments).fetchall())
            finally:
                self._scanners.append(connection)
        return [prepared.row(row) for row in rows]

    async def _scan(self, connection: sqlite3.Connection, work: Callable[[], T]) -> T:
        scan = asyncio.wrap_future(self._scan_threads.submit(work))
        try:
            return await asyncio.shield(scan)
        except asyncio.CancelledError:
            await uninterrupted(_interrupted(connection, scan))  # nobody waits for the rows any more
            raise


async def _interrupted(connection: sqlite3.Connection, scan: "asyncio.Future[T]") -> None:
    """Return once the scan has ended. An interruption that comes before its statement has begun is lost: so again."""
    while not scan.done():
        connection.interrupt()
        await asyncio.wait([scan], timeout=_INTERRUPTED_EVERY)
    scan.exception()  # seen


class _Batch:
    """The transactions that will become durable by one commit."""

    def __init__(self) -> None:
        self.entered = 0
        self.has_changes = False
        self.announced: set[str] = set()
        self.committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # a caller that was cancelled asks no more; a failed commit must not be reported twice
        self.committed.add_done_callback(lambda future: future.cancelled() or future.exception())


class _Writer:
    """The one connection that writes. Each transaction is a savepoint, and a commit is for all that have left by then.

    The commit takes its turn like a transaction, behind those who wait already; where it would be for more than
    `MOST_IN_A_COMMIT`, whoever comes next does it first. Nobody is told of success before it is durable, nor refused
    for what is not.
    """

    def __init__(self, path: Path, announcements: Announcements) -> None:
        self.connection = connect(path)
        self.connection.execute("PRAGMA busy_timeout = 0")
        self._announcements = announcements
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="rollbook-write")
        self._checkpoints = Checkpoints(connect(path))
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._crowded = False
        self._commit_began = 0.0
        self._closed = False
        self._batch: _Batch | None = None
        self._commit_to_come: asyncio.Task[None] | None = None

    async def enter(self) -> _Batch:
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
                self._batch = _Batch()
            self._batch.entered += 1
            self.connection.execute("SAVEPOINT operation")
        except BaseException:
            try:
                if self._batch is None and self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")  # it began in the thread, after its caller had given up
            finally:
                self._hand_on()
            raise
        return self._batch

    def leave(self, batch: _Batch, *, keep: bool) -> None:
        try:
            if not keep:
                self.connection.execute("ROLLBACK TO operation")
            self.connection.execute("RELEASE operation")
            batch.has_changes |= keep
        except sqlite3.Error as error:
            # the savepoint is gone: SQLite gave the whole transaction up, as it may when the disk is full
            self._batch = None
            batch.committed.set_exception(error)
        self._hand_on()

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

    async def _finish(self, batch: _Batch) -> None:
        self._batch = None
        if not batch.has_changes:
            self.connection.execute("ROLLBACK")
            batch.committed.set_result(None)
            return
        self._commit_began = time.monotonic()
        commit = self._thread.submit(self._commit)
        try:
            with suppress(sqlite3.Error):
                await uninterrupted(asyncio.wrap_future(commit))
        finally:  # whether or not this was cancelled, all wait for the truth
            error = commit.exception()
            self._crowded = self._waiting >= CROWD
            if error is None:
                batch.committed.set_result(None)
                self._announcements.tell(batch.announced)
                self._checkpoints.begin_if_due()
            else:
                batch.committed.set_exception(error)

    def _commit(self) -> None:
        try:
            self.connection.execute("COMMIT")
        except sqlite3.Error:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise

    async def off_loop(self, work: Callable[[], T]) -> T:
        return await uninterrupted(asyncio.wrap_future(self._thread.submit(work)))

    async def close(self) -> None:
        self._closed = True
        async with self._turn:  # turns go in order, so those who came before have had theirs
            if self._batch is not None:
                await self._finish(self._batch)
            self._thread.shutdown()
            self._checkpoints.close()
            self.connection.close()
        if self._commit_to_come is not None:
            await asyncio.wait([self._commit_to_come])  # it finds nothing left to do


class _SqliteRead(ReadTx):
    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database

    async def __aenter__(self) -> ReadTx:
        return self

    async def __aexit__(self, *_: object) -> None:
        return

    async def one(self, statement: Statement, **parameters: Any) -> Row | None:
        rows = await self._database.rows(statement, parameters)
        return rows[0] if rows else None

    async def all(self, statement: Statement, **parameters: Any) -> list[Row]:
        return await self._database.rows(statement, parameters)


class _SqliteWrite(WriteTx):
    def __init__(self, writer: _Writer) -> None:
        self._writer = writer
        self._announced: set[str] = set()
        self._waiting: list[Callable[[], None]] = []

    async def __aenter__(self) -> WriteTx:
        self._batch = await self._writer.enter()
        return self

    async def __aexit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        if error is not None:
            self._writer.leave(self._batch, keep=False)
            if self._batch.has_changes and isinstance(error, Exception):
                await asyncio.shield(self._batch.committed)  # a refusal may rest on what others wrote
            return
        self._batch.announced |= self._announced
        self._writer.leave(self._batch, keep=True)
        await asyncio.shield(self._batch.committed)
        for told in self._waiting:
            told()

    @property
    def is_alone(self) -> bool:
        return True

    async def one(self, statement: Statement, **parameters: Any) -> Row | None:
        rows = await self.all(statement, **parameters)
        return rows[0] if rows else None

    async def all(self, statement: Statement, **parameters: Any) -> list[Row]:
        rows, _ = await self._aside(statement, parameters) if statement.scans else self._run(statement, parameters)
        return [statement.prepared(SQLITE).row(row) for row in rows]

    async def execute(self, statement: Statement, **parameters: Any) -> None:
        await self.later(statement, **parameters)

    async def later(self, statement: Statement, refused_as: Refusal | None = None, /, **parameters: Any) -> None:
        try:  # no round trip is saved by waiting
            rows, changed = (
                await self._aside(statement, parameters) if statement.scans else self._run(statement, parameters)
            )
        except UniqueViolation as violation:
            refusal = None if refused_as is None else refused_as(violation)
            if refusal is None:
                raise
            try:
                raise refusal from violation
            finally:
                del refusal  # raised here, it and this frame hold each other
        if (statement.changes_one and changed == 0) or (statement.finds_none and rows):
            raise Collision("Somebody else changed this at the same moment. Try again.")

    async def _aside(self, statement: Statement, parameters: dict[str, Any]) -> tuple[list[Row], int]:
        return await self._writer.off_loop(lambda: self._run(statement, parameters))

    def _run(self, statement: Statement, parameters: dict[str, Any]) -> tuple[list[Row], int]:
        """The rows as they came, and how many were changed."""
        prepared = statement.prepared(SQLITE)
        try:
            cursor = self._writer.connection.execute(prepared.sql, prepared.arguments(parameters))
            return cursor.fetchall(), cursor.rowcount
        except sqlite3.IntegrityError as error:
            raise _violation(error) from error

    async def catch_up(self) -> None:
        return  # nothing ever waits

    def announce(self, organization_id: str) -> None:
        self._announced.add(organization_id)

    def once_committed(self, told: Callable[[], None]) -> None:
        self._waiting.append(told)


def _violation(error: sqlite3.IntegrityError) -> Exception:
    if error.sqlite_errorcode == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:  # the organization was deleted at this moment
        return Collision("Another change got in the way at the same moment. Try again.")
    unique = error.sqlite_errorcode in {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}
    return UniqueViolation(str(error)) if unique else error

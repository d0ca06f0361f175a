"""The embedded database: SQLite in WAL mode, one writer at a time.

Short statements run on the event loop, where they are cheaper than a hop to a thread. What can block or scan runs in
a thread: beginning a transaction while another process writes, the durable commit, and statements marked `scans`.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from pathlib import Path
from typing import Any, TypeVar

from rollbook.persistence.announcements import Announcements, News
from rollbook.persistence.checkpoints import CHECKPOINT_PAGES, Checkpoints
from rollbook.persistence.database import Collision, Database, ReadTx, Refusal, UniqueViolation, WriteTx
from rollbook.persistence.group_commit import BUSY_SECONDS, Writer, Written
from rollbook.persistence.statements import SQLITE, Row, Statement
from rollbook.persistence.uninterrupted import uninterrupted

T = TypeVar("T")

SCAN_THREADS = 2
_INTERRUPTED_EVERY = 0.05


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
        self._writer = Writer(connect(path), Checkpoints(connect(path)), self._announcements)

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
    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._written: Written = []
        self._announced: set[str] = set()
        self._waiting: list[Callable[[], None]] = []

    async def __aenter__(self) -> WriteTx:
        self._batch = await self._writer.enter()
        return self

    async def __aexit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        if error is not None:
            await self._writer.take_back(self._batch)
            if self._batch.written and isinstance(error, Exception):
                await self._batch.durable()  # a refusal may rest on what others wrote
            return
        self._batch.announced |= self._announced
        self._writer.keep(self._batch, self._written)
        await self._batch.durable()
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
        arguments = prepared.arguments(parameters)
        connection = self._writer.connection
        changes = connection.total_changes
        try:
            cursor = connection.execute(prepared.sql, arguments)
            rows = cursor.fetchall()
        except sqlite3.IntegrityError as error:
            raise _violation(error) from error
        if connection.total_changes != changes:
            self._written.append((prepared.sql, arguments))
        return rows, cursor.rowcount

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

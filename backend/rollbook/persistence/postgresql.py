"""The scale-out database: PostgreSQL through asyncpg, any number of processes."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, suppress
from functools import lru_cache
from typing import Any

import asyncpg

from rollbook.domain.errors import Busy
from rollbook.persistence.announcements import Announcements, News
from rollbook.persistence.database import Collision, Database, ReadTx, UniqueViolation, WriteTx
from rollbook.persistence.notifications import Notifications
from rollbook.persistence.rounds import Arguments, Rounds
from rollbook.persistence.statements import POSTGRESQL, Prepared, Row, Statement
from rollbook.persistence.uninterrupted import uninterrupted

ACQUIRE_SECONDS = 10.0
"""How long an operation waits for a free connection before it answers `Busy`."""


LOCK_SECONDS = 10
"""How long a statement waits for another transaction's lock before it answers `Busy`."""

COMMAND_SECONDS = 60.0
"""How long a statement may take in all; longer than it may wait for a lock."""


MOST_LATER = 16
"""How many statements wait for one round trip at most."""


class _Connection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg ships no types
    def get_reset_query(self) -> str:
        """Nothing to reset: no operation leaves session state behind, and the query would be a round trip."""
        return ""


class PostgresqlDatabase(Database):
    """An open pool of connections, and one more for announcements."""

    def __init__(self, pool: Any, url: str) -> None:
        self._pool = pool
        self._rounds: dict[Statement, Rounds] = {}
        self._announcements = Announcements()
        self._notifications = Notifications(url, self._announcements)

    @classmethod
    async def open(cls, url: str, *, pool_size: int) -> "PostgresqlDatabase":
        """Connect; raises `OSError` or `asyncpg.PostgresError` if there is no such database."""
        pool = await asyncpg.create_pool(
            url,
            min_size=1,
            max_size=pool_size,
            connection_class=_Connection,
            statement_cache_size=1024,
            command_timeout=COMMAND_SECONDS,
            server_settings={
                "application_name": "rollbook",
                "jit": "off",
                "lock_timeout": f"{LOCK_SECONDS}s",
                "timezone": "UTC",
            },
        )
        return cls(pool, url)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadTx]:
        """A place to read from; each statement reads the newest committed state."""
        tx = _PostgresqlRead(self)
        with _told():
            try:
                yield tx
            finally:
                await tx.release()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[WriteTx]:
        """One transaction; `Collision` when it lost against another one, `Busy` when the server cannot take it now.

        A connection that is lost while the commit is under way is neither: whether it came through is not known.
        """
        async with self._connection() as connection:
            with _told():
                transaction = connection.transaction()
                await transaction.start()
                tx = _PostgresqlWrite(connection)
                try:
                    yield tx
                    await tx.catch_up()
                except BaseException:
                    with suppress(*_LOST):  # a lost connection has rolled back by itself
                        await transaction.rollback()
                    raise
            await uninterrupted(self._commit(transaction, tx.announced))
            for told in tx.waiting:
                told()

    async def _commit(self, transaction: Any, announced: set[str]) -> None:
        await transaction.commit()
        if announced:
            self._notifications.tell(announced)

    def listening(self, organization_id: str) -> AbstractContextManager[News]:
        """Be told of every process's commits, some 20 ms later; while the connection is lost, of this process's."""
        self._notifications.hear()
        return self._announcements.listening(organization_id)

    async def close(self) -> None:
        """Close every connection when its work is done."""
        await self._pool.close()
        await self._notifications.close()

    async def together(self, statement: Statement, parameters: dict[str, Any]) -> list[Row]:
        """The rows of a statement, asked together with all who ask it at this moment."""
        prepared = statement.prepared(POSTGRESQL)
        rounds = self._rounds.get(statement)
        if rounds is None:
            sql = prepared.together()
            rounds = self._rounds[statement] = Rounds(lambda asked: self._round(sql, asked))
        return await rounds.ask(prepared.arguments(parameters))

    async def _round(self, sql: str, asked: Sequence[Arguments]) -> Sequence[list[Row]]:
        connection = await self.acquire()
        try:
            rows = await connection.fetch(sql, *zip(*asked, strict=True))
        finally:
            await self.release(connection)
        answers: list[list[Row]] = [[] for _ in asked]
        for number, *row in rows:
            answers[number - 1].append(row)
        return answers

    async def acquire(self) -> Any:
        """A connection of the pool, to be released."""
        return await self._pool.acquire(timeout=ACQUIRE_SECONDS)

    async def release(self, connection: Any) -> None:
        """Give a connection back."""
        await self._pool.release(connection)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        with _told():
            connection = await self.acquire()
        try:
            yield connection
        finally:
            await self.release(connection)


_LOST = (
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the server's farewell came out of turn, and the driver has not understood it yet
    asyncpg.PostgresConnectionError,
    OSError,
)


@contextmanager
def _told() -> Iterator[None]:
    """Tell in the domain's words what the server could not do now and may do later."""
    try:
        yield
    except (asyncpg.DeadlockDetectedError, asyncpg.ForeignKeyViolationError, asyncpg.SerializationError) as error:
        # a foreign key fails where the organization was deleted at this moment: once more, and nobody is let in
        raise Collision("Another change got in the way at the same moment. Try again.") from error
    except (asyncpg.LockNotAvailableError, asyncpg.QueryCanceledError, TimeoutError) as error:
        raise Busy("The database is busy. Try again in a moment.") from error
    except (asyncpg.TooManyConnectionsError, asyncpg.AdminShutdownError, *_LOST) as error:
        raise Busy("The database cannot be reached at the moment. Try again soon.") from error


class _PostgresqlRead(ReadTx):
    """Takes a connection when the first statement needs one of its own."""

    def __init__(self, database: PostgresqlDatabase) -> None:
        self._database = database
        self._connection: Any = None

    async def one(self, statement: Statement, **parameters: Any) -> Row | None:
        rows = await self.all(statement, **parameters)
        return rows[0] if rows else None

    async def all(self, statement: Statement, **parameters: Any) -> list[Row]:
        prepared = statement.prepared(POSTGRESQL)
        # whoever holds a connection asks by it: they must not wait for another one
        if statement.together and self._connection is None:
            rows = await self._database.together(statement, parameters)
        else:
            if self._connection is None:
                self._connection = await self._database.acquire()
            rows = await self._connection.fetch(prepared.sql, *prepared.arguments(parameters))
        return [prepared.row(row) for row in rows]

    async def release(self) -> None:
        """Give the connection back, if there is one."""
        if self._connection is not None:
            await self._database.release(self._connection)


class _PostgresqlWrite(WriteTx):
    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._later: list[tuple[Prepared, list[Any]]] = []
        self.announced: set[str] = set()
        self.waiting: list[Callable[[], None]] = []

    async def one(self, statement: Statement, **parameters: Any) -> Row | None:
        rows = await self.all(statement, **parameters)
        return rows[0] if rows else None

    async def all(self, statement: Statement, **parameters: Any) -> list[Row]:
        await self.catch_up()
        prepared = statement.prepared(POSTGRESQL)
        rows = await self._run(prepared.sql, prepared.arguments(parameters))
        return [prepared.row(row) for row in rows]

    async def execute(self, statement: Statement, **parameters: Any) -> None:
        await self.later(statement, **parameters)
        await self.catch_up()

    async def later(self, statement: Statement, **parameters: Any) -> None:
        prepared = statement.prepared(POSTGRESQL)
        self._later.append((prepared, prepared.arguments(parameters)))
        if len(self._later) == MOST_LATER:
            await self.catch_up()

    async def catch_up(self) -> None:
        """Run what waits, in one round trip."""
        if self._later:
            later, self._later = self._later, []
            sql = _in_one(tuple(prepared for prepared, _ in later))
            await self._run(sql, [argument for _, arguments in later for argument in arguments])

    async def _run(self, sql: str, arguments: list[Any]) -> list[Row]:
        try:
            rows: list[Row] = await self._connection.fetch(sql, *arguments)
        except asyncpg.UniqueViolationError as error:
            raise UniqueViolation(error.constraint_name) from error
        return rows

    def announce(self, organization_id: str) -> None:
        self.announced.add(organization_id)

    def once_committed(self, told: Callable[[], None]) -> None:
        self.waiting.append(told)


@lru_cache(maxsize=512)
def _in_one(statements: tuple[Prepared, ...]) -> str:
    """One statement that does what all of them do, in their order."""
    if len(statements) == 1:
        return statements[0].sql
    count, parts = 0, []
    for prepared in statements:
        parts.append(prepared.after(count))
        count += prepared.parameters
    first, *rest = parts
    # PostgreSQL runs the main statement, and then the others from the last to the first
    return "WITH " + ", ".join(f"w{at} AS ({part})" for at, part in reversed([*enumerate(rest)])) + f" {first}"

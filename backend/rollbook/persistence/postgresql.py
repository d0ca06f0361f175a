"""The scale-out database: PostgreSQL through asyncpg, any number of processes."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, suppress
from typing import Any

import asyncpg

from rollbook.domain.errors import Busy
from rollbook.persistence.announcements import Announcements, News
from rollbook.persistence.database import Collision, Database, ReadTx, UniqueViolation, WriteTx
from rollbook.persistence.notifications import Notifications
from rollbook.persistence.statements import POSTGRESQL, Row, Statement
from rollbook.persistence.uninterrupted import uninterrupted

ACQUIRE_SECONDS = 10.0
"""How long an operation waits for a free connection before it answers `Busy`."""


LOCK_SECONDS = 10
"""How long a statement waits for another transaction's lock before it answers `Busy`."""

COMMAND_SECONDS = 60.0
"""How long a statement may take in all; longer than it may wait for a lock."""


class _Connection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg ships no types
    def get_reset_query(self) -> str:
        """Nothing to reset: no operation leaves session state behind, and the query would be a round trip."""
        return ""


class PostgresqlDatabase(Database):
    """An open pool of connections, and one more for announcements."""

    def __init__(self, pool: Any, url: str) -> None:
        self._pool = pool
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
        """A connection to read from; each statement reads the newest committed state."""
        async with self._connection() as connection:
            with _told():
                yield _PostgresqlRead(connection)

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

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        with _told():
            connection = await self._pool.acquire(timeout=ACQUIRE_SECONDS)
        try:
            yield connection
        finally:
            await self._pool.release(connection)


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
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def one(self, statement: Statement, **parameters: Any) -> Row | None:
        prepared = statement.prepared(POSTGRESQL)
        try:
            row = await self._connection.fetchrow(prepared.sql, *prepared.arguments(parameters))
        except asyncpg.UniqueViolationError as error:
            raise UniqueViolation(error.constraint_name) from error
        return None if row is None else prepared.row(row)

    async def all(self, statement: Statement, **parameters: Any) -> list[Row]:
        prepared = statement.prepared(POSTGRESQL)
        try:
            rows = await self._connection.fetch(prepared.sql, *prepared.arguments(parameters))
        except asyncpg.UniqueViolationError as error:
            raise UniqueViolation(error.constraint_name) from error
        return [prepared.row(row) for row in rows]


class _PostgresqlWrite(_PostgresqlRead, WriteTx):
    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        self.announced: set[str] = set()
        self.waiting: list[Callable[[], None]] = []

    async def execute(self, statement: Statement, **parameters: Any) -> None:
        await self.one(statement, **parameters)

    def announce(self, organization_id: str) -> None:
        self.announced.add(organization_id)

    def once_committed(self, told: Callable[[], None]) -> None:
        self.waiting.append(told)

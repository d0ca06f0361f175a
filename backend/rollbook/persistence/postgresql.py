"""The scale-out database: PostgreSQL through asyncpg, any number of processes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from rollbook.domain.errors import Busy
from rollbook.persistence.database import Database, ReadTx, UniqueViolation, WriteTx
from rollbook.persistence.statements import POSTGRESQL, Row, Statement

ACQUIRE_SECONDS = 10.0
"""How long an operation waits for a free connection before it answers `Busy`."""


class _Connection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg ships no types
    def get_reset_query(self) -> str:
        """Nothing to reset: no operation leaves session state behind, and the query would be a round trip."""
        return ""


class PostgresqlDatabase(Database):
    """An open pool of connections."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    @classmethod
    async def open(cls, url: str, *, pool_size: int) -> "PostgresqlDatabase":
        """Connect; raises `OSError` or `asyncpg.PostgresError` if there is no such database."""
        pool = await asyncpg.create_pool(
            url,
            min_size=1,
            max_size=pool_size,
            connection_class=_Connection,
            statement_cache_size=1024,
            command_timeout=60,
            server_settings={"application_name": "rollbook", "timezone": "UTC", "jit": "off"},
        )
        return cls(pool)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadTx]:
        """A connection to read from; each statement reads the newest committed state."""
        async with self._connection() as connection:
            yield _PostgresqlRead(connection)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[WriteTx]:
        """One transaction; `Busy` when it lost against another one's locks or no connection came free."""
        async with self._connection() as connection:
            try:
                async with connection.transaction():
                    yield _PostgresqlWrite(connection)
            except (
                asyncpg.DeadlockDetectedError,
                asyncpg.LockNotAvailableError,
                asyncpg.SerializationError,
            ) as error:
                raise Busy("Another change got in the way. Try again in a moment.") from error

    async def stream(self, statement: Statement, *, size: int, **parameters: Any) -> AsyncIterator[list[Row]]:
        """All rows of one state, `size` at a time, through a server-side cursor."""
        prepared = statement.prepared(POSTGRESQL)
        async with self._connection() as connection, connection.transaction(readonly=True):
            cursor = await connection.cursor(prepared.sql, *prepared.arguments(parameters))
            while rows := await cursor.fetch(size):
                yield [prepared.row(row) for row in rows]

    async def close(self) -> None:
        """Close every connection when its work is done."""
        await self._pool.close()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        try:
            connection = await self._pool.acquire(timeout=ACQUIRE_SECONDS)
        except TimeoutError as error:
            raise Busy("Every database connection is in use. Try again in a moment.") from error
        try:
            yield connection
        finally:
            await self._pool.release(connection)


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
    async def execute(self, statement: Statement, **parameters: Any) -> None:
        await self.one(statement, **parameters)

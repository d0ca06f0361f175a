"""The scale-out database: PostgreSQL through asyncpg, any number of processes."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, suppress
from typing import Any, TypeVar

import asyncpg

from rollbook.domain.errors import Busy
from rollbook.persistence.announcements import Announcements, News
from rollbook.persistence.connections import Connections
from rollbook.persistence.database import Collision, Database, ReadTx, Refusal, UniqueViolation, WriteTx
from rollbook.persistence.notifications import Notifications
from rollbook.persistence.one_statement import Statements, in_one
from rollbook.persistence.rounds import Arguments, Rounds
from rollbook.persistence.shared_writes import SharedWrites
from rollbook.persistence.statements import POSTGRESQL, Row, Statement
from rollbook.persistence.uninterrupted import uninterrupted

T = TypeVar("T")

LOCK_SECONDS = 10
"""How long a statement waits for another transaction's lock before it answers `Busy`."""

COMMAND_SECONDS = 60.0
"""How long a statement may take in all; longer than it may wait for a lock."""

_OUT_OF_REACH = "The database cannot be reached at the moment. Try again soon."

MOST_LATER = 16
"""How many statements wait for one round trip at most."""


class _Connection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg ships no types
    def get_reset_query(self) -> str:
        """Nothing to reset: no operation leaves session state behind, and the query would be a round trip."""
        return ""


class PostgresqlDatabase(Database):
    """An open pool of connections, and one more for announcements."""

    def __init__(self, pool: Any, url: str) -> None:
        self._connections = Connections(pool)
        self._rounds: dict[Statement, Rounds[list[Row]]] = {}
        self._shared_writes = SharedWrites(self._using)
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

    def read(self) -> AbstractAsyncContextManager[ReadTx]:
        """A place to read from; each statement reads the newest committed state."""
        return _PostgresqlRead(self)

    def write(self) -> AbstractAsyncContextManager[WriteTx]:
        """One transaction, which begins when the first statement needs it.

        `Collision` when it lost against another one, `Busy` when the server cannot take it now. A connection that is
        lost while the commit is under way is neither: whether it came through is not known.
        """
        return _PostgresqlWrite(self)

    def tell(self, announced: set[str]) -> None:
        """Tell of commits in these organizations."""
        self._notifications.tell(announced)

    def listening(self, organization_id: str) -> AbstractContextManager[News]:
        """Be told of every process's commits, some 20 ms later; while the connection is lost, of this process's."""
        self._notifications.hear()
        return self._announcements.listening(organization_id)

    async def close(self) -> None:
        """Close every connection when its work is done."""
        await self._connections.close()
        await self._notifications.close()

    async def together(self, statement: Statement, parameters: dict[str, Any]) -> list[Row]:
        """The rows of a statement, asked together with all who ask it at this moment."""
        prepared = statement.prepared(POSTGRESQL)
        rounds = self._rounds.get(statement)
        if rounds is None:
            sql = prepared.together()
            rounds = self._rounds[statement] = Rounds(lambda asked: self._round(sql, asked))
        rows = await rounds.ask(prepared.arguments(parameters))
        return [prepared.row(row) for row in rows]

    async def _round(self, sql: str, asked: Sequence[Arguments]) -> Sequence[list[Row]]:
        rows: list[Any] = await self._using(lambda connection: connection.fetch(sql, *zip(*asked, strict=True)))
        answers: list[list[Row]] = [[] for _ in asked]
        for number, *row in rows:
            answers[number - 1].append(row)
        return answers

    async def commit_at_once(self, statements: Statements, arguments: Arguments) -> None:
        """Do and commit what the statements do, where that is all of a transaction. Raises `UniqueViolation`."""
        try:
            await self._shared_writes.write(statements, arguments)
        except asyncpg.UniqueViolationError as error:
            raise UniqueViolation(error.constraint_name) from error

    async def _using(self, work: Callable[[Any], Awaitable[T]]) -> T:
        connection = await self.take()
        sound = False
        try:
            answer = await work(connection)
            sound = True
        finally:
            await self.give_back(connection, sound=sound)
        return answer

    async def take(self) -> Any:
        """A connection, to be given back. Raises `Busy` if there is none."""
        try:
            return await self._connections.take()
        except Exception as error:
            if (told := _not_now(error)) is None:
                raise
            try:
                raise told from error
            finally:
                del told  # as in _PostgresqlWrite

    async def give_back(self, connection: Any, *, sound: bool) -> None:
        """Give a connection back; see `Connections`."""
        await self._connections.give_back(connection, sound=sound)


_LOST = (
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the server's farewell came out of turn, and the driver has not understood it yet
    asyncpg.PostgresConnectionError,
    OSError,
)


def _refused(error: BaseException) -> Busy | None:
    """What the server refused, in the domain's words: nothing was written then, also if it was asked to commit."""
    if isinstance(error, asyncpg.DivisionByZeroError):  # see in_one
        return Collision("Somebody else changed this at the same moment. Try again.")
    if isinstance(error, asyncpg.DeadlockDetectedError | asyncpg.ForeignKeyViolationError | asyncpg.SerializationError):
        # a foreign key fails where the organization was deleted at this moment: once more, and nobody is let in
        return Collision("Another change got in the way at the same moment. Try again.")
    if isinstance(error, asyncpg.LockNotAvailableError | asyncpg.QueryCanceledError):
        return Busy("The database is busy. Try again in a moment.")
    return Busy(_OUT_OF_REACH) if isinstance(error, asyncpg.AdminShutdownError) else None


def _not_now(error: BaseException) -> Busy | None:
    """The same, and what the server could not do before it was asked to commit."""
    if isinstance(error, TimeoutError):
        return Busy("The database is busy. Try again in a moment.")
    if isinstance(error, (*_LOST, asyncpg.TooManyConnectionsError)):
        return Busy(_OUT_OF_REACH)
    return _refused(error)


class _PostgresqlRead(ReadTx):
    """Takes a connection when the first statement needs one of its own."""

    def __init__(self, database: PostgresqlDatabase) -> None:
        self._database = database
        self._connection: Any = None

    async def __aenter__(self) -> ReadTx:
        return self

    async def __aexit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        if self._connection is not None:
            await self._database.give_back(self._connection, sound=error is None)
        if error is not None and (told := _not_now(error)) is not None:
            raise told from error

    async def one(self, statement: Statement, **parameters: Any) -> Row | None:
        rows = await self.all(statement, **parameters)
        return rows[0] if rows else None

    async def all(self, statement: Statement, **parameters: Any) -> list[Row]:
        # whoever holds a connection asks by it: they must not wait for another one
        if statement.together and self._connection is None:
            return await self._database.together(statement, parameters)
        if self._connection is None:
            self._connection = await self._database.take()
        prepared = statement.prepared(POSTGRESQL)
        rows = await self._connection.fetch(prepared.sql, *prepared.arguments(parameters))
        return [prepared.row(row) for row in rows]


class _PostgresqlWrite(WriteTx):
    """Begins when a statement needs it. If all of them may wait, they are one statement; see `SharedWrites`."""

    def __init__(self, database: PostgresqlDatabase) -> None:
        self._database = database
        self._connection: Any = None
        self._transaction: Any = None
        self._later: list[_Later] = []
        self._announced: set[str] = set()
        self._waiting: list[Callable[[], None]] = []

    async def __aenter__(self) -> WriteTx:
        return self

    async def __aexit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        sound, told = False, None
        try:
            try:
                if error is not None:
                    raise error
                await self._make_ready()
            except BaseException as failure:
                await self._roll_back()
                if (told := _not_now(failure)) is not None:
                    raise told from failure
                if failure is error:
                    return  # it goes on by itself
                raise
            await uninterrupted(self._commit())
            sound = True
        finally:
            del error, traceback, told  # raised here, they and this frame hold each other
            if self._connection is not None:
                await self._database.give_back(self._connection, sound=sound)
        for told_to in self._waiting:
            told_to()

    @property
    def is_alone(self) -> bool:
        return False

    async def one(self, statement: Statement, **parameters: Any) -> Row | None:
        rows = await self.all(statement, **parameters)
        return rows[0] if rows else None

    async def all(self, statement: Statement, **parameters: Any) -> list[Row]:
        if statement.together and self._transaction is None and not self._later:
            return await self._database.together(statement, parameters)
        await self._begin()
        await self._run_waiting()
        prepared = statement.prepared(POSTGRESQL)
        rows = await self._run(prepared.sql, prepared.arguments(parameters))
        return [prepared.row(row) for row in rows]

    async def execute(self, statement: Statement, **parameters: Any) -> None:
        await self.later(statement, **parameters)
        await self.catch_up()

    async def later(self, statement: Statement, refused_as: Refusal | None = None, /, **parameters: Any) -> None:
        prepared = statement.prepared(POSTGRESQL)
        self._later.append((statement, prepared.arguments(parameters), refused_as))
        if len(self._later) == MOST_LATER:
            await self.catch_up()

    async def catch_up(self) -> None:
        if self._later:
            await self._begin()
            await self._run_waiting()

    async def _begin(self) -> None:
        """Begin, unless it has."""
        if self._transaction is None:
            self._connection = await self._database.take()
            self._transaction = self._connection.transaction()
            await self._transaction.start()

    async def _make_ready(self) -> None:
        """Do what is left to do before the commit."""
        if self._transaction is not None:
            await self._run_waiting()

    async def _commit(self) -> None:
        if self._transaction is not None:
            await self._transaction.commit()
        elif self._later:
            try:
                await self._run_waiting()
            except asyncpg.PostgresError as error:
                if (told := _refused(error)) is None:
                    raise
                try:
                    raise told from error
                finally:
                    del told  # as in __aexit__
        if self._announced:
            self._database.tell(self._announced)

    async def _roll_back(self) -> None:
        if self._transaction is not None:
            with suppress(*_LOST):  # a lost connection has rolled back by itself
                await self._transaction.rollback()

    async def _run_waiting(self) -> None:
        """Run what waits, in one round trip, and commit it if there is no transaction."""
        if not self._later:
            return
        later, self._later = self._later, []
        statements = tuple([statement for statement, _, _ in later])
        arguments = [argument for _, arguments, _ in later for argument in arguments]
        try:
            if self._transaction is None:
                await self._database.commit_at_once(statements, arguments)
            else:
                await self._run(in_one(statements), arguments)
        except UniqueViolation as violation:
            refusal = None
            for _, _, refused_as in later:
                if refused_as is not None and (refusal := refused_as(violation)) is not None:
                    break
            if refusal is None:
                raise
            try:
                raise refusal from violation
            finally:
                del refusal  # as in __aexit__

    async def _run(self, sql: str, arguments: list[Any]) -> list[Row]:
        try:
            rows: list[Row] = await self._connection.fetch(sql, *arguments)
        except asyncpg.UniqueViolationError as error:
            raise UniqueViolation(error.constraint_name) from error
        return rows

    def announce(self, organization_id: str) -> None:
        self._announced.add(organization_id)

    def once_committed(self, told: Callable[[], None]) -> None:
        self._waiting.append(told)


_Later = tuple[Statement, list[Any], Refusal | None]
"""A statement that waits, its arguments, and how its refusal is told."""

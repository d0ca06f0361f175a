"""Operations whose writes are one statement: those of the same moment share a round trip and a commit.

They are one transaction for as long as all of them succeed. Where one is refused, or has to wait long for a lock,
nothing of them was written, and each goes again by itself: so nobody is refused for what another one asked, and waits
for another one's lock no longer than `SHARED_LOCK_MILLISECONDS` in a round.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeVar

import asyncpg

from rollbook.persistence.one_statement import Statements, in_one
from rollbook.persistence.rounds import Arguments, Rounds

T = TypeVar("T")

SHARED_LOCK_MILLISECONDS = 100
"""How long those who share wait for another transaction's lock: less than PostgreSQL takes to look for a deadlock."""


class Using(Protocol):
    """Does some work by a connection of its own."""

    async def __call__(self, work: Callable[[Any], Awaitable[T]]) -> T:
        """What the work answers. Raises `Busy` if there is no connection, and what the work raises."""


class SharedWrites:
    """The shared writes of one process."""

    def __init__(self, using: Using) -> None:
        self._using = using
        self._rounds: dict[Statements, Rounds[bool]] = {}

    async def write(self, statements: Statements, arguments: Arguments) -> None:
        """Do durably what the statements do as one. Raises what PostgreSQL says of them alone, and `Busy`."""
        rounds = self._rounds.get(statements)
        if rounds is None:
            sql = in_one(statements, lock_milliseconds=SHARED_LOCK_MILLISECONDS)
            rounds = self._rounds[statements] = Rounds(lambda asked: self._write_together(sql, asked))
        if not await rounds.ask(arguments):
            await self._using(lambda connection: connection.fetch(in_one(statements), *arguments))

    async def _write_together(self, sql: str, asked: Sequence[Arguments]) -> Sequence[bool]:
        """Whether each was written: all of them, or none. What one that is alone was refused for is raised."""
        try:
            await self._using(lambda connection: _executed(connection, sql, asked))
        except asyncpg.PostgresConnectionError:
            raise  # whether they were written is not known
        except asyncpg.PostgresError as error:  # the server's, or the driver's of what it cannot send
            if len(asked) == 1 and not isinstance(error, asyncpg.LockNotAvailableError):
                raise
            return [False] * len(asked)
        return [True] * len(asked)


async def _executed(connection: Any, sql: str, asked: Sequence[Arguments]) -> None:
    if len(asked) == 1:
        await connection.fetch(sql, *asked[0])
    else:
        await connection.executemany(sql, asked)  # one implicit transaction: all or nothing

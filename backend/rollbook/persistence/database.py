"""What the two databases promise: reads, and writes that begin and commit in one place.

`read()` gives a `ReadTx`, which cannot write. `write()` gives a `WriteTx` and commits when its block ends; any
exception rolls all of it back. Nothing else in the program begins or commits. `listening()` tells of commits.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Any

from rollbook.domain.errors import Busy
from rollbook.persistence.announcements import News
from rollbook.persistence.statements import Row, Statement


class UniqueViolation(Exception):
    """A unique key is taken. `where` is the database's text, which names the columns or the index."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where


class Collision(Busy):
    """Another change got in the way at the same moment; nothing was written, and once more gets the true answer."""


Refusal = Callable[[UniqueViolation], Exception | None]
"""How a unique key that is taken is told; None if it is not about that."""


class ReadTx(ABC):
    """Reads committed data. Each statement sees one state of it; two statements may see two."""

    @abstractmethod
    async def one(self, statement: Statement, **parameters: Any) -> Row | None:
        """The first row, or None."""

    @abstractmethod
    async def all(self, statement: Statement, **parameters: Any) -> list[Row]:
        """All rows."""


class WriteTx(ReadTx):
    """Writes, and reads what it wrote, in one transaction.

    It begins at the latest with the first statement that locks or writes something. So what is read before is read as
    it is at that moment, and may have changed when something is written.
    """

    @property
    @abstractmethod
    def is_alone(self) -> bool:
        """Whether nobody else writes until the transaction ends, so that nothing needs a lock."""

    @abstractmethod
    async def execute(self, statement: Statement, **parameters: Any) -> None:
        """Run a statement that answers no rows. Raises `UniqueViolation`."""

    @abstractmethod
    async def later(self, statement: Statement, refused_as: Refusal | None = None, /, **parameters: Any) -> None:
        """Run a statement that answers no rows, before the next one of `one`, `all` and `execute` or the commit.

        What waits is run in one round trip, and in an order of the database's own; none sees what another one of them
        writes. So it is for what touches other rows. Where it fails is there: what `refused_as` makes of a
        `UniqueViolation` is raised, or the violation itself.
        """

    @abstractmethod
    async def catch_up(self) -> None:
        """Run what waits now, so that a refusal is raised here."""

    @abstractmethod
    def announce(self, organization_id: str) -> None:
        """Tell those who listen to this organization, in every process, once the transaction is committed."""

    @abstractmethod
    def once_committed(self, told: Callable[[], None]) -> None:
        """Call it once the transaction is committed; if it is rolled back, or whether it was is not known, never."""


class Database(ABC):
    """One database, open. Used by one event loop."""

    @abstractmethod
    def read(self) -> AbstractAsyncContextManager[ReadTx]:
        """A place to read from."""

    @abstractmethod
    def write(self) -> AbstractAsyncContextManager[WriteTx]:
        """A transaction: committed durably when the block ends, rolled back when it raises.

        Raises `Busy` if the database cannot take it in time.
        """

    @abstractmethod
    def listening(self, organization_id: str) -> AbstractContextManager[News]:
        """Be told of what is announced of the organization until the block ends.

        Almost always, and soon: of another process's commits a message can be lost, or there is none (SQLite).
        """

    @abstractmethod
    async def close(self) -> None:
        """Wait for what is under way and release everything."""

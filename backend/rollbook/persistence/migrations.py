"""Brings a database to the newest schema, and tells whether it is there."""

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.pool import NullPool

from rollbook.persistence.positions import forget_foreign_positions
from rollbook.shipped import MIGRATIONS

T = TypeVar("T")


class DatabaseNewer(Exception):
    """The database was made by a later version of Rollbook, which this one does not know how to serve."""

    def __init__(self, revision: str | None) -> None:
        super().__init__(
            f"The database is at revision {revision}, which this version of Rollbook does not know. "
            "Use the version that the database was last migrated by, or a later one."
        )


_ONE_AT_A_TIME = 5_231_890_377  # an arbitrary advisory lock number of our own


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration: where the migrations are, and the connection that they run on."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """The revision that this version of Rollbook needs."""
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    assert head is not None, "the project ships at least one migration"
    return head


def is_known(revision: str | None) -> bool:
    """Whether this version of Rollbook has heard of a revision; None is an empty database."""
    scripts = ScriptDirectory.from_config(configuration())
    return revision is None or revision in {script.revision for script in scripts.walk_revisions()}


def upgrade(url: str, revision: str = "head") -> tuple[str | None, str | None]:
    """Bring a database to a revision: all of it or, if anything fails, nothing. Answers the revision before and after.

    Two processes may do this at once; the second finds it done. Brings positions of events in line with the server.
    """

    def move(connection: Connection) -> tuple[str | None, str | None]:
        before, after = _move(connection, lambda config: command.upgrade(config, revision))
        if after == newest():
            forget_foreign_positions(connection)
        return before, after

    return connected(url, move)


def downgrade(url: str, revision: str = "base") -> tuple[str | None, str | None]:
    """Take a database back to a revision. For development; data of what is taken away is lost."""
    return connected(url, lambda connection: _move(connection, lambda config: command.downgrade(config, revision)))


def connected(url: str, work: Callable[[Connection], T]) -> T:
    """Run work in one transaction on a connection to the database, and commit.

    Must not be called on an event loop: run it in a thread there.
    """
    if url.startswith("sqlite"):
        return _connected_sqlite(url, work)
    return asyncio.run(_connected_postgresql(url, work))


def _move(connection: Connection, move: Callable[[Config], None]) -> tuple[str | None, str | None]:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _ONE_AT_A_TIME})
    before = MigrationContext.configure(connection).get_current_revision()
    if not is_known(before):
        raise DatabaseNewer(before)
    move(configuration(connection))
    return before, MigrationContext.configure(connection).get_current_revision()


def _connected_sqlite(url: str, work: Callable[[Connection], T]) -> T:
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def _no_begin_by_the_driver(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # waits for another process that migrates

    with engine.begin() as connection:
        return work(connection)


async def _connected_postgresql(url: str, work: Callable[[Connection], T]) -> T:
    import asyncpg  # only there with the extra `postgresql`
    from sqlalchemy.ext.asyncio import create_async_engine

    # the driver reads the whole URL, with parameters such as sslmode that SQLAlchemy would not pass on
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(url), poolclass=NullPool
    )
    async with engine.begin() as connection:
        return await connection.run_sync(work)

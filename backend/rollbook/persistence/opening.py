"""Opens a database that has the newest schema: migrates an embedded one by itself, refuses any other that is behind."""

import asyncio
import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import Text, column, select, table

from rollbook.persistence.database import Database
from rollbook.persistence.group_commit import BUSY_SECONDS
from rollbook.persistence.sqlite import SqliteDatabase
from rollbook.persistence.statements import Statement

NEWEST_REVISION = "0006"
"""The newest migration, written down so that a start which finds it need not load the migrations."""

START_SECONDS = 30.0
"""How long a start waits for another one on the same file."""

_REVISION = Statement(select(column("version_num", Text)).select_from(table("alembic_version")))


class DatabaseBehind(Exception):
    """The schema is not the one that this version needs. The message says how to migrate."""


class DatabaseUnreachable(Exception):
    """There is no usable database where the settings say."""


async def open_embedded(path: Path) -> Database:
    """The SQLite database in this file, made and migrated as needed. Raises `DatabaseUnreachable`."""
    try:
        await asyncio.to_thread(_prepare, path)
        return SqliteDatabase(path)
    except sqlite3.Error as error:
        raise DatabaseUnreachable(f"The embedded database cannot be used: {error}") from error
    except OSError as error:
        raise DatabaseUnreachable(f"The data folder {path.parent} cannot be used: {error}.") from error


def _prepare(path: Path) -> None:
    """The file, readable by its owner only, in WAL mode and with the newest schema."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
        deadline = time.monotonic() + START_SECONDS
        # another process that starts at the same moment: SQLite does not wait for this change by itself
        while not _is_wal(connection):
            if time.monotonic() > deadline:
                raise DatabaseUnreachable(f"{path} is in use by another process that does not let go of it.")
            time.sleep(0.05)
        if _revision(connection) == NEWEST_REVISION:
            return
    from rollbook.persistence import migrations

    migrations.upgrade(f"sqlite:///{path}")


def _revision(connection: sqlite3.Connection) -> str | None:
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError:
        return None  # an empty file, or one that the migrations will have a word on
    return None if row is None else str(row[0])


def _is_wal(connection: sqlite3.Connection) -> bool:
    try:
        (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        return False
    return bool(mode == "wal")


async def open_postgresql(url: str, *, pool_size: int) -> Database:
    """The PostgreSQL database at this URL. Raises `DatabaseUnreachable`, `DatabaseBehind` or `DatabaseNewer`."""
    try:
        import asyncpg

        from rollbook.persistence.postgresql import PostgresqlDatabase
    except ImportError as error:
        raise DatabaseUnreachable(
            "PostgreSQL needs the extra `postgresql`: pip install 'rollbook[postgresql]'."
        ) from error
    try:
        database = await PostgresqlDatabase.open(url, pool_size=pool_size)
    except asyncpg.TooManyConnectionsError as error:
        raise DatabaseUnreachable(
            f"PostgreSQL takes no more connections ({error}). Give it a larger max_connections, or lower "
            "ROLLBOOK_POOL_SIZE or the number of processes."
        ) from error
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise DatabaseUnreachable(f"PostgreSQL cannot be reached: {error}") from error
    try:
        await _check_schema(database)
    except BaseException:
        await database.close()
        raise
    return database


async def _check_schema(database: Database) -> None:
    import asyncpg

    try:
        async with database.read() as tx:
            row = await tx.one(_REVISION)
    except asyncpg.UndefinedTableError:
        row = None
    found = None if row is None else row[0]
    if found == NEWEST_REVISION:
        return
    from rollbook.persistence import migrations

    if not migrations.is_known(found):
        raise migrations.DatabaseNewer(found)
    raise DatabaseBehind(
        f"The database is at revision {found or 'none (empty)'}, this version of Rollbook needs {NEWEST_REVISION}. "
        "Run: rollbook migrate"
    )

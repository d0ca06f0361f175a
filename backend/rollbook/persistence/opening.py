"""Opens a database that has the newest schema: migrates an embedded one by itself, refuses any other that is behind."""

import asyncio
from pathlib import Path

from rollbook.persistence import migrations
from rollbook.persistence.database import Database
from rollbook.persistence.sqlite import SqliteDatabase


class DatabaseBehind(Exception):
    """The schema is not the one that this version needs. The message says how to migrate."""


class DatabaseUnreachable(Exception):
    """There is no usable database where the settings say."""


async def open_embedded(path: Path) -> Database:
    """The SQLite database in this file, made and migrated as needed. Raises `DatabaseUnreachable`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        await asyncio.to_thread(migrations.upgrade, f"sqlite:///{path}")
        return SqliteDatabase(path)
    except OSError as error:
        raise DatabaseUnreachable(f"The data folder {path.parent} cannot be used: {error}.") from error


async def open_postgresql(url: str, *, pool_size: int) -> Database:
    """The PostgreSQL database at this URL. Raises `DatabaseUnreachable` or `DatabaseBehind`."""
    try:
        import asyncpg

        from rollbook.persistence.postgresql import PostgresqlDatabase
    except ImportError as error:
        raise DatabaseUnreachable(
            "PostgreSQL needs the extra `postgresql`: pip install 'rollbook[postgresql]'."
        ) from error
    try:
        database = await PostgresqlDatabase.open(url, pool_size=pool_size)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise DatabaseUnreachable(f"PostgreSQL cannot be reached: {error}") from error
    found = await asyncio.to_thread(migrations.current, url)
    needed = migrations.newest()
    if found != needed:
        await database.close()
        raise DatabaseBehind(
            f"The database is at revision {found or 'none (empty)'}, this version of Rollbook needs {needed}. "
            "Run: rollbook migrate"
        )
    return database

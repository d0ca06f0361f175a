"""The least data that the contract of a database needs: named numbers, kept among the installation's facts."""

from sqlalchemy import bindparam, insert, select, update

from rollbook.persistence.database import Database, WriteTx
from rollbook.persistence.opening import open_embedded, open_postgresql
from rollbook.persistence.statements import Statement
from rollbook.persistence.tables import installation, metadata
from rollbook.settings import Settings

INSERT = Statement(insert(installation))
_LOCK = Statement(
    select(installation.c.value).where(installation.c.name == bindparam("of")).with_for_update(),
)
_UPDATE = Statement(update(installation).where(installation.c.name == bindparam("of")).values(value=bindparam("to")))
_ALL = Statement(select(installation.c.name, installation.c.value).order_by(installation.c.name))
EVERY_NAME = Statement(select(installation.c.name).order_by(installation.c.name), scans=True)


async def opened(settings: Settings) -> Database:
    """The database of the settings."""
    if settings.database_url is None:
        return await open_embedded(settings.database_path)
    return await open_postgresql(settings.database_url, pool_size=settings.pool_size)


async def add(tx: WriteTx, name: str, number: int = 0) -> None:
    """Keep a new number. Raises `UniqueViolation`."""
    await tx.execute(INSERT, name=name, value=str(number))


async def keep(database: Database, name: str, number: int = 0) -> None:
    """Keep a new number in a transaction of its own."""
    async with database.write() as tx:
        await add(tx, name, number)


async def increment(database: Database, name: str) -> None:
    """Read a number under its lock, and write the next one."""
    async with database.write() as tx:
        row = await tx.one(_LOCK, of=name)
        assert row is not None
        await tx.execute(_UPDATE, of=name, to=str(int(row[0]) + 1))


async def facts(database: Database) -> dict[str, int]:
    """Every number by its name."""
    async with database.read() as tx:
        return {name: int(number) for name, number in await tx.all(_ALL)}


async def everything_in(database: Database, *names: str) -> str:
    """All that some tables hold, as one text."""
    told = []
    async with database.read() as tx:
        for name in names:
            told += [str([*row]) for row in await tx.all(Statement(select(metadata.tables[name])))]
    return "\n".join(told)

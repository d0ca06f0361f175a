"""All that the database holds, row by row, so that a test can say what a deletion left alone."""

from sqlalchemy import select

from rollbook.persistence.database import Database
from rollbook.persistence.statements import Statement
from rollbook.persistence.tables import metadata


async def all_rows(database: Database) -> dict[str, list[dict[str, object]]]:
    """Every row of every table, by the table's name and in the order of its key."""
    told = {}
    async with database.read() as tx:
        for table in metadata.sorted_tables:
            rows = await tx.all(Statement(select(table).order_by(*table.primary_key)))
            told[table.name] = [dict(zip(table.c.keys(), row, strict=True)) for row in rows]
    return told


def without(rows: dict[str, list[dict[str, object]]], organization_id: str) -> dict[str, list[dict[str, object]]]:
    """The rows that belong to other organizations or to none."""
    return {
        table: [row for row in each if organization_id not in (row.get("organization_id"), row.get("id"))]
        for table, each in rows.items()
    }


def mentions(rows: dict[str, list[dict[str, object]]], *texts: str) -> list[tuple[str, str]]:
    """By table and column, where any of the texts still stands, in whatever case."""
    return sorted(
        {
            (table, column)
            for table, each in rows.items()
            for row in each
            for column, value in row.items()
            if any(text.lower() in str(value).lower() for text in texts)
        }
    )

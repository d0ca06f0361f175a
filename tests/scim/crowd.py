"""An organization with more members than a test could wait for, if it made them one by one."""

import sqlite3
from collections.abc import Sequence

import asyncpg

from rollbook.persistence.tables import memberships, users
from rollbook.services import Services
from rollbook.settings import Settings
from tests.builders import a_draft
from tests.conftest import AnOrganization

_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
_PREFIX = "0198f2a4-7c1e-7b3a-9d42-"


async def a_crowd(services: Services, settings: Settings, organization: AnOrganization, count: int) -> Sequence[str]:
    """So many new members without a role, each the likeness of one that the service made: their ids."""
    one = await services.memberships.create(organization.operator, a_draft("one", grants=frozenset()))
    digits = "printf('%012x', n.i)" if settings.database_url is None else "lpad(to_hex(n.i), 12, '0')"
    new_id = f"'{_PREFIX}' || {digits}"
    new_id = new_id if settings.database_url is None else f"({new_id})::uuid"
    own_name = "'one' || n.i"
    statements = [
        _copies(users.name, users.c.keys(), {"id": new_id}, f"id = '{one.user_id}'", count),
        _copies(
            memberships.name,
            memberships.c.keys(),
            {"id": new_id, "user_id": new_id, "user_name": own_name, "user_name_key": own_name},
            f"id = '{one.id}'",
            count,
        ),
    ]
    if settings.database_url is None:
        with sqlite3.connect(settings.database_path) as connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()
    else:
        connection = await asyncpg.connect(settings.database_url)
        for statement in statements:
            await connection.execute(statement)
        await connection.execute("ANALYZE")
        await connection.close()
    await services.memberships.remove(organization.operator, one.id)
    return [f"{_PREFIX}{number:012x}" for number in range(1, count + 1)]


def _copies(table: str, columns: Sequence[str], own: dict[str, str], where: str, count: int) -> str:
    """A statement that puts copies of one row beside it, with columns of their own."""
    values = ", ".join(own.get(column, f"original.{column}") for column in columns)
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) {_NUMBERS.format(count=count)}"
        f"SELECT {values} FROM n CROSS JOIN {table} original WHERE original.{where}"
    )

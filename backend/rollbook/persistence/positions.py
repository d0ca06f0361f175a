"""The order in which events became visible, so that a reader who goes on from a place never misses one.

Ids are given before the commit, and commits come in another order. What counts instead (docs/decisions/0009): on
PostgreSQL the number of the transaction, of which only those are read that no running one can precede any more; on
SQLite, which has one writer, the next number.
"""

from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, text, update
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import BigInteger, Boolean

from rollbook.persistence.tables import audit_events
from rollbook.persistence.types import Id


class next_position(ColumnElement[int]):
    """The position of an event that is inserted for the organization bound as `organization_id`."""

    inherit_cache = True
    type = BigInteger()

    def __init__(self) -> None:
        self.organization_id = bindparam("organization_id", type_=Id())


class settled(ColumnElement[bool]):
    """No event that is not visible yet can come before this one any more."""

    inherit_cache = True
    type = Boolean()
    _is_implicitly_boolean = True

    def __init__(self) -> None:
        self.position = audit_events.c.position


def forget_foreign_positions(connection: Connection) -> None:
    """Put the events first that another server numbered, from which the database was restored into this one.

    Its numbers may be ahead of this server's: until it caught up, their events would never count as settled.
    """
    if connection.dialect.name == "postgresql":
        ahead = text("position >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        connection.execute(update(audit_events).where(ahead).values(position=0))


@compiles(next_position, "postgresql")
def _next_position_postgresql(element: next_position, compiler: SQLCompiler, **options: Any) -> str:
    return "pg_current_xact_id()::text::bigint"


@compiles(next_position, "sqlite")
def _next_position_sqlite(element: next_position, compiler: SQLCompiler, **options: Any) -> str:
    organization_id = compiler.process(element.organization_id, **options)
    return f"(SELECT coalesce(max(position), 0) + 1 FROM audit_events WHERE organization_id = {organization_id})"


@compiles(settled, "postgresql")
def _settled_postgresql(element: settled, compiler: SQLCompiler, **options: Any) -> str:
    position = compiler.process(element.position, **options)
    return f"{position} < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


@compiles(settled, "sqlite")
def _settled_sqlite(element: settled, compiler: SQLCompiler, **options: Any) -> str:
    return "1"

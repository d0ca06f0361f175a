"""What a statement says to the planner: SQLite has no statistics of its tables here, and would often guess wrong."""

from typing import Any

from sqlalchemy import ColumnElement, Join
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import Boolean


class unordered(ColumnElement[Any]):
    """The column's value, where sorting the few rows found is better than looking for them along its index."""

    inherit_cache = False

    def __init__(self, column: ColumnElement[Any]) -> None:
        self.column = column
        self.type = column.type


class rare(ColumnElement[bool]):
    """The condition, of which few rows are to be expected: better sort what it finds than look along the order."""

    inherit_cache = False
    type = Boolean()
    _is_implicitly_boolean = True

    def __init__(self, condition: ColumnElement[bool]) -> None:
        self.condition = condition


class in_turn(Join):
    """A join of few rows with those that belong to each: SQLite begins on the left, PostgreSQL knows by itself."""

    inherit_cache = False


@compiles(unordered)
def _unordered(element: unordered, compiler: SQLCompiler, **options: Any) -> str:
    column = compiler.process(element.column, **options)
    return f"+{column}" if compiler.dialect.name == "sqlite" else column


@compiles(rare)
def _rare(element: rare, compiler: SQLCompiler, **options: Any) -> str:
    condition = compiler.process(element.condition, **options)
    return f"unlikely({condition})" if compiler.dialect.name == "sqlite" else condition


@compiles(in_turn, "sqlite")
def _in_turn_sqlite(element: in_turn, compiler: SQLCompiler, **options: Any) -> str:
    options["asfrom"] = True
    left, right = (compiler.process(side, **options) for side in (element.left, element.right))
    assert element.onclause is not None
    return f"{left} CROSS JOIN {right} ON {compiler.process(element.onclause, **options | {'asfrom': False})}"


@compiles(in_turn, "postgresql")
def _in_turn_postgresql(element: in_turn, compiler: SQLCompiler, **options: Any) -> str:
    return str(compiler.visit_join(element, **options))  # type: ignore[no-untyped-call]

"""SQL said once in SQLAlchemy Core, compiled once for each database, and run by its driver directly.

The ORM and the engine's result objects cost more than the databases themselves (docs/decisions/0007); what is kept
of SQLAlchemy is its best part: tables, expressions and dialects.
"""

from collections.abc import Callable, Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Dialect, bindparam
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import Boolean

from rollbook.persistence.types import IdList, TextList

Row = Sequence[Any]
"""One row of an answer, in the order of the selected columns."""


def _to_json(document: Any) -> str:
    return orjson.dumps(document).decode()


_JSON: dict[str, Any] = {"json_serializer": _to_json, "json_deserializer": orjson.loads}

POSTGRESQL: Dialect = asyncpg.dialect(**_JSON)  # type: ignore[no-untyped-call]
SQLITE: Dialect = sqlite.dialect(paramstyle="qmark", **_JSON)


class Prepared:
    """A statement's text for one database, and how its parameters and columns are carried over."""

    def __init__(self, clause: ClauseElement, dialect: Dialect) -> None:
        compiled = clause.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)
        self.sql = str(compiled)
        processors: dict[str, Any] = dict(compiled._bind_processors)
        fixed = {name: bind.value for bind, name in compiled.bind_names.items() if not bind.required}
        self._parameters = [(name, processors.get(name), fixed.get(name)) for name in compiled.positiontup or ()]
        self._columns: list[tuple[int, Callable[[Any], Any]]] = []
        for index, column in enumerate(compiled._result_columns):
            processor = column.type._cached_result_processor(dialect, None)
            if processor is not None:
                self._columns.append((index, processor))

    def arguments(self, parameters: dict[str, Any]) -> list[Any]:
        """The parameters in the driver's order and form. A missing one is a mistake in the code: `KeyError`."""
        arguments = []
        for name, processor, fixed in self._parameters:
            value = parameters[name] if name in parameters or fixed is None else fixed
            arguments.append(processor(value) if processor is not None else value)
        return arguments

    def row(self, raw: Row) -> Row:
        """The row in the domain's types."""
        if not self._columns:
            return raw
        values = list(raw)
        for index, processor in self._columns:
            values[index] = processor(values[index])
        return values


class Statement:
    """One statement. `scans`: it may read many rows, so an embedded database runs it off the event loop."""

    def __init__(self, clause: ClauseElement, *, scans: bool = False) -> None:
        self.clause = clause
        self.scans = scans
        self._prepared: dict[str, Prepared] = {}

    def prepared(self, dialect: Dialect) -> Prepared:
        """The statement for one database; compiled at the first use."""
        prepared = self._prepared.get(dialect.name)
        if prepared is None:
            prepared = self._prepared[dialect.name] = Prepared(self.clause, dialect)
        return prepared


class one_of(ColumnElement[bool]):
    """`column` is one of the ids bound as `name`; any number of ids, one statement text. `texts`: they are no ids."""

    inherit_cache = True
    type = Boolean()
    _is_implicitly_boolean = True  # without it SQLite compares the outcome with 1

    def __init__(self, column: ColumnElement[str], name: str, *, texts: bool = False) -> None:
        self.column = column
        self.ids = bindparam(name, type_=TextList() if texts else IdList())


@compiles(one_of, "postgresql")
def _one_of_postgresql(element: one_of, compiler: SQLCompiler, **options: Any) -> str:
    return f"{compiler.process(element.column, **options)} = ANY({compiler.process(element.ids, **options)})"


@compiles(one_of, "sqlite")
def _one_of_sqlite(element: one_of, compiler: SQLCompiler, **options: Any) -> str:
    ids = compiler.process(element.ids, **options)
    return f"{compiler.process(element.column, **options)} IN (SELECT value FROM json_each({ids}))"

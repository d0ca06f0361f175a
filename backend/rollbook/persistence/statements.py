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
        self._names = [*(compiled.positiontup or ())]
        self._fixed = {
            name: bind.value
            for bind, name in compiled.bind_names.items()
            if not bind.required and bind.value is not None
        }
        self._sent = [(at, processors[name]) for at, name in enumerate(self._names) if name in processors]
        self._read: list[tuple[int, Callable[[Any], Any]]] = []
        for at, column in enumerate(compiled._result_columns):
            processor = column.type._cached_result_processor(dialect, None)
            if processor is not None:
                self._read.append((at, processor))

    def arguments(self, parameters: dict[str, Any]) -> list[Any]:
        """The parameters in the driver's order and form. A missing one is a mistake in the code: `KeyError`."""
        given = {**self._fixed, **parameters} if self._fixed else parameters
        arguments = [given[name] for name in self._names]
        for at, processor in self._sent:
            arguments[at] = processor(arguments[at])
        return arguments

    def row(self, raw: Row) -> Row:
        """The row in the domain's types."""
        if not self._read:
            return raw
        values = list(raw)
        for at, processor in self._read:
            values[at] = processor(values[at])
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

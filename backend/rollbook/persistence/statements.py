"""SQL said once in SQLAlchemy Core, compiled once for each database, and run by its driver directly.

The ORM and the engine's result objects cost more than the databases themselves (docs/decisions/0007); what is kept
of SQLAlchemy is its best part: tables, expressions and dialects.
"""

import re
from collections.abc import Callable, Sequence
from operator import itemgetter
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


_PARAMETER = re.compile(r"\$(\d+)")


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
        self._types = [compiled.binds[name].type for name in self._names]
        self._fixed = {
            name: bind.value
            for bind, name in compiled.bind_names.items()
            if not bind.required and bind.value is not None
        }
        self._picked = itemgetter(*self._names) if len(self._names) > 1 else None
        # that of Boolean only asks whether it is one; the drivers take it as it is
        self._sent = [
            (at, processors[name])
            for at, name in enumerate(self._names)
            if name in processors and not isinstance(self._types[at], Boolean)
        ]
        self._read: list[tuple[int, Callable[[Any], Any]]] = []
        for at, column in enumerate(compiled._result_columns):
            processor = column.type._cached_result_processor(dialect, None)
            if processor is not None:
                self._read.append((at, processor))

    def together(self) -> str:
        """The text that answers a list of questions at once, on PostgreSQL: the rows, each with its question's number.

        Each parameter is a list of values, one for each question.
        """
        named = (POSTGRESQL.type_compiler_instance.process(each).partition(" COLLATE")[0] for each in self._types)
        # in a subquery, or the planner counts the questions and makes a new plan each time
        lists = (f"(SELECT ${at}::{name}[])" for at, name in enumerate(named, 1))
        names = ", ".join(f"p{at}" for at in range(1, len(self._types) + 1))
        one = _PARAMETER.sub(lambda found: f"asked.p{found[1]}", self.sql)
        return (
            f"SELECT asked.number, answer.* FROM unnest({', '.join(lists)}) WITH ORDINALITY AS asked({names}, number) "
            f"CROSS JOIN LATERAL ({one}) AS answer"
        )

    def after(self, count: int) -> str:
        """The text with its parameters counted from there on, to stand in one statement behind so many others."""
        return _PARAMETER.sub(lambda found: f"${int(found[1]) + count}", self.sql)

    @property
    def parameters(self) -> int:
        """How many parameters the text has."""
        return len(self._names)

    def arguments(self, parameters: dict[str, Any]) -> list[Any]:
        """The parameters in the driver's order and form. A missing one is a mistake in the code: `KeyError`."""
        given = self._fixed | parameters if self._fixed else parameters
        arguments = [*self._picked(given)] if self._picked else [given[name] for name in self._names]
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
    """One statement.

    `scans`: it may read many rows, so an embedded database runs it off the event loop. `together`: it is asked so
    often, and answered so fast, that those who ask at the same moment share one round trip to a distant database.
    `changes_one`: it changes one row, and if there is none, somebody else was faster: then it is a `Collision`.
    `finds_none`: it asks for what must not be there, and is a `Collision` if it is; run first, before what it is for.
    """

    def __init__(
        self,
        clause: ClauseElement,
        *,
        scans: bool = False,
        together: bool = False,
        changes_one: bool = False,
        finds_none: bool = False,
    ) -> None:
        self.clause = clause
        self.scans = scans
        self.together = together
        self.changes_one = changes_one
        self.finds_none = finds_none
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

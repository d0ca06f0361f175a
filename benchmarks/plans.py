"""How the databases find what the hot paths ask for: every statement that a server runs for them, and its plan."""

import re
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from unittest.mock import patch

import asyncpg
import uvicorn
from sqlalchemy import Dialect

from rollbook.app import create_app
from rollbook.persistence.statements import POSTGRESQL, SQLITE, Prepared, Statement
from rollbook.persistence.tables import metadata
from rollbook.settings import UNLIMITED, Settings

LARGE = 10_000
"""From how many rows on a table is too large to be read through."""
_SCAN = re.compile(r"Seq Scan on (\w+)|^SCAN (\w+)")
_ALIAS = re.compile(r"(\w+) AS (\w+)")
_PLACE = re.compile(r"\$\d+")


@dataclass(frozen=True)
class Plan:
    """How a database would run one statement; `scans`: large tables that it would read through."""

    sql: str
    steps: Sequence[str]
    scans: Sequence[str]


@contextmanager
def recorded() -> Iterator[list[Statement]]:
    """The statements that are run in this process, by whatever task or thread, while the block runs; each once."""
    found: dict[int, Statement] = {}
    statements: list[Statement] = []
    prepare = Statement.prepared

    def prepared(statement: Statement, dialect: Dialect) -> Prepared:
        if id(statement) not in found:
            found[id(statement)] = statement
            statements.append(statement)
        return prepare(statement, dialect)

    with patch.object(Statement, "prepared", prepared):
        yield statements


@contextmanager
def serving_here(settings: Settings) -> Iterator[str]:
    """The URL of a server in a thread of this process, so that its statements can be recorded."""
    app = create_app(Settings(settings.data_dir, database_url=settings.database_url, traffic=UNLIMITED))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", access_log=False, ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + 30
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("the server in this process does not start")
            time.sleep(0.05)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(30)


async def plans(settings: Settings, statements: Sequence[Statement]) -> list[Plan]:
    """The plan of each statement in this installation, whatever its parameters are."""
    if settings.embedded:
        return _plans_of_sqlite(settings, statements)
    return await _plans_of_postgresql(settings, statements)


def scanned(sql: str, steps: Sequence[str], large: frozenset[str]) -> list[str]:
    """The large tables that the plan with these steps reads through; SQLite calls them as the statement does."""
    tables = {alias: table for table, alias in _ALIAS.findall(sql)}
    names = (name for step in steps for found in _SCAN.finditer(step) for name in found.groups() if name)
    return [table for name in names if (table := tables.get(name, name)) in large]


def _plans_of_sqlite(settings: Settings, statements: Sequence[Statement]) -> list[Plan]:
    with sqlite3.connect(settings.database_path) as connection:
        large = frozenset(
            name
            for name in metadata.tables
            # not all are counted: a million rows are large after ten thousand
            if connection.execute(f"SELECT 1 FROM {name} LIMIT 1 OFFSET {LARGE}").fetchone()
        )
        found = []
        for statement in statements:
            prepared = statement.prepared(SQLITE)
            rows = connection.execute(f"EXPLAIN QUERY PLAN {prepared.sql}", [None] * prepared.parameters)
            steps = [row[3] for row in rows]
            found.append(Plan(prepared.sql, steps, scanned(prepared.sql, steps, large)))
    connection.close()
    return found


async def _plans_of_postgresql(settings: Settings, statements: Sequence[Statement]) -> list[Plan]:
    connection = await asyncpg.connect(settings.url)
    try:
        counted = await connection.fetch("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > $1", LARGE)
        large = frozenset(row[0] for row in counted)
        # as the driver's prepared statements are planned in the end, whatever they are asked
        await connection.execute("SET plan_cache_mode = force_generic_plan; SET jit = off")
        found = []
        for number, sql in enumerate(_texts(statements)):
            await connection.execute(f"PREPARE hot_path_{number} AS {sql}")
            nothing = ", ".join(["NULL"] * len(set(_PLACE.findall(sql))))
            asked = f"hot_path_{number}({nothing})" if nothing else f"hot_path_{number}"
            steps = [row[0] for row in await connection.fetch(f"EXPLAIN EXECUTE {asked}")]
            found.append(Plan(sql, steps, scanned(sql, steps, large)))
        return found
    finally:
        await connection.close()


def _texts(statements: Sequence[Statement]) -> Iterator[str]:
    for statement in statements:
        prepared = statement.prepared(POSTGRESQL)
        yield prepared.together() if statement.together else prepared.sql

"""Whoever is refused after they wrote something takes nothing of anybody else's with them (the embedded database)."""

import asyncio
import gc
import importlib
import pkgutil
import random
import re
import sqlite3
from collections import Counter
from contextlib import closing

import pytest

from rollbook import persistence
from rollbook.persistence import group_commit
from rollbook.persistence.database import Collision, UniqueViolation
from rollbook.persistence.sqlite import SqliteDatabase
from rollbook.persistence.statements import SQLITE, Statement
from tests.services.facts import add, facts, increment, keep

_ANOTHER_EACH_TIME = re.compile(
    r"\b(random|randomblob|date|time|datetime|julianday|unixepoch|strftime|changes|last_insert_rowid)\(|\bcurrent_",
    re.I,
)


class Refused(Exception):
    """Why a transaction ended that had written something."""


async def test_what_others_wrote_is_committed_without_what_was_refused(sqlite, said, monkeypatch):
    monkeypatch.setattr(group_commit, "CAREFUL", 0)
    outcomes = await asyncio.gather(
        keep(sqlite, "before"), _write_and_be_refused(sqlite), keep(sqlite, "behind"), return_exceptions=True
    )

    assert [type(outcome) for outcome in outcomes] == [type(None), Refused, type(None)]
    assert await facts(sqlite) == {"before": 0, "behind": 0}
    assert [each for each in said if not each.startswith("PRAGMA")] == [
        "BEGIN IMMEDIATE",
        *map(_insert, ("before", "refused")),
        "ROLLBACK",
        "BEGIN IMMEDIATE",
        _insert("before"),
        "COMMIT",
        "BEGIN IMMEDIATE",
        _insert("behind"),
        "COMMIT",
    ]


async def test_who_is_refused_learns_it_once_what_it_may_rest_on_is_durable(sqlite, tmp_path):
    async def refused():
        with pytest.raises(Refused):
            await _write_and_be_refused(sqlite)
        return _names_elsewhere(tmp_path)

    _, found = await asyncio.gather(keep(sqlite, "before"), refused())

    assert found == {"before"}


async def test_who_is_refused_alone_costs_no_commit(sqlite, said):
    with pytest.raises(Refused):
        await _write_and_be_refused(sqlite)
    await keep(sqlite, "behind")

    assert said[:4] == ["BEGIN IMMEDIATE", _insert("refused"), "ROLLBACK", "BEGIN IMMEDIATE"]
    assert await facts(sqlite) == {"behind": 0}


async def test_who_is_refused_before_anything_was_written_costs_nobody_anything(sqlite, said):
    await keep(sqlite, "taken")
    said.clear()

    outcomes = await asyncio.gather(*(keep(sqlite, name) for name in ("a", "taken", "b")), return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [type(None), UniqueViolation, type(None)]
    assert said == ["BEGIN IMMEDIATE", *map(_insert, ("a", "taken", "b")), "COMMIT"]


async def test_where_many_are_refused_after_they_wrote_nobody_does_anything_again(sqlite, said):
    await asyncio.gather(keep(sqlite, "before"), _write_and_be_refused(sqlite), return_exceptions=True)
    said.clear()

    rehearsals = [_write_and_be_refused(sqlite) for _ in range(10)]
    works = [work for at, rehearsal in enumerate(rehearsals) for work in (keep(sqlite, f"n{at}"), rehearsal)]
    outcomes = await asyncio.gather(*works, return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [type(None), Refused] * 10
    assert set(await facts(sqlite)) == {"before", *(f"n{at}" for at in range(10))}
    assert [said.count(_insert(f"n{at}")) for at in range(10)] == [1] * 10
    assert said.count("COMMIT") == 1


async def test_savepoints_end_when_nobody_is_refused_any_more(sqlite, said, monkeypatch):
    monkeypatch.setattr(group_commit, "CAREFUL", 3)
    await asyncio.gather(_write_and_be_refused(sqlite), return_exceptions=True)

    for at in range(5):
        await keep(sqlite, f"n{at}")

    assert said.count("SAVEPOINT operation") == said.count("RELEASE operation") == 3
    assert len(await facts(sqlite)) == 5


async def test_who_gives_up_while_it_is_taken_back_leaves_what_others_wrote(sqlite):
    inside, for_ever = asyncio.Event(), asyncio.Event()

    async def given_up():
        async with sqlite.write() as tx:
            await add(tx, "given up")
            inside.set()
            await for_ever.wait()

    before = asyncio.create_task(keep(sqlite, "before"))
    giving_up = asyncio.create_task(given_up())
    behind = asyncio.create_task(keep(sqlite, "behind"))
    await inside.wait()
    giving_up.cancel()
    await asyncio.sleep(0)
    giving_up.cancel()  # once more, while the others' is committed
    async with asyncio.timeout(30):
        await asyncio.gather(before, behind)

    assert giving_up.cancelled()
    assert await facts(sqlite) == {"before": 0, "behind": 0}


async def test_a_statement_that_failed_and_was_got_over_is_not_done_again(sqlite):
    await keep(sqlite, "taken")

    async def get_over():
        async with sqlite.write() as tx:
            await add(tx, "first")
            with pytest.raises(UniqueViolation):
                await add(tx, "taken")
            await add(tx, "second")

    await asyncio.gather(get_over(), _write_and_be_refused(sqlite), return_exceptions=True)

    assert await facts(sqlite) == {"first": 0, "second": 0, "taken": 0}


def test_what_is_done_again_says_nothing_of_chance_or_of_the_time():
    for module in pkgutil.iter_modules(persistence.__path__, f"{persistence.__name__}."):
        importlib.import_module(module.name)
    writes = [each for each in gc.get_objects() if isinstance(each, Statement) and each.clause.is_dml]

    told = [each.prepared(SQLITE).sql for each in writes]

    assert len(told) > 50
    assert [sql for sql in told if _ANOTHER_EACH_TIME.search(sql)] == []


async def test_nothing_is_done_again_on_what_another_process_wrote_meanwhile(sqlite, tmp_path):
    begun = []

    def write_elsewhere(statement):
        if statement == "BEGIN IMMEDIATE" and begun:
            _keep_elsewhere(tmp_path, "theirs")
        begun.append(statement)

    sqlite._writer.connection.set_trace_callback(write_elsewhere)
    outcomes = await asyncio.gather(keep(sqlite, "ours"), _write_and_be_refused(sqlite), return_exceptions=True)
    sqlite._writer.connection.set_trace_callback(None)

    assert [type(outcome) for outcome in outcomes] == [Collision, Collision]
    assert await facts(sqlite) == {"theirs": 0}
    await keep(sqlite, "ours")


async def test_nobody_waits_where_another_process_begins_meanwhile(sqlite, tmp_path):
    theirs = sqlite3.connect(tmp_path / "rollbook.sqlite3", isolation_level=None, check_same_thread=False)
    begun = []

    def begin_elsewhere(statement):
        if statement == "BEGIN IMMEDIATE" and begun and not theirs.in_transaction:
            theirs.execute("BEGIN IMMEDIATE")
        begun.append(statement)

    with closing(theirs):
        sqlite._writer.connection.set_trace_callback(begin_elsewhere)
        outcomes = await asyncio.gather(keep(sqlite, "ours"), _write_and_be_refused(sqlite), return_exceptions=True)
        sqlite._writer.connection.set_trace_callback(None)

    assert [type(outcome) for outcome in outcomes] == [Collision, Collision]
    await keep(sqlite, "behind")
    assert await facts(sqlite) == {"behind": 0}


@pytest.mark.parametrize("careful", [0, 3, 64])
@pytest.mark.parametrize("seed", range(3))
async def test_whatever_is_refused_at_any_moment_all_else_is_kept_and_counted_once(sqlite, seed, careful, monkeypatch):
    monkeypatch.setattr(group_commit, "CAREFUL", careful)
    chance = random.Random(seed)
    await keep(sqlite, "count")

    async def work(name, refused_after, given_up):
        async with sqlite.write() as tx:
            for at in range(3):
                if at == refused_after:
                    raise Refused
                await add(tx, f"{name} {at}")
                if given_up:
                    await asyncio.sleep(0)

    plans = [(f"n{at}", chance.choice((0, 1, 2, 9, 9)), chance.random() < 0.1) for at in range(200)]
    works = [asyncio.create_task(work(*plan)) for plan in plans]
    counts = [asyncio.create_task(increment(sqlite, "count")) for _ in range(50)]
    for plan, task in zip(plans, works, strict=True):
        if plan[2]:
            await asyncio.sleep(0.001)
            task.cancel()
    await asyncio.wait([*works, *counts])

    found = await facts(sqlite)
    assert found.pop("count") == len(counts)
    parts = Counter(name.split()[0] for name in found)
    for (name, refused_after, _), task in zip(plans, works, strict=True):
        # whoever gave up while their commit was under way cannot know, but it is all or nothing
        assert parts[name] in ({0, 3} if task.cancelled() else {0 if task.exception() else 3})
        assert parts[name] == 0 or refused_after == 9


@pytest.fixture
def said(sqlite: SqliteDatabase) -> list[str]:
    """What the writer says to SQLite, in order."""
    said: list[str] = []
    sqlite._writer.connection.set_trace_callback(said.append)
    return said


async def _write_and_be_refused(sqlite):
    async with sqlite.write() as tx:
        await add(tx, "refused")
        raise Refused


def _insert(name):
    return f"INSERT INTO installation (name, value) VALUES ('{name}', '0')"


def _names_elsewhere(tmp_path):
    with closing(sqlite3.connect(tmp_path / "rollbook.sqlite3")) as connection:
        return {row[0] for row in connection.execute("SELECT name FROM installation")}


def _keep_elsewhere(tmp_path, name):
    with closing(sqlite3.connect(tmp_path / "rollbook.sqlite3")) as connection, connection:
        connection.execute("INSERT INTO installation VALUES (?, 0)", [name])

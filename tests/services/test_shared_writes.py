"""Operations that are one statement share a commit on PostgreSQL, and nobody is refused or waits for another one."""

import asyncio
from contextlib import asynccontextmanager
from functools import partial

import asyncpg
import pytest
from sqlalchemy import Integer, Text, bindparam, cast, select, update

from rollbook.domain.errors import Busy
from rollbook.persistence import connections, shared_writes
from rollbook.persistence import postgresql as module
from rollbook.persistence.database import Collision
from rollbook.persistence.opening import open_postgresql
from rollbook.persistence.statements import Statement
from rollbook.persistence.tables import installation
from rollbook.settings import Settings
from tests.services.facts import EVERY_NAME, INSERT, facts, keep
from tests.services.locks import until_someone_waits

pytestmark = pytest.mark.postgresql

SECONDS = 20
"""Longer than anything takes here, and shorter than what waits for a lock in vain may take."""

_OF = installation.c.name == bindparam("of")
_NEXT = cast(cast(installation.c.value, Integer) + 1, Text)
_INCREMENT = Statement(update(installation).where(_OF).values(value=_NEXT))
_INCREMENT_FROM = Statement(
    update(installation).where(_OF, installation.c.value == bindparam("was")).values(value=_NEXT), changes_one=True
)
_IS_NEW = Statement(select(installation.c.name).where(_OF), finds_none=True)


class Taken(Exception):
    """What a caller makes of a name that is taken."""


@pytest.fixture
async def settings(postgresql, tmp_path):
    url = await postgresql.create()
    yield Settings(data_dir=tmp_path, database_url=url, pool_size=4)
    await postgresql.drop(url)


async def begin(database, name):
    """Keep a number that is new, by one statement."""
    async with database.write() as tx:
        await tx.later(_IS_NEW, of=name)
        await tx.later(INSERT, lambda violation: Taken(violation.where), name=name, value="0")


async def insert(database, name):
    """Keep a new number, or say that the name is taken."""
    async with database.write() as tx:
        await tx.later(INSERT, lambda violation: Taken(violation.where), name=name, value="0")


async def change(database, statement, **parameters):
    """Change a number by one statement."""
    async with database.write() as tx:
        await tx.later(statement, **parameters)


async def together(*work):
    """The outcomes of what begins at the same moment."""
    async with asyncio.timeout(SECONDS):
        return await asyncio.gather(*work, return_exceptions=True)


async def commits(settings):
    """How many transactions wrote the rows that are there."""
    connection = await asyncpg.connect(settings.database_url)
    number = await connection.fetchval("SELECT count(DISTINCT xmin::text) FROM installation")
    await connection.close()
    return number


@asynccontextmanager
async def held(settings, name):
    """Meanwhile somebody else has a lock on the number: a connection of their own."""
    connection = await asyncpg.connect(settings.database_url)
    try:
        async with connection.transaction():
            await connection.execute("SELECT FROM installation WHERE name = $1 FOR UPDATE", name)
            yield connection
    finally:
        await connection.close()


async def test_those_of_the_same_moment_share_a_commit(database, settings):
    names = [f"n{at:02}" for at in range(40)]

    outcomes = await together(*(begin(database, name) for name in names))

    assert outcomes == [None] * 40
    assert await facts(database) == dict.fromkeys(names, 0)
    assert await commits(settings) < 10


async def test_one_that_is_refused_is_refused_alone_and_in_its_own_words(database, settings):
    await keep(database, "taken")
    names = [f"n{at}" for at in range(10)]

    outcomes = await together(*(insert(database, name) for name in [*names[:5], "taken", *names[5:], "taken"]))

    assert [type(outcome) for outcome in outcomes if outcome is not None] == [Taken, Taken]
    assert (type(outcomes[5]), type(outcomes[-1])) == (Taken, Taken)
    assert await facts(database) == dict.fromkeys([*names, "taken"], 0)


async def test_of_two_with_one_name_at_one_moment_one_comes_through(database):
    outcomes = await together(*(begin(database, name) for name in [*"abcabc"]))

    refused = [outcome for outcome in outcomes if outcome is not None]
    assert len(refused) == 3
    assert all(isinstance(outcome, Collision | Taken) for outcome in refused)  # as they see each other, or do not
    assert await facts(database) == dict.fromkeys("abc", 0)


async def test_who_read_what_has_changed_collides_and_the_others_do_not(database):
    for name in "abcd":
        await keep(database, name)

    outcomes = await together(
        *(change(database, _INCREMENT_FROM, of=name, was="0") for name in "abcd"),
        change(database, _INCREMENT_FROM, of="b", was="0"),
        change(database, _INCREMENT_FROM, of="nobody", was="0"),
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Collision"] * 2 + ["NoneType"] * 4
    assert isinstance(outcomes[-1], Collision)
    assert await facts(database) == dict.fromkeys("abcd", 1)


async def test_what_the_driver_cannot_send_is_told_to_its_own(database):
    outcomes = await together(*(insert(database, name) for name in ["a", 5, "b"]))

    assert (outcomes[0], isinstance(outcomes[1], asyncpg.DataError), outcomes[2]) == (None, True, None)
    assert await facts(database) == {"a": 0, "b": 0}


async def test_only_who_needs_a_lock_waits_for_it(database, settings):
    for name in "abcdef":
        await keep(database, name)

    async with held(settings, "a"):
        waiting = asyncio.create_task(change(database, _INCREMENT, of="a"))
        await until_someone_waits(settings.database_url)
        outcomes = await together(*(change(database, _INCREMENT, of=name) for name in "bcdef"))
        among_others = [asyncio.create_task(change(database, _INCREMENT, of=name)) for name in "bca"]
        outcomes += await together(*among_others[:2])

    assert outcomes == [None] * 7
    assert await together(waiting, among_others[2]) == [None] * 2
    assert await facts(database) == {"a": 2, "b": 2, "c": 2, "d": 1, "e": 1, "f": 1}


async def test_a_lock_that_is_not_given_in_time_is_busy_for_its_own(database, settings, monkeypatch):
    monkeypatch.setattr(module, "LOCK_SECONDS", 1)
    for name in "ab":
        await keep(database, name)
    impatient = await open_postgresql(settings.database_url, pool_size=2)

    async with held(settings, "a"):
        outcomes = await together(*(change(impatient, _INCREMENT, of=name) for name in "ab"))

    await impatient.close()
    assert isinstance(outcomes[0], Busy)
    assert outcomes[1] is None
    assert await facts(database) == {"a": 0, "b": 1}


async def test_two_processes_that_lock_in_opposite_orders_both_come_through(database, settings):
    names = [*"abcdefgh"]
    for name in names:
        await keep(database, name)
    elsewhere = await open_postgresql(settings.database_url, pool_size=4)

    for _ in range(5):
        outcomes = await together(
            *(change(database, _INCREMENT, of=name) for name in names * 4),
            *(change(elsewhere, _INCREMENT, of=name) for name in [*reversed(names)] * 4),
        )
        assert outcomes == [None] * 64

    await elsewhere.close()
    assert await facts(database) == dict.fromkeys(names, 40)


async def test_who_gives_up_disturbs_nobody(database, settings):
    for name in "abc":
        await keep(database, name)

    async with held(settings, "a"):
        first, gone, stays = [asyncio.create_task(change(database, _INCREMENT, of=name)) for name in "abc"]
        await until_someone_waits(settings.database_url)
        gone.cancel()
        assert await together(stays) == [None]

    assert await together(first) == [None]
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert await facts(database) == {"a": 1, "b": 1, "c": 1}


async def test_where_the_server_ends_the_connection_that_is_told_and_the_next_writes_work(
    database, settings, monkeypatch
):
    monkeypatch.setattr(shared_writes, "SHARED_LOCK_MILLISECONDS", SECONDS * 1000)
    for name in "abc":
        await keep(database, name)

    async with held(settings, "a") as somebody:
        tasks = [asyncio.create_task(change(database, _INCREMENT, of=name)) for name in "abc"]
        await until_someone_waits(settings.database_url)
        await somebody.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        outcomes = await together(*tasks)

    assert [type(outcome) for outcome in outcomes] == [asyncpg.ConnectionDoesNotExistError] * 3
    assert await together(*(change(database, _INCREMENT, of=name) for name in "abc")) == [None] * 3
    assert await facts(database) == {"a": 1, "b": 1, "c": 1}


async def test_where_the_connection_is_lost_nobody_goes_again_because_it_may_have_been_written(database, monkeypatch):
    executemany = module._Connection.executemany

    async def lost(self, *arguments, **options):
        await executemany(self, *arguments, **options)
        raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")

    for name in "abc":
        await keep(database, name)
    monkeypatch.setattr(module._Connection, "executemany", lost)

    outcomes = await together(*(change(database, _INCREMENT, of=name) for name in "abc"))

    assert [type(outcome) for outcome in outcomes] == [asyncpg.ConnectionDoesNotExistError] * 3
    assert await facts(database) == {"a": 1, "b": 1, "c": 1}


async def test_no_free_connection_is_busy_for_all_who_share(database, settings, monkeypatch):
    monkeypatch.setattr(connections, "ACQUIRE_SECONDS", 0.1)
    small = await open_postgresql(settings.database_url, pool_size=1)

    async with small.read() as tx:
        await tx.all(EVERY_NAME)
        outcomes = await together(*map(partial(begin, small), "abc"))

    await small.close()
    assert [type(outcome) for outcome in outcomes] == [Busy] * 3
    assert await facts(database) == {}

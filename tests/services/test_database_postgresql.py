"""What the scale-out database promises besides: a bounded pool, and a clear answer when two transactions collide."""

import asyncio
from contextlib import AsyncExitStack

import asyncpg
import pytest
from sqlalchemy import Integer, Text, bindparam, cast, update

from rollbook.domain.errors import Busy
from rollbook.domain.idempotency import Once
from rollbook.domain.tokens import TokenKind
from rollbook.persistence import connections
from rollbook.persistence import postgresql as module
from rollbook.persistence.database import Collision
from rollbook.persistence.opening import open_postgresql
from rollbook.persistence.statements import Statement
from rollbook.persistence.tables import installation
from rollbook.services import Services
from rollbook.settings import Settings
from tests.services.conftest import PEPPER
from tests.services.facts import EVERY_NAME, INSERT, facts, increment, keep
from tests.services.locks import until_someone_waits

pytestmark = pytest.mark.postgresql

_INCREMENT = Statement(
    update(installation)
    .where(installation.c.name == bindparam("of"))
    .values(value=cast(cast(installation.c.value, Integer) + 1, Text))
)


@pytest.fixture
async def settings(postgresql, tmp_path):
    url = await postgresql.create()
    yield Settings(data_dir=tmp_path, database_url=url, pool_size=2)
    await postgresql.drop(url)


async def test_no_free_connection_is_busy_and_not_an_endless_wait(database, monkeypatch):
    monkeypatch.setattr(connections, "ACQUIRE_SECONDS", 0.1)

    async with database.write() as first, database.write() as second:
        for tx in (first, second):
            await tx.all(EVERY_NAME)
        with pytest.raises(Busy):
            await keep(database, "a")
        with pytest.raises(Busy):
            await facts(database)

    await keep(database, "a")
    assert await facts(database) == {"a": 0}


async def test_what_may_wait_is_one_statement_without_a_transaction_of_its_own(database, settings, monkeypatch):
    sent = []
    fetch = module._Connection.fetch

    async def watched(self, sql, *arguments, **options):
        sent.append(sql)
        return await fetch(self, sql, *arguments, **options)

    async def begun(self, *arguments, **options):
        sent.append("BEGIN")

    await keep(database, "warm")
    monkeypatch.setattr(module._Connection, "fetch", watched)
    monkeypatch.setattr(asyncpg.transaction.Transaction, "start", begun)
    async with database.write() as tx:
        for name in ("a", "b", "c"):
            await tx.later(INSERT, name=name, value="1")

    assert len(sent) == 1
    assert sent[0].count("INSERT") == 3
    monkeypatch.undo()
    assert await facts(database) == {"warm": 0} | dict.fromkeys("abc", 1)


async def test_a_connection_that_nobody_needs_for_long_is_given_to_the_pool(database, monkeypatch):
    async with database.read() as first, database.read() as second:
        for tx in (first, second):
            await tx.all(EVERY_NAME)
    at_hand = database._connections._at_hand
    assert len(at_hand) == 2

    monkeypatch.setattr(connections, "KEPT_UNUSED", -1.0)
    await facts(database)

    assert len(at_hand) == 1


async def test_many_more_operations_than_connections_all_come_through(database):
    await keep(database, "a")

    await asyncio.gather(*(increment(database, "a") for _ in range(60)), *(facts(database) for _ in range(60)))

    assert await facts(database) == {"a": 60}


async def test_of_two_transactions_that_wait_for_each_other_one_collides_and_one_succeeds(database):
    await keep(database, "a")
    await keep(database, "b")
    both_began = asyncio.Barrier(2)

    async def cross(first, second):
        async with database.write() as tx:
            await tx.execute(_INCREMENT, of=first)
            await both_began.wait()
            await tx.execute(_INCREMENT, of=second)

    outcomes = await asyncio.gather(cross("a", "b"), cross("b", "a"), return_exceptions=True)

    assert {type(outcome) for outcome in outcomes} == {Collision, type(None)}
    assert await facts(database) == {"a": 1, "b": 1}


async def test_a_lock_that_is_not_given_in_time_is_busy(database, settings, monkeypatch):
    await keep(database, "a")
    monkeypatch.setattr(module, "LOCK_SECONDS", 1)
    impatient = await open_postgresql(settings.database_url, pool_size=1)

    async with database.write() as tx:
        await tx.execute(_INCREMENT, of="a")
        with pytest.raises(Busy):
            await increment(impatient, "a")

    await increment(impatient, "a")
    await impatient.close()
    assert await facts(database) == {"a": 2}


async def test_a_connection_lost_in_a_transaction_is_busy_and_leaves_nothing(database, settings):
    await keep(database, "a")
    admin = await asyncpg.connect(settings.database_url)

    async def lose_the_connection():
        async with database.write() as tx:
            await tx.execute(_INCREMENT, of="a")
            await admin.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            await tx.execute(_INCREMENT, of="a")

    with pytest.raises(Busy):
        await lose_the_connection()

    await admin.close()
    await increment(database, "a")
    assert await facts(database) == {"a": 1}


async def test_connections_that_the_server_ended_are_replaced(database, settings):
    await asyncio.gather(*(facts(database) for _ in range(4)))
    connection = await asyncpg.connect(settings.database_url)
    ended = await connection.fetch(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await connection.close()

    await keep(database, "a")

    assert len(ended) == 2
    assert await facts(database) == {"a": 0}


@pytest.fixture
async def small(settings):
    """The database through one connection."""
    database = await open_postgresql(settings.database_url, pool_size=1)
    yield database
    await database.close()


async def test_the_place_of_a_connection_that_is_mended_is_whose_turn_it_is(small):
    held = small._connections
    broken = await held.take()

    async def waits():
        await held.give_back(await held.take(), sound=True)

    async def goes_on():
        await held.give_back(broken, sound=False)
        await waits()

    async with asyncio.timeout(5):
        waiting = asyncio.create_task(waits())
        await asyncio.sleep(0)
        await asyncio.gather(waiting, goes_on())


async def test_a_connection_that_was_used_by_a_cancelled_task_works_on(database, small, settings):
    await keep(small, "a")
    holds = asyncio.Event()
    blocker = asyncio.create_task(_hold(database, "a", holds))
    await holds.wait()
    waiting = asyncio.create_task(increment(small, "a"))
    await until_someone_waits(settings.database_url)

    waiting.cancel()
    await asyncio.wait([waiting])
    blocker.cancel()
    await asyncio.wait([blocker])

    await asyncio.wait_for(increment(small, "a"), 5)
    assert await facts(small) == {"a": 1}


async def _hold(database, name, holds):
    async with database.write() as tx:
        await tx.execute(_INCREMENT, of=name)
        holds.set()
        await asyncio.Event().wait()


async def test_a_secret_is_answered_though_no_connection_is_free_right_after(services, acme, database, monkeypatch):
    monkeypatch.setattr(connections, "ACQUIRE_SECONDS", 0.1)
    here = Services(database, PEPPER)
    once = Once("k1", "generateApiToken", b"input")
    held = AsyncExitStack()

    async def issue(keyed):
        made = await here.tokens.issue(keyed, TokenKind.API, "Tools")
        for _ in range(2):
            tx = await held.enter_async_context(database.read())
            await tx.all(EVERY_NAME)
        return made

    async with held:
        outcome = await here.idempotency.run(acme.operator, once, issue, lambda made: made[0].id)
    again = await here.idempotency.run(acme.operator, once, issue, lambda made: made[0].id)

    assert outcome.now is not None
    token, secret = outcome.now
    assert (await here.tokens.authenticate(secret, TokenKind.API)).id == token.id
    assert (again.now, again.object_id) == (None, token.id)

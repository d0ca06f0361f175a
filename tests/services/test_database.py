"""What both databases promise: all or nothing, durably, whoever else reads, writes, fails or gives up meanwhile."""

import asyncio
import random

import pytest
from sqlalchemy import bindparam, select, update

from rollbook.persistence.database import Collision, UniqueViolation, WriteTx
from rollbook.persistence.statements import Statement
from rollbook.persistence.tables import installation
from tests.services.another_process import started
from tests.services.facts import EVERY_NAME, INSERT, add, facts, increment, keep, opened


async def test_what_a_block_wrote_is_there_when_it_ends(database):
    async with database.write() as tx:
        await add(tx, "a", 1)
        await add(tx, "b", 2)

    assert await facts(database) == {"a": 1, "b": 2}


async def test_a_block_that_raises_leaves_nothing(database):
    await keep(database, "before", 1)

    async def give_up_halfway():
        async with database.write() as tx:
            await add(tx, "a")
            raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        await give_up_halfway()

    assert await facts(database) == {"before": 1}


async def test_a_write_reads_what_it_wrote_and_nobody_else_does_before_it_ends(database):
    async with database.write() as tx:
        await add(tx, "a")

        assert [row[0] for row in await tx.all(EVERY_NAME)] == ["a"]
        assert await facts(database) == {}


async def later(tx, name, value=0):
    """What `add` does, at the latest with the commit."""
    await tx.later(INSERT, name=name, value=str(value))


async def test_what_may_wait_is_there_for_the_next_statement_and_with_the_commit(database):
    many = [f"n{number:02}" for number in range(40)]
    async with database.write() as tx:
        await later(tx, "a", 1)
        await later(tx, "b", 2)
        assert {row[0] for row in await tx.all(EVERY_NAME)} == {"a", "b"}
        for name in many:
            await later(tx, name)

    assert await facts(database) == {"a": 1, "b": 2} | dict.fromkeys(many, 0)


async def test_what_waits_and_fails_leaves_nothing_and_tells_nobody_of_a_commit(database):
    await keep(database, "a", 1)
    told = []

    async def keep_two():
        async with database.write() as tx:
            tx.once_committed(lambda: told.append(True))
            await later(tx, "b", 2)
            await later(tx, "a", 3)

    with pytest.raises(UniqueViolation):
        await keep_two()

    assert (await facts(database), told) == ({"a": 1}, [])


SET = Statement(
    update(installation).where(installation.c.name == bindparam("of")).values(value=bindparam("to")), changes_one=True
)


@pytest.mark.parametrize("begun", [False, True])
async def test_what_must_change_a_row_and_finds_none_is_a_collision_that_leaves_nothing(database, begun):
    await keep(database, "a", 1)

    async def change(*names):
        async with database.write() as tx:
            if begun:
                await add(tx, "begun")
            await later(tx, "b", 2)
            for name in names:
                await tx.later(SET, of=name, to="5")

    with pytest.raises(Collision):
        await change("a", "gone")
    assert await facts(database) == {"a": 1}

    await change("a")
    assert await facts(database) == {"a": 5, "b": 2} | ({"begun": 0} if begun else {})


NOBODY = Statement(select(installation.c.name).where(installation.c.name == bindparam("of")), finds_none=True)


@pytest.mark.parametrize("alone", [False, True])
async def test_what_must_not_be_there_and_is_found_is_a_collision_that_leaves_nothing(database, alone):
    await keep(database, "a", 1)

    async def change(*names):
        async with database.write() as tx:
            for name in names:
                await tx.later(NOBODY, of=name)
            if alone:
                await tx.catch_up()
            await later(tx, "b", 2)
            await later(tx, "c", 3)

    with pytest.raises(Collision):
        await change("nobody", "a")
    assert await facts(database) == {"a": 1}

    await change("nobody", "b")  # what is written with it is not there yet
    assert await facts(database) == {"a": 1, "b": 2, "c": 3}


@pytest.mark.parametrize("begun", [False, True])
async def test_a_taken_key_is_told_in_the_words_of_whose_statement_it_was(database, begun):
    await keep(database, "a", 1)

    async def write():
        async with database.write() as tx:
            if begun:
                await add(tx, "begun")
            await tx.later(INSERT, lambda violation: None, name="b", value="2")
            await tx.later(INSERT, lambda violation: KeyError(violation.where), name="a", value="3")

    with pytest.raises(KeyError, match="installation"):
        await write()
    assert await facts(database) == {"a": 1}


async def test_reading_gives_no_way_to_write(database):
    async with database.read() as tx:
        assert not isinstance(tx, WriteTx)
        assert not hasattr(tx, "execute")


async def test_a_taken_key_is_named_and_the_block_leaves_nothing(database):
    await keep(database, "a", 1)

    async def keep_two():
        async with database.write() as tx:
            await add(tx, "b", 2)
            await add(tx, "a", 3)

    with pytest.raises(UniqueViolation) as violation:
        await keep_two()

    assert "installation" in violation.value.where
    assert await facts(database) == {"a": 1}


async def test_a_parameter_that_is_missing_is_a_mistake_in_the_code(database):
    with pytest.raises(KeyError):
        async with database.write() as tx:
            await tx.execute(INSERT, name="a")

    assert await facts(database) == {}


async def test_commits_are_there_after_reopening(database, settings):
    await keep(database, "a", 1)
    await database.close()

    again = await opened(settings)

    assert await facts(again) == {"a": 1}
    await again.close()


async def test_a_killed_process_leaves_what_it_committed_and_nothing_else(database, settings):
    process = await started(settings, "die", "a")
    assert await process.line() == "committed"

    assert await process.end() == -9
    await keep(database, "afterwards", 1)

    assert await facts(database) == {"a committed": 0, "afterwards": 1}


async def test_concurrent_increments_are_all_kept(database):
    await keep(database, "a")

    await asyncio.gather(*(increment(database, "a") for _ in range(50)))

    assert await facts(database) == {"a": 50}


async def test_increments_of_two_processes_are_all_kept(database, settings):
    await keep(database, "a")
    process = await started(settings, "increment", "a", "50")
    assert await process.line() == "ready"

    await process.go_on()
    await asyncio.gather(*(increment(database, "a") for _ in range(50)))

    assert (await process.line(), await process.end()) == ("done", 0)
    assert await facts(database) == {"a": 100}


async def test_a_failing_transaction_among_many_loses_only_itself(database):
    await keep(database, "taken", 1000)

    async def keep_two(at):
        async with database.write() as tx:
            await add(tx, f"n{at}", at)
            await add(tx, "taken" if at % 10 == 5 else f"m{at}", at)

    outcomes = await asyncio.gather(*(keep_two(at) for at in range(40)), return_exceptions=True)

    failed = {5, 15, 25, 35}
    assert {at for at, outcome in enumerate(outcomes) if isinstance(outcome, UniqueViolation)} == failed
    assert [outcome for at, outcome in enumerate(outcomes) if at not in failed] == [None] * 36
    kept = {f"{letter}{at}": at for letter in "mn" for at in range(40) if at not in failed}
    assert await facts(database) == kept | {"taken": 1000}


@pytest.mark.parametrize("seed", range(4))
async def test_whoever_gives_up_leaves_the_others_their_success(database, seed):
    chance = random.Random(seed)

    async def attempt(name):
        async with database.write() as tx:
            await add(tx, name)
            for _ in range(chance.randrange(3)):
                await asyncio.sleep(0)

    tasks = {f"n{at}": asyncio.create_task(attempt(f"n{at}")) for at in range(60)}
    for _ in range(200):
        await asyncio.sleep(0)
        if chance.random() < 0.2:
            chance.choice(list(tasks.values())).cancel()
    async with asyncio.timeout(30):
        await asyncio.wait(tasks.values())

    succeeded = {name for name, task in tasks.items() if not task.cancelled() and task.exception() is None}
    cancelled = {name for name, task in tasks.items() if task.cancelled()}
    assert succeeded | cancelled == tasks.keys()
    assert succeeded <= (await facts(database)).keys()
    await keep(database, "afterwards", 1)
    assert (await facts(database))["afterwards"] == 1


async def test_a_writer_cancelled_in_the_middle_leaves_nothing_and_no_lock(database):
    inside = asyncio.Event()

    async def never_ending():
        async with database.write() as tx:
            await add(tx, "a")
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(never_ending())
    await inside.wait()
    task.cancel()
    await asyncio.wait([task])

    assert task.cancelled()
    async with asyncio.timeout(30):
        await keep(database, "a", 2)
    assert await facts(database) == {"a": 2}

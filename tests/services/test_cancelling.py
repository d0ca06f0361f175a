"""What is cancelled in the middle of a statement: the database stops working on it and serves the next at once."""

import asyncio

import pytest
from sqlalchemy import func, literal, select

from rollbook.persistence.statements import Statement
from tests.services.facts import add, facts, keep

_numbers = select(literal(1).label("number")).cte("numbers", recursive=True)
_numbers = _numbers.union_all(select(_numbers.c.number + 1).where(_numbers.c.number < 2_000_000_000))
ENDLESS = Statement(select(func.count()).select_from(_numbers), scans=True)
"""A statement that takes far longer than any test."""

MORE_THAN_THERE_ARE = 12
"""More than the threads of the one database, and the connections of the other."""


async def given_up(work):
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await work


async def test_a_read_that_is_given_up_ends_and_frees_its_connection(database):
    async def read():
        async with database.read() as tx:
            await tx.all(ENDLESS)

    await keep(database, "before", 1)
    async with asyncio.timeout(30):
        for _ in range(MORE_THAN_THERE_ARE):
            await given_up(read())

        assert await facts(database) == {"before": 1}


async def test_many_reads_that_are_given_up_together_free_their_connections(database):
    async def read():
        async with database.read() as tx:
            await tx.all(ENDLESS)

    async with asyncio.timeout(30):
        await asyncio.gather(*(given_up(read()) for _ in range(MORE_THAN_THERE_ARE)))

        assert await facts(database) == {}


async def test_a_commit_that_is_given_up_is_made_all_the_same_or_not_at_all(database):
    """Given up at every moment of its way: whatever is told, both or none of what it wrote is there."""

    async def write(name):
        async with database.write() as tx:
            await add(tx, f"{name} a")
            await add(tx, f"{name} b")

    finished = []
    for number in range(60):
        task = asyncio.create_task(write(str(number)))
        for _ in range(number % 20):
            await asyncio.sleep(0)
        task.cancel()
        if not isinstance((await asyncio.gather(task, return_exceptions=True))[0], BaseException):
            finished.append(number)

    async with asyncio.timeout(30):
        await keep(database, "after")
        kept = await facts(database)

    for number in range(60):
        assert (f"{number} a" in kept) == (f"{number} b" in kept)
    assert [number for number in finished if f"{number} a" not in kept] == []

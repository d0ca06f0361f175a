"""A commit wakes those who listen to its organization; what is not committed wakes nobody."""

import asyncio

import pytest

from rollbook.persistence.announcements import News
from tests.builders import NOBODY
from tests.services.facts import add
from tests.services.listening import ACME, change, heard, listening


async def test_a_commit_wakes_those_who_listen_to_its_organization_and_nobody_else(database):
    async with listening(database, ACME, ACME, NOBODY) as (one, two, other):
        await change(database, ACME, "a")

        assert [await heard(news) for news in (one, two, other)] == [True, True, False]


async def test_what_is_rolled_back_is_not_announced(database):
    async def refused():
        async with database.write() as tx:
            tx.announce(ACME)
            await add(tx, "a")
            raise RuntimeError("refused")

    async with listening(database, ACME) as (news,):
        with pytest.raises(RuntimeError, match="refused"):
            await refused()

        assert not await heard(news)


async def test_nobody_is_woken_before_the_change_can_be_read(database):
    async with listening(database, ACME) as (news,):
        async with database.write() as tx:
            tx.announce(ACME)
            await add(tx, "a")
            assert not await heard(news)

        assert await heard(news)


async def test_a_neighbour_in_the_same_commit_that_is_rolled_back_is_not_announced(sqlite):
    async def refused():
        async with sqlite.write() as tx:
            tx.announce(NOBODY)
            raise RuntimeError

    async with listening(sqlite, ACME, NOBODY) as (kept, rolled_back):
        await asyncio.gather(change(sqlite, ACME, "a"), refused(), return_exceptions=True)

        assert (await heard(kept), await heard(rolled_back)) == (True, False)


async def test_who_is_told_while_they_read_does_not_wait_afterwards(database):
    async with listening(database, ACME) as (news,):
        await change(database, ACME, "a")
        news.expect()
        await change(database, ACME, "b")

        assert await heard(news)
        assert await heard(news)


@pytest.mark.parametrize("turns", range(4))
async def test_a_listener_is_stopped_though_there_is_news_at_that_moment(turns):
    news = News()

    async def listen():
        while True:
            news.expect()
            await news.wait(30)

    task = asyncio.create_task(listen())
    await asyncio.sleep(0.01)
    news.tell()
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()

    await asyncio.wait([task], timeout=5)
    assert task.cancelled()

"""What is kept of what was fetched, and for how long."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from rollbook.gateways.keeping import Keeper

START = datetime(2026, 3, 1, tzinfo=UTC)
REST = timedelta(minutes=1)


class Source:
    """Gives something new each time, as soon as it may."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.moment = START
        self.open = asyncio.Event()
        self.open.set()
        self.broken = False

    def clock(self) -> datetime:
        """The moment at which it stands."""
        return self.moment

    async def fetch(self, url: str) -> object:
        """Something that was never there before."""
        self.asked.append(url)
        await self.open.wait()
        if self.broken:
            raise RuntimeError(url)
        return object()


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def keeper(source: Source) -> Keeper[object]:
    return Keeper(source.fetch, source.clock, timedelta(minutes=10))


async def test_it_is_fetched_once_in_a_lifetime(source, keeper):
    first = await keeper.get("a")
    source.moment += timedelta(minutes=9, seconds=59)
    assert await keeper.get("a") is first

    source.moment += timedelta(seconds=1)
    assert await keeper.get("a") is not first
    assert source.asked == ["a", "a"]


async def test_those_who_want_the_same_at_once_share_one_answer(source, keeper):
    source.open.clear()
    waiting = [asyncio.create_task(keeper.get("a")) for _ in range(5)]
    await asyncio.sleep(0)
    other = asyncio.create_task(keeper.get("b"))
    source.open.set()

    answers = await asyncio.gather(*waiting)

    assert len(set(map(id, answers))) == 1
    assert await other is not answers[0]
    assert source.asked == ["a", "b"]


async def test_something_newer_is_fetched_at_once_and_then_after_a_rest(source, keeper):
    old = await keeper.get("a")
    new = await keeper.newer("a", old, rest=REST)
    assert new is not old

    assert await keeper.newer("a", new, rest=REST) is new
    source.moment += REST
    assert await keeper.newer("a", new, rest=REST) is not new
    assert source.asked == ["a"] * 3


async def test_those_who_find_the_same_too_old_at_once_share_what_is_newer(source, keeper):
    old = await keeper.get("a")

    first, second = await asyncio.gather(*(keeper.newer("a", old, rest=REST) for _ in range(2)))

    assert first is second is not old
    assert source.asked == ["a", "a"]


async def test_a_failure_is_everybodys_own_and_not_kept(source, keeper):
    source.broken = True
    for _ in range(2):
        with pytest.raises(RuntimeError):
            await keeper.get("a")

    source.broken = False
    assert await keeper.get("a") is await keeper.get("a")
    assert source.asked == ["a"] * 3


async def test_whoever_leaves_takes_nothing_from_those_who_wait(source, keeper):
    source.open.clear()
    impatient, patient = asyncio.create_task(keeper.get("a")), asyncio.create_task(keeper.get("a"))
    await asyncio.sleep(0)
    impatient.cancel()
    source.open.set()

    assert await patient is await keeper.get("a")


async def test_only_so_many_are_kept(source, keeper):
    first = await keeper.get("0")
    for number in range(1, 513):
        await keeper.get(str(number))

    assert await keeper.get("0") is not first

"""What is kept of what was fetched, and for how long."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from rollbook.domain.errors import ProviderFailed
from rollbook.gateways.keeping import FAILURE_LIFETIME, Keeper

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
            raise ProviderFailed(f"{url} is down.")
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


async def test_a_failure_is_everybodys_who_waited(source, keeper):
    source.broken = True
    source.open.clear()
    waiting = [asyncio.create_task(keeper.get("a")) for _ in range(30)]
    await asyncio.sleep(0)
    source.open.set()

    failures = await asyncio.gather(*waiting, return_exceptions=True)

    assert {(type(failure), str(failure)) for failure in failures} == {(ProviderFailed, "a is down.")}
    assert source.asked == ["a"]


async def test_who_has_just_failed_is_not_asked_again_for_a_moment(source, keeper):
    source.broken = True
    with pytest.raises(ProviderFailed) as first:
        await keeper.get("a")
    source.broken = False
    source.moment += FAILURE_LIFETIME - timedelta(seconds=1)

    with pytest.raises(ProviderFailed, match=r"^a is down\.$") as second:
        await keeper.get("a")
    assert second.value is not first.value
    assert source.asked == ["a"]

    source.moment += timedelta(seconds=1)
    assert await keeper.get("a") is await keeper.get("a")
    assert source.asked == ["a", "a"]
    assert timedelta(seconds=5) >= FAILURE_LIFETIME


async def test_a_clock_that_is_set_back_makes_no_failure_last(source, keeper):
    source.broken = True
    with pytest.raises(ProviderFailed):
        await keeper.get("a")
    source.broken = False
    source.moment -= timedelta(hours=1)

    assert await keeper.get("a")


async def test_what_is_there_stays_good_if_nothing_newer_can_be_had(source, keeper):
    old = await keeper.get("a")
    source.broken = True
    with pytest.raises(ProviderFailed):
        await keeper.newer("a", old, rest=REST)

    assert await keeper.get("a") is old
    assert await keeper.newer("a", old, rest=REST) is old
    assert source.asked == ["a", "a"]


@pytest.mark.parametrize("broken", [False, True])
async def test_whoever_leaves_takes_nothing_from_those_who_wait(source, keeper, broken):
    source.broken = broken
    source.open.clear()
    impatient, patient = asyncio.create_task(keeper.get("a")), asyncio.create_task(keeper.get("a"))
    await asyncio.sleep(0)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    source.open.set()

    (outcome,) = await asyncio.gather(patient, return_exceptions=True)

    assert isinstance(outcome, ProviderFailed) is broken
    assert source.asked == ["a"]


async def test_a_mistake_of_our_own_is_no_failure_of_the_provider(source):
    async def mistaken(url: str) -> object:
        raise ZeroDivisionError(source.asked.append(url))

    keeper = Keeper(mistaken, source.clock, timedelta(minutes=10))
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            await keeper.get("a")

    assert source.asked == ["a", "a"]


async def test_what_was_put_out_while_it_was_fetched_is_given_all_the_same(source, keeper):
    source.open.clear()
    first = asyncio.create_task(keeper.get("0"))
    others = [asyncio.create_task(keeper.get(str(number))) for number in range(1, 513)]
    await asyncio.sleep(0)
    late = asyncio.create_task(keeper.get("0"))
    await asyncio.sleep(0)
    source.open.set()

    assert await late is await first
    await asyncio.gather(*others)


async def test_only_so_many_are_kept(source, keeper):
    first = await keeper.get("0")
    for number in range(1, 513):
        await keeper.get(str(number))

    assert await keeper.get("0") is not first

"""Questions of many at the same moment: answered together, each as if it had been asked alone."""

import asyncio

import pytest

from rollbook.persistence import rounds as module
from rollbook.persistence.rounds import MOST_IN_A_ROUND, MOST_ROUNDS, SLOW_SECONDS, Rounds


class Answers:
    """Answers each question with itself, when it is told to; remembers which were asked together."""

    def __init__(self):
        self.asked = []
        self.go_on = asyncio.Event()

    async def __call__(self, asked):
        self.asked.append([question for (question,) in asked])
        await self.go_on.wait()
        return [[question] if question else [] for (question,) in asked]


async def begun(rounds, *questions):
    """So many who ask, waiting."""
    tasks = [asyncio.create_task(rounds.ask((question,))) for question in questions]
    await asyncio.sleep(0)
    return tasks


async def test_each_is_answered_and_who_comes_meanwhile_shares_the_next_round(monkeypatch):
    monkeypatch.setattr(module, "SLOW_SECONDS", 60)
    answers = Answers()
    rounds = Rounds(answers)
    first = await begun(rounds, "early")
    await asyncio.sleep(0)
    later = await begun(rounds, "a", "b", None)
    await asyncio.sleep(0)
    assert answers.asked == [["early"]]

    answers.go_on.set()

    assert await asyncio.gather(*first, *later) == [["early"], ["a"], ["b"], []]
    assert answers.asked == [["early"], ["a", "b", None]]


async def test_beside_a_slow_round_another_one_begins_and_not_a_third():
    answers = Answers()
    rounds = Rounds(answers)
    first = await begun(rounds, "first")
    await asyncio.sleep(0)
    waiting = await begun(rounds, "waits")
    await asyncio.sleep(2 * SLOW_SECONDS)
    assert answers.asked == [["first"], ["waits"]]
    last = await begun(rounds, "a", "b")
    await asyncio.sleep(2 * SLOW_SECONDS)
    assert len(answers.asked) == MOST_ROUNDS

    answers.go_on.set()
    assert await asyncio.gather(*first, *waiting, *last) == [["first"], ["waits"], ["a"], ["b"]]
    assert answers.asked[MOST_ROUNDS:] == [["a", "b"]]


async def test_a_slow_round_holds_up_nobody_who_comes_after_it_was_found_to_be_slow():
    stuck = asyncio.Event()

    async def answer(asked):
        if ("stuck",) in asked:
            await stuck.wait()
        return [[each] for (each,) in asked]

    rounds = Rounds(answer)
    held_up = await begun(rounds, "stuck")
    await asyncio.sleep(2 * SLOW_SECONDS)

    for number in range(3):
        assert await asyncio.wait_for(rounds.ask((number,)), 5) == [number]
    stuck.set()
    assert await asyncio.gather(*held_up) == [["stuck"]]


async def test_a_round_has_a_size():
    answers = Answers()
    rounds = Rounds(answers)
    answers.go_on.set()
    tasks = [asyncio.create_task(rounds.ask((number,))) for number in range(1, 3 * MOST_IN_A_ROUND)]

    assert [row for rows in await asyncio.gather(*tasks) for row in rows] == [*range(1, 3 * MOST_IN_A_ROUND)]
    assert max(map(len, answers.asked)) == MOST_IN_A_ROUND


async def test_who_gives_up_does_not_disturb_the_others():
    answers = Answers()
    rounds = Rounds(answers)
    gone, stays = await begun(rounds, "gone", "stays")
    waiting_gone, waiting = await begun(rounds, "waiting gone", "waiting")
    for task in (gone, waiting_gone):
        task.cancel()
    await asyncio.sleep(0)

    answers.go_on.set()

    assert (await stays, await waiting) == (["stays"], ["waiting"])
    assert "waiting gone" not in [question for asked in answers.asked[1:] for question in asked]
    with pytest.raises(asyncio.CancelledError):
        await gone


async def test_what_goes_wrong_is_told_to_all_of_the_round_and_not_to_the_next():
    failing = True

    async def answer(asked):
        if failing:
            raise RuntimeError("lost")
        return [["good"] for _ in asked]

    rounds = Rounds(answer)

    told = await asyncio.gather(*(rounds.ask((number,)) for number in range(3)), return_exceptions=True)
    failing = False

    assert [str(error) for error in told] == ["lost"] * 3
    assert await rounds.ask((4,)) == ["good"]


async def test_who_asks_at_the_moment_in_which_all_rounds_end_is_answered():
    goes_on = asyncio.Event()
    under_way = 0

    async def answer(asked):
        nonlocal under_way
        under_way += 1
        await goes_on.wait()
        return [[each] for each in asked]

    rounds = Rounds(answer)

    async def again(name):
        return [await rounds.ask(name), await rounds.ask(name)]

    clients = [asyncio.create_task(again("first"))]
    for number in range(1, MOST_ROUNDS):
        await asyncio.sleep(2 * SLOW_SECONDS)
        clients.append(asyncio.create_task(rounds.ask(number)))
    await asyncio.sleep(2 * SLOW_SECONDS)
    assert under_way == MOST_ROUNDS
    goes_on.set()

    assert await asyncio.wait_for(clients[0], 5) == [["first"], ["first"]]
    await asyncio.gather(*clients)

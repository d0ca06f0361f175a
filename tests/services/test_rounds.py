"""Questions of many at the same moment: answered together, each as if it had been asked alone."""

import asyncio

import pytest

from rollbook.persistence.rounds import MOST_IN_A_ROUND, MOST_ROUNDS, Rounds


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


async def test_each_is_answered_and_who_comes_meanwhile_shares_the_next_round():
    answers = Answers()
    rounds = Rounds(answers)
    first = [task for number in range(MOST_ROUNDS) for task in await begun(rounds, f"early {number}")]
    await asyncio.sleep(0)
    later = await begun(rounds, "a", "b", None)

    answers.go_on.set()

    assert await asyncio.gather(*first) == [[f"early {number}"] for number in range(MOST_ROUNDS)]
    assert await asyncio.gather(*later) == [["a"], ["b"], []]
    assert answers.asked == [*([f"early {number}"] for number in range(MOST_ROUNDS)), ["a", "b", None]]


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
    assert "waiting gone" not in [question for asked in answers.asked[MOST_ROUNDS:] for question in asked]
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
        await asyncio.sleep(0.01)
        clients.append(asyncio.create_task(rounds.ask(number)))
    await asyncio.sleep(0.01)
    assert under_way == MOST_ROUNDS
    goes_on.set()

    assert await asyncio.wait_for(clients[0], 5) == [["first"], ["first"]]
    await asyncio.gather(*clients)

"""Questions that are asked by many at the same moment, answered in rounds.

Who asks while a round is under way waits for the next one, which begins after they asked: so each answer is as fresh as
if it had been asked alone, and under load a round trip is shared by all who wait.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from rollbook.persistence.statements import Row

Arguments = Sequence[Any]
Round = Callable[[Sequence[Arguments]], Awaitable[Sequence[list[Row]]]]
"""Answers some questions, each by its rows."""

MOST_IN_A_ROUND = 64
MOST_ROUNDS = 2
"""How many rounds of one question are under way at once, so that a slow one does not hold up everybody."""


class Rounds:
    """One kind of question, of one event loop."""

    def __init__(self, answer: Round) -> None:
        self._answer = answer
        self._waiting: list[tuple[Arguments, asyncio.Future[list[Row]]]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._under_way = 0

    async def ask(self, arguments: Arguments) -> list[Row]:
        """The rows of this question. Raises what the round raises."""
        future: asyncio.Future[list[Row]] = asyncio.get_running_loop().create_future()
        self._waiting.append((arguments, future))
        if self._under_way < MOST_ROUNDS:
            self._under_way += 1
            task = asyncio.create_task(self._run())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await future

    async def _run(self) -> None:
        try:
            await self._answer_all()
        finally:
            # at once, not when the task is told to be done: who asks in between would wait for nobody
            self._under_way -= 1

    async def _answer_all(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting[:MOST_IN_A_ROUND], self._waiting[MOST_IN_A_ROUND:]
            asked = [(arguments, future) for arguments, future in asked if not future.done()]
            if not asked:
                continue
            try:
                answers = await self._answer([arguments for arguments, _ in asked])
            except Exception as error:
                for _, future in asked:
                    if not future.done():
                        future.set_exception(error)
            else:
                for (_, future), rows in zip(asked, answers, strict=True):
                    if not future.done():
                        future.set_result(rows)

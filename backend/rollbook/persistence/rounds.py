"""Questions that are asked by many at the same moment, answered in rounds; a write asks whether it was done.

Who asks while a round is under way waits for the next one, which begins after they asked: so each answer is as fresh as
if it had been asked alone, and under load a round trip is shared by all who wait. Beside a round that takes long, which
may wait for somebody's lock, another one begins.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

T = TypeVar("T")

Arguments = Sequence[Any]
Round = Callable[[Sequence[Arguments]], Awaitable[Sequence[T]]]
"""Answers some questions, in their order."""

MOST_IN_A_ROUND = 64
MOST_ROUNDS = 2
"""How many rounds of one question are under way at once, so that a slow one does not hold up everybody."""

SLOW_SECONDS = 0.02
"""From when on a round is slow. Two that are not would each have half of those who ask, and cost as much again."""


class Rounds(Generic[T]):
    """One kind of question, of one event loop."""

    def __init__(self, answer: Round[T]) -> None:
        self._answer = answer
        self._waiting: list[tuple[Arguments, asyncio.Future[T]]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._under_way = 0
        self._slow: set[object] = set()

    async def ask(self, arguments: Arguments) -> T:
        """The answer to this question. Raises what the round raises."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((arguments, future))
        self._begin()
        try:
            return await future
        finally:
            del future  # raised here, what it holds and this frame hold each other

    def _begin(self) -> None:
        """Begin a round for those who wait, unless one that is under way may soon be there for them."""
        if self._waiting and len(self._slow) == self._under_way < MOST_ROUNDS:
            self._under_way += 1
            task = asyncio.create_task(self._run())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

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
                with self._watched():
                    answers = await self._answer([arguments for arguments, _ in asked])
            except Exception as error:
                _refuse(asked, error)
            else:
                _answer(asked, answers)
            finally:
                del asked  # as in ask

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Let another round begin if this one has not ended in time."""
        this = object()

        def is_slow() -> None:
            self._slow.add(this)
            self._begin()

        timer = asyncio.get_running_loop().call_later(SLOW_SECONDS, is_slow)
        try:
            yield
        finally:
            timer.cancel()
            self._slow.discard(this)


def _answer(asked: list[tuple[Arguments, asyncio.Future[T]]], answers: Sequence[T]) -> None:
    for (_, future), answer in zip(asked, answers, strict=True):
        if not future.done():
            future.set_result(answer)


def _refuse(asked: list[tuple[Arguments, asyncio.Future[T]]], error: Exception) -> None:
    for _, future in asked:
        if not future.done():
            future.set_exception(error)

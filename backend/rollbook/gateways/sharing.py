"""One answer for everybody who asks the same at the same time."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Shared(Generic[T]):
    """Work in progress, by what is asked. Nothing is remembered of work that is done."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[T]] = {}

    def is_running(self, asked: str) -> bool:
        """Whether somebody waits for the same right now."""
        return asked in self._running

    async def result(self, asked: str, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What the work comes to; it is begun only if the same is not under way. A failure is everybody's too.

        Whoever leaves before the end leaves the work to the others. It has to come to an end by itself.
        """
        task = self._running.get(asked)
        if task is None:
            task = self._running[asked] = asyncio.create_task(work())
            task.add_done_callback(lambda done: self._finish(asked, done))
        return await asyncio.shield(task)

    def _finish(self, asked: str, done: asyncio.Task[T]) -> None:
        del self._running[asked]
        if not done.cancelled():
            done.exception()  # which is noted as seen, as everybody who asked may have left

"""How long an operation may take, with everything that it set going."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextvars import ContextVar
from typing import Any, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")
T = TypeVar("T")

_loading: ContextVar[set["asyncio.Task[Any]"]] = ContextVar("loading")
"""What loaders are reading for the operation under way: in tasks of their own, which nobody else would cancel."""


class OutOfTime(Exception):
    """The operation was stopped. What it committed before that is committed."""


async def within(seconds: float, operation: Coroutine[Any, Any, T]) -> T:
    """The result of the operation, or `OutOfTime` once nothing of it runs any more."""
    reading: set[asyncio.Task[Any]] = set()
    token = _loading.set(reading)
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            return await operation
    except TimeoutError:
        if not limit.expired():
            raise
        for task in reading:
            task.cancel()
        if reading:
            await asyncio.wait(reading)
        raise OutOfTime from None
    finally:
        _loading.reset(token)


def stops_in_time(
    load: Callable[[list[Key]], Awaitable[Sequence[Value]]],
) -> Callable[[list[Key]], Awaitable[Sequence[Value]]]:
    """A loader's function as one that ends with the operation that it loads for."""

    async def loading(keys: list[Key]) -> Sequence[Value]:
        task = asyncio.current_task()
        reading = _loading.get(None)
        if reading is None or task is None:
            return await load(keys)
        reading.add(task)
        try:
            return await load(keys)
        finally:
            reading.discard(task)

    return loading

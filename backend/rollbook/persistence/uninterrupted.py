"""Waiting for what a connection has begun and must end, whoever stops waiting for it."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

T = TypeVar("T")


async def uninterrupted(work: Awaitable[T]) -> T:
    """The result of the work. A cancelled caller still waits for its end: a connection serves one at a time."""
    future = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        while not future.done():
            await _wait_through_cancellation(future)
        if not future.cancelled():
            future.exception()  # seen; what is raised is the cancellation
        raise
    finally:
        del future  # it holds what was raised, which holds this frame


async def _wait_through_cancellation(future: "asyncio.Future[Any]") -> None:
    try:
        await asyncio.wait([future])
    except asyncio.CancelledError:
        return

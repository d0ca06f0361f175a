"""Runs an operation once more when another one got in its way at the same moment."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from rollbook.persistence.database import Collision

T = TypeVar("T")


async def once_more(operation: Callable[[], Awaitable[T]]) -> T:
    """The operation's answer; a `Collision` rolled all of it back, so a second time meets what the other one left."""
    try:
        return await operation()
    except Collision:
        return await operation()

"""Long computing beside the event loop, which answers everybody else meanwhile."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def aside(work: Callable[[], T], *, is_long: bool) -> T:
    """What the work comes to. If it is long, it is done in a thread: it must not touch what the loop works on.

    Python lets the loop on every few milliseconds, but only between two steps of Python: a single call of a library
    that takes long holds everybody up in a thread, too.
    """
    return await asyncio.to_thread(work) if is_long else work()

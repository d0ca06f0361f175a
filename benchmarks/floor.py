"""The limit of the server itself: an ASGI app that answers everything with 2 bytes, and one that takes its time."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

_START = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]}
_BODY = {"type": "http.response.body", "body": b"ok"}


async def app(
    scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
) -> None:
    """Answer one request, or the start and the end of the process."""
    if scope["type"] == "http":
        await send(_START)
        await send(_BODY)
        return
    while (await receive())["type"] != "lifespan.shutdown":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})


async def slow_app(
    scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
) -> None:
    """The same after so many microseconds of the processor as the path says: `/85`."""
    if scope["type"] == "http":
        end = time.thread_time_ns() + 1000 * int(scope["path"][1:])
        while time.thread_time_ns() < end:
            pass
    await app(scope, receive, send)

"""GraphQL over server-sent events, in the protocol's mode of distinct connections: one POST, one operation, one stream.

An event `next` holds a result, `complete` ends the stream. Written here rather than taken from a package, because what
counts is ours: when a stream ends, and that a slow reader costs no memory (docs/decisions/0009).
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from rollbook.web.requests import Refused

MEDIA_TYPE = "text/event-stream"

MOST_OF_A_PRINCIPAL = 20
MOST_OF_A_PROCESS = 500
"""How many streams may be open at once."""

LIFE_SECONDS = 1800.0
"""How long a stream lives; then its client subscribes again, where it left off."""

HEARTBEAT_SECONDS = 15.0
"""How long a stream is silent at most, so that no proxy takes it for dead."""

PATIENCE_SECONDS = 20.0
"""How long a reader may take to make room for the next event."""

_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_HEARTBEAT = b":\n\n"
_COMPLETE = b"event: complete\ndata:\n\n"

_log = logging.getLogger("rollbook.graphql")


def accepts_stream(accept: str) -> bool:
    """Whether a client with this Accept header reads server-sent events."""
    return MEDIA_TYPE in accept.lower()


def next_event(body: dict[str, Any], event_id: str | None = None) -> bytes:
    """A result as an event. `event_id` is what a client may send as Last-Event-ID when it comes back."""
    told = f"id: {event_id}\n" if event_id else ""
    return f"event: next\n{told}data: ".encode() + orjson.dumps(body) + b"\n\n"


def only_event(body: dict[str, Any], request_id: str) -> Response:
    """The stream of an operation that has one result."""
    headers = _HEADERS | {"X-Request-Id": request_id}
    return Response(next_event(body) + _COMPLETE, media_type=MEDIA_TYPE, headers=headers)


class Streams:
    """The open streams of this process."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()
        self._ending = asyncio.Event()

    def __len__(self) -> int:
        """How many are open."""
        return self._open.total()

    def end(self) -> None:
        """Complete every stream, and each one that is opened later, because the server stops."""
        self._ending.set()

    def open(self, principal: str, events: AsyncIterator[bytes], request_id: str) -> Response:
        """A stream of the principal's. Refuses with 429 and 503 if there are too many."""
        if self._open[principal] >= MOST_OF_A_PRINCIPAL:
            raise Refused(
                429,
                "LIMIT_EXCEEDED",
                f"You have {MOST_OF_A_PRINCIPAL} open streams; close one before you open another.",
                {"Retry-After": "5"},
            )
        if len(self) >= MOST_OF_A_PROCESS:
            raise Refused(503, "BUSY", "This server has too many open streams. Try again soon.", {"Retry-After": "5"})
        self._open[principal] += 1
        return _EventStream(events, request_id, self._ending, closed=lambda: self._close(principal))

    def _close(self, principal: str) -> None:
        self._open[principal] -= 1
        if not self._open[principal]:
            del self._open[principal]


class _EventStream(Response):
    """Sends events as they come, no faster than they are read, until there are no more or it has to end."""

    def __init__(
        self, events: AsyncIterator[bytes], request_id: str, ending: asyncio.Event, *, closed: Callable[[], None]
    ) -> None:
        super().__init__(media_type=MEDIA_TYPE, headers=_HEADERS | {"X-Request-Id": request_id})
        del self.headers["Content-Length"]
        self._events = events
        self._ending = ending
        self._closed = closed
        self._sending = asyncio.Lock()
        self._sent_at = time.monotonic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream."""
        sending = asyncio.create_task(self._send_all(send))
        gone = asyncio.create_task(_gone(receive))
        ending = asyncio.create_task(self._ending.wait())
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            await self._attend(send, sending, gone, ending)
            failure = await _ended(sending)
            if failure is not None:
                raise failure
            if not gone.done():
                await self._send(send, _COMPLETE, more=False)
        except TimeoutError:
            _log.info("A stream was given up: its client reads too slowly.")
        finally:
            for task in (sending, gone, ending):
                await _ended(task)
            self._closed()

    async def _attend(self, send: Send, *tasks: "asyncio.Task[Any]") -> None:
        """Return when a task is done, or the stream's life is over; meanwhile show that it is alive."""
        end = time.monotonic() + LIFE_SECONDS
        while (left := end - time.monotonic()) > 0:
            silent = time.monotonic() - self._sent_at
            wait = min(left, max(0.0, HEARTBEAT_SECONDS - silent))
            done, _ = await asyncio.wait(tasks, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
            if done:
                return
            if time.monotonic() - self._sent_at >= HEARTBEAT_SECONDS:
                await self._send(send, _HEARTBEAT)

    async def _send_all(self, send: Send) -> None:
        async with aclosing(self._events) as events:  # type: ignore[type-var]
            async for event in events:
                await self._send(send, event)

    async def _send(self, send: Send, chunk: bytes, *, more: bool = True) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS), self._sending:
            await send({"type": "http.response.body", "body": chunk, "more_body": more})
            self._sent_at = time.monotonic()


async def _gone(receive: Receive) -> None:
    """Return when the client has hung up."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _ended(task: "asyncio.Task[Any]") -> BaseException | None:
    """Stop a task, wait until it is over, and say by what it failed."""
    task.cancel()
    await asyncio.wait([task])
    return None if task.cancelled() else task.exception()

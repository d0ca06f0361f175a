"""A client that watches: it reads server-sent events from the server in this process, one at a time."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.types import Message

SECONDS = 30
"""Longer than anything takes; a stream that hangs fails its test."""

STREAM = {"Accept": "text/event-stream"}

EVENTS = """subscription($after: String) {
    organizationEvents(after: $after) { cursor type occurredAt memberId memberVersion }
}"""


class Stream:
    """An answer that is still being sent. Nothing is read ahead: the server waits for its reader."""

    answering: "asyncio.Task[None]"
    """The server's work on it."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self._requests: asyncio.Queue[Message] = asyncio.Queue()
        self._chunks: asyncio.Queue[bytes] = asyncio.Queue(maxsize=1)
        self._started = asyncio.Event()
        self._buffer = b""

    async def started(self) -> "Stream":
        """Once the head of the answer is there."""
        await asyncio.wait_for(self._started.wait(), SECONDS)
        return self

    async def chunk(self) -> bytes:
        """What the server sends next; empty at the end."""
        return await asyncio.wait_for(self._chunks.get(), SECONDS)

    async def block(self) -> str:
        """The next event or comment as it was written; empty at the end."""
        while b"\n\n" not in self._buffer:
            chunk = await self.chunk()
            if not chunk:
                return self._buffer.decode()
            self._buffer += chunk
        block, _, self._buffer = self._buffer.partition(b"\n\n")
        return block.decode()

    async def body(self) -> Any:
        """The next result, or None when the stream completes."""
        while True:
            lines = dict(line.partition(": ")[::2] for line in (await self.block()).split("\n"))
            assert lines != {"": ""}, "the stream ended without a word"
            if lines.get("event") == "next":
                return json.loads(lines["data"])
            if lines.get("event") == "complete":
                return None

    async def event(self) -> dict[str, Any]:
        """The next live event."""
        body = await self.body()
        assert body is not None, "the stream is complete"
        assert "errors" not in body, body["errors"]
        (event,) = body["data"].values()
        return event

    async def events(self, number: int) -> list[dict[str, Any]]:
        """So many live events."""
        return [await self.event() for _ in range(number)]

    async def refusal(self) -> tuple[str, str]:
        """The code and the message by which the stream ends."""
        body = await self.body()
        assert body is not None, "the stream is complete"
        (error,) = body["errors"]
        assert await self.body() is None
        return error["extensions"]["code"], error["message"]

    def hang_up(self) -> None:
        """Go away without a word."""
        self._requests.put_nowait({"type": "http.disconnect"})

    async def _receive(self) -> Message:
        return await self._requests.get()

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            self._started.set()
            return
        if message.get("body"):
            await self._chunks.put(message["body"])
        if not message.get("more_body", False):
            await self._chunks.put(b"")


@asynccontextmanager
async def watching(
    app: FastAPI, headers: dict[str, str], query: str = EVENTS, **variables: Any
) -> AsyncIterator[Stream]:
    """An operation whose answer is a stream, from its head to the end of the block."""
    stream = Stream()
    body = json.dumps({"query": query, "variables": variables}).encode()
    sent = {"Content-Type": "application/json", "Content-Length": str(len(body))} | STREAM | headers
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "query_string": b"",
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
        "client": ("127.0.0.1", 1),
        "server": ("rollbook.test", 80),
    }
    stream._requests.put_nowait({"type": "http.request", "body": body, "more_body": False})
    stream.answering = asyncio.create_task(app(scope, stream._receive, stream._send))
    try:
        yield await stream.started()
    finally:
        stream.hang_up()
        await _over(stream)


async def _over(stream: Stream) -> None:
    """Wait for the server's end of the stream; what it still sends is thrown away."""
    async with asyncio.timeout(SECONDS):
        while not stream.answering.done():
            await asyncio.wait([stream.answering], timeout=0.01)
            while not stream._chunks.empty():
                stream._chunks.get_nowait()
    stream.answering.result()

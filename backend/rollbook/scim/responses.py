"""One SCIM answer and how it is sent: whole, or in pieces as they become known."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field

from starlette.types import Receive, Send

from rollbook.scim.errors import Headers, ScimError

MEDIA_TYPE = b"application/scim+json"

Pieces = AsyncGenerator[bytes, None]
"""A body that is produced while it is sent."""


@dataclass(slots=True)
class Response:
    """A status with a body of bytes, or of pieces that are produced while they are sent; and whose words they are."""

    status: int
    body: bytes | Pieces = b""
    headers: Headers = field(default=())
    refusal: ScimError | None = None

    @classmethod
    def of(cls, error: ScimError) -> "Response":
        """The answer that says a refusal."""
        return cls(error.status, error.body(), error.headers, error)

    async def send(self, send: Send, receive: Receive, request_id: str, *, without_body: bool = False) -> None:
        """Send it. An answer to HEAD goes without its body; of pieces no more are made once the client has gone."""
        headers = [
            (b"x-request-id", request_id.encode()),
            *((name.lower().encode(), value.encode("latin-1", "replace")) for name, value in self.headers),
        ]
        # RFC 9110 sections 8.6 and 15.4.5: neither has content
        if self.status not in (204, 304):
            headers.append((b"content-type", MEDIA_TYPE))
            if isinstance(self.body, bytes):
                headers.append((b"content-length", str(len(self.body)).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        if isinstance(self.body, bytes):
            await send({"type": "http.response.body", "body": b"" if without_body else self.body})
            return
        async with aclosing(self.body) as pieces:
            if not without_body:
                await _send_while_read(pieces, send, receive)
        await send({"type": "http.response.body", "body": b""})


async def _send_while_read(pieces: Pieces, send: Send, receive: Receive) -> None:
    """Send the pieces. A server takes and drops what comes for a client who has gone, and tells it only when asked."""
    gone = asyncio.create_task(_disconnected(receive))
    try:
        async for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            if gone.done():
                return
    finally:
        gone.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass

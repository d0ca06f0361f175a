"""Requests to an application in this process, without a network: what they cost is the application's own."""

import asyncio
from collections.abc import Mapping
from typing import Any

from benchmarks.load import Sent


async def asked(app: Any, sent: Sent, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """The status and the body of the application's answer."""
    path, _, query = sent.path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": sent.method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
    }
    status = 0
    parts: list[bytes] = []
    told = False

    async def receive() -> dict[str, Any]:
        nonlocal told
        if told:
            await asyncio.Event().wait()  # the client stays
        told = True
        return {"type": "http.request", "body": sent.body.encode(), "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status
        status = message.get("status", status)
        parts.append(message.get("body", b""))

    await app(scope, receive, send)
    return status, b"".join(parts)

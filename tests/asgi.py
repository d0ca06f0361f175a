"""Requests as a server hands them to the application: no client library puts right what is odd in them."""

import asyncio
from urllib.parse import unquote

import httpx
from starlette.types import ASGIApp, Message


async def ask(
    app: ASGIApp, method: str, path: str, headers: dict[str, str], body: bytes = b"", *, query: str = ""
) -> httpx.Response:
    """One request and its answer. The body comes in two parts."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(errors="surrogateescape"),
        "query_string": query.encode("ascii", errors="surrogateescape"),
        "root_path": "",
        "headers": [(name.encode(), value.encode("utf-8", "surrogatepass")) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    sent: list[Message] = []
    parts = [body[: len(body) // 2], body[len(body) // 2 :]]

    async def receive() -> Message:
        if not parts:
            await asyncio.Event().wait()  # the client stays, and says no more
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    content = b"".join(message.get("body", b"") for message in sent[1:])
    return httpx.Response(sent[0]["status"], headers=sent[0]["headers"], content=content)

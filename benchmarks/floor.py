"""The limit of the server itself: an ASGI app that answers everything with 2 bytes, and one that takes its time."""

import json
import sqlite3
from collections.abc import Awaitable, Callable
from functools import cache
from itertools import cycle
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
    """The same after so many pieces of work as the path says: `/9`.

    A piece is what requests are made of: a row is read, decoded, looked through and encoded. To use the processor for a
    given time would not do: that takes no longer where the machine is slow for a moment.
    """
    if scope["type"] == "http":
        pieces, kept = int(scope["path"][1:]), _kept()
        for _ in range(pieces):
            (text,) = kept.execute("SELECT document FROM people WHERE name = ?", (next(_NAMES),)).fetchone()
            document = json.loads(text)
            json.dumps({key: value for key, value in document.items() if value is not None})
    await app(scope, receive, send)


@cache
def _kept() -> sqlite3.Connection:
    kept = sqlite3.connect(":memory:", isolation_level=None)
    kept.execute("CREATE TABLE people (name TEXT PRIMARY KEY, document TEXT NOT NULL)")
    kept.executemany("INSERT INTO people VALUES (?, ?)", ((_name(at), json.dumps(_person(at))) for at in range(_KEPT)))
    return kept


def _person(number: int) -> dict[str, Any]:
    """Written out here: to bring in the product would be to measure its memory as the bare app's."""
    return {
        "userName": _name(number),
        "name": {"givenName": "Ada", "familyName": "Lovelace", "formatted": "Ada Lovelace"},
        "displayName": f"Ada Lovelace {number}",
        "emails": [{"value": _name(number), "type": "work", "primary": True}],
        "title": None,
    }


def _name(number: int) -> str:
    return f"person{number}@work.test"


_KEPT = 1_000
_NAMES = cycle([_name(number) for number in range(_KEPT)])

"""One SCIM request as the endpoints see it, and its body read within limits."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import orjson
from starlette.types import Receive, Scope

from rollbook.domain.actors import Actor
from rollbook.domain.bodies import NOTHING, Body, kept, unread
from rollbook.domain.exchanges import Exchange, client_of
from rollbook.scim.errors import Headers, ScimError, invalid_filter, invalid_syntax, invalid_value
from rollbook.scim.long_bodies import COLLECTOR, Bytes, holds, is_blank, let_go, may_nest, read_stepwise
from rollbook.scim.reading import Reading, shown
from rollbook.services.aside import aside

T = TypeVar("T")

MAX_DEPTH = 64
MAX_PARAMETERS = 100
USER_BODY = 1024 * 1024
GROUP_BODY = 64 * 1024 * 1024
"""The largest bodies: a group's may name 100 000 members."""

LONG_BODY = 64 * 1024
"""From so many bytes on, what is made of a body may take so long that it is done beside the event loop."""

VERY_LONG_BODY = 1024 * 1024
"""From so many bytes on, a single call that reads them all would hold everybody up."""

UNCOLLECTED_BODY = 8 * 1024 * 1024
"""Above so many bytes the garbage collector pauses until the request is answered. Of less it makes short work; a Bulk,
which may take long, is never longer."""

_MEDIA_TYPES = frozenset({"application/scim+json", "application/json"})


class ClientGone(Exception):
    """The client closed the connection before its request was read."""


@dataclass(slots=True)
class Request:
    """A request below the prefix. `segments` are the path's parts without empty ones (E-03: double slashes).

    `client` is the address that it came from, `rate` what its answer says of the token's rate.
    `exchange` is what the provisioning log will know of it.
    `actor` and `reading` are there once the token was checked. `is_long`, `is_very_long`: its body was.
    """

    method: str
    segments: Sequence[str]
    headers: dict[bytes, bytes]
    query_string: bytes
    receive: Receive
    request_id: str
    client: str | None = None
    rate: Headers = ()
    exchange: Exchange = field(init=False)
    actor: Actor = field(init=False)
    reading: Reading = field(init=False)
    is_long: bool = False
    is_very_long: bool = False
    _pauses_collector: bool = False

    @classmethod
    def of(cls, scope: Scope, receive: Receive, request_id: str) -> "Request":
        """The request in an ASGI scope; the application may be mounted anywhere."""
        path: str = scope["path"]
        root: str = scope.get("root_path", "")
        if root and path.startswith(root):
            path = path[len(root) :]
        return cls(
            scope["method"],
            [segment for segment in path.split("/") if segment],
            dict(scope["headers"]),
            scope["query_string"],
            receive,
            request_id,
            scope["client"][0] if scope.get("client") else None,
        )

    @property
    def path(self) -> str:
        """The path below the prefix."""
        return "/" + "/".join(self.segments)

    def header(self, name: bytes) -> str | None:
        """A header's value, by its name in lower case."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")

    def parameters(self) -> dict[str, str]:
        """The query's parameters by lower-case name, `+` read as a space; the last of a name counts.

        Names have no case here, so that a misspelt `Filter` is not a filter ignored. Two filters are refused for the
        same reason: an answer wider than what was asked links the wrong person.
        """
        if not self.query_string:
            return {}
        try:
            # X-01, E-03: an empty value, a bare flag or a trailing & is nothing to stumble over
            pairs = parse_qsl(
                self.query_string.decode("ascii"),
                keep_blank_values=True,
                errors="strict",
                max_num_fields=MAX_PARAMETERS,
            )
        except ValueError:
            raise invalid_value(
                f"The query cannot be read: it must be percent-encoded UTF-8 with at most {MAX_PARAMETERS} parameters."
            ) from None
        parameters: dict[str, str] = {}
        for name, value in pairs:
            name = name.lower()
            if name == "filter" and name in parameters:
                raise invalid_filter("The query has two filters; join them with and.")
            parameters[name] = value
        return parameters

    async def json(self, limit: int, read: "Read | None" = None) -> dict[str, Any]:
        """The body, a JSON object of at most `limit` bytes. Raises 400 `invalidSyntax`, 413 and 415."""
        self._check_media_type()
        body = await self._body(limit)
        self.is_long, self.is_very_long = len(body) >= LONG_BODY, len(body) >= VERY_LONG_BODY
        if len(body) > UNCOLLECTED_BODY:
            self._pauses_collector = True
            COLLECTOR.pause()
        return await self.aside(lambda: self._document(body, read or parsed))

    async def aside(self, work: Callable[[], T]) -> T:
        """What the work on the body comes to; if the body is long, others are answered meanwhile."""
        return await aside(work, is_long=self.is_long)

    async def let_go(self) -> None:
        """Give back what a very long body was read into, once it is answered; others are answered meanwhile."""
        document, self.exchange.sent = self.exchange.sent, None
        try:
            await self.aside(lambda: let_go(document))
        finally:
            if self._pauses_collector:
                COLLECTOR.resume()

    def _document(self, body: Bytes, read: "Read") -> dict[str, Any]:
        try:
            document = read(body)
        except ScimError:
            # what was sent as JSON and is refused for its size or shape could take as long to read again
            self.exchange.body = unread(body) if len(body) < VERY_LONG_BODY else Body(NOTHING, shortened=True)
            raise
        self.exchange.sent, self.exchange.body = document, kept(document, len(body))
        return document

    def begins(self, at: datetime) -> None:
        """Remember for the provisioning log that it came in at this moment."""
        self.exchange = Exchange(
            self.method,
            self.path,
            self.query_string.decode("latin-1"),
            self.request_id,
            self.header(b"user-agent"),
            at,
        )

    def is_meant(self) -> None:
        """Remember the same of the address that was meant, which was another one than was sent."""
        exchange = self.exchange
        exchange.client = client_of(exchange.user_agent, exchange.query)
        exchange.path, exchange.query = self.path, self.query_string.decode("latin-1")

    def is_read(self, reading: Reading) -> None:
        """Take the dialect in which it is read."""
        self.reading = self.exchange.reading = reading

    def _check_media_type(self) -> None:
        encoding = self.header(b"content-encoding")
        if encoding and encoding.strip().lower() != "identity":
            raise ScimError(415, f"A body in Content-Encoding {encoding} cannot be read; send it without one.")
        content_type = self.header(b"content-type")
        if not content_type or not content_type.strip():
            return
        media_type = content_type.partition(";")[0].strip().lower()
        if media_type not in _MEDIA_TYPES:
            raise ScimError(415, f"A body of type {media_type} cannot be read; send application/scim+json.")

    async def _body(self, limit: int) -> Bytes:
        declared = self.headers.get(b"content-length", b"")
        if declared.isdigit() and len(declared) < 19 and int(declared) > limit:
            raise _too_large(limit)
        body = bytearray()
        while True:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            body += message.get("body", b"")
            if len(body) > limit:
                raise _too_large(limit)
            if not message.get("more_body", False):
                return body


Read = Callable[[Bytes], dict[str, Any]]
"""How the bytes of a body become an object."""


def parsed(body: Bytes) -> dict[str, Any]:
    """The JSON object in a body. Raises 400 `invalidSyntax`, or `invalidValue` for a text that holds NUL."""
    document = loaded(body)
    # PostgreSQL's text cannot hold U+0000, and no attribute needs it
    if holds(body, b"\\u0000") and (place := _place_of_nul(document)) is not None:
        let_go(document)
        raise invalid_value(f"{shown(place)} holds the character U+0000, which no attribute can keep; leave it out.")
    return document


def loaded(body: Bytes) -> dict[str, Any]:
    """The same, whatever its texts hold: for a message whose parts are bodies of their own."""
    if is_blank(body):
        raise invalid_syntax("The request has no body; a JSON object was expected.")
    try:
        document = orjson.loads(body) if len(body) < VERY_LONG_BODY else read_stepwise(body)
    except ValueError as error:
        raise invalid_syntax(f"The body is not JSON: {error}.") from None
    except RecursionError:
        raise _too_deep() from None
    if not isinstance(document, dict):
        found = kind(document)
        let_go(document)
        raise invalid_syntax(f"The body must be a JSON object; it is {found}.")
    if may_nest(body, MAX_DEPTH) and _is_deeper(document, MAX_DEPTH):
        let_go(document)
        raise _too_deep()
    return document


def kind(value: Any) -> str:
    """What a JSON value is, in a phrase for a message."""
    match value:
        case None:
            return "null"
        case bool():
            return f"the boolean {str(value).lower()}"
        case int() | float():
            return f"the number {value}"
        case str():
            return f'the string "{shown(value, 40)}"'
        case list():
            return "an array"
        case _:
            return "an object"


def _is_deeper(document: Any, limit: int) -> bool:
    level = [document]
    for _ in range(limit):
        level = [
            inner
            for each in level
            for inner in (each.values() if isinstance(each, dict) else each)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _place_of_nul(value: Any, place: str = "") -> str | None:
    """Where in the document a text holds U+0000: `emails[0].value`."""
    if isinstance(value, str):
        return (place or "The body") if "\0" in value else None
    inner: Iterable[tuple[str, Any]] = ()
    if isinstance(value, list):
        inner = ((f"{place}[{at}]", each) for at, each in enumerate(value))
    elif isinstance(value, dict):
        inner = ((f"{place}.{name}" if place else name, each) for name, each in value.items())
    for at, each in inner:
        if "\0" in at:
            return f"The name {at}"
        if (found := _place_of_nul(each, at)) is not None:
            return found
    return None


def _too_deep() -> ScimError:
    return invalid_syntax(f"The body is nested more than {MAX_DEPTH} levels deep.")


def _too_large(limit: int) -> ScimError:
    return ScimError(413, f"The body is larger than {limit} bytes, the most that this address takes.")

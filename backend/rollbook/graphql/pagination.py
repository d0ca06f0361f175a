"""Keyset pages, as every connection has them: sealed cursors, the arguments that ask for a page, and its reading."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Generic, TypeVar

import orjson
import strawberry
from strawberry import relay

from rollbook.domain.actors import Actor
from rollbook.domain.criteria import Page, Position, Slice
from rollbook.domain.errors import InvalidValue, TooLarge
from rollbook.domain.seals import Seal
from rollbook.graphql.inputs import given

DEFAULT_PAGE = 50
MAX_PAGE = 200

Row = TypeVar("Row")

First = Annotated[
    int | None,
    strawberry.argument(description="How many to show from the start, or after a cursor: 1 to 200, default 50."),
]
After = Annotated[str | None, strawberry.argument(description="Show what comes after this cursor.")]
Last = Annotated[
    int | None, strawberry.argument(description="How many to show from the end, or before a cursor: 1 to 200.")
]
Before = Annotated[str | None, strawberry.argument(description="Show what comes before this cursor.")]


class Cursors:
    """Writes and reads the cursors of one list in one order, sealed and bound to the actor's organization."""

    def __init__(self, seal: Seal, actor: Actor, *listed: str) -> None:
        self._seal = seal
        self._purpose = ":".join(("page", actor.organization_id, *listed))

    def write(self, place: Position) -> str:
        """The opaque text of a place in the list."""
        return self._seal.close(self._purpose, orjson.dumps([place.key, place.id]))

    def read(self, text: str, *, argument: str) -> Position:
        """The place that a cursor names, or `InvalidValue` if it was not written here for this list and order."""
        content = self._seal.open(self._purpose, text)
        place = None if content is None else Position(*orjson.loads(content))
        if place is None or self.write(place) != text:  # base64 has several spellings of one content
            raise InvalidValue(
                f"{argument} is not a cursor of this list in this order. Send one as it came, with the same order.",
                field=argument,
            )
        return place

    def page(self, first: int | None, after: str | None, last: int | None, before: str | None) -> Page:
        """The page that the arguments ask for: the first 50 unless they say otherwise. `InvalidValue`, `TooLarge`."""
        first, after, last, before = given(first), given(after), given(last), given(before)
        if first is not None and last is not None:
            raise InvalidValue("Give first to page forward or last to page backward, not both.", field="last")
        for argument, size in (("first", first), ("last", last)):
            if size is not None and size < 1:
                raise InvalidValue(f"{argument} is at least 1.", field=argument)
            if size is not None and size > MAX_PAGE:
                raise TooLarge(f"{argument} is at most {MAX_PAGE}. Page with after or before.", limit=MAX_PAGE)
        return Page(
            size=first or last or DEFAULT_PAGE,
            after=None if after is None else self.read(after, argument="after"),
            before=None if before is None else self.read(before, argument="before"),
            backward=last is not None,
        )


class Paged(Generic[Row]):
    """What a connection shows: read when the first of its fields asks for it, once for all of them."""

    def __init__(self, read: Callable[[], Awaitable[Slice[Row]]], cursor: Callable[[Row], str]) -> None:
        self._read = read
        self._cursor = cursor
        self._reading = asyncio.Lock()
        self._outcome: Slice[Row] | Exception | None = None

    async def rows(self) -> list[Row]:
        """The rows of the page."""
        return (await self._slice()).rows

    async def placed(self) -> list[tuple[str, Row]]:
        """The rows of the page, each behind its cursor."""
        return [(self._cursor(row), row) for row in await self.rows()]

    async def info(self) -> relay.PageInfo:
        """Whether there is more, and from where to go on."""
        read = await self._slice()
        return relay.PageInfo(
            has_next_page=read.has_next,
            has_previous_page=read.has_previous,
            start_cursor=self._cursor(read.rows[0]) if read.rows else None,
            end_cursor=self._cursor(read.rows[-1]) if read.rows else None,
        )

    async def _slice(self) -> Slice[Row]:
        # edges, nodes and pageInfo are resolved side by side; the first of them reads, or fails, for all
        async with self._reading:
            if self._outcome is None:
                try:
                    self._outcome = await self._read()
                except Exception as error:
                    self._outcome = error
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome

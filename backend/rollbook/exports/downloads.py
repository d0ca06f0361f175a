"""The doors at /exports: each answers with a file that is written while it is sent."""

import asyncio
from abc import abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from functools import partial
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from rollbook.domain.actors import Actor, Reauthenticate
from rollbook.domain.lockout import Lockout
from rollbook.exports import events, members, tables
from rollbook.exports.events import EventLine
from rollbook.exports.parameters import wanted_events, wanted_moment
from rollbook.exports.turns import Turns
from rollbook.services import Services
from rollbook.web.authentication import authenticate, reauthenticate
from rollbook.web.browser import Browser
from rollbook.web.door import Door
from rollbook.web.requests import Refused, error_response

SHOWN_MEMBERS = 20
MEMBERS_AT_ONCE = 500

Text = AsyncGenerator[str, None]


class Download(Door):
    """Answers with a file for a session, or for an API token that may read what is in it.

    The first piece is there before the answer begins, so that a refusal has its status. Whoever loses their access
    meanwhile does not get the rest: the connection is broken off, and nobody takes the file for whole. Whoever has
    too many under way is refused with 429.
    """

    methods: ClassVar[tuple[str, ...]] = ("GET",)
    name: ClassVar[str]
    media_type: ClassVar[str]

    def __init__(self, services: Services, browser: Browser, lockout: Lockout, turns: Turns) -> None:
        self._services = services
        self._browser = browser
        self._lockout = lockout
        self._turns = turns

    @abstractmethod
    def pieces(self, request: Request, actor: Actor, again: Reauthenticate) -> Text:
        """The text of the file, piece by piece. The first one raises what refuses."""

    async def answer(self, request: Request, request_id: str) -> Response:
        """The file."""
        actor = await authenticate(
            self._services,
            self._browser,
            self._lockout,
            request,
            request_id,
            require_own=self._browser.require_own_link,
        )
        again = partial(reauthenticate, self._services, self._browser, request, request_id)
        end = self._turns.take(actor.principal)
        try:
            pieces = self.pieces(request, actor, again)
            first = await anext(pieces)
            headers = await self._headers(actor, request_id)
        except BaseException:
            end()
            raise
        return _File(_whole(first, pieces), end, media_type=self.media_type, headers=headers)

    async def _headers(self, actor: Actor, request_id: str) -> dict[str, str]:
        organization = await self._services.organizations.get(actor)
        day = self._services.clock().date().isoformat()
        stem, _, suffix = self.name.partition(".")
        return {
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{organization.handle}-{stem}-{day}.{suffix}"',
            "X-Request-Id": request_id,
        }

    def refusal(self, request: Request, refused: Refused, request_id: str) -> Response:
        """The error as one small object."""
        return error_response(refused, request_id)


class _File(StreamingResponse):
    """An answer that says when it is over, whether it was sent or broken off."""

    def __init__(self, content: AsyncIterator[str], end: Callable[[], None], **given: Any) -> None:
        super().__init__(content, **given)
        self._end = end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._end()


async def _whole(first: str, rest: Text) -> AsyncIterator[str]:
    async with aclosing(rest):
        yield first
        async for piece in rest:
            await asyncio.sleep(0)  # neither a short read of the embedded database nor a fast client waits for anything
            yield piece


class _Events(Download):
    async def _lines(
        self, request: Request, actor: Actor, again: Reauthenticate
    ) -> AsyncGenerator[list[EventLine], None]:
        wanted = wanted_events(request.query_params)
        async for page in self._services.audit.export(actor, wanted, again):
            yield [EventLine.of(event, touches, SHOWN_MEMBERS) for event, touches in page]


class EventLines(_Events):
    """GET /exports/audit.ndjson: the events that the parameters leave, the newest first, one on each line."""

    name = "audit.ndjson"
    media_type = "application/x-ndjson"

    async def pieces(self, request: Request, actor: Actor, again: Reauthenticate) -> Text:
        """Some events in each piece."""
        async for lines in self._lines(request, actor, again):
            for piece in events.ndjson(lines):
                yield piece


class EventTable(_Events):
    """GET /exports/audit.csv: the same as a table, with a row for each field that an event changed."""

    name = "audit.csv"
    media_type = "text/csv"

    async def pieces(self, request: Request, actor: Actor, again: Reauthenticate) -> Text:
        """Some events in each piece."""
        head = tables.head(events.COLUMNS)
        async for lines in self._lines(request, actor, again):
            for piece in events.table(lines):
                yield head + piece
                head = ""


class MemberTable(Download):
    """GET /exports/members.csv: who was a member at the moment `asOf`, now by default, with which role."""

    name = "members.csv"
    media_type = "text/csv"

    async def pieces(self, request: Request, actor: Actor, again: Reauthenticate) -> Text:
        """A page of members in each piece."""
        moment = wanted_moment(request.query_params) or self._services.clock()
        head, after = tables.head(members.COLUMNS), None
        while True:
            page = await self._services.access_history.review(actor, moment, after=after, limit=MEMBERS_AT_ONCE)
            yield head + members.table(page, moment)
            if len(page) < MEMBERS_AT_ONCE:
                return
            head, after = "", page[-1].past.membership.id
            actor = await again()

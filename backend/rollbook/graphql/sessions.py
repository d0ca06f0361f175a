"""Sessions: the browsers in which members are signed in, how they are shown, listed and found."""

from datetime import datetime
from typing import Self

import strawberry
from strawberry import relay

from rollbook.domain import sessions
from rollbook.domain.criteria import Position
from rollbook.graphql.context import Context, Info
from rollbook.graphql.enums import SignInMethod
from rollbook.graphql.fields import resolved
from rollbook.graphql.memberships import Member, find_member
from rollbook.graphql.pagination import After, Before, Cursors, First, Last, Paged


@strawberry.type(description="A browser in which a member is signed in.")
class Session(relay.Node):
    """A session of the viewer's organization that has not ended."""

    id: relay.NodeID[str]
    method: SignInMethod = strawberry.field(description="By what the member signed in.")
    created_at: datetime = strawberry.field(description="When the session began.")
    authenticated_at: datetime | None = strawberry.field(
        description="When the member last showed who they are, which the identity provider may have seen before the "
        "session began; null if it does not say."
    )
    last_seen_at: datetime = strawberry.field(description="When it was last used, exact to about five minutes.")
    expires_at: datetime = strawberry.field(
        description="When it ends whatever its member does. Left unused for 12 hours it ends before that."
    )
    user_agent: str | None = strawberry.field(description="The browser's User-Agent; null if it sent none.")
    address: str | None = strawberry.field(description="The network address from which the member signed in.")
    is_current: bool = strawberry.field(description="Whether it is the session of this request.")
    membership_id: strawberry.Private[str]

    @resolved("Who is signed in; null if they were removed meanwhile.")
    async def member(self, info: Info) -> Member | None:
        """Read for all sessions of a level at once."""
        return await find_member(info.context, self.membership_id)

    @classmethod
    def of(cls, context: Context, session: sessions.Session) -> Self:
        """The session as the API shows it."""
        return cls(
            id=session.id,
            method=SignInMethod[session.method.name],
            created_at=session.created_at,
            authenticated_at=session.authenticated_at,
            last_seen_at=session.last_seen_at,
            expires_at=session.expires_at,
            user_agent=session.device.user_agent,
            address=session.device.address,
            is_current=session.id == context.actor.session_id,
            membership_id=session.membership_id,
        )


@strawberry.type(description="A session in the list, with its place in it.")
class SessionEdge:
    """One row of a page."""

    cursor: str = strawberry.field(description="The place in the list, good for after and before.")
    node: Session = strawberry.field(description="The session.")


@strawberry.type(description="One page of the list of sessions.")
class SessionConnection:
    """Reads its page when a field of it is asked for."""

    page: strawberry.Private[Paged[sessions.Session]]

    @resolved("The sessions of the page with their places.")
    async def edges(self, info: Info) -> list[SessionEdge]:
        """The rows of the page."""
        return [
            SessionEdge(cursor=cursor, node=Session.of(info.context, row)) for cursor, row in await self.page.placed()
        ]

    @resolved("The sessions of the page, for those who need no cursors.")
    async def nodes(self, info: Info) -> list[Session]:
        """The same rows without their edges."""
        return [Session.of(info.context, row) for row in await self.page.rows()]

    @resolved("Where the page lies in the list.")
    async def page_info(self) -> relay.PageInfo:
        """Whether there is more, and from where to go on."""
        return await self.page.info()


def list_sessions(
    info: Info,
    first: First = strawberry.UNSET,
    after: After = strawberry.UNSET,
    last: Last = strawberry.UNSET,
    before: Before = strawberry.UNSET,
) -> SessionConnection:
    """The list that the arguments describe, the newest first. Raises `InvalidValue`, `TooLarge`."""
    context = info.context
    cursors = Cursors(context.services.seal, context.actor, "sessions")
    page = cursors.page(first, after, last, before)
    return SessionConnection(
        page=Paged(
            lambda: context.services.sessions.page(context.actor, page),
            lambda session: cursors.write(Position("", session.id)),
        )
    )


async def find_session(context: Context, session_id: str) -> Session:
    """The live session of this id; `NotFound`."""
    return Session.of(context, await context.services.sessions.get(context.actor, session_id))

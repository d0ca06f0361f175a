"""What can be done with sessions: the mutations that end them, their inputs and their results."""

from typing import Annotated

import strawberry

from rollbook.domain.actors import Actor
from rollbook.graphql import ids
from rollbook.graphql.context import Info
from rollbook.graphql.once import KEY_DESCRIPTION, at_most_once
from rollbook.graphql.user_errors import NotFoundError, Refusal
from rollbook.graphql.viewer import Viewer


@strawberry.input(description="Which session to end.")
class RevokeSessionInput:
    """A session."""

    session_id: strawberry.ID = strawberry.field(
        description="The id of a session of your own, or of anybody's with the permission MEMBERS_WRITE."
    )
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY_DESCRIPTION)


@strawberry.input(description="Whose sessions to end.")
class RevokeMemberSessionsInput:
    """A member."""

    member_id: strawberry.ID = strawberry.field(description="The id of the member.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY_DESCRIPTION)


@strawberry.input(description="That all your sessions but this one shall end.")
class RevokeOtherSessionsInput:
    """Whose sessions they are is known."""

    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY_DESCRIPTION)


@strawberry.type(description="The session has ended: its browser is signed out from its next request on.")
class RevokeSessionSuccess:
    """Holds the id that opens nothing any more."""

    session_id: strawberry.ID = strawberry.field(description="The id of the ended session.")


@strawberry.type(description="Every session of the member in this organization has ended. They may sign in anew.")
class RevokeMemberSessionsSuccess:
    """Holds the member's id."""

    member_id: strawberry.ID = strawberry.field(description="The id of the member.")


@strawberry.type(description="You are signed out everywhere else in this organization.")
class RevokeOtherSessionsSuccess:
    """Holds what is left."""

    viewer: Viewer = strawberry.field(description="You, with the one session that is left.")


RevokeSessionResult = Annotated[
    RevokeSessionSuccess | Refusal | NotFoundError,
    strawberry.union("RevokeSessionResult", description="What came of ending a session."),
]
RevokeMemberSessionsResult = Annotated[
    RevokeMemberSessionsSuccess | Refusal | NotFoundError,
    strawberry.union("RevokeMemberSessionsResult", description="What came of ending a member's sessions."),
]
RevokeOtherSessionsResult = Annotated[
    RevokeOtherSessionsSuccess | Refusal,
    strawberry.union("RevokeOtherSessionsResult", description="What came of signing out everywhere else."),
]


async def revoke_session(
    info: Info, input: Annotated[RevokeSessionInput, strawberry.argument(description="Which session.")]
) -> RevokeSessionResult:
    """End one session. Idempotent."""
    session_id = ids.inner(input.session_id, "Session", argument="sessionId")

    async def operation(actor: Actor) -> str:
        await info.context.services.sessions.revoke(actor, session_id)
        return session_id

    await at_most_once(info, input, operation, lambda ended: ended)
    return RevokeSessionSuccess(session_id=input.session_id)


async def revoke_member_sessions(
    info: Info, input: Annotated[RevokeMemberSessionsInput, strawberry.argument(description="Whose sessions.")]
) -> RevokeMemberSessionsResult:
    """End all sessions of a member. Idempotent."""
    membership_id = ids.inner(input.member_id, "Member", argument="memberId")

    async def operation(actor: Actor) -> str:
        await info.context.services.sessions.revoke_all_of(actor, membership_id)
        return membership_id

    await at_most_once(info, input, operation, lambda signed_out: signed_out)
    return RevokeMemberSessionsSuccess(member_id=input.member_id)


async def revoke_other_sessions(
    info: Info,
    input: Annotated[RevokeOtherSessionsInput, strawberry.argument(description="That they shall end.")],
) -> RevokeOtherSessionsResult:
    """End the viewer's sessions in other browsers. Idempotent."""

    async def operation(actor: Actor) -> str:
        await info.context.services.sessions.revoke_others(actor)
        return actor.membership_id or ""

    await at_most_once(info, input, operation, lambda who: who)
    return RevokeOtherSessionsSuccess(viewer=Viewer.of(info.context))

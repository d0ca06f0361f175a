"""Who asks: the actor behind a request, and how they sign out."""

from typing import Self

import strawberry

from rollbook.domain.actors import Actor
from rollbook.domain.policy import permissions_of
from rollbook.graphql.context import Info
from rollbook.graphql.enums import Permission, ViewerKind
from rollbook.graphql.fields import resolved
from rollbook.graphql.memberships import Member


@strawberry.type(description="Who you are to this API, and what you may do.")
class Viewer:
    """The actor of the request."""

    kind: ViewerKind = strawberry.field(description="With what kind of credential the request came.")
    name: str = strawberry.field(description="Your name, or the API token's.")
    permissions: list[Permission] = strawberry.field(description="What you may do in the organization now.")
    actor: strawberry.Private[Actor]

    @resolved("Your own membership; null for an API token.")
    async def member(self, info: Info) -> Member | None:
        """Read from the database."""
        if self.actor.membership_id is None:
            return None
        return Member.of(await info.context.services.memberships.get(self.actor, self.actor.membership_id))

    @classmethod
    def of(cls, actor: Actor) -> Self:
        """The actor as the API shows them."""
        held = sorted(permission.name for permission in permissions_of(actor))
        return cls(
            kind=ViewerKind[actor.kind.name],
            name=actor.name,
            permissions=[Permission[name] for name in held],
            actor=actor,
        )


@strawberry.type(description="You are signed out.")
class SignOutSuccess:
    """Says whether there was a session to end."""

    signed_out: bool = strawberry.field(description="Whether a session ended; false for an API token, which has none.")


async def sign_out(info: Info) -> SignOutSuccess:
    """End the session of the request."""
    await info.context.services.sessions.end(info.context.actor)
    return SignOutSuccess(signed_out=info.context.actor.session_id is not None)

"""Who asks: the actor behind a request, and how they sign out."""

from datetime import datetime
from typing import Self

import strawberry

from rollbook.domain.actors import Actor
from rollbook.domain.passkeys import MAX_PASSKEYS
from rollbook.domain.policy import permissions_of
from rollbook.domain.sessions import is_recent
from rollbook.graphql.context import Context, Info
from rollbook.graphql.enums import Permission, ViewerKind
from rollbook.graphql.fields import resolved
from rollbook.graphql.memberships import Member
from rollbook.graphql.passkeys import Passkey
from rollbook.graphql.sessions import Session
from rollbook.graphql.sso import SsoIdentity
from rollbook.services.sessions import MOST_LISTED


@strawberry.type(description="Who you are to this API, and what you may do.")
class Viewer:
    """The actor of the request."""

    kind: ViewerKind = strawberry.field(description="With what kind of credential the request came.")
    name: str = strawberry.field(description="Your name, or the API token's.")
    permissions: list[Permission] = strawberry.field(description="What you may do in the organization now.")
    authenticated_at: datetime | None = strawberry.field(
        description="When you last showed who you are; null for an API token, and if the provider does not say."
    )
    signed_in_recently: bool = strawberry.field(
        description="Whether that was within the last 10 minutes, as some changes need of a session. An API token "
        "may make them without."
    )
    actor: strawberry.Private[Actor]

    @resolved("Your own membership; null for an API token.")
    async def member(self, info: Info) -> Member | None:
        """Read from the database."""
        if self.actor.membership_id is None:
            return None
        return Member.of(await info.context.services.memberships.get(self.actor, self.actor.membership_id))

    @resolved(
        "Your own sessions in this organization, the newest first, at most 100; null for an API token.",
        rows=MOST_LISTED,
    )
    async def sessions(self, info: Info) -> list[Session] | None:
        """Read from the database."""
        if self.actor.membership_id is None:
            return None
        return [Session.of(info.context, each) for each in await info.context.services.sessions.list(self.actor)]

    @resolved("Your own passkeys, the newest first; null for an API token.", rows=MAX_PASSKEYS)
    async def passkeys(self, info: Info) -> list[Passkey] | None:
        """Read from the database."""
        if self.actor.membership_id is None:
            return None
        return [Passkey.of(each) for each in await info.context.services.passkeys.list(self.actor)]

    @resolved("Who you are at the identity provider; null if you never signed in through it, and for an API token.")
    async def sso_identity(self, info: Info) -> SsoIdentity | None:
        """Read from the database."""
        if self.actor.membership_id is None:
            return None
        identity = await info.context.loaders.identities.load(self.actor.membership_id)
        return None if identity is None else SsoIdentity.of(identity)

    @classmethod
    def of(cls, context: Context) -> Self:
        """The actor of the request as the API shows them."""
        actor = context.actor
        held = sorted(permission.name for permission in permissions_of(actor))
        return cls(
            kind=ViewerKind[actor.kind.name],
            name=actor.name,
            permissions=[Permission[name] for name in held],
            authenticated_at=actor.authenticated_at,
            signed_in_recently=is_recent(actor.authenticated_at, context.services.clock()),
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

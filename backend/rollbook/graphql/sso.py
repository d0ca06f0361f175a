"""Single sign-on: the organization's connection to its identity provider, and who members are there."""

from datetime import datetime
from typing import Self

import strawberry
from strawberry import relay

from rollbook.domain import sso
from rollbook.graphql.context import Context
from rollbook.graphql.enums import ClientAuthentication, Role, SsoProvider


@strawberry.type(description="How people sign in through the organization's OpenID Connect provider.")
class SsoConnection(relay.Node):
    """The connection of the viewer's organization, without its client secret, which nobody can read."""

    id: relay.NodeID[str]
    provider: SsoProvider = strawberry.field(description="Whose product the provider is.")
    issuer: str = strawberry.field(description="The provider's issuer URL.")
    client_id: str = strawberry.field(description="By what id the provider knows Rollbook.")
    client_authentication: ClientAuthentication = strawberry.field(
        description="How the client secret is shown to the provider."
    )
    jit_role: Role | None = strawberry.field(
        description="What people may do who come for the first time and become members by that; null: nobody does."
    )
    enforced: bool = strawberry.field(
        description="Whether there is no other way in. Admins' passkeys and the operator's links stay open."
    )
    secret_set_at: datetime = strawberry.field(description="When the client secret was set. It is never shown.")
    passed_at: datetime | None = strawberry.field(
        description="When an admin first signed in through the connection as it is now; null: not yet."
    )
    version: int = strawberry.field(
        description="Grows with each change. Send it as expectedVersion to change only what you have seen."
    )
    created_at: datetime = strawberry.field(description="When the connection was made.")
    updated_at: datetime = strawberry.field(description="When the connection was last changed.")

    @classmethod
    def of(cls, connection: sso.SsoConnection) -> Self:
        """The connection as the API shows it."""
        return cls(
            id=connection.id,
            provider=SsoProvider[connection.provider.name],
            issuer=connection.issuer,
            client_id=connection.client_id,
            client_authentication=ClientAuthentication[connection.client_authentication.name],
            jit_role=None if connection.jit_role is None else Role[connection.jit_role.name],
            enforced=connection.enforced,
            secret_set_at=connection.secret_set_at,
            passed_at=connection.passed_at,
            version=connection.version,
            created_at=connection.created_at,
            updated_at=connection.updated_at,
        )


@strawberry.type(description="Single sign-on as it is set up, and what to enter at the identity provider.")
class SsoSettings:
    """The connection, and the addresses that a provider has to know."""

    connection: SsoConnection | None = strawberry.field(description="The connection; null: there is none.")
    redirect_uri: str = strawberry.field(description="The redirect URI (sign-in redirect URI) to enter there.")
    initiate_login_uri: str = strawberry.field(
        description="The initiate-login URI to enter there, by which people sign in from the provider's own pages."
    )
    sign_out_redirect_uri: str = strawberry.field(
        description="The sign-out redirect URI to enter there, to which people come back who sign out at the provider."
    )


@strawberry.type(description="Who a member is at the identity provider.")
class SsoIdentity:
    """One person as an issuer names them."""

    issuer: str = strawberry.field(description="The issuer that vouches for them.")
    subject: str = strawberry.field(description="The issuer's own id of them, which it never gives to anybody else.")
    created_at: datetime = strawberry.field(description="When they first signed in, or connected it.")
    last_used_at: datetime = strawberry.field(description="When they last signed in by it.")

    @classmethod
    def of(cls, identity: sso.SsoIdentity) -> Self:
        """The identity as the API shows it."""
        return cls(
            issuer=identity.issuer,
            subject=identity.subject,
            created_at=identity.created_at,
            last_used_at=identity.last_used_at,
        )


async def read_sso(context: Context, handle: str) -> SsoSettings:
    """Single sign-on in the actor's organization, which has this handle."""
    connection = await context.services.sso.get(context.actor)
    return SsoSettings(
        connection=None if connection is None else SsoConnection.of(connection),
        redirect_uri=sso.redirect_uri(context.base_url, handle),
        initiate_login_uri=sso.start_uri(context.base_url, handle),
        sign_out_redirect_uri=sso.sign_out_redirect_uri(context.base_url),
    )


async def find_sso_connection(context: Context, connection_id: str) -> SsoConnection | None:
    """The connection of this id, or None when it is not the one of the actor's organization."""
    connection = await context.services.sso.get(context.actor)
    if connection is None or connection.id != connection_id:
        return None
    return SsoConnection.of(connection)

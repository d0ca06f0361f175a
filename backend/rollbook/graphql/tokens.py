"""SCIM tokens: how they are listed, generated and revoked."""

from datetime import datetime, timedelta
from typing import Annotated, Self

import strawberry
from strawberry import relay

from rollbook.domain import values
from rollbook.domain.errors import InvalidValue, NotFound
from rollbook.domain.tokens import Dialect, Token, TokenKind
from rollbook.graphql import ids
from rollbook.graphql.context import Context, Info
from rollbook.graphql.enums import TokenDialect, TokenStatus
from rollbook.graphql.inputs import given
from rollbook.graphql.user_errors import NotFoundError, Refusal

LONGEST_LIFE = 3650


@strawberry.type(description="A token by which an identity provider provisions members. Its secret is shown once only.")
class ScimToken(relay.Node):
    """A token of the kind that opens the SCIM endpoint."""

    id: relay.NodeID[str]
    name: str = strawberry.field(description="What the token is called.")
    hint: str = strawberry.field(
        description="The beginning and the last four characters of the secret, to tell tokens apart."
    )
    dialect: TokenDialect = strawberry.field(description="How the token's requests are read.")
    status: TokenStatus = strawberry.field(description="Whether the token works.")
    created_at: datetime = strawberry.field(description="When the token was generated.")
    created_by: str = strawberry.field(description="Who generated it. The token works on when they leave.")
    expires_at: datetime | None = strawberry.field(description="When the token stops working; null: never by itself.")
    first_used_at: datetime | None = strawberry.field(description="When the token was first used; null: not yet.")
    last_used_at: datetime | None = strawberry.field(
        description="When the token was last used, exact to about a minute; null: not yet."
    )
    last_used_by: str | None = strawberry.field(description="What last used the token: the client's User-Agent.")
    revoked_at: datetime | None = strawberry.field(description="When the token was revoked; null: it was not.")

    @classmethod
    def of(cls, token: Token) -> Self:
        """The token as the API shows it."""
        return cls(
            id=token.id,
            name=token.name,
            hint=token.hint,
            dialect=TokenDialect[token.dialect.name],
            status=_status(token),
            created_at=token.created_at,
            created_by=token.created_by,
            expires_at=token.expires_at,
            first_used_at=token.first_used_at,
            last_used_at=token.last_used_at,
            last_used_by=token.last_used_by,
            revoked_at=token.revoked_at,
        )


def _status(token: Token) -> TokenStatus:
    if token.revoked_at is not None:
        return TokenStatus.REVOKED
    return TokenStatus.ACTIVE if token.is_live(values.now()) else TokenStatus.EXPIRED


async def find_scim_token(context: Context, token_id: str) -> ScimToken:
    """The SCIM token of this id; `NotFound`, also for a token of another kind."""
    token = await context.services.tokens.by_id(context.actor, token_id)
    if token.kind is not TokenKind.SCIM:
        raise NotFound("There is no such SCIM token in your organization.")
    return ScimToken.of(token)


async def list_scim_tokens(context: Context) -> list[ScimToken]:
    """The organization's SCIM tokens, the newest first."""
    tokens = await context.services.tokens.list(context.actor, TokenKind.SCIM)
    return [ScimToken.of(token) for token in tokens]


@strawberry.input(description="What kind of token to generate.")
class GenerateScimTokenInput:
    """What can be chosen about a token."""

    name: str = strawberry.field(description="What to call it, for example the identity provider that will use it.")
    dialect: TokenDialect = strawberry.field(
        default=TokenDialect.AUTO, description="How the token's requests are read."
    )
    expires_in_days: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="After how many days, 1 to 3650, it stops working. Left out: never by itself.",
    )


@strawberry.input(description="Which token to revoke.")
class RevokeScimTokenInput:
    """A token."""

    token_id: strawberry.ID = strawberry.field(description="The id of the token.")


@strawberry.type(description="The token works from now on.")
class GenerateScimTokenSuccess:
    """The only answer that ever holds the secret."""

    token: ScimToken = strawberry.field(description="The token as it is listed.")
    secret: str = strawberry.field(
        description="What the identity provider sends. Store it now: nobody can read it again, not here either."
    )


@strawberry.type(description="The token does not work any more.")
class RevokeScimTokenSuccess:
    """Holds the revoked token."""

    token: ScimToken = strawberry.field(description="The token as it is listed.")


GenerateScimTokenResult = Annotated[
    GenerateScimTokenSuccess | Refusal,
    strawberry.union("GenerateScimTokenResult", description="What came of generating a SCIM token."),
]
RevokeScimTokenResult = Annotated[
    RevokeScimTokenSuccess | Refusal | NotFoundError,
    strawberry.union("RevokeScimTokenResult", description="What came of revoking a SCIM token."),
]


async def generate_scim_token(
    info: Info, input: Annotated[GenerateScimTokenInput, strawberry.argument(description="What kind of token.")]
) -> GenerateScimTokenResult:
    """Make a token; its secret is in this answer only."""
    context = info.context
    token, secret = await context.services.tokens.issue(
        context.actor,
        TokenKind.SCIM,
        input.name,
        dialect=Dialect[input.dialect.name],
        lifetime=_lifetime(given(input.expires_in_days)),
    )
    return GenerateScimTokenSuccess(token=ScimToken.of(token), secret=secret)


async def revoke_scim_token(
    info: Info, input: Annotated[RevokeScimTokenInput, strawberry.argument(description="Which token.")]
) -> RevokeScimTokenResult:
    """Close a token's door at once. Idempotent."""
    context = info.context
    token_id = ids.inner(input.token_id, "ScimToken", argument="tokenId")
    await find_scim_token(context, token_id)  # an id made up for a token of another kind finds nothing to revoke
    return RevokeScimTokenSuccess(token=ScimToken.of(await context.services.tokens.revoke(context.actor, token_id)))


def _lifetime(days: int | None) -> timedelta | None:
    if days is None:
        return None
    if not 1 <= days <= LONGEST_LIFE:
        raise InvalidValue(f"expiresInDays is from 1 to {LONGEST_LIFE}.", field="expiresInDays")
    return timedelta(days=days)

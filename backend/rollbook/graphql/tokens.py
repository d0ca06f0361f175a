"""Tokens of both kinds: how they are shown, listed and found."""

from datetime import datetime
from typing import Annotated, Self

import strawberry
from strawberry import relay

from rollbook.domain import tokens
from rollbook.domain.errors import NotFound
from rollbook.graphql import ids
from rollbook.graphql.context import Context, Info
from rollbook.graphql.enums import TokenDialect, TokenKind, TokenScope, TokenStatus
from rollbook.graphql.fields import resolved
from rollbook.graphql.inputs import given

MOST_LISTED = 200
"""How many tokens are listed at most; those that work are fewer."""


@strawberry.interface(description="A secret by which a program acts for the organization. It is shown once only.")
class Token(relay.Node):
    """What tokens of every kind have."""

    id: relay.NodeID[str]
    name: str = strawberry.field(description="What the token is called.")
    hint: str = strawberry.field(
        description="The beginning and the last four characters of the secret, to tell tokens apart."
    )
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
    revoked_by: str | None = strawberry.field(description="Who revoked it; null: nobody.")
    token: strawberry.Private[tokens.Token]

    @resolved("The token that this one was generated to take over from; null: none.")
    async def replaces(self, info: Info) -> "Token | None":
        """Read for all tokens of a level at once."""
        return await _other(info.context, self.token.replaces_id)

    @resolved("The token that was generated to take over from this one; null: none.")
    async def replaced_by(self, info: Info) -> "Token | None":
        """Read for all tokens of a level at once."""
        return await _other(info.context, self.token.replaced_by_id)

    @classmethod
    def of(cls, token: tokens.Token, at: datetime) -> Self:
        """The token as the API shows it at that moment."""
        return cls(
            id=token.id,
            name=token.name,
            hint=token.hint,
            status=TokenStatus[token.status(at).name],
            created_at=token.created_at,
            created_by=token.created_by,
            expires_at=token.expires_at,
            first_used_at=token.first_used_at,
            last_used_at=token.last_used_at,
            last_used_by=token.last_used_by,
            revoked_at=token.revoked_at,
            revoked_by=token.revoked_by,
            token=token,
        )


@strawberry.type(description="A token by which an identity provider provisions members. Its secret is shown once only.")
class ScimToken(Token):
    """A token of the kind that opens the SCIM endpoint."""

    @resolved("How the token's requests are read.")
    def dialect(self) -> TokenDialect:
        """Kept with the token."""
        return TokenDialect[self.token.dialect.name]


@strawberry.type(description="A token by which a program uses this API. Its secret is shown once only.")
class ApiToken(Token):
    """A token of the kind that opens GraphQL."""

    @resolved("What the token may do.")
    def scopes(self) -> list[TokenScope]:
        """In the order of their names."""
        return [TokenScope[scope.name] for scope in sorted(self.token.scopes)]


_TYPES: dict[tokens.TokenKind, type[Token]] = {tokens.TokenKind.API: ApiToken, tokens.TokenKind.SCIM: ScimToken}
TYPE_NAMES = {token_type.__name__: kind for kind, token_type in _TYPES.items()}
"""By the name of the type in a global id, the kind of token."""


def shown(context: Context, token: tokens.Token) -> Token:
    """The token as the type of its kind."""
    return _TYPES[token.kind].of(token, context.services.clock())


async def find_token(context: Context, kind: tokens.TokenKind, token_id: str) -> Token:
    """The token of this kind and id; `NotFound`, also for a token of another kind."""
    token = await context.services.tokens.by_id(context.actor, token_id)
    if token.kind is not kind:
        raise NotFound(f"There is no such {_TYPES[kind].__name__} in your organization.")
    return shown(context, token)


async def find_api_token(context: Context, token_id: str) -> Token:
    """The API token of this id, or `NotFound`."""
    return await find_token(context, tokens.TokenKind.API, token_id)


async def find_scim_token(context: Context, token_id: str) -> Token:
    """The SCIM token of this id, or `NotFound`."""
    return await find_token(context, tokens.TokenKind.SCIM, token_id)


async def existing_id(context: Context, global_id: str) -> str:
    """The inner id of a token that is there, of either kind. Raises `InvalidId`, `NotFound`."""
    named = ids.read(global_id, argument="tokenId")
    kind = TYPE_NAMES.get(named.type_name)
    if kind is None:
        raise ids.InvalidId("tokenId should be the id of a token, but it is of another type.", field="tokenId")
    await find_token(context, kind, named.node_id)
    return named.node_id


async def list_tokens(
    info: Info,
    kind: Annotated[
        TokenKind | None, strawberry.argument(description="Only tokens of this kind. Left out: of every kind.")
    ] = strawberry.UNSET,
    include_ended: Annotated[
        bool, strawberry.argument(description="Whether revoked and expired tokens are listed too.")
    ] = False,
) -> list[Token]:
    """The organization's tokens, the newest first."""
    context, only = info.context, given(kind)
    found = await context.services.tokens.list(
        context.actor,
        None if only is None else tokens.TokenKind[only.name],
        include_ended=include_ended,
        limit=MOST_LISTED,
    )
    return [shown(context, token) for token in found]


async def _other(context: Context, token_id: str | None) -> Token | None:
    token = None if token_id is None else await context.loaders.tokens.load(token_id)
    return None if token is None else shown(context, token)

"""What can be done with tokens: the mutations, their inputs and their results."""

from datetime import timedelta
from typing import Annotated

import strawberry

from rollbook.domain import tokens
from rollbook.domain.actors import Actor
from rollbook.domain.errors import InvalidValue
from rollbook.domain.policy import Permission
from rollbook.graphql.context import Info
from rollbook.graphql.enums import TokenDialect, TokenScope
from rollbook.graphql.inputs import given
from rollbook.graphql.once import KEY_DESCRIPTION, at_most_once
from rollbook.graphql.tokens import ApiToken, ScimToken, Token, existing_id, shown
from rollbook.graphql.user_errors import NotFoundError, Refusal, SignInAgainError

_LONGEST_LIFE = tokens.MAX_LIFETIME.days
_EXPIRY = (
    f"After how many days, 1 to {_LONGEST_LIFE}, it stops working. Left out: never by itself, "
    "unless the organization's settings want an end."
)
_SECRET = (
    "The secret. Store it now: nobody can read it again, not here either. "
    "Null if this call repeats an earlier one by its idempotencyKey."
)


@strawberry.input(description="What SCIM token to generate.")
class GenerateScimTokenInput:
    """What can be chosen about a SCIM token."""

    name: str = strawberry.field(description="What to call it, for example the identity provider that will use it.")
    dialect: TokenDialect = strawberry.field(
        default=TokenDialect.AUTO, description="How the token's requests are read."
    )
    expires_in_days: int | None = strawberry.field(default=strawberry.UNSET, description=_EXPIRY)
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY_DESCRIPTION)


@strawberry.input(description="What API token to generate.")
class GenerateApiTokenInput:
    """What can be chosen about an API token."""

    name: str = strawberry.field(description="What to call it, for example the program that will use it.")
    scopes: list[TokenScope] = strawberry.field(
        default_factory=lambda: [TokenScope.MEMBERS_READ],
        description="What it may do: at least one scope, and none that you do not hold yourself.",
    )
    expires_in_days: int | None = strawberry.field(default=strawberry.UNSET, description=_EXPIRY)
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY_DESCRIPTION)


@strawberry.input(description="Which token to rotate, and how long both work.")
class RotateTokenInput:
    """A token and an overlap."""

    token_id: strawberry.ID = strawberry.field(description="The id of the token that is to be replaced.")
    overlap_hours: int = strawberry.field(
        default=tokens.OVERLAP // timedelta(hours=1),
        description="How many hours, 0 to 720, the old token works on beside the new one. 0 revokes it at once.",
    )
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY_DESCRIPTION)


@strawberry.input(description="Which token to update, and how. What is left out stays as it is.")
class UpdateTokenInput:
    """A token and what shall be different."""

    token_id: strawberry.ID = strawberry.field(description="The id of the token.")
    name: str | None = strawberry.field(default=strawberry.UNSET, description="What to call it from now on.")
    dialect: TokenDialect | None = strawberry.field(
        default=strawberry.UNSET, description="How its requests are read; for a SCIM token only."
    )
    scopes: list[TokenScope] | None = strawberry.field(
        default=strawberry.UNSET,
        description="What it may do from now on; for an API token only. It can gain only what you hold yourself.",
    )
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY_DESCRIPTION)


@strawberry.input(description="Which token to revoke.")
class RevokeTokenInput:
    """A token."""

    token_id: strawberry.ID = strawberry.field(description="The id of the token.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY_DESCRIPTION)


@strawberry.type(description="The token works from now on.")
class GenerateScimTokenSuccess:
    """The only answer that ever holds the secret."""

    token: ScimToken = strawberry.field(description="The token as it is listed.")
    secret: str | None = strawberry.field(description=_SECRET)


@strawberry.type(description="The token works from now on.")
class GenerateApiTokenSuccess:
    """The only answer that ever holds the secret."""

    token: ApiToken = strawberry.field(description="The token as it is listed.")
    secret: str | None = strawberry.field(description=_SECRET)


@strawberry.type(description="The new token works from now on, and the old one until the overlap is over.")
class RotateTokenSuccess:
    """The only answer that ever holds the new secret."""

    token: Token = strawberry.field(description="The new token: of the same kind, with the same name and rights.")
    replaced: Token = strawberry.field(description="The old token, with the end that it has now.")
    secret: str | None = strawberry.field(description=_SECRET)


@strawberry.type(description="The token is updated.")
class UpdateTokenSuccess:
    """Holds the changed token."""

    token: Token = strawberry.field(description="The token as it is now.")


@strawberry.type(description="The token does not work any more.")
class RevokeTokenSuccess:
    """Holds the revoked token."""

    token: Token = strawberry.field(description="The token as it is listed.")


GenerateScimTokenResult = Annotated[
    GenerateScimTokenSuccess | Refusal | NotFoundError | SignInAgainError,
    strawberry.union("GenerateScimTokenResult", description="What came of generating a SCIM token."),
]
GenerateApiTokenResult = Annotated[
    GenerateApiTokenSuccess | Refusal | NotFoundError | SignInAgainError,
    strawberry.union("GenerateApiTokenResult", description="What came of generating an API token."),
]
RotateTokenResult = Annotated[
    RotateTokenSuccess | Refusal | NotFoundError | SignInAgainError,
    strawberry.union("RotateTokenResult", description="What came of rotating a token."),
]
UpdateTokenResult = Annotated[
    UpdateTokenSuccess | Refusal | NotFoundError | SignInAgainError,
    strawberry.union("UpdateTokenResult", description="What came of updating a token."),
]
RevokeTokenResult = Annotated[
    RevokeTokenSuccess | Refusal | NotFoundError | SignInAgainError,
    strawberry.union("RevokeTokenResult", description="What came of revoking a token."),
]


async def generate_scim_token(
    info: Info, input: Annotated[GenerateScimTokenInput, strawberry.argument(description="What kind of token.")]
) -> GenerateScimTokenResult:
    """Make a token; its secret is in this answer only."""

    async def issue(actor: Actor) -> tuple[tokens.Token, str]:
        return await info.context.services.tokens.issue(
            actor,
            tokens.TokenKind.SCIM,
            input.name,
            dialect=tokens.Dialect[input.dialect.name],
            lifetime=_lifetime(given(input.expires_in_days)),
        )

    outcome = await at_most_once(info, input, issue, _id_of_issued)
    token, secret = outcome.now or (await _present(info, outcome.object_id), None)
    made = shown(info.context, token)
    assert isinstance(made, ScimToken), "a repetition is of the same mutation"
    return GenerateScimTokenSuccess(token=made, secret=secret)


async def generate_api_token(
    info: Info, input: Annotated[GenerateApiTokenInput, strawberry.argument(description="What kind of token.")]
) -> GenerateApiTokenResult:
    """Make a token; its secret is in this answer only."""

    async def issue(actor: Actor) -> tuple[tokens.Token, str]:
        return await info.context.services.tokens.issue(
            actor,
            tokens.TokenKind.API,
            input.name,
            scopes=_permissions(input.scopes),
            lifetime=_lifetime(given(input.expires_in_days)),
        )

    outcome = await at_most_once(info, input, issue, _id_of_issued)
    token, secret = outcome.now or (await _present(info, outcome.object_id), None)
    made = shown(info.context, token)
    assert isinstance(made, ApiToken), "a repetition is of the same mutation"
    return GenerateApiTokenSuccess(token=made, secret=secret)


async def rotate_token(
    info: Info, input: Annotated[RotateTokenInput, strawberry.argument(description="Which token, and how.")]
) -> RotateTokenResult:
    """Make a successor; its secret is in this answer only."""
    context = info.context
    token_id = await existing_id(context, input.token_id)
    overlap = timedelta(hours=max(-1, min(input.overlap_hours, 10_000)))
    outcome = await at_most_once(
        info,
        input,
        lambda actor: context.services.tokens.rotate(actor, token_id, overlap=overlap),
        _id_of_issued,
    )
    token, secret = outcome.now or (await _present(info, outcome.object_id), None)
    replaced = await context.services.tokens.by_id(context.actor, token_id)
    return RotateTokenSuccess(token=shown(context, token), replaced=shown(context, replaced), secret=secret)


async def update_token(
    info: Info, input: Annotated[UpdateTokenInput, strawberry.argument(description="Which token, and how.")]
) -> UpdateTokenResult:
    """Change what a token is called or may do."""
    context = info.context
    token_id = await existing_id(context, input.token_id)
    dialect, scopes = given(input.dialect), given(input.scopes)
    outcome = await at_most_once(
        info,
        input,
        lambda actor: context.services.tokens.update(
            actor,
            token_id,
            name=given(input.name),
            dialect=None if dialect is None else tokens.Dialect[dialect.name],
            scopes=None if scopes is None else _permissions(scopes),
        ),
        lambda token: token.id,
    )
    return UpdateTokenSuccess(token=shown(context, outcome.now or await _present(info, token_id)))


async def revoke_token(
    info: Info, input: Annotated[RevokeTokenInput, strawberry.argument(description="Which token.")]
) -> RevokeTokenResult:
    """Close a token's door at once. Idempotent."""
    context = info.context
    token_id = await existing_id(context, input.token_id)
    outcome = await at_most_once(
        info, input, lambda actor: context.services.tokens.revoke(actor, token_id), lambda token: token.id
    )
    return RevokeTokenSuccess(token=shown(context, outcome.now or await _present(info, token_id)))


async def _present(info: Info, token_id: str | None) -> tokens.Token:
    assert token_id is not None, "every operation on a token keeps its id"
    return await info.context.services.tokens.by_id(info.context.actor, token_id)


def _id_of_issued(issued: tuple[tokens.Token, str]) -> str:
    return issued[0].id


def _permissions(scopes: list[TokenScope]) -> frozenset[Permission]:
    return frozenset(Permission[scope.name] for scope in scopes)


def _lifetime(days: int | None) -> timedelta | None:
    if days is None:
        return None
    if not 1 <= days <= _LONGEST_LIFE:
        raise InvalidValue(f"expiresInDays is from 1 to {_LONGEST_LIFE}.", field="expiresInDays")
    return timedelta(days=days)

"""With whose authority work goes on after its request has ended, read from the database each time."""

from datetime import datetime

from rollbook.domain.actors import Actor, ActorKind, Channel
from rollbook.domain.errors import Forbidden
from rollbook.domain.tokens import Token
from rollbook.persistence import memberships, tokens
from rollbook.persistence.database import ReadTx


async def actor_behind(
    tx: ReadTx, organization_id: str, principal: str, actor_id: str | None, *, request_id: str, at: datetime
) -> Actor:
    """The actor of `Actor.principal` with the rights that they have now. Raises `Forbidden` if they have none."""
    kind, _, subject = principal.partition(":")
    if kind == "member":
        member = await memberships.find(tx, organization_id, subject)
        if member is None or member.role is None:
            raise Forbidden("Whoever began this has no access to the organization any more.")
        return Actor(
            kind=ActorKind.SESSION,
            channel=Channel.GRAPHQL,
            organization_id=organization_id,
            name=member.name,
            id=actor_id,
            membership_id=member.id,
            role=member.role,
            request_id=request_id,
        )
    if kind == ActorKind.OPERATOR:
        return Actor(ActorKind.OPERATOR, Channel.CLI, organization_id, name="operator", request_id=request_id)
    token = await tokens.load(tx, organization_id, subject)
    if not token.is_live(at):
        ended = "was revoked" if token.revoked_at is not None else "has expired"
        raise Forbidden(f"The token {token.name!r}, with which this was begun, {ended}.")
    return actor_of(token, request_id=request_id)


def actor_of(token: Token, *, request_id: str | None) -> Actor:
    """The actor who a live API token is."""
    return Actor(
        kind=ActorKind.API_TOKEN,
        channel=Channel.GRAPHQL,
        organization_id=token.organization_id,
        name=token.name,
        id=token.id,
        scopes=frozenset(str(scope) for scope in token.scopes),
        request_id=request_id,
    )

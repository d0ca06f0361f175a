"""What needs an admin's attention, of what the actor may know."""

from collections.abc import Iterator
from datetime import datetime

from rollbook.domain import attention as rules
from rollbook.domain.actors import Actor
from rollbook.domain.attention import AttentionItem, TokenFacts
from rollbook.domain.policy import Permission, may, require
from rollbook.domain.tokens import Token
from rollbook.domain.values import Clock
from rollbook.persistence import attention, tokens
from rollbook.persistence.database import Database, ReadTx

MOST_TOKENS = 200
"""How many tokens are looked at: that many that work, and that many that have expired lately."""


class Attention:
    """What there is to see to in the actor's organization."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def items(self, actor: Actor) -> list[AttentionItem]:
        """What needs attention, the worst first, `MOST_ITEMS` at most; only what the actor may know.

        That is with `members:read` who is an admin, with `tokens:write` what is the matter with tokens, and with
        `audit:read` which pushes fail; that a token is in use after its end needs both of the latter.
        """
        require(actor, Permission.ORGANIZATION_READ)
        at = self._clock()
        found: list[AttentionItem] = []
        async with self._database.read() as tx:
            if may(actor, Permission.MEMBERS_READ):
                found += await _of_admins(tx, actor)
            if may(actor, Permission.AUDIT_READ):
                found += await _of_pushes(tx, actor, at)
            if may(actor, Permission.TOKENS_WRITE):
                found += await _of_tokens(tx, actor, at)
        return rules.worst_first(found)


async def _of_admins(tx: ReadTx, actor: Actor) -> Iterator[AttentionItem]:
    admins = await attention.active_admins(tx, actor.organization_id)
    return rules.of_admins(admins, await attention.active_members(tx, actor.organization_id))


async def _of_pushes(tx: ReadTx, actor: Actor, at: datetime) -> Iterator[AttentionItem]:
    failing = await attention.failing(tx, actor.organization_id, since=at - rules.FAILING)
    ids = {entry.token_id for entry in failing if entry.token_id is not None}
    told = await tokens.among(tx, actor.organization_id, sorted(ids)) if may(actor, Permission.TOKENS_WRITE) else []
    return rules.of_pushes(failing, {token.id: token for token in told})


async def _of_tokens(tx: ReadTx, actor: Actor, at: datetime) -> Iterator[AttentionItem]:
    here = actor.organization_id
    live = await tokens.all_of(tx, here, live_at=at, limit=MOST_TOKENS)
    ended = set(await attention.expired_tokens(tx, here, since=at - rules.STOPPED_LATELY, at=at, limit=MOST_TOKENS))
    refusals = {}
    if may(actor, Permission.AUDIT_READ):
        refusals = await attention.refused_tokens(tx, here, since=at - rules.RECENT)
        ended |= set(refusals)
    known = {token.id: token for token in [*live, *await tokens.among(tx, here, sorted(ended))]}
    makers = {token.created_by_membership_id for token in live} - {None}
    facts = TokenFacts(
        tokens=list(known.values()),
        refusals=refusals,
        successors=await _successors(tx, here, known),
        gone=await attention.gone(tx, here, [each for each in makers if each is not None]),
    )
    return rules.of_tokens(facts, at)


async def _successors(tx: ReadTx, organization_id: str, known: dict[str, Token]) -> dict[str, Token]:
    """By the id of the token that was replaced, the one that takes over."""
    replaced = {token.replaced_by_id: token.id for token in known.values() if token.replaced_by_id is not None}
    found = await tokens.among(tx, organization_id, sorted(replaced))
    return {replaced[token.id]: token for token in found}

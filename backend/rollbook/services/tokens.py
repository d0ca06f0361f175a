"""What may be done with tokens, and how one opens its door."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from rollbook.domain.actors import Actor, ActorKind, Channel
from rollbook.domain.audit import AuditAction, Changes
from rollbook.domain.errors import InvalidValue, Unauthenticated
from rollbook.domain.exchanges import Exchange
from rollbook.domain.policy import DEFAULT_API_SCOPES, Permission, require, require_recent_sign_in
from rollbook.domain.tokens import (
    MAX_OVERLAP,
    OVERLAP,
    Dialect,
    SecretKind,
    Token,
    TokenKind,
    TokenStatus,
    checked_name,
    digest,
    hint_of,
    kind_of,
    mint,
)
from rollbook.domain.values import Clock, new_id
from rollbook.persistence import tokens
from rollbook.persistence.database import Database, WriteTx
from rollbook.services.granting import (
    allowed_lifetime,
    end_of_successor,
    granted_scopes,
    require_all,
    require_room,
    scopes_for,
)
from rollbook.services.recording import record

USE_NOTED_EVERY = timedelta(seconds=60)
"""How exactly `last used` is kept."""

_NOT_VALID = {
    TokenKind.API: "This API token is not valid. Create one with: rollbook tokens create --kind api",
    TokenKind.SCIM: "This SCIM token is not valid. Generate a new one in Settings, Authentication, "
    "and enter it in your identity provider.",
}
_WRONG_DOOR = {
    TokenKind.API: "This is not an API token. GraphQL takes a token that begins with rollbook_api_.",
    TokenKind.SCIM: "This is not a SCIM token. The SCIM endpoint takes a token that begins with rollbook_scim_.",
}


class Tokens:
    """The operations on the tokens of the actor's organization."""

    def __init__(self, database: Database, clock: Clock, pepper: bytes) -> None:
        self._database = database
        self._clock = clock
        self._pepper = pepper
        self._uses: dict[str, tuple[str, str, datetime, str | None]] = {}

    async def issue(
        self,
        actor: Actor,
        kind: TokenKind,
        name: str,
        *,
        dialect: Dialect = Dialect.AUTO,
        scopes: frozenset[Permission] = DEFAULT_API_SCOPES,
        lifetime: timedelta | None = None,
    ) -> tuple[Token, str]:
        """A new token and its secret, which nobody can read again. `scopes` count for API tokens only.

        Raises `SignInAgain`, `Forbidden` for a right that the maker does not hold, `InvalidValue` for a bad name or
        lifetime.
        """
        require(actor, Permission.TOKENS_WRITE)
        require_recent_sign_in(actor, self._clock())
        granted = granted_scopes(actor, kind, scopes)
        at = self._clock()
        token = Token(
            id=new_id(),
            organization_id=actor.organization_id,
            kind=kind,
            name=checked_name(name),
            hint="",
            dialect=dialect,
            scopes=granted,
            created_by=actor.name,
            created_at=at,
            expires_at=None,
            first_used_at=None,
            last_used_at=None,
            last_used_by=None,
            revoked_at=None,
            revoked_by=None,
            created_by_membership_id=actor.membership_id,
        )
        async with self._database.write() as tx:
            await require_room(tx, actor, at)
            allowed = await allowed_lifetime(tx, actor, lifetime)
            token = replace(token, expires_at=None if allowed is None else at + allowed)
            token, secret = await self._keep_new(tx, token)
            changes = {
                "kind": (None, str(kind)),
                "hint": (None, token.hint),
                "scopes": (None, sorted(granted)),
                "expires_at": (None, token.expires_at),
            }
            await _record(tx, actor, AuditAction.TOKEN_CREATED, token, changes, at)
        return token, secret

    async def rotate(self, actor: Actor, token_id: str, *, overlap: timedelta = OVERLAP) -> tuple[Token, str]:
        """A successor that may do the same, and its secret; the old token works on until the overlap is over.

        Without an overlap the old one is revoked at once. Raises `SignInAgain`, `NotFound`, `Forbidden` for a right
        that the actor does not hold, `InvalidValue` for a token that has ended or has a successor already.
        """
        require(actor, Permission.TOKENS_WRITE)
        require_recent_sign_in(actor, self._clock())
        if not timedelta(0) <= overlap <= MAX_OVERLAP:
            longest = MAX_OVERLAP // timedelta(hours=1)
            raise InvalidValue(f"The overlap is from 0 to {longest} hours.", field="overlapHours")
        at = self._clock()
        async with self._database.write() as tx:
            old = await tokens.load_for_update(tx, actor.organization_id, token_id)
            _require_live(old, at)
            if old.replaced_by_id is not None:
                raise InvalidValue(
                    f"The token {old.name!r} has a successor already. Rotate that one, or generate a new token.",
                    field="tokenId",
                )
            granted_scopes(actor, old.kind, old.scopes)
            await require_room(tx, actor, at)
            successor = replace(
                old,
                id=new_id(),
                created_by=actor.name,
                created_by_membership_id=actor.membership_id,
                created_at=at,
                expires_at=await end_of_successor(tx, actor, old.lifetime, at),
                first_used_at=None,
                last_used_at=None,
                last_used_by=None,
                replaces_id=old.id,
            )
            token, secret = await self._keep_new(tx, successor)
            if overlap:
                end = at + overlap if old.expires_at is None else min(old.expires_at, at + overlap)
                await tokens.save(tx, replace(old, expires_at=end))
            else:
                end = at
                await tokens.revoke(tx, old.organization_id, old.id, at=at, by=actor.name)
            changes = {
                "hint": (old.hint, token.hint),
                "expires_at": (old.expires_at, token.expires_at),
                "old_works_until": (old.expires_at, end),
            }
            await _record(tx, actor, AuditAction.TOKEN_ROTATED, token, changes, at)
        return token, secret

    async def update(
        self,
        actor: Actor,
        token_id: str,
        *,
        name: str | None = None,
        dialect: Dialect | None = None,
        scopes: frozenset[Permission] | None = None,
    ) -> Token:
        """Change what a token is called, how a SCIM token's requests are read, or what an API token may do.

        What is None stays. Raises `SignInAgain`, `NotFound`, `InvalidValue`, also for a token that has ended, and
        `Forbidden` for a scope that the token gains and the actor does not hold.
        """
        require(actor, Permission.TOKENS_WRITE)
        require_recent_sign_in(actor, self._clock())
        at = self._clock()
        async with self._database.write() as tx:
            before = await tokens.load_for_update(tx, actor.organization_id, token_id)
            after = _changed(before, name, dialect, scopes)
            require_all(actor, after.scopes - before.scopes)
            if after == before:
                return before
            _require_live(before, at)
            await tokens.save(tx, after)
            told = {
                "name": (before.name, after.name),
                "dialect": (str(before.dialect), str(after.dialect)),
                "scopes": (sorted(before.scopes), sorted(after.scopes)),
            }
            await _record(tx, actor, AuditAction.TOKEN_UPDATED, after, told, at)
        return after

    async def list(
        self, actor: Actor, kind: TokenKind | None = None, *, include_ended: bool = True, limit: int = 10_000
    ) -> list[Token]:
        """The organization's tokens, or those of a kind, the newest first; also those that ended, if they are asked."""
        require(actor, Permission.TOKENS_WRITE)
        live_at = None if include_ended else self._clock()
        async with self._database.read() as tx:
            return await tokens.all_of(tx, actor.organization_id, kind, live_at=live_at, limit=limit)

    async def by_ids(self, actor: Actor, token_ids: Sequence[str]) -> dict[str, Token]:
        """The tokens among these ids, by id; others are absent."""
        require(actor, Permission.TOKENS_WRITE)
        async with self._database.read() as tx:
            found = await tokens.among(tx, actor.organization_id, token_ids)
        return {token.id: token for token in found}

    async def by_id(self, actor: Actor, token_id: str) -> Token:
        """One token, or `NotFound`."""
        require(actor, Permission.TOKENS_WRITE)
        async with self._database.read() as tx:
            return await tokens.load(tx, actor.organization_id, token_id)

    async def revoke(self, actor: Actor, token_id: str) -> Token:
        """Close the token's door at once, in every process. Idempotent. Raises `SignInAgain`, `NotFound`."""
        require(actor, Permission.TOKENS_WRITE)
        require_recent_sign_in(actor, self._clock())
        at = self._clock()
        async with self._database.write() as tx:
            token = await tokens.load(tx, actor.organization_id, token_id)
            if not await tokens.revoke(tx, token.organization_id, token.id, at=at, by=actor.name):
                return token
            await _record(tx, actor, AuditAction.TOKEN_REVOKED, token, {"hint": (token.hint, None)}, at)
        return replace(token, revoked_at=at, revoked_by=actor.name)

    async def authenticate(
        self,
        secret: str,
        kind: TokenKind,
        *,
        request_id: str | None = None,
        used_by: str | None = None,
        exchange: Exchange | None = None,
    ) -> Actor:
        """The actor that a token's secret stands for at the door of this kind. `used_by` is the User-Agent.

        `exchange` is told whose token it is, also of one that has ended.

        Raises `Unauthenticated`, with one text for all secrets that are unknown.
        """
        found = kind_of(secret)
        if found is not None and found != kind.value:
            raise Unauthenticated(_WRONG_DOOR[kind])
        if found is None:
            raise Unauthenticated(_NOT_VALID[kind])
        async with self._database.read() as tx:
            token = await tokens.find_by_digest(tx, digest(self._pepper, found, secret))
        if token is None:
            raise Unauthenticated(_NOT_VALID[kind])
        if exchange is not None:
            exchange.organization_id, exchange.token_id = token.organization_id, token.id
        at = self._clock()
        if not token.is_live(at):
            ended = "was revoked" if token.revoked_at is not None else "has expired"
            raise Unauthenticated(f"The token {token.name!r} {ended}. {_NOT_VALID[kind]}")
        self._note_use(token, at, used_by)
        return Actor(
            kind=ActorKind.SCIM_TOKEN if kind is TokenKind.SCIM else ActorKind.API_TOKEN,
            channel=Channel.SCIM if kind is TokenKind.SCIM else Channel.GRAPHQL,
            organization_id=token.organization_id,
            name=token.name,
            id=token.id,
            scopes=token.scopes,
            strict=token.dialect is Dialect.STRICT,
            request_id=request_id,
            exchange=exchange,
        )

    async def keep_uses(self) -> None:
        """Write down what was noted of tokens' uses since the last time; called now and then, not by requests."""
        noted, self._uses = self._uses, {}
        if not noted:
            return
        try:
            async with self._database.write() as tx:
                await tokens.note_uses(tx, (noted[token_id] for token_id in sorted(noted)))
        except BaseException:
            self._uses = noted | self._uses  # for the next time, unless they were used again meanwhile
            raise

    def _note_use(self, token: Token, at: datetime, used_by: str | None) -> None:
        if token.last_used_at is None or at - token.last_used_at >= USE_NOTED_EVERY:
            self._uses[token.id] = (token.organization_id, token.id, at, used_by[:256] if used_by else None)

    async def _keep_new(self, tx: WriteTx, token: Token) -> tuple[Token, str]:
        """The token with the hint of its new secret, and that secret, of which only the digest is kept."""
        kind = SecretKind(token.kind)
        secret = mint(kind)
        made = replace(token, hint=hint_of(secret))
        await tokens.insert_token(tx, made, digest(self._pepper, kind, secret))
        return made, secret


def _changed(before: Token, name: str | None, dialect: Dialect | None, scopes: frozenset[Permission] | None) -> Token:
    if before.kind is TokenKind.SCIM and scopes is not None:
        raise InvalidValue("A SCIM token has no scopes; it always may provision.", field="scopes")
    if before.kind is TokenKind.API and dialect is not None:
        raise InvalidValue("Only a SCIM token has a dialect.", field="dialect")
    return replace(
        before,
        name=before.name if name is None else checked_name(name),
        dialect=dialect or before.dialect,
        scopes=before.scopes if scopes is None else scopes_for(before.kind, scopes),
    )


def _require_live(token: Token, at: datetime) -> None:
    status = token.status(at)
    if status is not TokenStatus.ACTIVE:
        ended = "was revoked" if status is TokenStatus.REVOKED else "has expired"
        raise InvalidValue(f"The token {token.name!r} {ended}. Generate a new one.", field="tokenId")


async def _record(tx: WriteTx, actor: Actor, action: AuditAction, token: Token, changes: Changes, at: datetime) -> None:
    """The event of an operation on a token, with what differs."""
    differing: dict[str, tuple[Any, Any]] = {
        field: (before or None, after or None) for field, (before, after) in changes.items() if before != after
    }
    told = {field: pair for field, pair in differing.items() if pair != (None, None)}
    await record(tx, actor, action, token.name, at=at, changes=told, object_id=token.id)

"""What may be done with tokens, and how one opens its door."""

from collections.abc import Set
from dataclasses import replace
from datetime import datetime, timedelta

from rollbook.domain.actors import Actor, ActorKind, Channel
from rollbook.domain.audit import AuditAction
from rollbook.domain.errors import Forbidden, InvalidValue, Unauthenticated
from rollbook.domain.policy import API_SCOPES, DEFAULT_API_SCOPES, SCIM_PERMISSIONS, Permission, permissions_of, require
from rollbook.domain.tokens import Dialect, SecretKind, Token, TokenKind, checked_name, digest, hint_of, kind_of, mint
from rollbook.domain.values import Clock, new_id
from rollbook.persistence import tokens
from rollbook.persistence.database import Database
from rollbook.services.recording import record

USE_NOTED_EVERY = timedelta(seconds=60)
"""How exactly `last used` is kept."""

MAX_LIFETIME = timedelta(days=3650)

_NOT_VALID = {
    TokenKind.API: "This API token is not valid. Create one with: rollbook token create --kind api",
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

        Raises `Forbidden` for a right that the maker does not hold, `InvalidValue` for a bad name or lifetime.
        """
        require(actor, Permission.TOKENS_WRITE)
        granted = _scopes_of(kind, scopes)
        # whoever may make SCIM tokens gives the right to provision with them, and no other that they lack
        _require_all(actor, granted or SCIM_PERMISSIONS - {Permission.PROVISION})
        if lifetime is not None and not timedelta(0) < lifetime <= MAX_LIFETIME:
            raise InvalidValue(f"A token lives from 1 to {MAX_LIFETIME.days} days.", field="expiresInDays")
        at = self._clock()
        secret = mint(SecretKind(kind))
        token = Token(
            id=new_id(),
            organization_id=actor.organization_id,
            kind=kind,
            name=checked_name(name),
            hint=hint_of(secret),
            dialect=dialect,
            scopes=granted,
            created_by=actor.name,
            created_at=at,
            expires_at=None if lifetime is None else at + lifetime,
            first_used_at=None,
            last_used_at=None,
            last_used_by=None,
            revoked_at=None,
            revoked_by=None,
        )
        async with self._database.write() as tx:
            await tokens.insert_token(tx, token, self._digest(secret))
            told = {
                "kind": str(kind),
                "hint": token.hint,
                "scopes": sorted(granted),
                "expires_at": token.expires_at,
            }
            changes = {name: (None, value) for name, value in told.items() if value}
            await record(tx, actor, AuditAction.TOKEN_CREATED, token.name, at=at, changes=changes)
        return token, secret

    async def list(self, actor: Actor, kind: TokenKind) -> list[Token]:
        """The organization's tokens of a kind, the newest first, revoked and expired ones included."""
        require(actor, Permission.TOKENS_WRITE)
        async with self._database.read() as tx:
            return await tokens.of_kind(tx, actor.organization_id, kind)

    async def by_id(self, actor: Actor, token_id: str) -> Token:
        """One token, or `NotFound`."""
        require(actor, Permission.TOKENS_WRITE)
        async with self._database.read() as tx:
            return await tokens.load(tx, actor.organization_id, token_id)

    async def revoke(self, actor: Actor, token_id: str) -> Token:
        """Close the token's door at once, in every process. Idempotent; `NotFound`."""
        require(actor, Permission.TOKENS_WRITE)
        at = self._clock()
        async with self._database.write() as tx:
            token = await tokens.load(tx, actor.organization_id, token_id)
            if not await tokens.revoke(tx, token.organization_id, token.id, at=at, by=actor.name):
                return token
            await record(tx, actor, AuditAction.TOKEN_REVOKED, token.name, at=at, changes={"hint": (token.hint, None)})
        return replace(token, revoked_at=at, revoked_by=actor.name)

    async def authenticate(
        self, secret: str, kind: TokenKind, *, request_id: str | None = None, used_by: str | None = None
    ) -> Actor:
        """The actor that a token's secret stands for at the door of this kind. `used_by` is the User-Agent.

        Raises `Unauthenticated`, with one text for all secrets that are unknown.
        """
        found = kind_of(secret)
        if found is not None and found != kind.value:
            raise Unauthenticated(_WRONG_DOOR[kind])
        if found is None:
            raise Unauthenticated(_NOT_VALID[kind])
        async with self._database.read() as tx:
            token = await tokens.find_by_digest(tx, self._digest(secret))
        if token is None:
            raise Unauthenticated(_NOT_VALID[kind])
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
            scopes=frozenset(str(scope) for scope in token.scopes),
            strict=token.dialect is Dialect.STRICT,
            request_id=request_id,
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

    def _digest(self, secret: str) -> bytes:
        kind = kind_of(secret)
        assert kind is not None, "only well-formed secrets come here"
        return digest(self._pepper, kind, secret)


def _scopes_of(kind: TokenKind, scopes: frozenset[Permission]) -> frozenset[Permission]:
    """The scopes that a token of this kind is given; a SCIM token has none."""
    if kind is TokenKind.SCIM:
        return frozenset()
    if not scopes or not scopes <= API_SCOPES:
        raise InvalidValue(
            f"An API token has at least one of the scopes {', '.join(sorted(API_SCOPES))}.", field="scopes"
        )
    return scopes


def _require_all(actor: Actor, wanted: Set[Permission]) -> None:
    missing = sorted(wanted - permissions_of(actor))
    if missing:
        raise Forbidden(f"A token cannot be given more than its maker holds; missing here: {', '.join(missing)}.")

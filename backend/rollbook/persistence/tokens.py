"""Tokens, as they are kept: by the digest of their secret."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select, update

from rollbook.domain.errors import NotFound
from rollbook.domain.policy import Permission
from rollbook.domain.tokens import Dialect, Token, TokenKind
from rollbook.domain.values import parse_id
from rollbook.persistence.database import ReadTx, WriteTx
from rollbook.persistence.statements import Row, Statement
from rollbook.persistence.tables import tokens

_column = tokens.c
_COLUMNS = [column for column in _column if column.name not in {"digest", "replaces_token_id"}]
_BY_DIGEST = Statement(select(*_COLUMNS).where(_column.digest == bindparam("digest")))
_BY_ID = Statement(
    select(*_COLUMNS).where(_column.organization_id == bindparam("organization_id"), _column.id == bindparam("id"))
)
_BY_KIND = Statement(
    select(*_COLUMNS)
    .where(_column.organization_id == bindparam("organization_id"), _column.kind == bindparam("kind"))
    .order_by(_column.id.desc())
)
_INSERT = Statement(insert(tokens))
_REVOKE = Statement(
    update(tokens)
    .where(
        _column.organization_id == bindparam("in_organization"),
        _column.id == bindparam("token_id"),
        _column.revoked_at.is_(None),
    )
    .values(revoked_at=bindparam("at"), revoked_by=bindparam("by"))
    .returning(_column.id)
)
_USED = Statement(
    update(tokens)
    .where(_column.organization_id == bindparam("in_organization"), _column.id == bindparam("token_id"))
    .values(
        first_used_at=func.coalesce(_column.first_used_at, bindparam("at", type_=_column.first_used_at.type)),
        last_used_at=bindparam("at"),
        last_used_by=bindparam("by"),
    )
)


async def find_by_digest(tx: ReadTx, digest: bytes) -> Token | None:
    """The token whose secret has this digest, live or not, or None."""
    row = await tx.one(_BY_DIGEST, digest=digest)
    return _token(row) if row else None


async def load(tx: ReadTx, organization_id: str, token_id: str) -> Token:
    """A token of the organization, or `NotFound`."""
    canonical = parse_id(token_id)
    row = None if canonical is None else await tx.one(_BY_ID, organization_id=organization_id, id=canonical)
    if row is None:
        raise NotFound(f"There is no token {token_id!r} in this organization.")
    return _token(row)


async def of_kind(tx: ReadTx, organization_id: str, kind: TokenKind) -> list[Token]:
    """The organization's tokens of a kind, the newest first, revoked and expired ones included."""
    return [_token(row) for row in await tx.all(_BY_KIND, organization_id=organization_id, kind=str(kind))]


async def insert_token(tx: WriteTx, token: Token, digest: bytes) -> None:
    """Keep a new token."""
    await tx.execute(
        _INSERT,
        organization_id=token.organization_id,
        id=token.id,
        kind=str(token.kind),
        name=token.name,
        hint=token.hint,
        digest=digest,
        dialect=str(token.dialect),
        scopes=" ".join(sorted(token.scopes)),
        created_by=token.created_by,
        created_at=token.created_at,
        expires_at=token.expires_at,
        first_used_at=None,
        last_used_at=None,
        last_used_by=None,
        revoked_at=None,
        revoked_by=None,
        replaces_token_id=None,
    )


async def revoke(tx: WriteTx, organization_id: str, token_id: str, *, at: datetime, by: str) -> bool:
    """Revoke a token; False if it was revoked already."""
    row = await tx.one(_REVOKE, in_organization=organization_id, token_id=token_id, at=at, by=by)
    return row is not None


async def note_uses(tx: WriteTx, uses: Iterable[tuple[str, str, datetime, str | None]]) -> None:
    """Keep when and by whom tokens were last used: (organization, token, time, user agent)."""
    for organization_id, token_id, at, by in uses:
        await tx.execute(_USED, in_organization=organization_id, token_id=token_id, at=at, by=by)


def _token(row: Row) -> Token:
    values = dict(zip((column.name for column in _COLUMNS), row, strict=True))
    values["kind"] = TokenKind(values["kind"])
    values["dialect"] = Dialect(values["dialect"])
    values["scopes"] = frozenset(Permission(scope) for scope in values["scopes"].split())
    return Token(**values)

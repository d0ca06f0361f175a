"""Tokens, as they are kept: by the digest of their secret."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, null, or_, select, update
from sqlalchemy.types import Integer

from rollbook.domain.errors import NotFound
from rollbook.domain.policy import Permission
from rollbook.domain.tokens import Dialect, Token, TokenKind
from rollbook.domain.values import parse_id
from rollbook.persistence.database import ReadTx, WriteTx
from rollbook.persistence.statements import Row, Statement, one_of
from rollbook.persistence.tables import tokens

_column = tokens.c
_successor = tokens.alias("successor")
_FIELDS = {"replaces_token_id": "replaces_id"}
_OWN = [column for column in _column if column.name != "digest"]
_COLUMNS = [
    *_OWN,
    select(_successor.c.id)
    .where(_successor.c.organization_id == _column.organization_id, _successor.c.replaces_token_id == _column.id)
    .scalar_subquery()
    .label("replaced_by_id"),
]
_NAMES = [_FIELDS.get(column.name, column.name) for column in _COLUMNS]
_here = _column.organization_id == bindparam("organization_id")
_BY_DIGEST = Statement(
    select(*_OWN, null().label("replaced_by_id")).where(_column.digest == bindparam("digest")), together=True
)
_BY_ID = Statement(select(*_COLUMNS).where(_here, _column.id == bindparam("id")))
_LOCK = Statement(select(_column.id).where(_here, _column.id == bindparam("id")).with_for_update())
_BY_IDS = Statement(select(*_COLUMNS).where(_here, one_of(_column.id, "ids")))
_at = bindparam("at", type_=_column.expires_at.type)
_live = and_(_column.revoked_at.is_(None), or_(_column.expires_at.is_(None), _column.expires_at > _at))
_LIST = {
    (of_kind, live): Statement(
        select(*_COLUMNS)
        .where(_here, *([_column.kind == bindparam("kind")] if of_kind else ()), *([_live] if live else ()))
        .order_by(_column.id.desc())
        .limit(bindparam("limit", type_=Integer()))
    )
    for of_kind in (True, False)
    for live in (True, False)
}
_INSERT = Statement(insert(tokens))
_SAVE = Statement(
    update(tokens)
    .where(_column.organization_id == bindparam("in_organization"), _column.id == bindparam("token_id"))
    .values({name: bindparam(f"new_{name}") for name in ("name", "dialect", "scopes", "expires_at")})
)
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
    """The token whose secret has this digest, live or not, or None; without its successor, since doors ask often."""
    row = await tx.one(_BY_DIGEST, digest=digest)
    return _token(row) if row else None


async def load(tx: ReadTx, organization_id: str, token_id: str) -> Token:
    """A token of the organization, or `NotFound`."""
    canonical = parse_id(token_id)
    row = None if canonical is None else await tx.one(_BY_ID, organization_id=organization_id, id=canonical)
    if row is None:
        raise NotFound(f"There is no token {token_id!r} in this organization.")
    return _token(row)


async def load_for_update(tx: WriteTx, organization_id: str, token_id: str) -> Token:
    """The same as `load`, and nobody else changes it before the transaction ends."""
    canonical = parse_id(token_id)
    if canonical is not None:
        # first the lock, then the row, as another statement: it must see what others committed meanwhile
        await tx.one(_LOCK, organization_id=organization_id, id=canonical)
    return await load(tx, organization_id, token_id)


async def among(tx: ReadTx, organization_id: str, token_ids: Sequence[str]) -> list[Token]:
    """The tokens of the organization among these ids."""
    ids = [canonical for text in token_ids if (canonical := parse_id(text)) is not None]
    rows = await tx.all(_BY_IDS, organization_id=organization_id, ids=ids) if ids else []
    return [_token(row) for row in rows]


async def all_of(
    tx: ReadTx, organization_id: str, kind: TokenKind | None = None, *, live_at: datetime | None = None, limit: int
) -> list[Token]:
    """The organization's tokens, or those of a kind, the newest first; or only those that work at that moment."""
    statement = _LIST[kind is not None, live_at is not None]
    rows = await tx.all(statement, organization_id=organization_id, kind=kind and str(kind), at=live_at, limit=limit)
    return [_token(row) for row in rows]


async def insert_token(tx: WriteTx, token: Token, digest: bytes) -> None:
    """Keep a new token. Raises `UniqueViolation` if it replaces one that has a successor."""
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
        created_by_membership_id=token.created_by_membership_id,
        created_at=token.created_at,
        expires_at=token.expires_at,
        first_used_at=None,
        last_used_at=None,
        last_used_by=None,
        revoked_at=None,
        revoked_by=None,
        replaces_token_id=token.replaces_id,
    )


async def save(tx: WriteTx, token: Token) -> None:
    """Keep the name, dialect, scopes and end of a token that the caller has locked."""
    await tx.execute(
        _SAVE,
        in_organization=token.organization_id,
        token_id=token.id,
        new_name=token.name,
        new_dialect=str(token.dialect),
        new_scopes=" ".join(sorted(token.scopes)),
        new_expires_at=token.expires_at,
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
    return _made(tuple(row))


@lru_cache(maxsize=1024)
def _made(row: tuple[Any, ...]) -> Token:
    """Each request brings the row of its token, nearly always the same one."""
    values = dict(zip(_NAMES, row, strict=True))
    values["kind"] = TokenKind(values["kind"])
    values["dialect"] = Dialect(values["dialect"])
    values["scopes"] = frozenset(Permission(scope) for scope in values["scopes"].split())
    return Token(**values)

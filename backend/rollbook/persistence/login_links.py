"""The operator's one-time login links, as they are kept: by the digest of their secret."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update

from rollbook.persistence.database import ReadTx, WriteTx
from rollbook.persistence.memberships import mark
from rollbook.persistence.statements import Statement, one_of
from rollbook.persistence.tables import login_links

_column = login_links.c
_INSERT = Statement(insert(login_links))
_OWNER = Statement(
    select(_column.organization_id, _column.membership_id).where(_column.digest == bindparam("link_digest"))
)
_USE = Statement(
    update(login_links)
    .where(
        _column.digest == bindparam("link_digest"),
        _column.used_at.is_(None),
        _column.expires_at > bindparam("at", type_=_column.expires_at.type),
    )
    .values(used_at=bindparam("at"))
    .returning(_column.id)
)
_VOID = Statement(
    update(login_links)
    .where(
        _column.organization_id == bindparam("in_organization"),
        one_of(_column.membership_id, "of_memberships"),
        _column.used_at.is_(None),
    )
    .values(used_at=bindparam("at"))
)


async def insert_link(
    tx: WriteTx,
    organization_id: str,
    membership_id: str,
    *,
    link_id: str,
    digest: bytes,
    at: datetime,
    expires_at: datetime,
) -> None:
    """Keep a new login link of a locked member."""
    await mark(tx, organization_id, membership_id)
    await tx.execute(
        _INSERT,
        organization_id=organization_id,
        id=link_id,
        membership_id=membership_id,
        digest=digest,
        created_at=at,
        expires_at=expires_at,
        used_at=None,
    )


async def owner_of(tx: ReadTx, digest: bytes) -> tuple[str, str] | None:
    """Whom a link lets in, valid or not: (organization, membership), or None if it is unknown."""
    row = await tx.one(_OWNER, link_digest=digest)
    return (row[0], row[1]) if row else None


async def use(tx: WriteTx, digest: bytes, *, at: datetime) -> bool:
    """Use a link up; False if it is unknown, used or expired."""
    return await tx.one(_USE, link_digest=digest, at=at) is not None


async def void(tx: WriteTx, organization_id: str, membership_ids: Sequence[str], *, at: datetime) -> None:
    """Make every link of these members worthless."""
    await tx.later(_VOID, in_organization=organization_id, of_memberships=list(membership_ids), at=at)

"""Set-up links, as they are kept: by the digest of their secret."""

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, update

from rollbook.persistence.database import WriteTx
from rollbook.persistence.statements import Statement
from rollbook.persistence.tables import setup_links

_DELETE_ALL = Statement(delete(setup_links))
_INSERT = Statement(insert(setup_links))
_USE = Statement(
    update(setup_links)
    .where(
        setup_links.c.digest == bindparam("link_digest"),
        setup_links.c.used_at.is_(None),
        setup_links.c.expires_at > bindparam("at", type_=setup_links.c.expires_at.type),
    )
    .values(used_at=bindparam("at"))
    .returning(setup_links.c.id)
)


async def replace_link(tx: WriteTx, *, link_id: str, digest: bytes, at: datetime, expires_at: datetime) -> None:
    """Keep a new link in the place of all former ones."""
    await tx.execute(_DELETE_ALL)
    await tx.execute(_INSERT, id=link_id, digest=digest, created_at=at, expires_at=expires_at, used_at=None)


async def use_link(tx: WriteTx, digest: bytes, *, at: datetime) -> bool:
    """Use the link up; False if it is unknown, used or expired."""
    return await tx.one(_USE, link_digest=digest, at=at) is not None

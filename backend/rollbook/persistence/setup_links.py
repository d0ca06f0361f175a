"""Set-up links, as they are kept: by the digest of their secret."""

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update

from rollbook.persistence.database import WriteTx
from rollbook.persistence.secret_file import FINGERPRINT
from rollbook.persistence.statements import Statement
from rollbook.persistence.tables import installation, setup_links

_HOLD = Statement(select(installation.c.value).where(installation.c.name == bindparam("name")).with_for_update())
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


async def hold(tx: WriteTx) -> None:
    """Wait until nobody else sets the installation up, and let nobody else before the transaction ends.

    The first statement of it, so that the others see what those before have done. Where there is neither a link nor an
    organization there is no row of theirs to lock: so it is one that every installation has.
    """
    held = await tx.one(_HOLD, name=FINGERPRINT)
    assert held is not None, "services are opened with the secrets that the database knows"


async def replace_link(tx: WriteTx, *, link_id: str, digest: bytes, at: datetime, expires_at: datetime) -> None:
    """Keep a new link in the place of all former ones; the caller holds the set-up."""
    await tx.execute(_DELETE_ALL)
    await tx.execute(_INSERT, id=link_id, digest=digest, created_at=at, expires_at=expires_at, used_at=None)


async def use_link(tx: WriteTx, digest: bytes, *, at: datetime) -> bool:
    """Use the link up; False if it is unknown, used or expired. The caller holds the set-up."""
    return await tx.one(_USE, link_digest=digest, at=at) is not None

"""Login domains, as they are kept."""

from sqlalchemy import bindparam, select

from rollbook.domain.values import key
from rollbook.persistence.database import ReadTx
from rollbook.persistence.statements import Statement
from rollbook.persistence.tables import login_domains

_column = login_domains.c
_PROVEN_BY = Statement(
    select(_column.organization_id).where(_column.domain == bindparam("domain"), _column.proven_at.is_not(None))
)


async def proven_by(tx: ReadTx, email: str) -> str | None:
    """The id of the organization that has proven the domain of an address, or None."""
    _, _, domain = key(email).rpartition("@")
    row = await tx.one(_PROVEN_BY, domain=domain)
    return row[0] if row else None

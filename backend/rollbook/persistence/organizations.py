"""Organizations, as they are kept."""

from sqlalchemy import bindparam, insert, select

from rollbook.domain.organizations import Organization
from rollbook.persistence.database import ReadTx, WriteTx
from rollbook.persistence.statements import Row, Statement
from rollbook.persistence.tables import organizations

_SELECT = select(organizations.c.id, organizations.c.handle, organizations.c.name, organizations.c.created_at)
_BY_ID = Statement(_SELECT.where(organizations.c.id == bindparam("id")))
_BY_HANDLE = Statement(_SELECT.where(organizations.c.handle == bindparam("handle")))
_ALL = Statement(_SELECT.order_by(organizations.c.handle))
_ANY = Statement(select(organizations.c.id).limit(1))
_INSERT = Statement(insert(organizations))


async def find(tx: ReadTx, organization_id: str) -> Organization | None:
    """The organization, or None."""
    row = await tx.one(_BY_ID, id=organization_id)
    return _organization(row) if row else None


async def find_by_handle(tx: ReadTx, handle: str) -> Organization | None:
    """The organization with this handle, or None."""
    row = await tx.one(_BY_HANDLE, handle=handle)
    return _organization(row) if row else None


async def all_of_them(tx: ReadTx) -> list[Organization]:
    """Every organization of the installation, by handle; for the operator only."""
    return [_organization(row) for row in await tx.all(_ALL)]


async def is_there_any(tx: ReadTx) -> bool:
    """Whether the installation has an organization; the cheapest question that a working database answers."""
    return await tx.one(_ANY) is not None


async def insert_organization(tx: WriteTx, organization: Organization) -> None:
    """Keep a new organization. Raises `UniqueViolation` if its handle is taken."""
    await tx.execute(
        _INSERT,
        id=organization.id,
        handle=organization.handle,
        name=organization.name,
        created_at=organization.created_at,
        settings="{}",
        version=1,
    )


def _organization(row: Row) -> Organization:
    return Organization(*row)

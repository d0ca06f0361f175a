"""Organizations, as they are kept."""

import orjson
from sqlalchemy import bindparam, insert, select, update

from rollbook.domain.organizations import Organization, OrganizationSettings
from rollbook.persistence.database import ReadTx, WriteTx
from rollbook.persistence.statements import Row, Statement
from rollbook.persistence.tables import organizations

_SELECT = select(
    organizations.c.id,
    organizations.c.handle,
    organizations.c.name,
    organizations.c.created_at,
    organizations.c.settings,
    organizations.c.version,
)
_BY_ID = Statement(_SELECT.where(organizations.c.id == bindparam("id")))
_BY_ID_LOCKED = Statement(_SELECT.where(organizations.c.id == bindparam("id")).with_for_update(key_share=True))
_BY_HANDLE = Statement(_SELECT.where(organizations.c.handle == bindparam("handle")))
_ALL = Statement(_SELECT.order_by(organizations.c.handle))
_ANY = Statement(select(organizations.c.id).limit(1))
_INSERT = Statement(insert(organizations))
_SAVE = Statement(
    update(organizations)
    .where(organizations.c.id == bindparam("organization_id"))
    .values(name=bindparam("new_name"), settings=bindparam("new_settings"), version=bindparam("new_version"))
)


async def find(tx: ReadTx, organization_id: str) -> Organization | None:
    """The organization, or None."""
    row = await tx.one(_BY_ID, id=organization_id)
    return _organization(row) if row else None


async def find_for_update(tx: WriteTx, organization_id: str) -> Organization | None:
    """The same as `find`, and nobody else changes it before the transaction ends; what belongs to it may change."""
    row = await tx.one(_BY_ID_LOCKED, id=organization_id)
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
        settings=_kept(organization.settings),
        version=organization.version,
    )


async def save(tx: WriteTx, organization: Organization) -> None:
    """Keep the name, the settings and the version of an organization that the caller has locked."""
    await tx.execute(
        _SAVE,
        organization_id=organization.id,
        new_name=organization.name,
        new_settings=_kept(organization.settings),
        new_version=organization.version,
    )


def _kept(settings: OrganizationSettings) -> str:
    return orjson.dumps(settings.differing(), option=orjson.OPT_SORT_KEYS).decode()


def _organization(row: Row) -> Organization:
    id_, handle, name, created_at, settings, version = row
    return Organization(id_, handle, name, created_at, OrganizationSettings.of(orjson.loads(settings)), version)

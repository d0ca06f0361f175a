"""Login domains, as they are kept."""

from sqlalchemy import bindparam, delete, func, insert, select, update

from rollbook.domain.errors import NotFound
from rollbook.domain.login_domains import domain_of
from rollbook.domain.sso import LoginDomain
from rollbook.domain.values import parse_id
from rollbook.persistence.database import ReadTx, WriteTx
from rollbook.persistence.statements import Row, Statement
from rollbook.persistence.tables import login_domains

_column = login_domains.c
_SELECT = select(
    _column.id,
    _column.organization_id,
    _column.domain,
    _column.challenge,
    _column.created_at,
    _column.checked_at,
    _column.proven_at,
)
_here = _column.organization_id == bindparam("organization_id")
_ALL = Statement(_SELECT.where(_here).order_by(_column.domain))
_COUNT = Statement(select(func.count()).select_from(login_domains).where(_here))
_BY_ID = Statement(_SELECT.where(_here, _column.id == bindparam("id")))
_BY_ID_LOCKED = Statement(_SELECT.where(_here, _column.id == bindparam("id")).with_for_update())
_PROVEN_BY = Statement(
    select(_column.organization_id).where(_column.domain == bindparam("domain"), _column.proven_at.is_not(None))
)
_INSERT = Statement(insert(login_domains))
_this = (_column.organization_id == bindparam("in_organization"), _column.id == bindparam("domain_id"))
_SAVE = Statement(
    update(login_domains)
    .where(*_this)
    .values(checked_at=bindparam("new_checked_at"), proven_at=bindparam("new_proven_at"))
)
_DELETE = Statement(delete(login_domains).where(*_this))


async def all_of(tx: ReadTx, organization_id: str) -> list[LoginDomain]:
    """The organization's domains, by name."""
    return [_domain(row) for row in await tx.all(_ALL, organization_id=organization_id)]


async def count(tx: ReadTx, organization_id: str) -> int:
    """How many domains the organization lists."""
    row = await tx.one(_COUNT, organization_id=organization_id)
    assert row is not None, "a count has one row"
    return int(row[0])


async def load(tx: ReadTx, organization_id: str, domain_id: str) -> LoginDomain:
    """A domain of the organization, or `NotFound`."""
    return await _load(tx, _BY_ID, organization_id, domain_id)


async def load_for_update(tx: WriteTx, organization_id: str, domain_id: str) -> LoginDomain:
    """The same, and nobody else changes it before the transaction ends."""
    return await _load(tx, _BY_ID_LOCKED, organization_id, domain_id)


async def proven_by(tx: ReadTx, email: str) -> str | None:
    """The id of the organization that has proven the domain of an address, or None."""
    domain = domain_of(email)
    row = None if domain is None else await tx.one(_PROVEN_BY, domain=domain)
    return row[0] if row else None


async def insert_domain(tx: WriteTx, domain: LoginDomain) -> None:
    """Keep a new domain. Raises `UniqueViolation` if the organization lists it."""
    await tx.execute(
        _INSERT,
        organization_id=domain.organization_id,
        id=domain.id,
        domain=domain.domain,
        challenge=domain.challenge,
        created_at=domain.created_at,
        checked_at=domain.checked_at,
        proven_at=domain.proven_at,
    )


async def save(tx: WriteTx, domain: LoginDomain) -> None:
    """Keep what came of a check. Raises `UniqueViolation` if another organization has proven the domain."""
    await tx.execute(
        _SAVE,
        in_organization=domain.organization_id,
        domain_id=domain.id,
        new_checked_at=domain.checked_at,
        new_proven_at=domain.proven_at,
    )


async def remove(tx: WriteTx, domain: LoginDomain) -> None:
    """Delete a domain."""
    await tx.execute(_DELETE, in_organization=domain.organization_id, domain_id=domain.id)


async def _load(tx: ReadTx, statement: Statement, organization_id: str, domain_id: str) -> LoginDomain:
    canonical = parse_id(domain_id)
    row = None if canonical is None else await tx.one(statement, organization_id=organization_id, id=canonical)
    if row is None:
        raise NotFound(f"There is no login domain {domain_id!r} in this organization.")
    return _domain(row)


def _domain(row: Row) -> LoginDomain:
    return LoginDomain(*row)

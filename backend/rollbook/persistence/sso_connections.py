"""SSO connections, as they are kept; the client secret passes here encrypted only."""

from sqlalchemy import bindparam, delete, insert, select, update

from rollbook.domain.roles import Role
from rollbook.domain.sso import ClientAuthentication, Provider, SsoConnection
from rollbook.persistence.database import ReadTx, WriteTx
from rollbook.persistence.statements import Row, Statement
from rollbook.persistence.tables import sso_connections

_column = sso_connections.c
_SELECT = select(
    _column.id,
    _column.organization_id,
    _column.provider,
    _column.issuer,
    _column.client_id,
    _column.client_authentication,
    _column.jit_role,
    _column.enforced,
    _column.secret_set_at,
    _column.passed_at,
    _column.created_at,
    _column.updated_at,
    _column.version,
).where(_column.organization_id == bindparam("organization_id"))
_FIND = Statement(_SELECT)
_FIND_LOCKED = Statement(_SELECT.with_for_update())
_FIND_HELD = Statement(_SELECT.with_for_update(read=True))
_SECRET = Statement(
    select(_column.client_secret).where(
        _column.organization_id == bindparam("organization_id"), _column.id == bindparam("id")
    )
)
_INSERT = Statement(insert(sso_connections))
_in_organization = _column.organization_id == bindparam("in_organization")
_this = (_in_organization, _column.id == bindparam("connection_id"))
_SAVE = Statement(
    update(sso_connections)
    .where(*_this)
    .values(
        provider=bindparam("new_provider"),
        issuer=bindparam("new_issuer"),
        client_id=bindparam("new_client_id"),
        client_authentication=bindparam("new_client_authentication"),
        jit_role=bindparam("new_jit_role"),
        enforced=bindparam("new_enforced"),
        secret_set_at=bindparam("new_secret_set_at"),
        passed_at=bindparam("new_passed_at"),
        updated_at=bindparam("new_updated_at"),
        version=bindparam("new_version"),
    )
)
_SET_SECRET = Statement(update(sso_connections).where(*_this).values(client_secret=bindparam("new_secret")))
_DELETE = Statement(delete(sso_connections).where(*_this))


async def find(tx: ReadTx, organization_id: str) -> SsoConnection | None:
    """The organization's connection, or None."""
    row = await tx.one(_FIND, organization_id=organization_id)
    return _connection(row) if row else None


async def find_for_update(tx: WriteTx, organization_id: str) -> SsoConnection | None:
    """The same, and nobody else changes it before the transaction ends."""
    row = await tx.one(_FIND_LOCKED, organization_id=organization_id)
    return _connection(row) if row else None


async def find_held(tx: WriteTx, organization_id: str) -> SsoConnection | None:
    """The same, for one who begins a session or links an identity: it stays as it is until the transaction ends.

    Many may hold it at once. It comes after the membership's lock, and before identities and sessions.
    """
    row = await tx.one(_FIND_HELD, organization_id=organization_id)
    return _connection(row) if row else None


async def secret(tx: ReadTx, connection: SsoConnection) -> bytes:
    """The encrypted client secret of a connection that is there."""
    row = await tx.one(_SECRET, organization_id=connection.organization_id, id=connection.id)
    assert row is not None, "a connection has a secret"
    found: bytes = row[0]
    return found


async def insert_connection(tx: WriteTx, connection: SsoConnection, secret: bytes) -> None:
    """Keep a new connection. Raises `UniqueViolation` if the organization has one."""
    await tx.execute(
        _INSERT,
        organization_id=connection.organization_id,
        id=connection.id,
        provider=str(connection.provider),
        issuer=connection.issuer,
        client_id=connection.client_id,
        client_secret=secret,
        client_authentication=str(connection.client_authentication),
        jit_role=None if connection.jit_role is None else str(connection.jit_role),
        enforced=connection.enforced,
        secret_set_at=connection.secret_set_at,
        passed_at=connection.passed_at,
        created_at=connection.created_at,
        updated_at=connection.updated_at,
        version=connection.version,
    )


async def save(tx: WriteTx, connection: SsoConnection, secret: bytes | None = None) -> None:
    """Keep what a connection that the caller has locked has become, with another secret if one is given."""
    this = {"in_organization": connection.organization_id, "connection_id": connection.id}
    await tx.execute(
        _SAVE,
        **this,
        new_provider=str(connection.provider),
        new_issuer=connection.issuer,
        new_client_id=connection.client_id,
        new_client_authentication=str(connection.client_authentication),
        new_jit_role=None if connection.jit_role is None else str(connection.jit_role),
        new_enforced=connection.enforced,
        new_secret_set_at=connection.secret_set_at,
        new_passed_at=connection.passed_at,
        new_updated_at=connection.updated_at,
        new_version=connection.version,
    )
    if secret is not None:
        await tx.execute(_SET_SECRET, **this, new_secret=secret)


async def remove(tx: WriteTx, connection: SsoConnection) -> None:
    """Delete a connection, whose identities are deleted already."""
    await tx.execute(_DELETE, in_organization=connection.organization_id, connection_id=connection.id)


def _connection(row: Row) -> SsoConnection:
    values = list(row)
    values[2] = Provider(row[2])
    values[5] = ClientAuthentication(row[5])
    values[6] = None if row[6] is None else Role(row[6])
    return SsoConnection(*values)

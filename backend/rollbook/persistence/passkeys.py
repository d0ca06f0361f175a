"""Passkeys, as they are kept: the public half of a key, which its member's authenticator answers for."""

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update

from rollbook.domain.passkeys import Passkey
from rollbook.domain.values import parse_id
from rollbook.persistence.database import ReadTx, WriteTx
from rollbook.persistence.statements import Row, Statement
from rollbook.persistence.tables import memberships, passkeys

_column = passkeys.c
_COLUMNS = (
    _column.id,
    _column.organization_id,
    _column.membership_id,
    _column.name,
    _column.credential_id,
    _column.public_key,
    _column.sign_count,
    _column.transports,
    _column.backed_up,
    _column.created_at,
    _column.last_used_at,
)
_BY_CREDENTIAL = select(*_COLUMNS).where(_column.credential_id == bindparam("credential_id"))
_FIND = Statement(_BY_CREDENTIAL)
_FIND_LOCKED = Statement(_BY_CREDENTIAL.with_for_update())
_OF_MEMBERSHIP = Statement(
    select(*_COLUMNS)
    .where(_column.organization_id == bindparam("organization_id"), _column.membership_id == bindparam("membership_id"))
    .order_by(_column.id.desc())
)
_INSERT = Statement(insert(passkeys))
_of_member = (
    _column.organization_id == bindparam("in_organization"),
    _column.membership_id == bindparam("of_membership"),
)
_this = (*_of_member, _column.id == bindparam("passkey_id"))
_USE = Statement(
    update(passkeys)
    .where(*_this)
    .values(sign_count=bindparam("new_count"), backed_up=bindparam("is_backed_up"), last_used_at=bindparam("at"))
)
_REMOVE = Statement(delete(passkeys).where(*_this).returning(_column.name))
_HAS_ENDED = Statement(
    select(memberships.c.id).where(
        memberships.c.organization_id == bindparam("organization_id"),
        memberships.c.id == bindparam("membership_id"),
        memberships.c.ended_at.is_not(None),
    )
)
_DELETE_FOR = Statement(delete(passkeys).where(*_of_member))


async def find(tx: ReadTx, credential_id: bytes) -> Passkey | None:
    """The passkey that an authenticator calls by this id, or None."""
    row = await tx.one(_FIND, credential_id=credential_id)
    return _passkey(row) if row else None


async def find_for_update(tx: WriteTx, credential_id: bytes) -> Passkey | None:
    """The same, and nobody else changes it before the transaction ends. The caller has locked its membership."""
    row = await tx.one(_FIND_LOCKED, credential_id=credential_id)
    return _passkey(row) if row else None


async def of_membership(tx: ReadTx, organization_id: str, membership_id: str) -> list[Passkey]:
    """A member's passkeys, the newest first."""
    rows = await tx.all(_OF_MEMBERSHIP, organization_id=organization_id, membership_id=membership_id)
    return [_passkey(row) for row in rows]


async def has_ended(tx: ReadTx, organization_id: str, membership_id: str) -> bool:
    """Whether this was a member whose membership has ended, with their passkeys."""
    ended = await tx.one(_HAS_ENDED, organization_id=organization_id, membership_id=membership_id)
    return ended is not None


async def insert_passkey(tx: WriteTx, passkey: Passkey) -> None:
    """Keep a new passkey. Raises `UniqueViolation` if its credential is kept already, whosever it is."""
    await tx.execute(
        _INSERT,
        organization_id=passkey.organization_id,
        id=passkey.id,
        membership_id=passkey.membership_id,
        name=passkey.name,
        credential_id=passkey.credential_id,
        public_key=passkey.public_key,
        sign_count=passkey.sign_count,
        transports=" ".join(passkey.transports),
        backed_up=passkey.backed_up,
        created_at=passkey.created_at,
        last_used_at=passkey.last_used_at,
    )


async def use(tx: WriteTx, passkey: Passkey, *, sign_count: int, backed_up: bool, at: datetime) -> None:
    """Keep what the authenticator said when the passkey was used."""
    await tx.execute(
        _USE,
        in_organization=passkey.organization_id,
        of_membership=passkey.membership_id,
        passkey_id=passkey.id,
        new_count=sign_count,
        is_backed_up=backed_up,
        at=at,
    )


async def remove(tx: WriteTx, organization_id: str, membership_id: str, passkey_id: str) -> str | None:
    """Delete one passkey of a member: the name that it had, or None if they have no such passkey."""
    canonical = parse_id(passkey_id)
    if canonical is None:
        return None
    row = await tx.one(_REMOVE, in_organization=organization_id, of_membership=membership_id, passkey_id=canonical)
    return row[0] if row else None


async def delete_for(tx: WriteTx, organization_id: str, membership_id: str) -> None:
    """Delete every passkey of a membership that ends. The caller has locked the membership."""
    await tx.execute(_DELETE_FOR, in_organization=organization_id, of_membership=membership_id)


def _passkey(row: Row) -> Passkey:
    values = list(row)
    values[7] = tuple(row[7].split())
    return Passkey(*values)

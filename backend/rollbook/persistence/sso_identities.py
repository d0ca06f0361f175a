"""Identities at a provider, as they are kept: which membership a connection's issuer means by a subject.

Whoever links, uses or unlinks one has locked its membership before, and the connection after it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, delete, exists, insert, select, update

from rollbook.domain.sso import SsoIdentity
from rollbook.domain.values import parse_id
from rollbook.persistence.database import ReadTx, WriteTx
from rollbook.persistence.statements import Row, Statement, one_of
from rollbook.persistence.tables import memberships, sso_identities

_column = sso_identities.c
_SELECT = select(
    _column.organization_id,
    _column.connection_id,
    _column.issuer,
    _column.subject,
    _column.membership_id,
    _column.created_at,
    _column.last_used_at,
).where(_column.organization_id == bindparam("organization_id"))
_FIND = Statement(
    _SELECT.where(
        _column.connection_id == bindparam("connection_id"),
        _column.issuer == bindparam("issuer"),
        _column.subject == bindparam("subject"),
    )
)
_OF_MEMBERSHIP = Statement(
    _SELECT.where(_column.membership_id == bindparam("membership_id")).order_by(_column.created_at, _column.subject)
)
_OF_MEMBERSHIPS = Statement(
    _SELECT.where(one_of(_column.membership_id, "membership_ids")).order_by(_column.created_at, _column.subject)
)
_INSERT = Statement(insert(sso_identities))
_in_organization = _column.organization_id == bindparam("in_organization")
_this = (
    _in_organization,
    _column.connection_id == bindparam("of_connection"),
    _column.issuer == bindparam("of_issuer"),
    _column.subject == bindparam("of_subject"),
)
_USED = Statement(
    update(sso_identities)
    .where(*_this, _column.membership_id == bindparam("of_membership"))
    .values(last_used_at=bindparam("at"))
    .returning(_column.subject)
)
_RELINK = Statement(
    update(sso_identities)
    .where(*_this, _column.membership_id == bindparam("of_membership"))
    .values(membership_id=bindparam("to_membership"), last_used_at=bindparam("at"))
    .returning(_column.subject)
)
_DELETE_OF_MEMBERSHIP = Statement(
    delete(sso_identities)
    .where(_in_organization, _column.membership_id == bindparam("of_membership"))
    .returning(_column.subject)
)
_of_connection = (_in_organization, _column.connection_id == bindparam("of_connection"))
_DELETE_OF_CONNECTION = Statement(delete(sso_identities).where(*_of_connection).returning(_column.subject), scans=True)
_DELETE_OF_LIVING = Statement(
    delete(sso_identities)
    .where(
        *_of_connection,
        exists().where(
            memberships.c.organization_id == _column.organization_id,
            memberships.c.id == _column.membership_id,
            memberships.c.ended_at.is_(None),
        ),
    )
    .returning(_column.subject),
    scans=True,
)


async def find(tx: ReadTx, organization_id: str, connection_id: str, issuer: str, subject: str) -> SsoIdentity | None:
    """Whom the issuer means by the subject, or None if nobody is linked to it. The membership may have ended."""
    row = await tx.one(
        _FIND, organization_id=organization_id, connection_id=connection_id, issuer=issuer, subject=subject
    )
    return _identity(row) if row else None


async def of_membership(tx: ReadTx, organization_id: str, membership_id: str) -> list[SsoIdentity]:
    """The identities of a membership, living or ended, the oldest first."""
    rows = await tx.all(_OF_MEMBERSHIP, organization_id=organization_id, membership_id=membership_id)
    return [_identity(row) for row in rows]


async def of_memberships(tx: ReadTx, organization_id: str, membership_ids: Sequence[str]) -> list[SsoIdentity]:
    """The identities of these memberships, the oldest first."""
    ids = [canonical for text in membership_ids if (canonical := parse_id(text)) is not None]
    rows = await tx.all(_OF_MEMBERSHIPS, organization_id=organization_id, membership_ids=ids) if ids else []
    return [_identity(row) for row in rows]


async def insert_identity(tx: WriteTx, identity: SsoIdentity) -> None:
    """Link an identity. Raises `UniqueViolation` if it is linked already, to whomever."""
    await tx.execute(
        _INSERT,
        organization_id=identity.organization_id,
        connection_id=identity.connection_id,
        issuer=identity.issuer,
        subject=identity.subject,
        membership_id=identity.membership_id,
        created_at=identity.created_at,
        last_used_at=identity.last_used_at,
    )


async def touch(tx: WriteTx, identity: SsoIdentity, *, at: datetime) -> bool:
    """Note that the identity was used; False if it is not this membership's any more, so that nobody is let in."""
    return await tx.one(_USED, **_named(identity), at=at) is not None


async def relink(tx: WriteTx, identity: SsoIdentity, membership_id: str, *, at: datetime) -> SsoIdentity | None:
    """Link the identity of an ended membership to the new one of the same person, and note its use.

    None if somebody else changed it in the meantime.
    """
    if await tx.one(_RELINK, **_named(identity), to_membership=membership_id, at=at) is None:
        return None
    return replace(identity, membership_id=membership_id, last_used_at=at)


async def delete_of_membership(tx: WriteTx, organization_id: str, membership_id: str) -> int:
    """Unlink every identity of a membership; how many there were."""
    rows = await tx.all(_DELETE_OF_MEMBERSHIP, in_organization=organization_id, of_membership=membership_id)
    return len(rows)


async def delete_of_connection(tx: WriteTx, organization_id: str, connection_id: str) -> int:
    """Unlink every identity of a connection, those of ended memberships too; how many there were."""
    return len(await tx.all(_DELETE_OF_CONNECTION, in_organization=organization_id, of_connection=connection_id))


async def delete_of_living(tx: WriteTx, organization_id: str, connection_id: str) -> int:
    """Unlink every identity of a connection whose membership has not ended; how many there were."""
    return len(await tx.all(_DELETE_OF_LIVING, in_organization=organization_id, of_connection=connection_id))


def _named(identity: SsoIdentity) -> dict[str, str]:
    return {
        "in_organization": identity.organization_id,
        "of_connection": identity.connection_id,
        "of_issuer": identity.issuer,
        "of_subject": identity.subject,
        "of_membership": identity.membership_id,
    }


def _identity(row: Row) -> SsoIdentity:
    return SsoIdentity(*row)

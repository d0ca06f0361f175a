"""Invitations, as they are kept: by the digest of their link's secret."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, insert, select, union_all, update

from rollbook.domain.criteria import Page
from rollbook.domain.errors import NotFound
from rollbook.domain.invitations import Invitation
from rollbook.domain.roles import Role
from rollbook.domain.values import key, parse_id
from rollbook.persistence.database import ReadTx, WriteTx
from rollbook.persistence.paging import Pages
from rollbook.persistence.statements import Row, Statement, one_of
from rollbook.persistence.tables import invitations, membership_emails, memberships, users

_column = invitations.c
_here = _column.organization_id == bindparam("organization_id")
_in_organization = _column.organization_id == bindparam("in_organization")
OPEN = (_column.accepted_at.is_(None), _column.revoked_at.is_(None))
"""What an invitation is that was neither accepted nor revoked, expired or not."""
_at = bindparam("at", type_=_column.expires_at.type)
_COLUMNS = (
    _column.id,
    _column.organization_id,
    _column.email,
    _column.name,
    _column.role,
    _column.invited_by,
    _column.membership_id,
    _column.created_at,
    _column.expires_at,
    _column.accepted_at,
    _column.revoked_at,
)
_SELECT = select(*_COLUMNS)
_BY_ID = Statement(_SELECT.where(_here, _column.id == bindparam("id")))
_BY_ID_LOCKED = Statement(_SELECT.where(_here, _column.id == bindparam("id")).with_for_update())
_BY_DIGEST = Statement(_SELECT.where(_column.digest == bindparam("digest")))
_OPEN_FOR = Statement(_SELECT.where(_here, _column.email_key == bindparam("email_key"), *OPEN).with_for_update())
_PAGES = Pages(_SELECT.where(_here), _column.id, lambda place: place.id, descending=True)
_INSERT = Statement(insert(invitations))
_RENEW = Statement(
    update(invitations)
    .where(_in_organization, _column.id == bindparam("invitation_id"))
    .values(digest=bindparam("new_digest"), expires_at=bindparam("until"))
)
_REVOKE = Statement(
    update(invitations)
    .where(_in_organization, _column.id == bindparam("invitation_id"))
    .values(revoked_at=bindparam("at"))
)
_USE = Statement(
    update(invitations)
    .where(_column.digest == bindparam("of_digest"), *OPEN, _column.expires_at > _at)
    .values(accepted_at=bindparam("at"))
    .returning(_column.id)
)
_ACCEPTED_BY = Statement(
    update(invitations)
    .where(_in_organization, _column.id == bindparam("invitation_id"))
    .values(membership_id=bindparam("by_membership"))
)
OF_EMAILS = {
    # most people have one, and a list costs the embedded database more than all the rest
    True: _column.email_key == bindparam("of_email"),
    False: one_of(_column.email_key, "of_emails", texts=True),
}
"""To the one address `of_email`, or to any of `of_emails`; by whether there is only one."""
_of_user = select(users.c.email_key).where(users.c.id == bindparam("of_user"))
_waiting = invitations.alias("waiting")
_of_those = select(_waiting.c.email_key).where(
    _waiting.c.organization_id == bindparam("in_organization"),
    one_of(_waiting.c.email_key, "of_emails", texts=True),
    _waiting.c.accepted_at.is_(None),
    _waiting.c.revoked_at.is_(None),
)
_of_one = select(bindparam("of_email", type_=_column.email_key.type))
_TO_THEM = {
    # one IN has an index; two conditions that are joined by OR have none, and read all that waits in the organization
    (True, True): _column.email_key.in_(union_all(_of_one, _of_user)),
    (True, False): _column.email_key.in_(union_all(_of_those, _of_user)),
    (False, True): OF_EMAILS[True],
    (False, False): OF_EMAILS[False],
}
"""To a person, by whether the user's address is meant too, and whether there is one other."""
_REVOKE_FOR = {
    asked: Statement(update(invitations).where(_in_organization, to_them, *OPEN).values(revoked_at=bindparam("at")))
    for asked, to_them in _TO_THEM.items()
}

_OF_MEMBERS = union_all(
    select(membership_emails.c.email_key).where(
        membership_emails.c.organization_id == bindparam("in_organization"),
        one_of(membership_emails.c.membership_id, "of_memberships"),
    ),
    select(users.c.email_key)
    .join(memberships, memberships.c.user_id == users.c.id)
    .where(memberships.c.organization_id == bindparam("in_organization"), one_of(memberships.c.id, "of_memberships")),
)
_REVOKE_FOR_MEMBERS = Statement(
    update(invitations)
    .where(_in_organization, _column.email_key.in_(_OF_MEMBERS), *OPEN)
    .values(revoked_at=bindparam("at")),
    scans=True,
)


async def load(tx: ReadTx, organization_id: str, invitation_id: str) -> Invitation:
    """An invitation of the organization, or `NotFound`."""
    return await _load(tx, _BY_ID, organization_id, invitation_id)


async def load_for_update(tx: WriteTx, organization_id: str, invitation_id: str) -> Invitation:
    """The same, and nobody else changes it before the transaction ends."""
    return await _load(tx, _BY_ID_LOCKED, organization_id, invitation_id)


async def find_by_digest(tx: ReadTx, digest: bytes) -> Invitation | None:
    """The invitation whose link has this digest, whatever came of it, or None."""
    row = await tx.one(_BY_DIGEST, digest=digest)
    return _invitation(row) if row else None


async def open_for(tx: WriteTx, organization_id: str, email: str) -> Invitation | None:
    """The one invitation to this address that is neither accepted nor revoked, expired or not; locked."""
    row = await tx.one(_OPEN_FOR, organization_id=organization_id, email_key=key(email))
    return _invitation(row) if row else None


async def page(tx: ReadTx, organization_id: str, page: Page) -> list[Invitation]:
    """The page's invitations and one more, the newest first, in the direction in which the page was read."""
    return [_invitation(row) for row in await _PAGES.read(tx, page, organization_id=organization_id)]


async def insert_invitation(tx: WriteTx, invitation: Invitation, digest: bytes) -> None:
    """Keep a new invitation. Raises `UniqueViolation` if another one to the address is open."""
    await tx.execute(
        _INSERT,
        organization_id=invitation.organization_id,
        id=invitation.id,
        email=invitation.email,
        email_key=key(invitation.email),
        name=invitation.name,
        role=str(invitation.role),
        digest=digest,
        invited_by=invitation.invited_by,
        membership_id=invitation.membership_id,
        created_at=invitation.created_at,
        expires_at=invitation.expires_at,
        accepted_at=invitation.accepted_at,
        revoked_at=invitation.revoked_at,
    )


async def renew(tx: WriteTx, invitation: Invitation, digest: bytes, *, until: datetime) -> None:
    """Give an invitation another secret and another expiry; the old secret is unknown from then on."""
    await tx.execute(
        _RENEW,
        in_organization=invitation.organization_id,
        invitation_id=invitation.id,
        new_digest=digest,
        until=until,
    )


async def revoke(tx: WriteTx, invitation: Invitation, *, at: datetime) -> None:
    """Close an invitation that was not accepted."""
    await tx.execute(_REVOKE, in_organization=invitation.organization_id, invitation_id=invitation.id, at=at)


async def use(tx: WriteTx, digest: bytes, *, at: datetime) -> bool:
    """Use an invitation up; False if it is unknown, used, revoked or expired."""
    return await tx.one(_USE, of_digest=digest, at=at) is not None


async def accepted_by(tx: WriteTx, invitation: Invitation, membership_id: str) -> None:
    """Keep who accepted."""
    await tx.execute(
        _ACCEPTED_BY,
        in_organization=invitation.organization_id,
        invitation_id=invitation.id,
        by_membership=membership_id,
    )


async def revoke_for(
    tx: WriteTx, organization_id: str, user_id: str | None, email_keys: Iterable[str], *, at: datetime
) -> None:
    """Revoke what waits for a person in this organization, under the user's sign-in address and any of these."""
    emails = sorted({*email_keys})
    statement = _REVOKE_FOR[user_id is not None, len(emails) == 1]
    told = {"in_organization": organization_id, "of_user": user_id, "of_emails": emails, "at": at}
    await tx.later(statement, **told, of_email=emails[0] if emails else None)


async def revoke_for_members(tx: WriteTx, organization_id: str, membership_ids: Sequence[str], *, at: datetime) -> None:
    """Revoke what waits in this organization under any address of these living members."""
    await tx.later(_REVOKE_FOR_MEMBERS, in_organization=organization_id, of_memberships=list(membership_ids), at=at)


async def _load(tx: ReadTx, statement: Statement, organization_id: str, invitation_id: str) -> Invitation:
    canonical = parse_id(invitation_id)
    row = None if canonical is None else await tx.one(statement, organization_id=organization_id, id=canonical)
    if row is None:
        raise NotFound(f"There is no invitation {invitation_id!r} in this organization.")
    return _invitation(row)


def _invitation(row: Row) -> Invitation:
    values = list(row)
    values[4] = Role(row[4])
    return Invitation(*values)

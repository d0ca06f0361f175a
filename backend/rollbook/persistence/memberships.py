"""Memberships, as they are kept: one by one, and the lookups that the life cycle needs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    delete,
    exists,
    insert,
    literal_column,
    not_,
    or_,
    select,
    union_all,
    update,
)

from rollbook.domain.documents import email_keys
from rollbook.domain.errors import AlreadyExists, NotFound
from rollbook.domain.immutable import immutable
from rollbook.domain.memberships import Membership, MembershipDraft
from rollbook.domain.profiles import addresses_of
from rollbook.domain.values import key, parse_id
from rollbook.persistence.database import ReadTx, UniqueViolation, WriteTx
from rollbook.persistence.invitations import OF_EMAILS, OPEN
from rollbook.persistence.membership_rows import COLUMNS, from_row, standing_to_row, to_row
from rollbook.persistence.statements import Statement, one_of
from rollbook.persistence.tables import invitations, membership_emails, memberships, users

_column = memberships.c
_here = _column.organization_id == bindparam("organization_id")
_living = _column.ended_at.is_(None)
_SELECT = select(*COLUMNS).where(_here, _living)
_BY_ID = Statement(_SELECT.where(_column.id == bindparam("id")), together=True)
_BY_ID_LOCKED = Statement(_SELECT.where(_column.id == bindparam("id")).with_for_update())
_BY_IDS = Statement(_SELECT.where(one_of(_column.id, "ids")), scans=True)
_BY_KEYS_LOCKED = Statement(
    select(*COLUMNS)
    .where(
        or_(
            # the organization in each arm, or SQLite reads all of it instead of four index entries
            and_(_here, _living, _column.external_id == bindparam("external_id")),
            and_(_here, _living, _column.user_name_key == bindparam("user_name_key")),
            and_(_here, _living, _column.email_key == bindparam("email_key")),
            and_(_here, _living, _column.user_id == bindparam("user_id")),
        )
    )
    .order_by(_column.id)
    .with_for_update()
)
_OWNER = Statement(select(_column.user_id).where(_here, _column.id == bindparam("id")))
_OF_USER_LOCKED = Statement(_SELECT.where(_column.user_id == bindparam("user_id")).with_for_update())
_WITH_ADDRESS = Statement(
    select(membership_emails.c.membership_id).where(
        membership_emails.c.organization_id == bindparam("organization_id"),
        membership_emails.c.email_key == bindparam("email_key"),
    )
)
_EVER = Statement(select(_column.id).where(_here, _column.user_id == bindparam("user_id")).limit(1))
_ended = _column.ended_at.is_not(None)
_again = memberships.alias("again")
_ENDED_BY_KEYS = Statement(
    select(_column.user_id, _column.external_id, _column.user_name_key, _column.email_key)
    .where(
        or_(
            and_(_here, _ended, _column.external_id == bindparam("external_id")),
            and_(_here, _ended, _column.user_name_key == bindparam("user_name_key")),
            and_(_here, _ended, _column.email_key == bindparam("email_key")),
        ),
        not_(
            exists().where(
                _again.c.organization_id == _column.organization_id,
                _again.c.user_id == _column.user_id,
                _again.c.ended_at.is_(None),
            )
        ),
    )
    .order_by(_column.id.desc())
)
_one: ColumnElement[int] = literal_column("1")
_KNOWN = {
    only_one: Statement(
        union_all(
            select(_one).where(users.c.email_key == bindparam("email_key")),
            *(
                select(_one).where(_here, ended, column == bindparam(column.name))
                for column in (_column.external_id, _column.user_name_key, _column.email_key)
                for ended in (_living, _ended)
            ),
            select(_one).where(invitations.c.organization_id == bindparam("organization_id"), to_them, *OPEN),
        ),
        finds_none=True,
    )
    for only_one, to_them in OF_EMAILS.items()
}
_INSERT = Statement(insert(memberships))
_description = attrgetter("user_name", "external_id", "email", "name", "profile")
_STANDING = ("active", "admin_granted", "user_granted", "source", "version", "updated_at")
_WHOLE = [name for name in (*_column.keys(),) if name not in {"created_at", "ended_at"}]
_as_it_was = (_here, _column.id == bindparam("id"), _column.version == bindparam("version") - 1, _living)
_seen = memberships.alias("seen")
_unmarked: ColumnElement[bool] = literal_column("memberships.xmin") == (
    # who wrote the row, as the statement found it; outside, as it is once it is locked
    select(literal_column("seen.xmin"))
    .select_from(_seen)
    .where(_seen.c.organization_id == bindparam("organization_id"), _seen.c.id == bindparam("id"))
    .scalar_subquery()
)
_SAVES = {
    (names is _STANDING, of_unmarked): Statement(
        update(memberships)
        .where(*_as_it_was, *([_unmarked] if of_unmarked else []))
        .values({name: bindparam(name) for name in names}),
        changes_one=True,
    )
    for names in (_STANDING, _WHOLE)
    for of_unmarked in (False, True)
}
_MARK = Statement(update(memberships).where(_here, _column.id == bindparam("id")).values(version=_column.version))
_END = Statement(
    update(memberships)
    .where(_here, _column.id == bindparam("id"), _living)
    .values(ended_at=bindparam("ended_at"), active=False)
)
_INSERT_EMAIL = Statement(insert(membership_emails))
_DELETE_EMAILS = Statement(
    delete(membership_emails).where(
        membership_emails.c.organization_id == bindparam("organization_id"),
        membership_emails.c.membership_id == bindparam("membership_id"),
    )
)
_OTHER_ADMIN = Statement(
    select(_column.id)
    .where(_here, _living, _column.active, _column.admin_granted.is_(True), _column.id != bindparam("id"))
    .limit(1)
)


async def find(tx: ReadTx, organization_id: str, membership_id: str) -> Membership | None:
    """The living membership with this id in the organization, or None."""
    canonical = parse_id(membership_id)
    row = None if canonical is None else await tx.one(_BY_ID, organization_id=organization_id, id=canonical)
    return from_row(row) if row else None


async def load(tx: ReadTx, organization_id: str, membership_id: str) -> Membership:
    """The living membership with this id in the organization, or `NotFound`."""
    membership = await find(tx, organization_id, membership_id)
    if membership is None:
        raise NotFound(f"There is no member {membership_id!r} in this organization.")
    return membership


async def load_for_update(tx: WriteTx, organization_id: str, membership_id: str) -> Membership:
    """The same as `load`, and nobody else changes it before the transaction ends."""
    canonical = parse_id(membership_id)
    row = None if canonical is None else await tx.one(_BY_ID_LOCKED, organization_id=organization_id, id=canonical)
    if row is None:
        raise NotFound(f"There is no member {membership_id!r} in this organization.")
    return from_row(row)


async def among(tx: ReadTx, organization_id: str, membership_ids: Sequence[str]) -> list[Membership]:
    """The living memberships of the organization among these ids."""
    ids = [canonical for text in membership_ids if (canonical := parse_id(text)) is not None]
    rows = await tx.all(_BY_IDS, organization_id=organization_id, ids=ids) if ids else []
    return [from_row(row) for row in rows]


async def holders_for_update(
    tx: WriteTx,
    organization_id: str,
    *,
    external_id: str | None,
    user_name: str,
    email: str | None,
    user_id: str | None,
) -> list[Membership]:
    """The living memberships that hold any of these keys, locked."""
    rows = await tx.all(
        _BY_KEYS_LOCKED,
        organization_id=organization_id,
        external_id=external_id,
        user_name_key=key(user_name),
        email_key=None if email is None else key(email),
        user_id=user_id,
    )
    return [from_row(row) for row in rows]


async def of_user_for_update(tx: WriteTx, organization_id: str, user_id: str) -> Membership | None:
    """The living membership of a user, locked, or None."""
    row = await tx.one(_OF_USER_LOCKED, organization_id=organization_id, user_id=user_id)
    return from_row(row) if row else None


async def user_of(tx: ReadTx, organization_id: str, membership_id: str) -> str | None:
    """Whose membership it is or was: the user's id, or None if there never was such a one."""
    row = await tx.one(_OWNER, organization_id=organization_id, id=membership_id)
    return row[0] if row else None


async def ids_with_address(tx: ReadTx, organization_id: str, email: str) -> list[str]:
    """The living memberships that have the address among all of theirs."""
    return [row[0] for row in await tx.all(_WITH_ADDRESS, organization_id=organization_id, email_key=key(email))]


async def was_member(tx: ReadTx, organization_id: str, user_id: str) -> bool:
    """Whether the user has, or ever had, a membership in the organization."""
    return await tx.one(_EVER, organization_id=organization_id, user_id=user_id) is not None


@immutable
class Ended:
    """Of an ended membership, whose it was and the keys that it had."""

    user_id: str
    external_id: str | None
    user_name_key: str
    email_key: str | None


async def require_newcomer(tx: WriteTx, organization_id: str, draft: MembershipDraft) -> None:
    """Write what comes next for somebody of whom nothing is known; here or there `Collision` if something is.

    No user has the address, no membership here one of the keys or ever had, no invitation waits for the person. It is
    asked without a lock: who is faster holds the keys, which are unique.
    """
    addresses = sorted({key(each) for each in addresses_of(draft.user_name, draft.profile)})
    await tx.later(
        _KNOWN[len(addresses) == 1],
        organization_id=organization_id,
        external_id=draft.external_id,
        user_name_key=key(draft.user_name),
        email_key=None if draft.email is None else key(draft.email),
        of_email=addresses[0] if addresses else None,
        of_emails=addresses,
    )


async def find_ended(
    tx: ReadTx, organization_id: str, *, external_id: str | None, user_name: str, email: str | None
) -> list[Ended]:
    """The ended memberships that had any of these keys, of users who are no members now; the newest first."""
    rows = await tx.all(
        _ENDED_BY_KEYS,
        organization_id=organization_id,
        external_id=external_id,
        user_name_key=key(user_name),
        email_key=None if email is None else key(email),
    )
    return [Ended(*row) for row in rows]


async def insert_membership(tx: WriteTx, membership: Membership) -> None:
    """Keep a new membership, together with what is written next. There or here `AlreadyExists` for a taken key."""
    await tx.later(
        _INSERT,
        lambda violation: _taken(membership, violation),
        **to_row(membership),
        version=membership.version,
        created_at=membership.created_at,
        updated_at=membership.updated_at,
        ended_at=None,
    )
    await _insert_emails(tx, membership)


async def save(
    tx: WriteTx, before: Membership, membership: Membership, *, at: datetime, ends_access: bool = False
) -> Membership:
    """Keep the changed membership as its next version, together with what is written next.

    There or here `AlreadyExists` for a key that another one holds, and `Collision` if it is no longer as it was before;
    if that `ends_access`, also if something began for the member which the statements behind this one do not see.
    """
    version = before.version + 1
    is_standing = _has_only_another_standing(before, membership)
    values = standing_to_row(membership) if is_standing else to_row(membership)
    await tx.later(
        _SAVES[is_standing, ends_access and not tx.is_alone],
        None if is_standing else lambda violation: _taken(membership, violation),
        **{"organization_id": membership.organization_id, "id": membership.id, **values},
        version=version,
        updated_at=at,
    )
    if not is_standing and email_keys(before) != email_keys(membership):
        await _delete_emails(tx, membership)
        await _insert_emails(tx, membership)
    return replace(membership, version=version, updated_at=at)


async def mark(tx: WriteTx, organization_id: str, membership_id: str) -> None:
    """Leave a mark in the row of a locked member for whom a session, a login link or a job begins.

    Whoever ends the access by one statement, without a lock, waits for this one; but what that statement sees is from
    before. By the mark it finds that it has to look again: see `save`.
    """
    if not tx.is_alone:
        await tx.catch_up()  # what waits may be of the same row
        await tx.later(_MARK, organization_id=organization_id, id=membership_id)


async def end(tx: WriteTx, membership: Membership, *, at: datetime) -> None:
    """Leave the membership as a tombstone: out of every list, its keys free."""
    await tx.execute(_END, organization_id=membership.organization_id, id=membership.id, ended_at=at)
    await _delete_emails(tx, membership)


async def _insert_emails(tx: WriteTx, membership: Membership) -> None:
    keys = {"organization_id": membership.organization_id, "membership_id": membership.id}
    for email_key in email_keys(membership):
        await tx.later(_INSERT_EMAIL, **keys, email_key=email_key)


async def _delete_emails(tx: WriteTx, membership: Membership) -> None:
    await tx.execute(_DELETE_EMAILS, organization_id=membership.organization_id, membership_id=membership.id)


def _has_only_another_standing(before: Membership, after: Membership) -> bool:
    """Whether nothing has changed of who the member is: what they are found by, and what nobody else may have."""
    return _description(before) == _description(after)


async def has_other_admin(tx: ReadTx, organization_id: str, membership_id: str) -> bool:
    """Whether someone else is an active admin of the organization."""
    return await tx.one(_OTHER_ADMIN, organization_id=organization_id, id=membership_id) is not None


def _taken(membership: Membership, violation: UniqueViolation) -> AlreadyExists | None:
    """The refusal that names the key which another living membership holds."""
    if "memberships" not in violation.where:
        return None
    if "user_name_key" in violation.where:
        return AlreadyExists(
            f"The userName {membership.user_name!r} belongs to another member of this organization.", field="userName"
        )
    if "external_id" in violation.where:
        return AlreadyExists(
            f"The externalId {membership.external_id!r} belongs to another member of this organization.",
            field="externalId",
        )
    if "email_key" in violation.where:
        return AlreadyExists(
            f"The e-mail address {membership.email!r} belongs to another member of this organization.",
            field="emails.value",
        )
    return AlreadyExists("This person is a member of this organization already.", field="userName")

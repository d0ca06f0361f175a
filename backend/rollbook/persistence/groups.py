"""Groups, as they are kept: the row that changes lock, and the members that are read and changed by their grants."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.types import Integer

from rollbook.domain.errors import NotFound
from rollbook.domain.groups import Group, GroupId, GroupMember
from rollbook.domain.stretches import STRETCH, stretches
from rollbook.persistence.database import ReadTx, WriteTx
from rollbook.persistence.statements import Row, Statement, one_of
from rollbook.persistence.tables import audit_events, groups, memberships

_column = memberships.c
_here = _column.organization_id == bindparam("organization_id")
_living = _column.ended_at.is_(None)
_GRANT = {GroupId.ADMINS: _column.admin_granted, GroupId.USERS: _column.user_granted}

_ALL = Statement(
    select(groups.c.id, groups.c.organization_id, groups.c.created_at)
    .where(groups.c.organization_id == bindparam("organization_id"))
    .order_by(groups.c.id)
)
_NEWEST_EVENTS = Statement(
    select(audit_events.c.id, audit_events.c.occurred_at)
    .where(audit_events.c.organization_id == bindparam("organization_id"))
    .order_by(audit_events.c.id.desc())
    .limit(32)
)
_LOCK = Statement(
    select(groups.c.id)
    .where(groups.c.organization_id == bindparam("organization_id"), groups.c.id == bindparam("id"))
    .with_for_update()
)
_INSERT = Statement(insert(groups))
_MEMBERS = {
    (group, goes_on): Statement(
        select(_column.id, _column.name, _column.email)
        .where(
            _here, _living, _column.active, grant.is_(True), *((_column.id > bindparam("after_id"),) if goes_on else ())
        )
        .order_by(_column.id)
        .limit(bindparam("limit", type_=Integer())),
        scans=True,
    )
    for group, grant in _GRANT.items()
    for goes_on in (False, True)
}
_COUNT = {
    group: Statement(
        select(func.count()).select_from(memberships).where(_here, _living, _column.active, grant.is_(True)), scans=True
    )
    for group, grant in _GRANT.items()
}
_HOLDERS = {
    group: Statement(
        select(_column.id)
        .where(_here, _living, grant, _column.id > bindparam("after_id"))
        .order_by(_column.id)
        .limit(STRETCH),
        scans=True,
    )
    for group, grant in _GRANT.items()
}
_LOCK_KNOWN = Statement(
    select(_column.id).where(_here, _living, one_of(_column.id, "ids")).order_by(_column.id).with_for_update(),
    scans=True,
)
_SET = {
    (group, granted): Statement(
        update(memberships)
        .where(_here, _living, one_of(_column.id, "ids"), grant.is_(not granted))
        .values({grant.name: granted, "version": _column.version + 1, "updated_at": bindparam("at")})
        .returning(_column.id),
        scans=True,
    )
    for group, grant in _GRANT.items()
    for granted in (True, False)
}
_WITHOUT_GRANT = Statement(
    select(_column.id).where(
        _here, _living, one_of(_column.id, "ids"), _column.admin_granted.is_(False), _column.user_granted.is_(False)
    ),
    scans=True,
)
_BEFORE_ALL = "00000000-0000-0000-0000-000000000000"
_AN_ADMIN = Statement(
    select(_column.id).where(_here, _living, _column.active, _column.admin_granted.is_(True)).limit(1)
)


async def all_of(tx: ReadTx, organization_id: str) -> list[Group]:
    """The organization's groups, by id."""
    rows = await tx.all(_ALL, organization_id=organization_id)
    events = await tx.all(_NEWEST_EVENTS, organization_id=organization_id)
    updated_at = max((occurred_at for _, occurred_at in events), default=rows[0][2])
    version = _version([event_id for event_id, _ in events])
    return [_group(row, updated_at, version) for row in rows]


async def load(tx: ReadTx, organization_id: str, group_id: GroupId) -> Group:
    """One group of the organization, or `NotFound`."""
    for group in await all_of(tx, organization_id):
        if group.id is group_id:
            return group
    raise NotFound(f"There is no group {group_id!r} in this organization.")


async def insert_groups(tx: WriteTx, organization_id: str, at: datetime) -> None:
    """Keep the two groups of a new organization."""
    for group_id in GroupId:
        await tx.execute(_INSERT, organization_id=organization_id, id=str(group_id), created_at=at)


async def lock(tx: WriteTx, organization_id: str, group_id: GroupId) -> None:
    """Wait for other changes of this group's members, and hold further ones off until the transaction ends."""
    await tx.one(_LOCK, organization_id=organization_id, id=str(group_id))


async def members_after(
    tx: ReadTx, organization_id: str, group_id: GroupId, after: str | None, *, limit: int
) -> list[GroupMember]:
    """The group's active members behind this id, or from the first on, by id."""
    parameters = {} if after is None else {"after_id": after}
    statement = _MEMBERS[group_id, after is not None]
    rows = await tx.all(statement, organization_id=organization_id, limit=limit, **parameters)
    return [GroupMember(id=row[0], display=row[1] or row[2]) for row in rows]


async def count(tx: ReadTx, organization_id: str, group_id: GroupId) -> int:
    """How many active members the group has."""
    row = await tx.one(_COUNT[group_id], organization_id=organization_id)
    assert row is not None
    return int(row[0])


async def holders(tx: ReadTx, organization_id: str, group_id: GroupId) -> list[str]:
    """Everyone who holds the group's role, inactive members included, by id."""
    found: list[str] = []
    more = True
    while more:
        after = found[-1] if found else _BEFORE_ALL
        rows = await tx.all(_HOLDERS[group_id], organization_id=organization_id, after_id=after)
        found += [row[0] for row in rows]
        more = len(rows) == STRETCH
    return found


async def lock_known(tx: WriteTx, organization_id: str, membership_ids: Sequence[str]) -> set[str]:
    """Those of the ids that belong to living members, whom nobody else changes before the transaction ends.

    The ids come in order: so two who lock some of the same do not wait for each other.
    """
    known: set[str] = set()
    for ids in stretches(membership_ids):
        known.update(row[0] for row in await tx.all(_LOCK_KNOWN, organization_id=organization_id, ids=list(ids)))
    return known


async def set_granted(
    tx: WriteTx, organization_id: str, group_id: GroupId, membership_ids: Sequence[str], *, granted: bool, at: datetime
) -> list[str]:
    """Grant or revoke the group's role for each of the members; answers those who did not have it so before."""
    statement = _SET[group_id, granted]
    changed: list[str] = []
    for ids in stretches(membership_ids):
        changed += [row[0] for row in await tx.all(statement, organization_id=organization_id, ids=list(ids), at=at)]
    return changed


async def without_grant(tx: ReadTx, organization_id: str, membership_ids: Sequence[str]) -> list[str]:
    """Those of the members who are in no group any more."""
    found: list[str] = []
    for ids in stretches(membership_ids):
        found += [row[0] for row in await tx.all(_WITHOUT_GRANT, organization_id=organization_id, ids=list(ids))]
    return found


async def has_an_admin(tx: ReadTx, organization_id: str) -> bool:
    """Whether the organization has an active admin."""
    return await tx.one(_AN_ADMIN, organization_id=organization_id) is not None


def _version(event_ids: list[str]) -> int:
    """A number that is another one after every further event.

    Events commit in another order than they are numbered, so one that comes late must still change it: that is why
    more than the newest one counts.
    """
    return int.from_bytes(hashlib.sha256("".join(event_ids).encode()).digest()[:6], "big")


def _group(row: Row, updated_at: datetime, version: int) -> Group:
    return Group(GroupId(row[0]), row[1], row[2], updated_at, version)

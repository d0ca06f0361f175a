"""How a member is written in the file of an access review."""

from collections.abc import Iterable
from datetime import datetime

from rollbook.domain.values import rfc3339
from rollbook.exports import tables
from rollbook.exports.global_ids import global_id
from rollbook.services.access_history import Reviewed

COLUMNS = (
    "name",
    "email",
    "userName",
    "role",
    "status",
    "source",
    "memberSince",
    "roleSince",
    "lastSeen",
    "asOf",
    "id",
)
"""`role` is empty for who had no access then, and `lastSeen` for who had not signed in here by then."""


def table(members: Iterable[Reviewed], moment: datetime) -> str:
    """The rows under `COLUMNS` of some members as they were at the moment."""
    return tables.rows(_row(each, moment) for each in members)


def _row(reviewed: Reviewed, moment: datetime) -> tuple[object, ...]:
    member = reviewed.past.membership
    return (
        member.name,
        member.email,
        member.user_name,
        None if member.role is None else member.role.name,
        "ACTIVE" if member.active else "INACTIVE",
        member.source.name,
        rfc3339(member.created_at),
        rfc3339(reviewed.past.role_since),
        None if reviewed.last_seen is None else rfc3339(reviewed.last_seen),
        rfc3339(moment),
        global_id("Member", member.id),
    )

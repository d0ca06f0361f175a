"""The provisioning log, as it is kept."""

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

import orjson
from sqlalchemy import bindparam, delete, func, insert, or_, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import BigInteger, Integer

from rollbook.domain.provisioning import ProvisioningClient, ProvisioningOutcome, ProvisioningRequest
from rollbook.domain.values import key
from rollbook.persistence.database import ReadTx, WriteTx
from rollbook.persistence.statements import Row, Statement, one_of
from rollbook.persistence.tables import memberships, provisioning_requests
from rollbook.persistence.types import Id, UtcDateTime

_column = provisioning_requests.c
_ROW = 600  # bytes: about what an entry without bodies takes, with its places in the indexes
_SEARCHED = ("about_key", "size")
"""Columns that a value of the domain has no field for."""

COLUMNS = [column for column in _column if column.name not in _SEARCHED]
"""What `from_row` reads."""

_NAMES_OF_COLUMNS = tuple(column.name for column in COLUMNS)
_values_of = attrgetter(*_NAMES_OF_COLUMNS)

_INSERT = Statement(insert(provisioning_requests))
_INSERT_ONCE = Statement(postgresql.insert(provisioning_requests).on_conflict_do_nothing())  # SQLite says it alike

_here = _column.organization_id == bindparam("organization_id")
_oldest = (
    select(_column.id, _column.occurred_at)
    .where(_here)
    .order_by(_column.id)
    .limit(bindparam("limit", type_=Integer()))
    .subquery()
)
_FORGET = Statement(
    delete(provisioning_requests)
    .where(
        _here,
        # an id tells the time of the machine, so that it says only where to look
        _column.id.in_(select(_oldest.c.id).where(_oldest.c.occurred_at < bindparam("until", type_=UtcDateTime()))),
    )
    .returning(_column.id),
    scans=True,
)
_FORGET_TO = Statement(
    delete(provisioning_requests)
    .where(
        _here,
        _column.id.in_(
            select(_column.id)
            .where(_here, _column.id <= bindparam("last", type_=Id()))
            .order_by(_column.id)
            .limit(bindparam("limit", type_=Integer()))
        ),
    )
    .returning(_column.id),
    scans=True,
)

_newest = (
    select(_column.id, _column.size)
    .where(_here, _column.id < bindparam("before", type_=Id()))
    .order_by(_column.id.desc())
    .limit(bindparam("stretch", type_=Integer()))
    .subquery()
)
_held = select(
    _newest.c.id,
    func.sum(_newest.c.size).over(order_by=_newest.c.id.desc()).label("held"),
    func.row_number().over(order_by=_newest.c.id.desc()).label("place"),
).subquery()
_END_OF_STRETCH = Statement(
    select(_held.c.id, _held.c.held)
    .where(
        or_(
            _held.c.held > bindparam("room", type_=BigInteger()), _held.c.place == bindparam("stretch", type_=Integer())
        )
    )
    .order_by(_held.c.id.desc())
    .limit(1),
    scans=True,
)
"""The newest entry that has no room any more, or the last of a whole stretch that has; with what it holds."""

_LAST_OF_ALL = "ffffffff-ffff-ffff-ffff-ffffffffffff"

_NAMES = Statement(
    select(memberships.c.id, memberships.c.user_name).where(
        memberships.c.organization_id == bindparam("organization_id"), one_of(memberships.c.id, "ids")
    ),
    scans=True,
)


async def append(tx: WriteTx, request: ProvisioningRequest) -> None:
    """Keep an entry."""
    await tx.later(_INSERT, **_to_row(request))


async def append_once(tx: WriteTx, request: ProvisioningRequest) -> None:
    """Keep an entry, unless it is kept already: whoever was cut off in a commit cannot know."""
    await tx.later(_INSERT_ONCE, **_to_row(request))


def _to_row(request: ProvisioningRequest) -> dict[str, Any]:
    values: dict[str, Any] = dict(zip(_NAMES_OF_COLUMNS, _values_of(request), strict=True))
    values.update(
        notes=orjson.dumps(request.notes).decode(),
        outcome=str(request.outcome),
        client=str(request.client),
        about_key=key(request.about),
        size=_ROW + _bytes_of(request.request_body) + _bytes_of(request.response_body),
    )
    return values


def from_row(row: Sequence[Any] | Row) -> ProvisioningRequest:
    """The entry in a row of `COLUMNS`."""
    values = dict(zip((column.name for column in COLUMNS), row, strict=False))
    values["notes"] = tuple(orjson.loads(values["notes"]))
    values["outcome"] = ProvisioningOutcome(values["outcome"])
    values["client"] = ProvisioningClient(values["client"])
    values["shortened"] = bool(values["shortened"])
    return ProvisioningRequest(**values)


async def names(tx: ReadTx, organization_id: str, membership_ids: Sequence[str]) -> dict[str, str]:
    """The userName of each of these who is a member, or was one, by id; others are absent."""
    rows = await tx.all(_NAMES, organization_id=organization_id, ids=list(membership_ids)) if membership_ids else []
    return {row[0]: row[1] for row in rows}


async def forget(tx: WriteTx, organization_id: str, *, until: datetime, limit: int) -> int:
    """Delete the oldest entries from before that moment, at most so many; how many it were."""
    return len(await tx.all(_FORGET, organization_id=organization_id, until=until, limit=limit))


async def without_room(tx: ReadTx, organization_id: str, *, most_bytes: int, stretch: int = 10_000) -> str | None:
    """The id of the newest entry that has no room when the newest ones hold so many bytes; None if all have.

    So many entries are looked at by one statement.
    """
    before, room = _LAST_OF_ALL, most_bytes
    while True:
        row = await tx.one(_END_OF_STRETCH, organization_id=organization_id, before=before, room=room, stretch=stretch)
        if row is None or row[1] > room:
            return None if row is None else str(row[0])
        before, room = row[0], room - int(row[1])


async def forget_to(tx: WriteTx, organization_id: str, *, last: str, limit: int) -> int:
    """Delete the oldest entries up to that one, at most so many; how many it were."""
    return len(await tx.all(_FORGET_TO, organization_id=organization_id, last=last, limit=limit))


def _bytes_of(text: str | None) -> int:
    if text is None:
        return 0
    return len(text) if text.isascii() else len(text.encode())

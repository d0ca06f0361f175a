"""How many memberships were made and ended, and how often the identity provider did what, day by day."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, func, literal, select, union_all
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import Integer, Text

from rollbook.domain.actors import Channel
from rollbook.domain.audit import AuditAction
from rollbook.domain.memberships import Source
from rollbook.domain.values import first_id
from rollbook.persistence.audit_lists import SLACK
from rollbook.persistence.database import ReadTx
from rollbook.persistence.statements import Statement
from rollbook.persistence.tables import audit_events, memberships
from rollbook.persistence.types import Id, UtcDateTime


class utc_day(ColumnElement[str]):
    """The day of a moment in UTC, as an ISO date."""

    inherit_cache = False
    type = Text()

    def __init__(self, moment: ColumnElement[datetime]) -> None:
        self.moment = moment


@compiles(utc_day, "postgresql")
def _utc_day_postgresql(element: utc_day, compiler: SQLCompiler, **options: Any) -> str:
    return f"to_char({compiler.process(element.moment, **options)} AT TIME ZONE 'UTC', 'YYYY-MM-DD')"


@compiles(utc_day, "sqlite")
def _utc_day_sqlite(element: utc_day, compiler: SQLCompiler, **options: Any) -> str:
    return f"substr({compiler.process(element.moment, **options)}, 1, 10)"


def _of_days(moment: ColumnElement[Any], gained: int) -> Any:
    """By day and source, with everything before the first day as one; `gained` is 1 or 0."""
    since, until = (bindparam(name, type_=UtcDateTime()) for name in ("since", "until"))
    day = case((moment < since, ""), else_=utc_day(moment)).label("day")
    return (
        select(literal(gained, Integer()).label("gained"), day, memberships.c.source, func.count())
        .where(memberships.c.organization_id == bindparam("organization_id"), moment < until)
        .group_by(day, memberships.c.source)
    )


_MEMBERSHIPS = Statement(
    union_all(_of_days(memberships.c.created_at, 1), _of_days(memberships.c.ended_at, 0)), scans=True
)
_event = audit_events.c
_day = utc_day(_event.occurred_at).label("day")
_PROVISIONING = Statement(
    select(_day, _event.action, func.count())
    .where(
        _event.organization_id == bindparam("organization_id"),
        _event.channel == bindparam("channel"),
        _event.id >= bindparam("since_id", type_=Id()),
        _event.id < bindparam("until_id", type_=Id()),
        _event.occurred_at >= bindparam("since", type_=UtcDateTime()),
        _event.occurred_at < bindparam("until", type_=UtcDateTime()),
    )
    .group_by(_day, _event.action),
    scans=True,
)


async def membership_days(
    tx: ReadTx, organization_id: str, since: datetime, until: datetime
) -> list[tuple[bool, date | None, Source, int]]:
    """How many memberships were made (true) and ended (false), by day and source; without a day: before `since`."""
    rows = await tx.all(_MEMBERSHIPS, organization_id=organization_id, since=since, until=until)
    return [
        (bool(gained), date.fromisoformat(day) if day else None, Source(source), count)
        for gained, day, source, count in rows
    ]


async def provisioning_days(
    tx: ReadTx, organization_id: str, since: datetime, until: datetime
) -> Iterator[tuple[date, AuditAction, int]]:
    """How often the identity provider did what, by day."""
    rows = await tx.all(
        _PROVISIONING,
        organization_id=organization_id,
        channel=str(Channel.SCIM),
        since=since,
        until=until,
        since_id=first_id(since, later_by=-SLACK),
        until_id=first_id(until, later_by=SLACK),
    )
    return ((date.fromisoformat(day), AuditAction(action), count) for day, action, count in rows)

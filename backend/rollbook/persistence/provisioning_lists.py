"""The provisioning log, as it is read: pages of entries, their bodies, their events, and how many there were a day."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.types import BigInteger, Text

from rollbook.domain.audit import AuditEvent
from rollbook.domain.criteria import Page, Position
from rollbook.domain.immutable import immutable
from rollbook.domain.provisioning import ProvisioningFilter, ProvisioningOutcome, ProvisioningRequest
from rollbook.domain.values import first_id
from rollbook.persistence import audit, provisioning
from rollbook.persistence.audit_lists import SLACK, nth_of
from rollbook.persistence.database import ReadTx
from rollbook.persistence.membership_rows import search_key
from rollbook.persistence.planning import in_turn
from rollbook.persistence.series import utc_day
from rollbook.persistence.statements import Statement, one_of
from rollbook.persistence.tables import audit_events, memberships, provisioning_requests
from rollbook.persistence.types import Id, UtcDateTime

_entry = provisioning_requests.c
_member = memberships.c
_here = _entry.organization_id == bindparam("organization_id")
_BODIES = {"request_body", "response_body"}

COLUMNS = [column for column in provisioning.COLUMNS if column.name not in _BODIES]
"""What a list reads: all of an entry but its bodies, which are long and read for those who ask (`bodies`)."""

_CHOICES = {
    "outcomes": _entry.outcome,
    "clients": _entry.client,
    "methods": _entry.method,
    "scim_types": _entry.scim_type,
    "statuses": _entry.status,
}
"""By the name of a filter's set: the column that holds one of its values."""


@immutable
class _Listing:
    """What decides the text of a page's statement: how many values are given, and which conditions there are."""

    outcomes: int = 0
    clients: int = 0
    methods: int = 0
    scim_types: int = 0
    statuses: int = 0
    token_id: bool = False
    membership_id: bool = False
    noted: bool | None = None
    since: bool = False
    until: bool = False
    search: bool = False
    after: bool = False
    before: bool = False
    backward: bool = False


async def page(tx: ReadTx, organization_id: str, wanted: ProvisioningFilter, page: Page) -> list[ProvisioningRequest]:
    """The page's entries and one more, if there is one, in the direction in which the page was read: newest first."""
    listing = _Listing(
        **{name: len(getattr(wanted, name)) for name in _CHOICES},
        token_id=wanted.token_id is not None,
        membership_id=wanted.membership_id is not None,
        noted=wanted.noted,
        since=wanted.since is not None,
        until=wanted.until is not None,
        search=wanted.search is not None,
        after=page.after is not None,
        before=page.before is not None,
        backward=page.backward,
    )
    parameters: dict[str, Any] = {"token_id": wanted.token_id, "membership_id": wanted.membership_id}
    for name in _CHOICES:
        parameters |= {f"{name}_{i}": _plain(value) for i, value in enumerate(sorted(getattr(wanted, name)))}
    if wanted.search is not None:
        parameters |= {"part": f"%{search_key(wanted.search)}%", "request_id": wanted.search}
    if wanted.since is not None:
        parameters |= {"since": wanted.since, "since_id": first_id(wanted.since, later_by=-SLACK)}
    if wanted.until is not None:
        parameters |= {"until": wanted.until, "until_id": first_id(wanted.until, later_by=SLACK)}
    parameters |= _ids(after=page.after, before=page.before)
    rows = await tx.all(_page(listing), organization_id=organization_id, limit=page.size + 1, **parameters)
    return [_from_row(row) for row in rows]


async def find(tx: ReadTx, organization_id: str, request_id: str) -> ProvisioningRequest | None:
    """The entry of this id in the organization, without its bodies, or None."""
    row = await tx.one(_BY_ID, organization_id=organization_id, id=request_id)
    return None if row is None else _from_row(row)


async def bodies(
    tx: ReadTx, organization_id: str, request_ids: Sequence[str], *, of_members: bool
) -> Mapping[str, tuple[str | None, str | None]]:
    """What was sent and what was answered, of each of these entries, or of those only that are about a member."""
    statement = _BODIES_OF_MEMBERS if of_members else _BODIES_OF
    rows = await tx.all(statement, organization_id=organization_id, ids=list(request_ids))
    return {row[0]: (row[1], row[2]) for row in rows}


async def events(tx: ReadTx, organization_id: str, event_ids: Sequence[str]) -> Mapping[str, AuditEvent]:
    """The events of the audit trail among these ids."""
    rows = await tx.all(_EVENTS, organization_id=organization_id, ids=list(event_ids))
    found = [audit.from_row(row) for row in rows]
    return {event.id: event for event in found}


async def of_members(
    tx: ReadTx, organization_id: str, membership_ids: Sequence[str], page: Page
) -> Mapping[str, list[ProvisioningRequest]]:
    """Of each of the members, the page of the entries that are about them and one entry more, as `page` reads them."""
    statement = _of_members(page.after is not None, page.before is not None, page.backward)
    ends = _ids(after=page.after, before=page.before)
    rows = await tx.all(statement, organization_id=organization_id, ids=list(membership_ids), size=page.size, **ends)
    found: dict[str, list[ProvisioningRequest]] = defaultdict(list)
    for row in rows:
        found[row[-1]].append(_from_row(row))
    return found


async def result_days(
    tx: ReadTx, organization_id: str, since: datetime, until: datetime
) -> Iterator[tuple[date, ProvisioningOutcome, int]]:
    """How many requests of each outcome there are, by day; an entry that tells of requests left out is none."""
    rows = await tx.all(
        _RESULTS,
        organization_id=organization_id,
        **{f"outcome_{i}": str(outcome) for i, outcome in enumerate(ProvisioningOutcome)},
        since=since,
        until=until,
        since_id=first_id(since, later_by=-SLACK),
        until_id=first_id(until, later_by=SLACK),
    )
    return ((date.fromisoformat(day), ProvisioningOutcome(outcome), count) for day, outcome, count in rows)


def _from_row(row: Sequence[Any]) -> ProvisioningRequest:
    return provisioning.from_row([*row[: len(COLUMNS)], None, None])


def _plain(value: Any) -> Any:
    return value if isinstance(value, int) else str(value)


def _ids(**places: Position | None) -> dict[str, str]:
    return {f"{name}_id": place.id for name, place in places.items() if place is not None}


def _bind(name: str) -> ColumnElement[str]:
    return bindparam(name, type_=Id())


def _is_one(column: ColumnElement[Any], name: str, count: int) -> ColumnElement[bool]:
    return or_(*(column == bindparam(f"{name}_{i}", type_=column.type) for i in range(count)))


def _conditions(listing: _Listing) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [_here]
    for name, column in _CHOICES.items():
        if count := getattr(listing, name):
            conditions.append(_is_one(column, name, count))
    if listing.token_id:
        conditions.append(_entry.token_id == _bind("token_id"))
    if listing.membership_id:
        conditions.append(_entry.membership_id == _bind("membership_id"))
    if listing.noted is not None:
        conditions.append(_entry.notes != "[]" if listing.noted else _entry.notes == "[]")
    if listing.search:
        part, whole = (bindparam(name, type_=Text()) for name in ("part", "request_id"))
        conditions.append(or_(_entry.about_key.like(part, escape="\\"), _entry.request_id == whole))
    return [*conditions, *_between(listing, _entry.id)]


def _between(listing: _Listing, row_id: ColumnElement[str]) -> Iterator[ColumnElement[bool]]:
    moment = UtcDateTime()
    if listing.since:
        yield _entry.occurred_at >= bindparam("since", type_=moment)
        yield row_id >= _bind("since_id")
    if listing.until:
        yield _entry.occurred_at < bindparam("until", type_=moment)
        yield row_id < _bind("until_id")
    if listing.after:
        yield row_id < _bind("after_id")
    if listing.before:
        yield row_id > _bind("before_id")


@lru_cache(maxsize=256)
def _page(listing: _Listing) -> Statement:
    clause: Select[Any] = select(*COLUMNS).where(*_conditions(listing))
    clause = clause.order_by(_entry.id.asc() if listing.backward else _entry.id.desc())
    # an outcome, a token and a member have an index; what has none may be far apart
    scans = listing != _Listing(after=listing.after, before=listing.before, backward=listing.backward)
    return Statement(clause.limit(bindparam("limit", type_=BigInteger())), scans=scans)


@lru_cache(maxsize=8)
def _of_members(after: bool, before: bool, backward: bool) -> Statement:
    """The page of each member by itself, read from the index of the entries about them."""

    def between(entry: Any) -> list[ColumnElement[bool]]:
        ends = [(after, entry.id < _bind("after_id")), (before, entry.id > _bind("before_id"))]
        return [condition for given, condition in ends if given]

    counted = provisioning_requests.alias("counted")
    of = and_(counted.c.organization_id == _member.organization_id, counted.c.membership_id == _member.id)
    last = nth_of(counted, of, "id", last_first=not backward, ends=between(counted.c))
    is_about = and_(_entry.organization_id == _member.organization_id, _entry.membership_id == _member.id)
    clause = (
        select(*COLUMNS, _member.id)
        .select_from(in_turn(memberships, provisioning_requests, is_about))
        .where(
            _member.organization_id == bindparam("organization_id"),
            one_of(_member.id, "ids"),
            _entry.id <= last if backward else _entry.id >= last,
            *between(_entry),
        )
        .order_by(_entry.id.asc() if backward else _entry.id.desc())
    )
    return Statement(clause, scans=True)


_BY_ID = Statement(select(*COLUMNS).where(_here, _entry.id == _bind("id")))
_bodies = select(_entry.id, _entry.request_body, _entry.response_body).where(_here, one_of(_entry.id, "ids"))
_BODIES_OF = Statement(_bodies, scans=True)
_BODIES_OF_MEMBERS = Statement(_bodies.where(_entry.membership_id.is_not(None)), scans=True)
_EVENTS = Statement(
    select(*audit.COLUMNS).where(
        audit_events.c.organization_id == bindparam("organization_id"), one_of(audit_events.c.id, "ids")
    )
)
_day = utc_day(_entry.occurred_at).label("day")
_RESULTS = Statement(
    select(_day, _entry.outcome, func.count())
    .where(
        _here,
        _is_one(_entry.outcome, "outcome", len(ProvisioningOutcome)),
        _entry.status > 0,  # what was no request has none, and is known by it without being read
        _entry.id >= _bind("since_id"),
        _entry.id < _bind("until_id"),
        _entry.occurred_at >= bindparam("since", type_=UtcDateTime()),
        _entry.occurred_at < bindparam("until", type_=UtcDateTime()),
    )
    .group_by(_day, _entry.outcome),
    scans=True,
)

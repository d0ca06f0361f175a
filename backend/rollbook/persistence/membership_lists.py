"""Lists of memberships, as they are read: by criterion for SCIM, by filter and position for GraphQL."""

from dataclasses import replace
from enum import Enum, auto
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, null, or_, select, tuple_
from sqlalchemy.types import BigInteger, Text

from rollbook.domain.criteria import Criterion, MemberFilter, Order, OrderField, Page, Place, SortBy
from rollbook.domain.facets import Tally
from rollbook.domain.groups import GroupId
from rollbook.domain.immutable import immutable
from rollbook.domain.memberships import Membership, Source
from rollbook.domain.roles import Role, effective
from rollbook.persistence import filtering, sorting
from rollbook.persistence.database import ReadTx
from rollbook.persistence.membership_rows import COLUMNS, GRANTS, from_row, search_key
from rollbook.persistence.planning import rare, unordered
from rollbook.persistence.statements import Statement
from rollbook.persistence.tables import memberships
from rollbook.persistence.types import Id, UtcDateTime

_column = memberships.c
_here = (_column.organization_id == bindparam("organization_id"), _column.ended_at.is_(None))

_ORDER_COLUMNS: dict[OrderField, ColumnElement[Any]] = {
    OrderField.CREATED_AT: _column.id,  # a UUIDv7 sorts by the time of its making
    OrderField.EMAIL: _column.email_order,
    OrderField.NAME: _column.name_key,
}

_admin_granted = rare(_column.admin_granted.is_(True))

_EFFECTIVE: dict[Role, ColumnElement[bool]] = {
    Role.ADMIN: _admin_granted,
    Role.USER: and_(_column.user_granted, _column.admin_granted.is_(False)),
}
"""By role: which of the active members have it as their highest."""

_GRANTED: dict[GroupId, ColumnElement[bool]] = {GroupId.ADMINS: _admin_granted, GroupId.USERS: _column.user_granted}


async def count(tx: ReadTx, organization_id: str, criterion: Criterion) -> int:
    """How many living memberships satisfy the criterion."""
    shape, parameters = filtering.read(criterion)
    row = await tx.one(_count(shape, filtering.indexed(criterion)), organization_id=organization_id, **parameters)
    assert row is not None
    return int(row[0])


async def search(
    tx: ReadTx,
    organization_id: str,
    criterion: Criterion,
    sort_by: SortBy | None,
    *,
    limit: int,
    offset: int = 0,
    after: Place | None = None,
) -> list[tuple[Membership, Place]]:
    """The living memberships that satisfy the criterion, each with its place in the order.

    Without `sort_by` they come by creation. Either from a place on or from an offset on.
    """
    shape, parameters = filtering.read(criterion)
    start = _start(offset, after)
    statement = _search(shape, sort_by, start, filtering.indexed(criterion))
    if after is None:
        parameters["offset"] = offset
    else:
        parameters["after_id"] = after.id
        if sort_by is not None and after.value is not None:
            parameters["after_value"] = after.value
    rows = await tx.all(statement, organization_id=organization_id, limit=limit, **parameters)
    return [(from_row(row[:-1]), Place(row[-1], row[0])) for row in rows]


DEEP = 1000
"""From this offset on, rows are counted off in an index before any of them is read."""


class _Start(Enum):
    """Where a search starts: after few rows or many, or after a place, whose value may be absent."""

    ABSENT = auto()
    DEEP = auto()
    OFFSET = auto()
    VALUE = auto()


def _start(offset: int, after: Place | None) -> _Start:
    if after is None:
        return _Start.OFFSET if offset < DEEP else _Start.DEEP
    return _Start.ABSENT if after.value is None else _Start.VALUE


@lru_cache(maxsize=256)
def _count(shape: filtering.Shape, indexed: bool) -> Statement:
    clause = select(func.count()).select_from(memberships).where(*_here, filtering.condition(shape))
    return Statement(clause, scans=not indexed)


@lru_cache(maxsize=256)
def _search(shape: filtering.Shape, sort_by: SortBy | None, start: _Start, indexed: bool) -> Statement:
    value = null() if sort_by is None else sorting.value(sort_by.attribute)
    clause: Select[Any] = select(*COLUMNS, value).where(*_here, filtering.condition(shape))
    if sort_by is None:
        order = [_column.id.asc()]
        beyond = _column.id > bindparam("after_id", type_=Id())
    else:
        order = sorting.order(value, descending=sort_by.descending)
        beyond = sorting.beyond(value, descending=sort_by.descending, absent=start is _Start.ABSENT)
    limit, offset = (bindparam(name, type_=BigInteger()) for name in ("limit", "offset"))
    if start is _Start.OFFSET:
        clause = clause.limit(limit).offset(offset)
    elif start is _Start.DEEP:
        passed = select(_column.id).where(*_here, filtering.condition(shape)).order_by(*order)
        clause = select(*COLUMNS, value).where(_here[0], _column.id.in_(passed.limit(limit).offset(offset)))
    else:
        clause = clause.where(beyond).limit(limit)
    # by creation, a page is read from an index; only a deep offset or a filter without one reads far
    short = indexed or (shape == ("and",) and sort_by is None and start is not _Start.DEEP)
    return Statement(clause.order_by(*order), scans=not short, together=indexed)


@immutable
class Listing:
    """What decides the text of a page's statement, but for the values that are bound in it."""

    active: frozenset[bool]
    roles: frozenset[Role]
    sources: int
    search: bool
    search_user_names: bool
    group: GroupId | None
    created_since: bool
    created_before: bool
    order: Order | None = None
    after: bool = False
    before: bool = False
    backward: bool = False

    @property
    def is_narrow(self) -> bool:
        """Whether it shows only some of the members of a status."""
        chosen = self.roles or self.sources or self.group
        return bool(chosen or self.search or self.created_since or self.created_before)


async def count_listed(tx: ReadTx, organization_id: str, member_filter: MemberFilter) -> int:
    """How many members the filter shows."""
    listing = listing_of(member_filter)
    row = await tx.one(_count_listed(listing), organization_id=organization_id, **parameters_of(member_filter))
    assert row is not None
    return int(row[0])


async def tallies(tx: ReadTx, organization_id: str, member_filter: MemberFilter) -> list[Tally]:
    """How many members there are of each status, role and source, whichever of these the filter asks for."""
    every = replace(member_filter, active=frozenset(), roles=frozenset(), sources=frozenset())
    rows = await tx.all(_tallies(listing_of(every)), organization_id=organization_id, **parameters_of(every))
    return [
        Tally(active, effective(GRANTS[admin, user]) if active else None, Source(source), count)
        for active, admin, user, source, count in rows
    ]


async def page(
    tx: ReadTx, organization_id: str, member_filter: MemberFilter, order: Order, wanted: Page
) -> list[Membership]:
    """The page's members and one more, if there is one, in the direction in which the page was read.

    A backward page comes in reverse: the row nearest to `before`, or the last of the listing, first.
    """
    listing = listing_of(
        member_filter,
        order=order,
        after=wanted.after is not None,
        before=wanted.before is not None,
        backward=wanted.backward,
    )
    parameters = parameters_of(member_filter)
    for name, position in (("after", wanted.after), ("before", wanted.before)):
        if position is not None:
            parameters |= {f"{name}_key": position.key, f"{name}_id": position.id}
    rows = await tx.all(_page(listing), organization_id=organization_id, limit=wanted.size + 1, **parameters)
    return [from_row(row) for row in rows]


def listing_of(member_filter: MemberFilter, **rest: Any) -> Listing:
    """What decides the text of a statement that reads whom the filter shows."""
    return Listing(
        active=member_filter.active,
        roles=member_filter.roles,
        sources=len(member_filter.sources),
        search=member_filter.search is not None,
        search_user_names=member_filter.search_user_names,
        group=member_filter.group,
        created_since=member_filter.created_since is not None,
        created_before=member_filter.created_before is not None,
        **rest,
    )


def parameters_of(member_filter: MemberFilter) -> dict[str, Any]:
    """What is bound in the conditions of the filter."""
    parameters: dict[str, Any] = {
        f"source_{index}": str(source) for index, source in enumerate(sorted(member_filter.sources))
    }
    if member_filter.search is not None:
        parameters["search"] = f"%{search_key(member_filter.search)}%"
    parameters["created_since"], parameters["created_before"] = (
        member_filter.created_since,
        member_filter.created_before,
    )
    return parameters


def conditions_of(listing: Listing) -> list[ColumnElement[bool]]:
    """That a row is of a living membership of the organization, and one that the listing shows."""
    conditions: list[ColumnElement[bool]] = [*_here]
    if listing.roles or listing.group is not None or listing.active == {True}:
        conditions.append(_column.active.is_(True))
    if listing.active == {False}:
        conditions.append(_column.active.is_(False))
    if listing.roles:
        conditions.append(or_(*(_EFFECTIVE[role] for role in sorted(listing.roles))))
    if listing.sources:
        conditions.append(or_(*(_column.source == bindparam(f"source_{i}") for i in range(listing.sources))))
    if listing.search:
        pattern = bindparam("search", type_=Text())
        searched = [_column.name_key, _column.email_key]
        if listing.search_user_names:
            searched.append(_column.user_name_key)
        conditions.append(or_(*(column.like(pattern, escape="\\") for column in searched)))
    if listing.group is not None:
        conditions.append(_GRANTED[listing.group])
    if listing.created_since:
        conditions.append(rare(_column.created_at >= bindparam("created_since", type_=UtcDateTime())))
    if listing.created_before:
        conditions.append(_column.created_at < bindparam("created_before", type_=UtcDateTime()))
    return conditions


@lru_cache(maxsize=256)
def _count_listed(listing: Listing) -> Statement:
    return Statement(select(func.count()).select_from(memberships).where(*conditions_of(listing)), scans=True)


@lru_cache(maxsize=256)
def _tallies(listing: Listing) -> Statement:
    alike = (_column.active, _column.admin_granted, _column.user_granted, _column.source)
    return Statement(select(*alike, func.count()).where(*conditions_of(listing)).group_by(*alike), scans=True)


@lru_cache(maxsize=256)
def _page(listing: Listing) -> Statement:
    assert listing.order is not None
    clause: Select[Any] = select(*COLUMNS).where(*conditions_of(listing))
    by = _ORDER_COLUMNS[listing.order.field]
    if listing.group is GroupId.ADMINS or listing.roles == {Role.ADMIN}:
        by = unordered(by)
    place = tuple_(by, _column.id)
    descending = listing.order.descending
    if listing.after:
        after = _place("after", listing.order)
        clause = clause.where(place < after if descending else place > after)
    if listing.before:
        before = _place("before", listing.order)
        clause = clause.where(place > before if descending else place < before)
    backwards = descending != listing.backward
    clause = clause.order_by(*((by.desc(), _column.id.desc()) if backwards else (by, _column.id)))
    # a search or a narrow filter may read the whole organization to fill one page
    scans = len(listing.active) != 1 or listing.is_narrow
    return Statement(clause.limit(bindparam("limit", type_=BigInteger())), scans=scans)


def _place(name: str, order: Order) -> Any:
    key_type = Id() if order.field is OrderField.CREATED_AT else Text()
    return tuple_(bindparam(f"{name}_key", type_=key_type), bindparam(f"{name}_id", type_=Id()))

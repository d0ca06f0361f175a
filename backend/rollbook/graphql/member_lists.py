"""The list of members: its arguments, and its pages as a connection."""

import asyncio
from typing import Annotated

import strawberry
from strawberry import relay

from rollbook.domain import criteria
from rollbook.domain.criteria import Order, OrderField, Page, position_of
from rollbook.domain.memberships import Membership, Source
from rollbook.domain.roles import Role as DomainRole
from rollbook.graphql.context import Context, Info
from rollbook.graphql.enums import MemberOrderField, MemberSource, MemberStatus, OrderDirection, Role
from rollbook.graphql.fields import resolved
from rollbook.graphql.inputs import given, line
from rollbook.graphql.memberships import Member
from rollbook.graphql.pagination import cursor, page
from rollbook.services.memberships import MembershipPage


@strawberry.input(description="Which members a list shows. Every given condition must hold.")
class MemberFilter:
    """The conditions; a list left empty or null sets none."""

    status: list[MemberStatus] | None = strawberry.field(
        default_factory=lambda: [MemberStatus.ACTIVE],
        description="Members of one of these statuses. Null or empty: of any.",
    )
    role: list[Role] | None = strawberry.field(
        default=strawberry.UNSET, description="Members whose role is one of these. Null or empty: any."
    )
    source: list[MemberSource] | None = strawberry.field(
        default=strawberry.UNSET, description="Members whose profile one of these looks after. Null or empty: any."
    )


@strawberry.input(description="The order of a list of members.")
class MemberOrder:
    """The order; equal ones stand in the order of their ids."""

    field: MemberOrderField = strawberry.field(default=MemberOrderField.NAME, description="By what to order.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="In which direction.")


@strawberry.type(description="A member in a list, with their place in it.")
class MemberEdge:
    """One row of a page."""

    cursor: str = strawberry.field(
        description="The place in the list. Good for after and before in a list of the same order."
    )
    node: Member = strawberry.field(description="The member.")


@strawberry.type(description="One page of a list of members.")
class MemberConnection:
    """Reads its page, and counts, when a field of it is asked for."""

    context: strawberry.Private[Context]
    wanted: strawberry.Private[criteria.MemberFilter]
    order: strawberry.Private[Order]
    page: strawberry.Private[Page]
    reading: strawberry.Private[asyncio.Future[MembershipPage] | None] = None

    @resolved("The members of the page with their places.")
    async def edges(self) -> list[MemberEdge]:
        """The rows of the page."""
        return [
            MemberEdge(cursor=self._cursor(membership), node=Member.of(membership))
            for membership in (await self._read()).memberships
        ]

    @resolved("The members of the page, for those who need no cursors of single members.")
    async def nodes(self) -> list[Member]:
        """The same rows without their edges."""
        return [Member.of(membership) for membership in (await self._read()).memberships]

    @resolved("Where the page lies in the list.")
    async def page_info(self) -> relay.PageInfo:
        """Whether there is more, and from where to go on."""
        read = await self._read()
        return relay.PageInfo(
            has_next_page=read.has_next,
            has_previous_page=read.has_previous,
            start_cursor=self._cursor(read.memberships[0]) if read.memberships else None,
            end_cursor=self._cursor(read.memberships[-1]) if read.memberships else None,
        )

    @resolved("How many members the whole list has. Counted only when asked for.")
    async def total_count(self) -> int:
        """Costs a query of its own."""
        return await self.context.services.memberships.count(self.context.actor, self.wanted)

    async def _read(self) -> MembershipPage:
        # edges, nodes and pageInfo are resolved side by side; the first of them reads for all
        if self.reading is None:
            memberships = self.context.services.memberships
            self.reading = asyncio.ensure_future(
                memberships.page(self.context.actor, self.wanted, self.order, self.page)
            )
        return await self.reading

    def _cursor(self, membership: Membership) -> str:
        return cursor(position_of(membership, self.order), self.order)


First = Annotated[
    int | None,
    strawberry.argument(description="How many to show from the start, or after a cursor: 1 to 200, default 50."),
]
After = Annotated[str | None, strawberry.argument(description="Show what comes after this cursor.")]
Last = Annotated[
    int | None, strawberry.argument(description="How many to show from the end, or before a cursor: 1 to 200.")
]
Before = Annotated[str | None, strawberry.argument(description="Show what comes before this cursor.")]
Filter = Annotated[
    MemberFilter | None,
    strawberry.argument(name="filter", description="Which members to show; by default the active ones."),
]
Search = Annotated[
    str | None,
    strawberry.argument(
        description="Only members with this text in their name, e-mail or userName, regardless of case."
    ),
]
OrderBy = Annotated[
    MemberOrder | None, strawberry.argument(description="In which order; by default by name, ascending.")
]


def list_members(
    info: Info,
    first: First = strawberry.UNSET,
    after: After = strawberry.UNSET,
    last: Last = strawberry.UNSET,
    before: Before = strawberry.UNSET,
    member_filter: Filter = strawberry.UNSET,
    search: Search = strawberry.UNSET,
    order_by: OrderBy = strawberry.UNSET,
) -> MemberConnection:
    """The list that the arguments describe; nothing is read yet. Raises `InvalidValue`, `TooLarge`."""
    order = _order(given(order_by) or MemberOrder())
    return MemberConnection(
        context=info.context,
        wanted=_wanted(given(member_filter) or MemberFilter(), given(search)),
        order=order,
        page=page(first=given(first), after=given(after), last=given(last), before=given(before), order=order),
    )


def _order(order: MemberOrder) -> Order:
    return Order(OrderField[order.field.name], descending=order.direction is OrderDirection.DESC)


def _wanted(member_filter: MemberFilter, search: str | None) -> criteria.MemberFilter:
    return criteria.MemberFilter(
        active=frozenset(status is MemberStatus.ACTIVE for status in given(member_filter.status) or MemberStatus),
        roles=frozenset(DomainRole[role.name] for role in given(member_filter.role) or ()),
        sources=frozenset(Source[source.name] for source in given(member_filter.source) or ()),
        search=line(search, field="search") if search and search.strip() else None,
    )

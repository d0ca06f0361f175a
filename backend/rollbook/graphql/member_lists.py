"""The list of members: its arguments, and its pages as a connection."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Self

import strawberry
from strawberry import relay

from rollbook.domain import criteria
from rollbook.domain.criteria import Order, OrderField, Page, Position, position_of
from rollbook.domain.errors import InvalidValue
from rollbook.domain.groups import GroupId
from rollbook.domain.memberships import Membership, Source
from rollbook.domain.roles import Role as DomainRole
from rollbook.graphql.context import Context, Info
from rollbook.graphql.enums import MemberOrderField, MemberSource, MemberStatus, OrderDirection, Role
from rollbook.graphql.facets import MemberFacets
from rollbook.graphql.fields import resolved
from rollbook.graphql.groups import read_group_id
from rollbook.graphql.inputs import given, line
from rollbook.graphql.memberships import Member
from rollbook.graphql.pagination import After, Before, Cursors, First, Last, Paged


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
    group_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Members who are listed in this group; they are active. Null: any."
    )
    created_since: datetime | None = strawberry.field(
        default=strawberry.UNSET, description="Members whose membership was made at this moment or after it."
    )
    created_before: datetime | None = strawberry.field(
        default=strawberry.UNSET, description="Members whose membership was made before this moment."
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
    """Reads its page, and counts, when a field of it is asked for. `as_of`: the members as they were at a moment."""

    wanted: strawberry.Private[criteria.MemberFilter]
    page: strawberry.Private[Paged[Membership]]
    as_of: strawberry.Private[datetime | None] = None

    @resolved("The members of the page with their places.")
    async def edges(self) -> list[MemberEdge]:
        """The rows of the page."""
        return [MemberEdge(cursor=cursor, node=Member.of(row)) for cursor, row in await self.page.placed()]

    @resolved("The members of the page, for those who need no cursors of single members.")
    async def nodes(self) -> list[Member]:
        """The same rows without their edges."""
        return [Member.of(row) for row in await self.page.rows()]

    @resolved("Where the page lies in the list.")
    async def page_info(self) -> relay.PageInfo:
        """Whether there is more, and from where to go on."""
        return await self.page.info()

    @resolved("How many members the whole list has. Counted only when asked for.")
    async def total_count(self, info: Info) -> int:
        """Costs a query of its own."""
        loaders = info.context.loaders
        if self.as_of is not None:
            count, _ = await loaders.past_member_numbers.load((self.wanted, self.as_of))
            return count
        return await loaders.member_counts.load(self.wanted)

    @resolved("How many members the list has of each role, status and source, and would have if it asked for them.")
    async def facets(self, info: Info) -> MemberFacets:
        """Costs a query of its own."""
        loaders = info.context.loaders
        if self.as_of is not None:
            _, facets = await loaders.past_member_numbers.load((self.wanted, self.as_of))
            return MemberFacets.of(facets)
        return MemberFacets.of(await loaders.member_facets.load(self.wanted))

    @classmethod
    def of(cls, context: Context, wanted: criteria.MemberFilter, order: Order, cursors: Cursors, page: Page) -> Self:
        """The list that these describe; nothing is read yet."""
        return cls(
            wanted=wanted,
            page=Paged(
                lambda: context.loaders.member_pages.load((wanted, order, page)),
                lambda membership: cursors.write(position_of(membership, order)),
            ),
        )

    @classmethod
    def of_then(
        cls, context: Context, wanted: criteria.MemberFilter, as_of: datetime, cursors: Cursors, page: Page
    ) -> Self:
        """The list as it was at the moment; nothing is read yet."""
        return cls(
            wanted=wanted,
            page=Paged(
                lambda: context.loaders.past_member_pages.load((wanted, as_of, page)),
                lambda membership: cursors.write(Position(membership.id, membership.id)),
            ),
            as_of=as_of,
        )


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
AsOf = Annotated[
    datetime | None,
    strawberry.argument(
        description="Show the members as they were at this moment, also those who left since, in the order in which "
        "they became members. The filter and the search hold for what they were then, and ACTIVE by itself shows who "
        "had access: active, and with a role. Needs the permissions AUDIT_READ and MEMBERS_READ. "
        "What else hangs on a member, such as their user and their history, is told as it is now."
    ),
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
    as_of: AsOf = strawberry.UNSET,
) -> MemberConnection:
    """The list that the arguments describe. Raises `InvalidValue`, `TooLarge`, and `NotFound` for a group."""
    wanted = _wanted(info.context, given(member_filter) or MemberFilter(), given(search))
    moment = given(as_of)
    if moment is not None:
        if given(order_by) is not None:
            raise InvalidValue("Members as of a moment come in one order only: leave orderBy out.", field="orderBy")
        cursors = Cursors(info.context.services.seal, info.context.actor, "members", "as_of", moment.isoformat())
        page = cursors.page(first, after, last, before)
        return MemberConnection.of_then(info.context, _had_access(wanted), moment, cursors, page)
    order = _order(given(order_by) or MemberOrder())
    cursors = _cursors(info.context, order)
    return MemberConnection.of(info.context, wanted, order, cursors, cursors.page(first, after, last, before))


def list_group(
    context: Context, group: GroupId, first: int | None, after: str | None, last: int | None, before: str | None
) -> MemberConnection:
    """The members of a group by the time of their making. Raises `InvalidValue`, `TooLarge`."""
    order = Order(OrderField.CREATED_AT)
    cursors = _cursors(context, order)
    wanted = criteria.MemberFilter(group=group)
    return MemberConnection.of(context, wanted, order, cursors, cursors.page(first, after, last, before))


def _cursors(context: Context, order: Order) -> Cursors:
    return Cursors(context.services.seal, context.actor, "members", order.field, str(order.descending))


def _had_access(wanted: criteria.MemberFilter) -> criteria.MemberFilter:
    """Of who was active, those who had a role, unless the filter asks for roles itself."""
    if wanted.active == {True} and not wanted.roles:
        return replace(wanted, roles=frozenset(DomainRole))
    return wanted


def _order(order: MemberOrder) -> Order:
    return Order(OrderField[order.field.name], descending=order.direction is OrderDirection.DESC)


def _wanted(context: Context, member_filter: MemberFilter, search: str | None) -> criteria.MemberFilter:
    group_id = given(member_filter.group_id)
    return criteria.MemberFilter(
        active=frozenset(status is MemberStatus.ACTIVE for status in given(member_filter.status) or MemberStatus),
        roles=frozenset(DomainRole[role.name] for role in given(member_filter.role) or ()),
        sources=frozenset(Source[source.name] for source in given(member_filter.source) or ()),
        group=None if group_id is None else read_group_id(context, group_id, argument="groupId"),
        created_since=given(member_filter.created_since),
        created_before=given(member_filter.created_before),
        search=line(search, field="search") if search and search.strip() else None,
    )

"""The two groups of an organization."""

from typing import TYPE_CHECKING, Annotated, Self

import strawberry
from strawberry import relay

from rollbook.domain import roles
from rollbook.domain.errors import NotFound
from rollbook.domain.groups import DISPLAY_NAMES, GroupId, group_of, parse_group_id
from rollbook.graphql import ids
from rollbook.graphql.context import Context, Info
from rollbook.graphql.enums import Role
from rollbook.graphql.fields import resolved
from rollbook.graphql.pagination import After, Before, First, Last

if TYPE_CHECKING:
    from rollbook.graphql.member_lists import MemberConnection


@strawberry.type(description="One of the organization's two groups, Admins and Users. Its members hold its role.")
class Group(relay.Node):
    """A group of the viewer's organization; its global id carries the organization, since each one has the same two."""

    id: relay.NodeID[str]
    display_name: str = strawberry.field(description="The group's fixed name: Admins or Users.")
    role: Role = strawberry.field(description="The role that being in the group grants.")
    group_id: strawberry.Private[GroupId]

    @resolved("How many active members the group has. Null, with an error, if you may not read members.")
    async def member_count(self, info: Info) -> int | None:
        """Counted for all groups of a level at once."""
        return await info.context.loaders.group_sizes.load(self.group_id)

    @resolved("Its members, page by page, in the order of their making. They are all active.")
    def members(
        self,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> Annotated["MemberConnection", strawberry.lazy("rollbook.graphql.member_lists")] | None:
        """The same list as that of the organization with this group as its filter."""
        from rollbook.graphql.member_lists import list_group  # a member names their groups, and a group its members

        return list_group(info.context, self.group_id, first, after, last, before)

    @classmethod
    def of(cls, organization_id: str, role: roles.Role) -> Self:
        """The group whose members hold this role, as the API shows it."""
        group_id = group_of(role)
        return cls(
            id=f"{organization_id}:{group_id}",
            display_name=DISPLAY_NAMES[group_id],
            role=Role[role.name],
            group_id=group_id,
        )


def read_group_id(context: Context, text: str, *, argument: str) -> GroupId:
    """The group of the actor's organization that a global id names. Raises `InvalidId`, `NotFound`."""
    organization_id, _, name = ids.inner(text, "Group", argument=argument).partition(":")
    if organization_id != context.actor.organization_id:
        raise NotFound(f"{argument} is of no group in your organization.")
    return parse_group_id(name)


async def find_group(context: Context, inner_id: str) -> Group | None:
    """The group of this inner id, or None for another organization's and for one that does not exist."""
    organization_id, _, name = inner_id.partition(":")
    if organization_id != context.actor.organization_id:
        return None
    group = await context.services.groups.get(context.actor, name)
    return Group.of(group.organization_id, group.role)

"""The two groups of an organization."""

from typing import Self

import strawberry
from strawberry import relay

from rollbook.domain import roles
from rollbook.domain.groups import DISPLAY_NAMES, GroupId, group_of
from rollbook.graphql.context import Context, Info
from rollbook.graphql.enums import Role
from rollbook.graphql.fields import resolved


@strawberry.type(description="One of the organization's two groups, Admins and Users. Its members hold its role.")
class Group(relay.Node):
    """A group of the viewer's organization; its global id carries the organization, since each one has the same two."""

    id: relay.NodeID[str]
    display_name: str = strawberry.field(description="The group's fixed name: Admins or Users.")
    role: Role = strawberry.field(description="The role that being in the group grants.")
    group_id: strawberry.Private[GroupId]

    @resolved("How many active members the group has.")
    async def member_count(self, info: Info) -> int:
        """Counted for all groups of a level at once."""
        return await info.context.loaders.group_sizes.load(self.group_id)

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


async def find_group(context: Context, inner_id: str) -> Group | None:
    """The group of this inner id, or None for another organization's and for one that does not exist."""
    organization_id, _, name = inner_id.partition(":")
    if organization_id != context.actor.organization_id:
        return None
    group = await context.services.groups.get(context.actor, name)
    return Group.of(group.organization_id, group.role)

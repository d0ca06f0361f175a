"""The organization in which the viewer acts: the root of all that belongs to it."""

from datetime import datetime
from typing import Self

import strawberry
from strawberry import relay

from rollbook.domain import organizations
from rollbook.graphql.context import Context, Info
from rollbook.graphql.fields import resolved
from rollbook.graphql.groups import Group
from rollbook.graphql.member_lists import MemberConnection, list_members
from rollbook.graphql.tokens import ScimToken, list_scim_tokens


@strawberry.type(description="The organization in which you act.")
class Organization(relay.Node):
    """The viewer's organization; there is no other one for them."""

    id: relay.NodeID[str]
    handle: str = strawberry.field(description="Its short name in links and on the command line.")
    name: str = strawberry.field(description="Its name.")
    created_at: datetime = strawberry.field(description="When it was made.")
    members: MemberConnection = strawberry.field(
        resolver=list_members,
        description="Its members, page by page; the active ones unless the filter says otherwise.",
    )

    @resolved("Where an identity provider sends its SCIM requests: the base URL to enter there.")
    def scim_endpoint_url(self, info: Info) -> str:
        """The same for every organization; the token decides which one it is."""
        return f"{info.context.base_url}/scim/v2"

    @resolved("Its two groups, Admins and Users.")
    async def groups(self, info: Info) -> list[Group]:
        """Both groups, by id."""
        groups = await info.context.services.groups.list(info.context.actor)
        return [Group.of(group.organization_id, group.role) for group in groups]

    @resolved("Its SCIM tokens, the newest first, revoked ones included. Needs the permission TOKENS_WRITE.")
    async def scim_tokens(self, info: Info) -> list[ScimToken]:
        """Tokens without their secrets."""
        return await list_scim_tokens(info.context)

    @classmethod
    def of(cls, organization: organizations.Organization) -> Self:
        """The organization as the API shows it."""
        return cls(
            id=organization.id, handle=organization.handle, name=organization.name, created_at=organization.created_at
        )


async def read_organization(context: Context) -> Organization:
    """The actor's organization."""
    return Organization.of(await context.services.organizations.get(context.actor))


async def find_organization(context: Context, organization_id: str) -> Organization | None:
    """The actor's organization if the id is its own, else None."""
    return await read_organization(context) if organization_id == context.actor.organization_id else None

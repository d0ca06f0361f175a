"""A member, as the API shows them."""

from datetime import datetime
from typing import Self

import strawberry
from strawberry import relay

from rollbook.domain import roles
from rollbook.domain.memberships import Membership, Source
from rollbook.domain.policy import Permission, may, may_read_all, may_read_history
from rollbook.graphql.audit_events import AuditEvent, MemberHistoryConnection, read_history
from rollbook.graphql.context import Context, Info
from rollbook.graphql.enums import MemberSource, MemberStatus, Role
from rollbook.graphql.fields import resolved
from rollbook.graphql.groups import Group
from rollbook.graphql.pagination import After, Before, First, Last
from rollbook.graphql.provisioning_lists import list_member_requests
from rollbook.graphql.provisioning_requests import ProvisioningRequestConnection
from rollbook.graphql.sso import SsoIdentity
from rollbook.graphql.users import User

_ROLES = {None: None} | {role: Role[role.name] for role in roles.Role}
_SOURCES = {source: MemberSource[source.name] for source in Source}


@strawberry.type(description="A person's place in your organization.")
class Member(relay.Node):
    """A membership of the viewer's organization."""

    id: relay.NodeID[str]
    name: str = strawberry.field(description="The name by which the person is listed.")
    email: str | None = strawberry.field(
        description="The person's e-mail address in this organization, if one is known."
    )
    user_name: str | None = strawberry.field(
        description="The SCIM userName, unique in the organization. Null if you may not read it."
    )
    external_id: str | None = strawberry.field(
        description="The identity provider's own id of the person. Null without one, and if you may not read it."
    )
    status: MemberStatus = strawberry.field(description="Whether the member has access.")
    role: Role | None = strawberry.field(
        description="What the member may do: the highest grant. Null, and no access, while inactive or without a grant."
    )
    grants: list[Role] = strawberry.field(
        description="The roles granted to the member. An inactive member keeps them; they count again on reactivation."
    )
    source: MemberSource = strawberry.field(description="Who looks after the member's profile.")
    version: int = strawberry.field(
        description="Grows with each change. Send it as expectedVersion to change only what you have seen."
    )
    created_at: datetime = strawberry.field(description="When the membership was made.")
    updated_at: datetime = strawberry.field(description="When the membership was last changed.")
    membership: strawberry.Private[Membership]

    @resolved(
        "The person behind the membership. Null if the member was removed meanwhile, or you may not read members."
    )
    async def user(self, info: Info) -> User | None:
        """Read for all members of a level at once."""
        user = await info.context.loaders.users.load(self.membership.user_id)
        return None if user is None else User.of(user)

    @resolved(
        "Who the member is at the identity provider. "
        "Null if they never signed in through it, and if you may not read it: of others it needs MEMBERS_READ."
    )
    async def sso_identity(self, info: Info) -> SsoIdentity | None:
        """Read for all members of a level at once."""
        if not may_read_all(info.context.actor, self.membership.id):
            return None
        identity = await info.context.loaders.identities.load(self.membership.id)
        return None if identity is None else SsoIdentity.of(identity)

    @resolved(
        "In how many browsers the member is signed in. Null if you may not read it: of others it needs MEMBERS_READ."
    )
    async def session_count(self, info: Info) -> int | None:
        """Read for all members of a level at once."""
        if not may_read_all(info.context.actor, self.membership.id):
            return None
        return await info.context.loaders.session_counts.load(self.membership.id)

    @resolved("The groups in which the member is listed. Empty while inactive.", rows=len(roles.Role))
    def groups(self) -> list[Group]:
        """Read from the grants, which is what the groups are views of."""
        if not self.membership.active:
            return []
        return [Group.of(self.membership.organization_id, role) for role in sorted(self.membership.grants)]

    @resolved(
        "The newest event by which the identity provider touched the member. "
        "Null if there is none, and if you may not read it: of others it needs the permission AUDIT_READ."
    )
    async def last_provisioning(self, info: Info) -> AuditEvent | None:
        """Read for all members of a level at once."""
        if not may_read_history(info.context.actor, self.membership.id):
            return None
        event = await info.context.loaders.last_provisioning.load(self.membership.id)
        return None if event is None else AuditEvent.of(event)

    @resolved(
        "What happened to the member, page by page, the newest first. "
        "Null if you may not read it: of others it needs the permission AUDIT_READ."
    )
    def history(
        self,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> MemberHistoryConnection | None:
        """Read for all members of a level at once."""
        if not may_read_history(info.context.actor, self.membership.id):
            return None
        return read_history(info.context, self.membership.id, first, after, last, before)

    @resolved(
        "What provisioning clients sent about the member, page by page, the newest first. "
        "Null without the permission AUDIT_READ."
    )
    def provisioning_requests(
        self,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ProvisioningRequestConnection | None:
        """Read for all members of a level at once."""
        if not may(info.context.actor, Permission.AUDIT_READ):
            return None
        return list_member_requests(info.context, self.membership.id, first, after, last, before)

    @classmethod
    def of(cls, membership: Membership) -> Self:
        """The member as the API shows them. What the actor may not read is blank already."""
        return cls(
            id=membership.id,
            name=membership.name,
            email=membership.email,
            user_name=membership.user_name or None,
            external_id=membership.external_id,
            status=MemberStatus.ACTIVE if membership.active else MemberStatus.INACTIVE,
            role=_ROLES[membership.role],
            grants=[Role[role.name] for role in sorted(membership.grants)],
            source=_SOURCES[membership.source],
            version=membership.version,
            created_at=membership.created_at,
            updated_at=membership.updated_at,
            membership=membership,
        )


async def find_member(context: Context, membership_id: str) -> Member | None:
    """The member of this id, or None when there is none in the actor's organization."""
    membership = await context.loaders.memberships.load(membership_id)
    return None if membership is None else Member.of(membership)

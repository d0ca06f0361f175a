"""Every query in one list."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated

import strawberry
from strawberry import relay

from rollbook.domain.errors import NotFound
from rollbook.graphql import ids, viewer
from rollbook.graphql.audit_events import find_audit_event
from rollbook.graphql.context import Context, Info
from rollbook.graphql.fields import resolved
from rollbook.graphql.groups import find_group
from rollbook.graphql.invitations import find_invitation
from rollbook.graphql.jobs import Job, find_job
from rollbook.graphql.login_domains import find_login_domain
from rollbook.graphql.memberships import Member, find_member
from rollbook.graphql.organizations import Organization, find_organization, read_organization
from rollbook.graphql.passkeys import find_passkey
from rollbook.graphql.provisioning_requests import find_provisioning_request
from rollbook.graphql.sessions import find_session
from rollbook.graphql.sso import find_sso_connection
from rollbook.graphql.tokens import find_api_token, find_scim_token
from rollbook.graphql.users import find_user

_FIND: Mapping[str, Callable[[Context, str], Awaitable[relay.Node | None]]] = {
    "ApiToken": find_api_token,
    "AuditEvent": find_audit_event,
    "Group": find_group,
    "Invitation": find_invitation,
    "Job": find_job,
    "LoginDomain": find_login_domain,
    "Member": find_member,
    "Organization": find_organization,
    "Passkey": find_passkey,
    "ProvisioningRequest": find_provisioning_request,
    "ScimToken": find_scim_token,
    "Session": find_session,
    "SsoConnection": find_sso_connection,
    "User": find_user,
}
"""How an object of each type is found by its inner id, in the actor's organization only."""


@strawberry.type(description="What can be read.")
class Query:
    """The root of every query."""

    @resolved("Who you are to this API.")
    def viewer(self, info: Info) -> viewer.Viewer:
        """The actor."""
        return viewer.Viewer.of(info.context)

    @resolved("The organization in which you act.")
    async def organization(self, info: Info) -> Organization:
        """The actor's organization."""
        return await read_organization(info.context)

    @resolved("One member; null if there is none of this id in your organization.")
    async def member(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The id of the member.")]
    ) -> Member | None:
        """Found by global id."""
        return await find_member(info.context, ids.inner(id, "Member", argument="id"))

    @resolved("One job; null if there is none of this id in your organization.")
    async def job(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The id of the job.")]
    ) -> Job | None:
        """Found by global id."""
        try:
            return await find_job(info.context, ids.inner(id, "Job", argument="id"))
        except NotFound:
            return None

    @resolved("Any object by its id; null if there is none of this id in your organization.")
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The id of the object.")]
    ) -> relay.Node | None:
        """Found by global id, which names the type."""
        global_id = ids.read(id, argument="id")
        find = _FIND.get(global_id.type_name)
        if find is None:
            raise ids.InvalidId("id names a type of object that this API does not have.", field="id")
        try:
            return await find(info.context, global_id.node_id)
        except NotFound:
            return None

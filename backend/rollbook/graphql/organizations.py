"""The organization in which the viewer acts: the root of all that belongs to it."""

from datetime import datetime
from typing import Self

import strawberry
from strawberry import relay

from rollbook.domain import organizations
from rollbook.domain.login_domains import MAX_LOGIN_DOMAINS
from rollbook.domain.roles import Role
from rollbook.domain.series import MOST_POINTS
from rollbook.graphql import series
from rollbook.graphql.attention import MOST_ITEMS, AttentionItem, list_attention
from rollbook.graphql.audit_events import AuditEventConnection, list_audit_events
from rollbook.graphql.context import Context, Info
from rollbook.graphql.enums import MemberSource
from rollbook.graphql.fields import ROWS, resolved
from rollbook.graphql.groups import Group
from rollbook.graphql.invitations import InvitationConnection, list_invitations
from rollbook.graphql.jobs import JobConnection, list_jobs
from rollbook.graphql.login_domains import LoginDomain, list_login_domains
from rollbook.graphql.member_lists import MemberConnection, list_members
from rollbook.graphql.organization_settings import OrganizationSettings
from rollbook.graphql.provisioning_lists import (
    ProvisioningResultPoint,
    list_provisioning_requests,
    provisioning_results,
)
from rollbook.graphql.provisioning_requests import ProvisioningRequestConnection
from rollbook.graphql.sessions import SessionConnection, list_sessions
from rollbook.graphql.sso import SsoSettings, read_sso
from rollbook.graphql.tokens import MOST_LISTED, Token, list_tokens


@strawberry.type(description="The organization in which you act.")
class Organization(relay.Node):
    """The viewer's organization; there is no other one for them."""

    id: relay.NodeID[str]
    handle: str = strawberry.field(description="Its short name in links and on the command line.")
    name: str = strawberry.field(description="Its name.")
    created_at: datetime = strawberry.field(description="When it was made.")
    version: int = strawberry.field(
        description="Grows with each change of its name and settings. "
        "Send it as expectedVersion to change only what you have seen."
    )
    members: MemberConnection | None = strawberry.field(
        resolver=list_members,
        description="Its members, page by page, as they are or as of a moment; the active ones unless the filter says "
        "otherwise. Null, with an error, if you may not read members.",
    )
    invitations: InvitationConnection | None = strawberry.field(
        resolver=list_invitations,
        description="Who was invited, page by page, the newest first, whatever came of it. "
        "Null, with an error, without the permission MEMBERS_READ.",
    )
    jobs: JobConnection | None = strawberry.field(
        resolver=list_jobs,
        description="Its bulk changes and imports, page by page, the newest first. "
        "Null, with an error, if you may neither read all about members nor change them.",
    )
    audit_events: AuditEventConnection | None = strawberry.field(
        resolver=list_audit_events,
        description="What was done in it, page by page, the newest first. "
        "Null, with an error, without the permission AUDIT_READ.",
    )
    membership_series: list[series.MembershipSeries] | None = strawberry.field(
        resolver=series.membership_series,
        description="How many members it gained, lost and had. "
        "Null, with an error, without the permission MEMBERS_READ.",
        metadata={ROWS: len(MemberSource)},
    )
    provisioning_series: list[series.ProvisioningSeries] | None = strawberry.field(
        resolver=series.provisioning_series,
        description="How much the identity provider did. Null, with an error, without the permission AUDIT_READ.",
        metadata={ROWS: series.MOST_ACTIONS},
    )
    provisioning_requests: ProvisioningRequestConnection | None = strawberry.field(
        resolver=list_provisioning_requests,
        description="What provisioning clients sent and what came of it, page by page, the newest first: every write, "
        "and every read that was refused or failed, or of which something was ignored, repaired or left out. "
        "Null, with an error, without the permission AUDIT_READ.",
    )
    provisioning_results: list[ProvisioningResultPoint] | None = strawberry.field(
        resolver=provisioning_results,
        description="How many of the requests in the provisioning log came to what: a point for each stretch of time, "
        "from the oldest on. Those that were too many at once to be kept are not counted. "
        "Null, with an error, without the permission AUDIT_READ.",
        metadata={ROWS: MOST_POINTS},
    )
    attention: list[AttentionItem] | None = strawberry.field(
        resolver=list_attention,
        description="What somebody should see to, the worst first, at most 50. You are told what you may know: with "
        "MEMBERS_READ that admins are missing, with TOKENS_WRITE what is the matter with tokens, and with AUDIT_READ "
        "what provisioning clients could not do.",
        metadata={ROWS: MOST_ITEMS},
    )

    tokens: list[Token] | None = strawberry.field(
        resolver=list_tokens,
        description="Its tokens, the newest first, at most 200. "
        "Null, with an error, without the permission TOKENS_WRITE.",
        metadata={ROWS: MOST_LISTED},
    )
    sessions: SessionConnection | None = strawberry.field(
        resolver=list_sessions,
        description="The browsers in which its members are signed in, page by page, the newest first. "
        "Null, with an error, without the permission MEMBERS_READ.",
    )
    login_domains: list[LoginDomain] | None = strawberry.field(
        resolver=list_login_domains,
        description="The domains of e-mail addresses that it says are its own, by name. "
        "Null, with an error, without the permission SETTINGS_WRITE.",
        metadata={ROWS: MAX_LOGIN_DOMAINS},
    )

    @resolved("Where an identity provider sends its SCIM requests: the base URL to enter there.")
    def scim_endpoint_url(self, info: Info) -> str:
        """The same for every organization; the token decides which one it is."""
        return f"{info.context.base_url}/scim/v2"

    @resolved("Its two groups, Admins and Users.", rows=len(Role))
    def groups(self) -> list[Group]:
        """Both groups, by id; every organization has them."""
        return [Group.of(self.id, role) for role in sorted(Role)]

    @resolved("What it has decided for itself. Null, with an error, without the permission SETTINGS_WRITE.")
    async def settings(self, info: Info) -> OrganizationSettings | None:
        """Read with the permission that changing them needs."""
        return OrganizationSettings.of(await info.context.services.organizations.settings(info.context.actor))

    @resolved("Its single sign-on. Null, with an error, without the permission SETTINGS_WRITE.")
    async def sso(self, info: Info) -> SsoSettings | None:
        """Read with the permission that changing it needs."""
        return await read_sso(info.context, self.handle)

    @classmethod
    def of(cls, organization: organizations.Organization) -> Self:
        """The organization as the API shows it."""
        return cls(
            id=organization.id,
            handle=organization.handle,
            name=organization.name,
            created_at=organization.created_at,
            version=organization.version,
        )


async def read_organization(context: Context) -> Organization:
    """The actor's organization."""
    return Organization.of(await context.services.organizations.get(context.actor))


async def find_organization(context: Context, organization_id: str) -> Organization | None:
    """The actor's organization if the id is its own, else None."""
    return await read_organization(context) if organization_id == context.actor.organization_id else None

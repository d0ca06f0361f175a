"""The enums of the schema. Those that mirror a domain enum have its member names and its values."""

from enum import Enum

import strawberry


@strawberry.enum(description="The sources that a member's profile can have: who looks after it.")
class MemberSource(Enum):
    """Mirrors `domain.memberships.Source`."""

    MANUAL = strawberry.enum_value("manual", description="Added by hand; the profile is edited here.")
    SCIM = strawberry.enum_value(
        "scim", description="Provisioned by the identity provider; the profile is edited there."
    )
    SSO = strawberry.enum_value("sso", description="Joined by signing in with the organization's single sign-on.")


@strawberry.enum(description="Whether a member has access.")
class MemberStatus(Enum):
    """Whether a membership is active; the value is that of `Membership.active`."""

    ACTIVE = strawberry.enum_value(True, description="Has the access that their role gives.")
    INACTIVE = strawberry.enum_value(
        False, description="Deactivated: no access. The membership, its id and its grants are kept."
    )


@strawberry.enum(description="What a member may do in the organization.")
class Role(Enum):
    """Mirrors `domain.roles.Role`."""

    ADMIN = strawberry.enum_value("admin", description="May do everything in the organization.")
    USER = strawberry.enum_value("user", description="May see the name, e-mail, role and status of members.")


@strawberry.enum(description="By what a list of members is ordered. Equal ones are ordered by id.")
class MemberOrderField(Enum):
    """Mirrors `domain.criteria.OrderField`."""

    CREATED_AT = strawberry.enum_value("created_at", description="By the time at which the membership was made.")
    EMAIL = strawberry.enum_value(
        "email", description="By e-mail address, regardless of case; those without one first."
    )
    NAME = strawberry.enum_value("name", description="By name, regardless of case.")


@strawberry.enum(description="What a live event tells of, and so what to read anew. More may be added.")
class OrganizationEventType(Enum):
    """Mirrors `domain.events.EventType`."""

    AUDIT_RECORDED = strawberry.enum_value(
        "audit_recorded", description="Something that has no type of its own, a sign-in for example. For audit:read."
    )
    GROUP_MEMBERS_CHANGED = strawberry.enum_value(
        "group_members_changed", description="Members were added to a group or removed from it, in one step."
    )
    INVITATIONS_CHANGED = strawberry.enum_value(
        "invitations_changed", description="An invitation was made, resent, accepted or revoked. For members:read."
    )
    JOBS_CHANGED = strawberry.enum_value(
        "jobs_changed", description="A job was made or cancelled. For members:read; jobProgress watches one."
    )
    MEMBER_CREATED = strawberry.enum_value("member_created", description="There is a new member.")
    MEMBER_REMOVED = strawberry.enum_value("member_removed", description="A membership has ended.")
    MEMBER_UPDATED = strawberry.enum_value(
        "member_updated", description="A member's profile, role or status changed, or they were reactivated."
    )
    ORGANIZATION_UPDATED = strawberry.enum_value(
        "organization_updated", description="The organization's name or settings changed."
    )
    STARTED = strawberry.enum_value("started", description="Nothing changed; the stream has begun here.")
    TOKENS_CHANGED = strawberry.enum_value(
        "tokens_changed", description="A token was generated, changed, rotated or revoked. For tokens:write."
    )


@strawberry.enum(description="The direction of an order.")
class OrderDirection(Enum):
    """Which way a list runs; the value is that of `Order.descending`."""

    ASC = strawberry.enum_value(False, description="From the smallest to the largest.")
    DESC = strawberry.enum_value(True, description="From the largest to the smallest.")


@strawberry.enum(description="One right inside the organization.")
class Permission(Enum):
    """Mirrors `domain.policy.Permission`."""

    ACCOUNT = strawberry.enum_value("account", description="See and end one's own sessions and passkeys.")
    AUDIT_READ = strawberry.enum_value("audit:read", description="Read the audit trail.")
    DIRECTORY_READ = strawberry.enum_value(
        "directory:read", description="Read the name, e-mail, role and status of members."
    )
    MEMBERS_READ = strawberry.enum_value("members:read", description="Read everything about members.")
    MEMBERS_WRITE = strawberry.enum_value("members:write", description="Add, change, deactivate and remove members.")
    ORGANIZATION_READ = strawberry.enum_value("organization:read", description="Read the organization itself.")
    PROVISION = strawberry.enum_value("provision", description="Provision members through SCIM.")
    ROLES_WRITE = strawberry.enum_value("roles:write", description="Grant and revoke the role ADMIN.")
    SETTINGS_WRITE = strawberry.enum_value("settings:write", description="Change the organization's settings.")
    TOKENS_WRITE = strawberry.enum_value("tokens:write", description="See, generate and revoke tokens.")


@strawberry.enum(description="Which door a token opens.")
class TokenKind(Enum):
    """Mirrors `domain.tokens.TokenKind`."""

    API = strawberry.enum_value("api", description="This API, with the token's scopes.")
    SCIM = strawberry.enum_value("scim", description="The SCIM endpoint.")


@strawberry.enum(description="What an API token may do.")
class TokenScope(Enum):
    """Mirrors `domain.policy.API_SCOPES`."""

    AUDIT_READ = strawberry.enum_value("audit:read", description="Read the audit trail.")
    MEMBERS_READ = strawberry.enum_value("members:read", description="Read everything about members.")
    MEMBERS_WRITE = strawberry.enum_value("members:write", description="Add, change, deactivate and remove members.")
    ROLES_WRITE = strawberry.enum_value("roles:write", description="Grant and revoke the role ADMIN.")
    SETTINGS_WRITE = strawberry.enum_value("settings:write", description="See and change the organization's settings.")
    TOKENS_WRITE = strawberry.enum_value("tokens:write", description="See, generate, change and revoke tokens.")


@strawberry.enum(description="How the requests of a SCIM token are read.")
class TokenDialect(Enum):
    """Mirrors `domain.tokens.Dialect`."""

    AUTO = strawberry.enum_value(
        "auto", description="Repairs what identity providers are known to get wrong. Right for Okta and Entra ID."
    )
    STRICT = strawberry.enum_value(
        "strict", description="Refuses whatever RFC 7644 does not allow. For those who develop a provisioning client."
    )


@strawberry.enum(description="Whether a token works.")
class TokenStatus(Enum):
    """Mirrors `domain.tokens.TokenStatus`."""

    ACTIVE = strawberry.enum_value("active", description="Works.")
    EXPIRED = strawberry.enum_value("expired", description="Its time is over; it will not work again.")
    REVOKED = strawberry.enum_value("revoked", description="Was revoked; it will not work again.")


@strawberry.enum(description="With what kind of credential a request came.")
class ViewerKind(Enum):
    """Mirrors the kinds of actor that pass the GraphQL door."""

    API_TOKEN = strawberry.enum_value("api_token", description="An API token, sent as a bearer token.")
    SESSION = strawberry.enum_value("session", description="A signed-in browser.")


@strawberry.enum(description="What was done. New ones may be added; treat one that you do not know as another change.")
class AuditAction(Enum):
    """Mirrors `domain.audit.AuditAction`."""

    GROUP_MEMBERS_CHANGED = strawberry.enum_value(
        "group.members_changed", description="A group gained or lost members."
    )
    IDENTITY_LINKED = strawberry.enum_value(
        "identity.linked", description="A member can sign in through the identity provider from now on."
    )
    IDENTITY_UNLINKED = strawberry.enum_value(
        "identity.unlinked", description="A member's tie to an identity of the provider was cut."
    )
    INVITATION_ACCEPTED = strawberry.enum_value(
        "invitation.accepted", description="An invited person accepted and is a member."
    )
    INVITATION_CREATED = strawberry.enum_value("invitation.created", description="A person was invited.")
    INVITATION_RESENT = strawberry.enum_value("invitation.resent", description="An invitation got a new link.")
    INVITATION_REVOKED = strawberry.enum_value("invitation.revoked", description="An invitation was taken back.")
    JOB_CANCELLED = strawberry.enum_value("job.cancelled", description="A job was stopped before its end.")
    JOB_CREATED = strawberry.enum_value("job.created", description="A job was started.")
    LOGIN_DOMAIN_ADDED = strawberry.enum_value(
        "login_domain.added", description="A domain of e-mail addresses was listed, to be proven."
    )
    LOGIN_DOMAIN_LAPSED = strawberry.enum_value(
        "login_domain.lapsed", description="The record of a proven domain was gone, so the domain is not proven now."
    )
    LOGIN_DOMAIN_PROVEN = strawberry.enum_value(
        "login_domain.proven", description="A domain was proven to be the organization's."
    )
    LOGIN_DOMAIN_REMOVED = strawberry.enum_value("login_domain.removed", description="A domain was taken off the list.")
    LOGIN_LINK_CREATED = strawberry.enum_value(
        "login_link.created", description="The operator made a one-time sign-in link for an admin."
    )
    MEMBERSHIP_CREATED = strawberry.enum_value("membership.created", description="A person became a member.")
    MEMBERSHIP_REMOVED = strawberry.enum_value("membership.removed", description="A membership ended.")
    MEMBERSHIP_REVIVED = strawberry.enum_value(
        "membership.revived", description="An inactive member was added again, and is active."
    )
    MEMBERSHIP_UPDATED = strawberry.enum_value(
        "membership.updated", description="A member's profile, status or role changed."
    )
    ORGANIZATION_CREATED = strawberry.enum_value("organization.created", description="The organization was made.")
    ORGANIZATION_UPDATED = strawberry.enum_value(
        "organization.updated", description="The organization's name or settings changed."
    )
    PASSKEY_REGISTERED = strawberry.enum_value("passkey.registered", description="A member registered a passkey.")
    PASSKEY_REMOVED = strawberry.enum_value("passkey.removed", description="A member removed a passkey.")
    SESSION_ENDED = strawberry.enum_value("session.ended", description="A member signed out.")
    SESSION_REVOKED = strawberry.enum_value(
        "session.revoked", description="A session was ended from elsewhere, by its member or by an admin."
    )
    SESSION_STARTED = strawberry.enum_value("session.started", description="A member signed in.")
    SSO_CONNECTION_REMOVED = strawberry.enum_value(
        "sso_connection.removed", description="Single sign-on was taken away."
    )
    SSO_CONNECTION_SAVED = strawberry.enum_value(
        "sso_connection.saved", description="Single sign-on was set up or changed."
    )
    SSO_ENFORCED = strawberry.enum_value(
        "sso_connection.enforced", description="Single sign-on became the only way in."
    )
    SSO_RELEASED = strawberry.enum_value(
        "sso_connection.released", description="Other ways in were opened again beside single sign-on."
    )
    TOKEN_CREATED = strawberry.enum_value("token.created", description="A token was generated.")
    TOKEN_REVOKED = strawberry.enum_value("token.revoked", description="A token was revoked.")
    TOKEN_ROTATED = strawberry.enum_value(
        "token.rotated", description="A token was generated to take over from another one."
    )
    TOKEN_UPDATED = strawberry.enum_value("token.updated", description="A token's name, scopes or dialect changed.")
    USER_ERASED = strawberry.enum_value(
        "user.erased", description="The operator erased a person from the whole installation."
    )


@strawberry.enum(description="With what kind of credential an actor came.")
class AuditActorKind(Enum):
    """Mirrors `domain.actors.ActorKind`."""

    API_TOKEN = strawberry.enum_value("api_token", description="A program with an API token.")
    OPERATOR = strawberry.enum_value("operator", description="The operator, at the installation's command line.")
    SCIM_TOKEN = strawberry.enum_value("scim_token", description="An identity provider with a SCIM token.")
    SESSION = strawberry.enum_value("session", description="A member who was signed in.")


@strawberry.enum(description="The door through which something was done.")
class AuditChannel(Enum):
    """Mirrors `domain.actors.Channel`."""

    CLI = strawberry.enum_value("cli", description="The installation's command line.")
    GRAPHQL = strawberry.enum_value("graphql", description="The settings pages, and other clients of this API.")
    SCIM = strawberry.enum_value("scim", description="The SCIM endpoint, used by identity providers.")


@strawberry.enum(description="What has become of an invitation.")
class InvitationStatus(Enum):
    """Mirrors `domain.invitations.InvitationStatus`."""

    ACCEPTED = strawberry.enum_value("accepted", description="Somebody joined by it.")
    EXPIRED = strawberry.enum_value("expired", description="Its time is over. Resend it for a new link.")
    PENDING = strawberry.enum_value("pending", description="Its link works.")
    REVOKED = strawberry.enum_value(
        "revoked", description="It was revoked, by hand or because the person's access ended."
    )


@strawberry.enum(description="What a job does.")
class JobKind(Enum):
    """Mirrors `domain.jobs.JobKind`."""

    BULK_UPDATE = strawberry.enum_value("bulk_update", description="Does the same with many members.")
    IMPORT = strawberry.enum_value("import", description="Adds the people of a CSV file.")


@strawberry.enum(description="How far a job is.")
class JobStatus(Enum):
    """Mirrors `domain.jobs.JobStatus`."""

    CANCELLED = strawberry.enum_value("cancelled", description="Was stopped by somebody; what was done stays done.")
    DONE = strawberry.enum_value("done", description="Every row is done, some of them perhaps without success.")
    FAILED = strawberry.enum_value("failed", description="Stopped before its end, for the reason in failure.")
    QUEUED = strawberry.enum_value("queued", description="Waits for its turn.")
    RUNNING = strawberry.enum_value("running", description="Is under way.")


@strawberry.enum(description="What came of one row of a job; of a dry run, what would come of it.")
class JobRowOutcome(Enum):
    """Mirrors `domain.jobs.RowOutcome`."""

    CREATED = strawberry.enum_value("created", description="The person is a new member.")
    FAILED = strawberry.enum_value("failed", description="Refused, for the reason in code and message.")
    REMOVED = strawberry.enum_value("removed", description="The membership has ended.")
    REVIVED = strawberry.enum_value("revived", description="The inactive member is active again.")
    SKIPPED = strawberry.enum_value("skipped", description="Left out; the message tells why.")
    UNCHANGED = strawberry.enum_value("unchanged", description="There was nothing to change.")
    UPDATED = strawberry.enum_value("updated", description="The member is changed.")


@strawberry.enum(description="What to do with each of the members.")
class BulkChange(Enum):
    """Mirrors `domain.jobs.BulkChange`."""

    DEACTIVATE = strawberry.enum_value("deactivate", description="Take their access away, as deactivateMember does.")
    REACTIVATE = strawberry.enum_value("reactivate", description="Give their access back, as reactivateMember does.")
    REMOVE = strawberry.enum_value("remove", description="End their membership, as removeMember does.")
    SET_ROLE = strawberry.enum_value("set_role", description="Set their role, as setMemberRole does.")


@strawberry.enum(description="By what somebody signed in.")
class SignInMethod(Enum):
    """Mirrors `domain.sessions.SignInMethod`."""

    INVITATION = strawberry.enum_value("invitation", description="By accepting an invitation.")
    LINK = strawberry.enum_value("link", description="By a one-time link that the operator made.")
    PASSKEY = strawberry.enum_value("passkey", description="With a passkey.")
    SETUP = strawberry.enum_value("setup", description="By setting up the installation.")
    SSO = strawberry.enum_value("sso", description="Through the organization's identity provider.")


@strawberry.enum(description="Whose product the identity provider is. It decides hints and guides only.")
class SsoProvider(Enum):
    """Mirrors `domain.sso.Provider`."""

    ENTRA = strawberry.enum_value("entra", description="Microsoft Entra ID.")
    OKTA = strawberry.enum_value("okta", description="Okta.")
    OTHER = strawberry.enum_value("other", description="Any other OpenID Connect provider.")


@strawberry.enum(description="How the client secret is shown to the identity provider.")
class ClientAuthentication(Enum):
    """Mirrors `domain.sso.ClientAuthentication`."""

    BASIC = strawberry.enum_value("client_secret_basic", description="In a header; what providers expect unless told.")
    POST = strawberry.enum_value("client_secret_post", description="In the body of the request.")


@strawberry.enum(description="The steps of a connection test, in their order.")
class SsoTestStep(Enum):
    """Mirrors `domain.sso.TestStep`."""

    ADDRESS = strawberry.enum_value("address", description="The issuer is an https URL whose host is public.")
    DISCOVERY = strawberry.enum_value("discovery", description="Its configuration document can be read.")
    ISSUER = strawberry.enum_value("issuer", description="The document names exactly this issuer.")
    ENDPOINTS = strawberry.enum_value(
        "endpoints", description="The document names where to sign in, to redeem a code, and to find the keys."
    )
    ALGORITHMS = strawberry.enum_value(
        "algorithms", description="The provider offers the code flow, PKCE, and a signature that is accepted."
    )
    KEYS = strawberry.enum_value("keys", description="The keys can be read, and one of them can be used.")
    CREDENTIALS = strawberry.enum_value("credentials", description="The provider accepts the client id and secret.")
    STEP_UP = strawberry.enum_value("step_up", description="The provider tells when somebody signed in.")


@strawberry.enum(description="What a step of a connection test came to.")
class SsoTestStatus(Enum):
    """Mirrors `domain.sso.FindingStatus`."""

    FAILED = strawberry.enum_value("failed", description="Nobody can sign in before this is mended.")
    PASSED = strawberry.enum_value("passed", description="As it should be.")
    SKIPPED = strawberry.enum_value("skipped", description="Not tried, because a step before it failed.")
    WARNING = strawberry.enum_value("warning", description="People can sign in, but something is worth knowing.")


@strawberry.enum(description="What has become of the e-mail to an invited person.")
class MailOutcome(Enum):
    """Mirrors `domain.invitations.MailOutcome`."""

    FAILED = strawberry.enum_value("failed", description="The mail server did not take it: hand over the link.")
    NOT_ASKED = strawberry.enum_value("not_asked", description="None was asked for: hand over the link.")
    NOT_CONFIGURED = strawberry.enum_value(
        "not_configured", description="The installation has no mail server: hand over the link."
    )
    SENT = strawberry.enum_value("sent", description="The mail server has taken it.")

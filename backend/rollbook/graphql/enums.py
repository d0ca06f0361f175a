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


@strawberry.enum(description="The direction of an order.")
class OrderDirection(Enum):
    """Which way a list runs; the value is that of `Order.descending`."""

    ASC = strawberry.enum_value(False, description="From the smallest to the largest.")
    DESC = strawberry.enum_value(True, description="From the largest to the smallest.")


@strawberry.enum(description="One right inside the organization.")
class Permission(Enum):
    """Mirrors `domain.policy.Permission`."""

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
    """What can be said of a token now."""

    ACTIVE = strawberry.enum_value("active", description="Works.")
    EXPIRED = strawberry.enum_value("expired", description="Its time is over; it will not work again.")
    REVOKED = strawberry.enum_value("revoked", description="Was revoked; it will not work again.")


@strawberry.enum(description="With what kind of credential a request came.")
class ViewerKind(Enum):
    """Mirrors the kinds of actor that pass the GraphQL door."""

    API_TOKEN = strawberry.enum_value("api_token", description="An API token, sent as a bearer token.")
    SESSION = strawberry.enum_value("session", description="A signed-in browser.")

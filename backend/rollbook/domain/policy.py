"""Who may do what: the one table of permissions (product rules, section 3).

Outside one's organization an object is not found; inside, without the right, the act is forbidden.
"""

from collections.abc import Mapping, Set
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from rollbook.domain.actors import Actor, ActorKind
from rollbook.domain.errors import Forbidden, SignInAgain
from rollbook.domain.events import EventType
from rollbook.domain.memberships import Membership
from rollbook.domain.profiles import Profile
from rollbook.domain.roles import Role
from rollbook.domain.sessions import is_recent


class Permission(StrEnum):
    """One right inside one organization. All but the first five are also the scopes of API tokens."""

    ACCOUNT = "account"  # one's own sessions, passkeys and identity
    DIRECTORY_READ = "directory:read"  # name, e-mail, role and status of members
    OPERATE = "operate"  # what needs file access to the installation
    ORGANIZATION_READ = "organization:read"
    PROVISION = "provision"

    AUDIT_READ = "audit:read"
    MEMBERS_READ = "members:read"  # everything about members
    MEMBERS_WRITE = "members:write"
    ROLES_WRITE = "roles:write"  # grant and revoke admin
    SETTINGS_WRITE = "settings:write"
    TOKENS_WRITE = "tokens:write"


API_SCOPES: frozenset[Permission] = frozenset(
    {
        Permission.AUDIT_READ,
        Permission.MEMBERS_READ,
        Permission.MEMBERS_WRITE,
        Permission.ROLES_WRITE,
        Permission.SETTINGS_WRITE,
        Permission.TOKENS_WRITE,
    }
)
"""The scopes that an API token may be given."""

DEFAULT_API_SCOPES: frozenset[Permission] = frozenset({Permission.MEMBERS_READ})

ROLE_PERMISSIONS: Mapping[Role, Set[Permission]] = {
    Role.ADMIN: API_SCOPES | {Permission.ACCOUNT, Permission.DIRECTORY_READ, Permission.ORGANIZATION_READ},
    Role.USER: frozenset({Permission.ACCOUNT, Permission.DIRECTORY_READ, Permission.ORGANIZATION_READ}),
}

SCIM_PERMISSIONS: Set[Permission] = frozenset(
    {
        Permission.DIRECTORY_READ,
        Permission.MEMBERS_READ,
        Permission.MEMBERS_WRITE,
        Permission.PROVISION,
        Permission.ROLES_WRITE,
    }
)
"""What a SCIM token may do; it needs no scopes."""

KIND_PERMISSIONS: Mapping[ActorKind, Set[Permission]] = {
    ActorKind.API_TOKEN: frozenset({Permission.ORGANIZATION_READ}),  # and the scopes that it was given
    ActorKind.OPERATOR: frozenset(Permission) - {Permission.ACCOUNT},
    ActorKind.SCIM_TOKEN: SCIM_PERMISSIONS,
    ActorKind.SESSION: frozenset(),  # what its member's role allows
}


EVENT_PERMISSIONS: Mapping[EventType, Permission] = {
    EventType.AUDIT_RECORDED: Permission.AUDIT_READ,
    EventType.GROUP_MEMBERS_CHANGED: Permission.DIRECTORY_READ,
    EventType.INVITATIONS_CHANGED: Permission.MEMBERS_READ,
    EventType.JOBS_CHANGED: Permission.MEMBERS_READ,
    EventType.MEMBER_CREATED: Permission.DIRECTORY_READ,
    EventType.MEMBER_REMOVED: Permission.DIRECTORY_READ,
    EventType.MEMBER_UPDATED: Permission.DIRECTORY_READ,
    EventType.ORGANIZATION_UPDATED: Permission.ORGANIZATION_READ,
    EventType.STARTED: Permission.ORGANIZATION_READ,
    EventType.TOKENS_CHANGED: Permission.TOKENS_WRITE,
}
"""Who is told of a change while they watch: those who may read what changed. Hints name nobody."""


def permissions_of(actor: Actor) -> Set[Permission]:
    """Every permission that the actor holds now."""
    return _held(actor.kind, actor.scopes, actor.role)


def may(actor: Actor, permission: Permission) -> bool:
    """Whether the actor holds the permission."""
    return permission in permissions_of(actor)


def require(actor: Actor, permission: Permission, *, or_else: Permission | None = None) -> None:
    """Return if the actor holds the permission, or the other one; otherwise raise `Forbidden`."""
    if not may(actor, permission) and not (or_else and may(actor, or_else)):
        raise Forbidden(_DENIALS[permission])


def require_recent_sign_in(actor: Actor, at: datetime) -> None:
    """Return if the actor may do what is dangerous: a session needs a sign-in of the last ten minutes.

    Whoever holds an API token, or file access, holds its right for good. Otherwise raises `SignInAgain`.
    """
    if actor.kind is ActorKind.SESSION and not is_recent(actor.authenticated_at, at):
        raise SignInAgain("For this you must have signed in within the last 10 minutes. Sign in again, then repeat it.")


def seen_by(actor: Actor, membership: Membership) -> Membership:
    """The membership with what the actor may not read left blank.

    Users see no userName, externalId and SCIM profile; a token that may only write sees no name and address either.
    """
    if may(actor, Permission.MEMBERS_READ) or membership.id == actor.membership_id:
        return membership
    blank = replace(membership, user_name="", external_id=None, profile=Profile())
    return blank if may(actor, Permission.DIRECTORY_READ) else replace(blank, name="", email=None)


def may_read_all(actor: Actor, membership_id: str) -> bool:
    """Whether the actor may read everything about a member: anyone with `members:read`, otherwise themselves."""
    return may(actor, Permission.MEMBERS_READ) or membership_id == actor.membership_id


def may_read_history(actor: Actor, membership_id: str) -> bool:
    """Whether the actor may read what happened to a membership: anyone's with `audit:read`, otherwise their own."""
    return may(actor, Permission.AUDIT_READ) or membership_id == actor.membership_id


def may_read_job(actor: Actor, maker: str) -> bool:
    """Whether the actor may read and watch a job: anyone with `members:read`, otherwise the principal who made it."""
    return may(actor, Permission.MEMBERS_READ) or maker == actor.principal


_DENIALS: Mapping[Permission, str] = {
    Permission.ACCOUNT: "Only a member who is signed in has sessions and passkeys of their own.",
    Permission.AUDIT_READ: "Only admins, and API tokens with the scope audit:read, can read the audit trail.",
    Permission.DIRECTORY_READ: "This API token needs the scope members:read to read members.",
    Permission.MEMBERS_READ: "Only admins, and API tokens with the scope members:read, can read all about members.",
    Permission.MEMBERS_WRITE: "Only admins, and API tokens with the scope members:write, can change members.",
    Permission.OPERATE: "Only the operator, at the command line of the installation, can do this.",
    Permission.ORGANIZATION_READ: "A SCIM token works only with the SCIM endpoint.",
    Permission.PROVISION: "Only a SCIM token can provision members.",
    Permission.ROLES_WRITE: "Only admins, and API tokens with the scope roles:write, can grant or revoke admin.",
    Permission.SETTINGS_WRITE: "Only admins, and API tokens with the scope settings:write, can change settings.",
    Permission.TOKENS_WRITE: "Only admins, and API tokens with the scope tokens:write, can see and manage tokens.",
}


@lru_cache(maxsize=1024)
def _held(kind: ActorKind, scopes: frozenset[str], role: Role | None) -> Set[Permission]:
    held = set(KIND_PERMISSIONS[kind]) | {Permission(scope) for scope in scopes}
    if role is not None:
        held |= ROLE_PERMISSIONS[role]
    if Permission.MEMBERS_READ in held:
        held.add(Permission.DIRECTORY_READ)
    return frozenset(held)

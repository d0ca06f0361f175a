"""What happened: the events of the audit trail, and how a change is told by field."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from rollbook.domain.actors import Channel
from rollbook.domain.immutable import immutable
from rollbook.domain.memberships import Membership


class AuditAction(StrEnum):
    """What was done: noun and past verb."""

    GROUP_MEMBERS_CHANGED = "group.members_changed"
    IDENTITY_LINKED = "identity.linked"
    IDENTITY_UNLINKED = "identity.unlinked"
    INVITATION_ACCEPTED = "invitation.accepted"
    INVITATION_CREATED = "invitation.created"
    INVITATION_RESENT = "invitation.resent"
    INVITATION_REVOKED = "invitation.revoked"
    JOB_CANCELLED = "job.cancelled"
    JOB_CREATED = "job.created"
    LOGIN_DOMAIN_ADDED = "login_domain.added"
    LOGIN_DOMAIN_LAPSED = "login_domain.lapsed"
    LOGIN_DOMAIN_PROVEN = "login_domain.proven"
    LOGIN_DOMAIN_REMOVED = "login_domain.removed"
    LOGIN_LINK_CREATED = "login_link.created"
    MEMBERSHIP_CREATED = "membership.created"
    MEMBERSHIP_REMOVED = "membership.removed"
    MEMBERSHIP_REVIVED = "membership.revived"
    MEMBERSHIP_UPDATED = "membership.updated"
    ORGANIZATION_CREATED = "organization.created"
    ORGANIZATION_UPDATED = "organization.updated"
    PASSKEY_REGISTERED = "passkey.registered"
    PASSKEY_REMOVED = "passkey.removed"
    SESSION_ENDED = "session.ended"
    SESSION_REVOKED = "session.revoked"
    SESSION_STARTED = "session.started"
    SSO_CONNECTION_REMOVED = "sso_connection.removed"
    SSO_CONNECTION_SAVED = "sso_connection.saved"
    SSO_ENFORCED = "sso_connection.enforced"
    SSO_RELEASED = "sso_connection.released"
    TOKEN_CREATED = "token.created"
    TOKEN_REVOKED = "token.revoked"
    TOKEN_ROTATED = "token.rotated"
    TOKEN_UPDATED = "token.updated"
    USER_ERASED = "user.erased"


Changes = Mapping[str, tuple[Any, Any]]
"""By field: the value before and the value after, both ready for JSON. Secrets never."""


@immutable
class AuditEvent:
    """One operation. `actor_membership_id` is the membership of a session's member, if it was read with the event."""

    id: str
    organization_id: str
    occurred_at: datetime
    action: AuditAction
    channel: Channel
    actor_kind: str
    actor_id: str | None
    actor_name: str
    request_id: str | None
    target: str
    changes: Changes
    warning: str | None
    actor_membership_id: str | None = None


@immutable
class EventFilter:
    """Which events a listing shows; an empty set means all, None sets no condition.

    `actor_token_id` and `actor_membership_id`: what a token did, and what a member did in any of their sessions.
    """

    actions: frozenset[AuditAction] = frozenset()
    channels: frozenset[Channel] = frozenset()
    actor_token_id: str | None = None
    actor_membership_id: str | None = None
    membership_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@immutable
class Touch:
    """A membership that an event touched; `gained`: a group got it (true) or lost it (false)."""

    membership_id: str
    gained: bool | None


@immutable
class Occurrence:
    """An event in the history of one membership, with what it was for the membership if a group was changed."""

    event: AuditEvent
    gained: bool | None


def changes_between(before: Membership | None, after: Membership | None) -> Changes:
    """What differs between two states of a membership, attribute by attribute; None is before it was or after."""
    old, new = _told(before), _told(after)
    pairs = ((name, old.get(name), new.get(name)) for name in sorted({*old, *new}))
    return {name: (was, now) for name, was, now in pairs if was != now}


def _told(membership: Membership | None) -> dict[str, Any]:
    if membership is None:
        return {}
    told = {
        "active": membership.active,
        "email": membership.email,
        "externalId": membership.external_id,
        "grants": sorted(membership.grants),
        "name": membership.name,
        "source": str(membership.source),
        "userId": membership.user_id,
        "userName": membership.user_name,
    }
    return told | {f"profile.{name}": value for name, value in membership.profile.attributes.items()}

"""What happened: the events of the audit trail, and how a change is told by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from rollbook.domain.actors import Channel
from rollbook.domain.memberships import Membership


class AuditAction(StrEnum):
    """What was done: noun and past verb."""

    GROUP_MEMBERS_CHANGED = "group.members_changed"
    LOGIN_LINK_CREATED = "login_link.created"
    MEMBERSHIP_CREATED = "membership.created"
    MEMBERSHIP_REMOVED = "membership.removed"
    MEMBERSHIP_REVIVED = "membership.revived"
    MEMBERSHIP_UPDATED = "membership.updated"
    ORGANIZATION_CREATED = "organization.created"
    SESSION_ENDED = "session.ended"
    SESSION_STARTED = "session.started"
    TOKEN_CREATED = "token.created"
    TOKEN_REVOKED = "token.revoked"


Changes = Mapping[str, tuple[Any, Any]]
"""By field: the value before and the value after, both ready for JSON. Secrets never."""


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One operation. `membership_ids` are the memberships that it touched, if it was read with them."""

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


def changes_between(before: Membership | None, after: Membership | None) -> Changes:
    """What differs between two states of a membership, attribute by attribute; None is before it was or after."""
    old, new = _told(before), _told(after)
    names = sorted({*old, *new})
    return {name: (old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)}


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

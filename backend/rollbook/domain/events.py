"""What those who watch an organization live are told: hints that something changed, and their place in the order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rollbook.domain.audit import AuditAction
from rollbook.domain.immutable import immutable


class EventType(StrEnum):
    """What changed. Coarse on purpose: it says what to read anew, and stays when actions are added."""

    AUDIT_RECORDED = "audit_recorded"
    GROUP_MEMBERS_CHANGED = "group_members_changed"
    INVITATIONS_CHANGED = "invitations_changed"
    JOBS_CHANGED = "jobs_changed"
    MEMBER_CREATED = "member_created"
    MEMBER_REMOVED = "member_removed"
    MEMBER_UPDATED = "member_updated"
    ORGANIZATION_UPDATED = "organization_updated"
    STARTED = "started"
    TOKENS_CHANGED = "tokens_changed"


@dataclass(frozen=True, slots=True, order=True)
class EventPlace:
    """The place of an event in the order in which events became visible."""

    position: int
    id: str


@immutable
class Occurred:
    """An event of the audit trail, as far as a hint needs it.

    `membership_id` is the one membership that it touched, `version` that membership's version now, unless it has ended.
    """

    place: EventPlace
    action: str
    occurred_at: datetime
    membership_id: str | None
    version: int | None


@immutable
class OrganizationEvent:
    """A hint. `cursor` is sealed and names its place: whoever resumes there misses nothing and reads nothing twice."""

    cursor: str
    type: EventType
    occurred_at: datetime
    membership_id: str | None = None
    version: int | None = None


_OF_ACTION: Mapping[str, EventType] = {
    AuditAction.INVITATION_ACCEPTED: EventType.MEMBER_CREATED,
    AuditAction.LOGIN_LINK_CREATED: EventType.MEMBER_UPDATED,  # it may make an admin, or reactivate one
    AuditAction.MEMBERSHIP_CREATED: EventType.MEMBER_CREATED,
    AuditAction.MEMBERSHIP_REMOVED: EventType.MEMBER_REMOVED,
    AuditAction.USER_ERASED: EventType.MEMBER_UPDATED,
}
_OF_NOUN = {
    "group": EventType.GROUP_MEMBERS_CHANGED,
    "invitation": EventType.INVITATIONS_CHANGED,
    "job": EventType.JOBS_CHANGED,
    "membership": EventType.MEMBER_UPDATED,
    "organization": EventType.ORGANIZATION_UPDATED,
    "token": EventType.TOKENS_CHANGED,
}


def type_of(action: str) -> EventType:
    """By which hint an action is told; the most reserved one for what this version does not know."""
    noun = action.partition(".")[0]
    return _OF_ACTION.get(action) or _OF_NOUN.get(noun, EventType.AUDIT_RECORDED)

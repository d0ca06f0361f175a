"""An invitation: how someone joins without SCIM, and the only way in for an account outside the organization."""

from datetime import datetime, timedelta
from enum import StrEnum

from rollbook.domain.errors import InvalidValue
from rollbook.domain.immutable import immutable
from rollbook.domain.roles import Role

DEFAULT_DAYS = 7
MAX_DAYS = 30


class InvitationStatus(StrEnum):
    """What can be said of an invitation at a moment."""

    ACCEPTED = "accepted"
    EXPIRED = "expired"
    PENDING = "pending"
    REVOKED = "revoked"


@immutable
class Invitation:
    """An invitation as it is listed. Its link's secret is shown once, and kept only as a keyed digest.

    `membership_id` is the member who accepted it.
    """

    id: str
    organization_id: str
    email: str
    name: str | None
    role: Role
    invited_by: str
    membership_id: str | None
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    revoked_at: datetime | None

    def status(self, at: datetime) -> InvitationStatus:
        """What it is at that moment. One that expired before it was cleared away stays expired."""
        if self.accepted_at is not None:
            return InvitationStatus.ACCEPTED
        if self.revoked_at is not None and self.revoked_at < self.expires_at:
            return InvitationStatus.REVOKED
        return InvitationStatus.EXPIRED if self.expires_at <= at else InvitationStatus.PENDING


class MailOutcome(StrEnum):
    """What came of mailing an invitation's link."""

    FAILED = "failed"
    NOT_ASKED = "not_asked"
    NOT_CONFIGURED = "not_configured"
    SENT = "sent"  # the mail server has taken it


@immutable
class Delivery:
    """What came of mailing an invitation, and if it failed why, written for an admin."""

    outcome: MailOutcome
    problem: str | None = None


NOT_ASKED = Delivery(MailOutcome.NOT_ASKED)
"""Whoever made the invitation hands its link over themselves."""


def lifetime(days: int | None) -> timedelta:
    """How long an invitation of so many days lives; 7 without a number. Raises `InvalidValue`."""
    if days is None:
        days = DEFAULT_DAYS
    if not 1 <= days <= MAX_DAYS:
        raise InvalidValue(f"expiresInDays is from 1 to {MAX_DAYS}.", field="expiresInDays")
    return timedelta(days=days)

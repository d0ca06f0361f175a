"""Passkeys: how people sign in again without a password (Web Authentication, Level 2)."""

from dataclasses import field
from datetime import datetime, timedelta

from rollbook.domain.errors import InvalidValue
from rollbook.domain.immutable import immutable

CEREMONY_LIFETIME = timedelta(minutes=5)
"""So long a person may take to answer their authenticator."""

MAX_NAME = 64
MAX_PASSKEYS = 20
"""How many one member may have."""


@immutable
class Passkey:
    """A member's passkey in one organization; it opens no other.

    `sign_count` is what the authenticator said last; one that does not grow shows a copy.
    """

    id: str
    organization_id: str
    membership_id: str
    name: str
    credential_id: bytes
    public_key: bytes = field(repr=False)
    sign_count: int
    transports: tuple[str, ...]
    backed_up: bool
    created_at: datetime
    last_used_at: datetime | None


@immutable
class Challenge:
    """A ceremony that is under way; the browser carries it, encrypted. `value` is what the authenticator signs.

    `session_id` is the session of who registers a passkey: it must be the same one in the end.
    """

    value: bytes = field(repr=False)
    begun_at: datetime
    session_id: str | None = None

    def has_expired(self, at: datetime) -> bool:
        """Whether the answer comes too late at that moment."""
        return at - self.begun_at >= CEREMONY_LIFETIME


def is_copied(before: int, now: int) -> bool:
    """Whether the counts that an authenticator gave, before and now, show that somebody else has its key too.

    An authenticator that does not count says 0 each time (Web Authentication, section 6.1.1).
    """
    return (before != 0 or now != 0) and now <= before


def checked_passkey_name(name: str) -> str:
    """The name without outer spaces, or `InvalidValue`."""
    trimmed = name.strip()
    if not 1 <= len(trimmed) <= MAX_NAME or not trimmed.isprintable():
        raise InvalidValue(f"A passkey's name has 1 to {MAX_NAME} printable characters.", field="name")
    return trimmed

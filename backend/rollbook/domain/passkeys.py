"""Passkeys: how people sign in again without a password (Web Authentication, Level 2)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rollbook.domain.errors import InvalidValue

CEREMONY_LIFETIME = timedelta(minutes=5)
"""So long a person may take to answer their authenticator."""

MAX_NAME = 64
MAX_PASSKEYS = 20
"""How many one member may have."""


@dataclass(frozen=True, slots=True)
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


def checked_passkey_name(name: str) -> str:
    """The name without outer spaces, or `InvalidValue`."""
    trimmed = name.strip()
    if not 1 <= len(trimmed) <= MAX_NAME or not trimmed.isprintable():
        raise InvalidValue(f"A passkey's name has 1 to {MAX_NAME} printable characters.", field="name")
    return trimmed

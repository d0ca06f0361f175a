"""Sessions, the one-time links that start them, and how recently somebody has shown who they are."""

from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum

from rollbook.domain.immutable import immutable

LINK_LIFETIME = timedelta(minutes=15)
SESSION_LIFETIME = timedelta(days=7)
"""After so long a session ends whatever its member does."""

IDLE_LIMIT = timedelta(hours=12)
"""A session that nobody has used for so long has ended."""

SEEN_NOTED_EVERY = timedelta(minutes=5)
"""How exactly the last use of a session is known."""

RECENT = timedelta(minutes=10)
"""So long after a sign-in its member may do what is dangerous; then they show anew who they are."""

MAX_USER_AGENT = 256


class SignInMethod(StrEnum):
    """By what a session was started."""

    INVITATION = "invitation"
    LINK = "link"  # made by the operator
    PASSKEY = "passkey"
    SETUP = "setup"  # the first session of an installation
    SSO = "sso"


@immutable
class Device:
    """What is known of the browser that signs in: its User-Agent, and the address from which it came."""

    user_agent: str | None = None
    address: str | None = None


UNKNOWN_DEVICE = Device()


@immutable
class Visitor:
    """The browser in front of a sign-in door. `session_secret` is of the session that it is signed in by, if any:
    a new one takes its place."""

    device: Device = UNKNOWN_DEVICE
    session_secret: str | None = field(default=None, repr=False)
    request_id: str | None = None


SOMEBODY = Visitor()
"""A browser of which nothing is known."""


@immutable
class Session:
    """One signed-in browser in one organization; valid nowhere else.

    `authenticated_at` is when the member last showed who they are, which an identity provider may have seen earlier
    than this session began; None if it does not say. `last_seen_at` is exact to `SEEN_NOTED_EVERY`.
    """

    id: str
    organization_id: str
    membership_id: str
    method: SignInMethod
    created_at: datetime
    authenticated_at: datetime | None
    last_seen_at: datetime
    expires_at: datetime
    device: Device = UNKNOWN_DEVICE


def is_recent(authenticated_at: datetime | None, at: datetime) -> bool:
    """Whether a sign-in at that moment still counts as one of a moment ago."""
    return authenticated_at is not None and at - authenticated_at <= RECENT


def link_to(base_url: str, secret: str) -> str:
    """The address that redeems a link's secret. The secret is in the fragment, which no server's log ever sees."""
    return f"{base_url}/sign-in#{secret}"


def setup_link_to(base_url: str, secret: str) -> str:
    """The address at which a new installation gets its first organization and admin."""
    return f"{base_url}/setup#{secret}"

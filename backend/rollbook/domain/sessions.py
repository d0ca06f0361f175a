"""Sessions and the one-time links that start them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

LINK_LIFETIME = timedelta(minutes=15)
SESSION_LIFETIME = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser in one organization; valid nowhere else."""

    id: str
    organization_id: str
    membership_id: str
    created_at: datetime
    expires_at: datetime


def link_to(base_url: str, secret: str) -> str:
    """The address that redeems a link's secret. The secret is in the fragment, which no server's log ever sees."""
    return f"{base_url}/sign-in#{secret}"

"""Watches who comes to the doors at /auth, so that nobody can try for long, or keep the others from signing in."""

from contextlib import AbstractContextManager

from starlette.requests import Request

from rollbook.domain.errors import RateLimited
from rollbook.domain.lockout import Lockout, neighbourhood
from rollbook.domain.rates import Allowances, Rate
from rollbook.web.requests import client_address

_SECONDS = 60


class Doorkeeper:
    """Counts what comes to each door from one address in a minute, and the credentials that were not valid.

    `per_minute` is for each door; None: as many as come.
    """

    def __init__(self, lockout: Lockout, per_minute: int | None = None) -> None:
        self._lockout = lockout
        self._visits = None if per_minute is None else Allowances(Rate(per_minute, _SECONDS))

    def admit(self, request: Request, door: str) -> None:
        """Count a visit. Raises `RateLimited` if there were too many."""
        if self._visits is None:
            return
        standing = self._visits.take(f"{door} {neighbourhood(client_address(request))}")
        if not standing.granted:
            raise RateLimited(
                f"Too many sign-ins from your address. Try again in {standing.retry_after} seconds.",
                retry_after=standing.retry_after,
            )

    def watching(self, request: Request, credential: str) -> AbstractContextManager[None]:
        """Watch a credential being checked. Raises `RateLimited` if the address has tried too many."""
        return self._lockout.watching(client_address(request), credential)

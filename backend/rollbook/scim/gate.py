"""Who may come in: a request's token is checked, and its share of requests counted."""

from rollbook.domain.errors import RateLimited
from rollbook.domain.lockout import Lockout
from rollbook.domain.rates import Allowances, Rate
from rollbook.scim.authentication import authenticate
from rollbook.scim.requests import Request
from rollbook.services import Services

COUNTED_OVER = 10
"""Seconds: identity providers send in bursts, and pause."""


class Gate:
    """Lets so many requests a second through for each token; None for any number."""

    def __init__(self, services: Services, lockout: Lockout, requests_per_second: int | None) -> None:
        self._services = services
        self._lockout = lockout
        self._requests: Allowances | None = None
        if requests_per_second is not None:
            self._requests = Allowances(Rate(requests_per_second * COUNTED_OVER, COUNTED_OVER))

    async def admit(self, request: Request) -> None:
        """Tell the request its actor, and what its answer says of the rate. Raises 401, and `RateLimited`."""
        request.actor = await authenticate(self._services, request, self._lockout)
        if self._requests is None:
            return
        standing = self._requests.take(request.actor.principal)
        request.rate = (
            ("RateLimit-Limit", str(standing.limit)),
            ("RateLimit-Remaining", str(standing.remaining)),
            ("RateLimit-Reset", str(standing.reset_after)),
        )
        if not standing.granted:
            raise RateLimited(
                f"This token sends more than {standing.limit // COUNTED_OVER} requests a second. "
                f"Try again in {standing.retry_after} s.",
                retry_after=standing.retry_after,
            )

"""Slows down whoever tries one credential after the other, without locking out who has a good one."""

import hashlib
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import IPv6Address

from rollbook.domain.errors import RateLimited, Unauthenticated
from rollbook.domain.rates import Allowances, Rate

FAILURES = Rate(600, 60)
"""How many credentials that are not valid one address may try."""

MOST_KNOWN = 10_000
"""How many good credentials are remembered."""


class Lockout:
    """Counts the credentials that were not valid, by the address that sent them.

    Identity providers send for all their customers from the same addresses, so that one customer's revoked token must
    not stop the others: a credential that was good in this process before is tried whatever its address did.
    """

    def __init__(self, rate: Rate | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._failures = Allowances(rate or FAILURES, clock=clock)
        self._key = secrets.token_bytes(32)
        self._known: dict[bytes, None] = {}

    @contextmanager
    def watching(self, address: str | None, secret: str) -> Iterator[None]:
        """Watch a credential being checked. Raises `RateLimited` if the address has tried too many."""
        who = neighbourhood(address)
        # a digest under a key of this process only: what is remembered opens nothing
        known = hashlib.blake2b(secret.encode("utf-8", "surrogateescape"), key=self._key, digest_size=16).digest()
        if known not in self._known:
            wait = self._failures.standing(who).retry_after
            if wait:
                raise RateLimited(
                    "Too many credentials from your address were not valid. Try again later.", retry_after=wait
                )
        try:
            yield
        except Unauthenticated:
            self._known.pop(known, None)
            self._failures.take(who)
            raise
        self._remember(known)

    def _remember(self, known: bytes) -> None:
        self._known.pop(known, None)
        self._known[known] = None  # the newest last
        if len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]


def neighbourhood(address: str | None) -> str:
    """Who an address belongs to: of IPv6 the first half, since whoever has one has the whole network of 64 bits."""
    if address is None or ":" not in address:
        return address or ""
    try:
        parsed = IPv6Address(address)
    except ValueError:
        return address
    return str(parsed.ipv4_mapped or int(parsed) >> 64)

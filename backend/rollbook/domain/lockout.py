"""Slows down whoever tries one credential after the other, without locking out who has a good one."""

import hashlib
import secrets
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from ipaddress import IPv6Address
from typing import Any

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

    def watching(self, address: str | None, secret: str) -> AbstractContextManager[None]:
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
        return _Watch(self, who, known)

    def was_good(self, known: bytes) -> None:
        """Remember a credential as the newest one."""
        self._known.pop(known, None)
        self._known[known] = None
        if len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]

    def was_not(self, who: str, known: bytes) -> None:
        """Count a credential that was not valid, and forget that it ever was."""
        self._known.pop(known, None)
        self._failures.take(who)


class _Watch:
    """One check of a credential. Each request has one, so that it is no generator, which takes four times as long."""

    __slots__ = ("_known", "_lockout", "_who")

    def __init__(self, lockout: Lockout, who: str, known: bytes) -> None:
        self._lockout, self._who, self._known = lockout, who, known

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        if error is None:
            self._lockout.was_good(self._known)
        elif isinstance(error, Unauthenticated):
            self._lockout.was_not(self._who, self._known)


def neighbourhood(address: str | None) -> str:
    """Who an address belongs to: of IPv6 the first half, since whoever has one has the whole network of 64 bits."""
    if address is None or ":" not in address:
        return address or ""
    try:
        parsed = IPv6Address(address)
    except ValueError:
        return address
    return str(parsed.ipv4_mapped or int(parsed) >> 64)

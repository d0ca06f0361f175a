"""How much somebody may do in a time: allowances that refill steadily, kept in the memory of one process."""

import math
import time
from collections.abc import Callable

from rollbook.domain.immutable import immutable

MOST_KEPT = 50_000
"""For how many an allowance is remembered at most; beyond that, those who used the least of theirs are forgotten."""


@immutable
class Rate:
    """So much in so many seconds: what a full allowance holds, and how fast an empty one is full again."""

    amount: int
    seconds: int


@immutable
class Standing:
    """What is left of an allowance. `reset_after` says in how many seconds it is full again.

    `retry_after` is 0 if what was asked for was granted, else in how many seconds it will be.
    """

    limit: int
    remaining: int
    reset_after: int
    retry_after: int = 0

    @property
    def granted(self) -> bool:
        """Whether what was asked for was taken."""
        return self.retry_after == 0


class Allowances:
    """An allowance of this rate for each name. Time that passes refills it; a name never seen has a full one.

    Kept for a name is only the moment at which its allowance will be full, so that what is full need not be kept.
    """

    def __init__(self, rate: Rate, *, clock: Callable[[], float] = time.monotonic, most_kept: int = MOST_KEPT) -> None:
        self._amount = rate.amount
        self._per_second = rate.amount / rate.seconds
        self._seconds = rate.seconds
        self._clock = clock
        self._most_kept = most_kept
        self._full_at: dict[str, float] = {}

    def take(self, name: str, amount: int = 1) -> Standing:
        """Take so much if it is there, else nothing.

        A full allowance grants even more than it holds, once; so nothing is refused for ever, and it takes as long as
        that much should until the next is granted.
        """
        now = self._clock()
        full_at = max(now, self._full_at.get(name, now))
        after = full_at + amount / self._per_second
        too_much = after - now - self._seconds
        if too_much > _ROUNDING and full_at > now:
            wait = min(too_much, full_at - now)
            return self._standing(full_at - now, retry_after=max(1, math.ceil(wait - _ROUNDING)))
        self._full_at[name] = after
        if len(self._full_at) > self._most_kept:
            self._forget(now)
        return self._standing(after - now)

    def standing(self, name: str) -> Standing:
        """What is left; `retry_after` says when there will be something, if there is nothing."""
        missing = max(0.0, self._full_at.get(name, 0.0) - self._clock())
        empty = missing + 1 / self._per_second - self._seconds
        return self._standing(missing, retry_after=max(1, math.ceil(empty)) if empty > _ROUNDING else 0)

    def __len__(self) -> int:
        """For how many an allowance is remembered."""
        return len(self._full_at)

    def _standing(self, missing: float, *, retry_after: int = 0) -> Standing:
        left = math.floor((self._seconds - missing) * self._per_second + _ROUNDING)
        return Standing(self._amount, max(0, left), math.ceil(missing - _ROUNDING), retry_after)

    def _forget(self, now: float) -> None:
        """Forget who has a full allowance, and of the others who used the least, down to half."""
        used = sorted((full_at, name) for name, full_at in self._full_at.items() if full_at > now)
        self._full_at = {name: full_at for full_at, name in used[-(self._most_kept // 2) :]}


_ROUNDING = 1e-6
"""Seconds, or parts of one, that are nothing: what adding up many small times may be wrong by."""

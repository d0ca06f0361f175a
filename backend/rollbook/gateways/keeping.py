"""Keeps what was fetched for a while, so that not every sign-in asks the provider the same again."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from rollbook.domain.errors import ProviderFailed
from rollbook.domain.values import Clock
from rollbook.gateways.sharing import Shared

T = TypeVar("T")

FAILURE_LIFETIME = timedelta(seconds=5)
"""So long nobody asks a provider again that has just failed: anybody may begin a sign-in, as often as they like."""

_MOST = 512


@dataclass(slots=True, eq=False)
class _Kept(Generic[T]):
    """`hurried_at` is when it was last asked before its time; `failure` is why the last time came to nothing."""

    content: T | None = None
    fetched_at: datetime | None = None
    hurried_at: datetime | None = None
    failure: str | None = None
    failed_at: datetime | None = None


class Keeper(Generic[T]):
    """Fetches by URL, once for everybody who wants the same at the same time.

    A `ProviderFailed` is everybody's who waited, and of those who come within FAILURE_LIFETIME.
    """

    def __init__(self, fetch: Callable[[str], Awaitable[T]], clock: Clock, lifetime: timedelta) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lifetime = lifetime
        self._kept: OrderedDict[str, _Kept[T]] = OrderedDict()
        self._fetching: Shared[_Kept[T]] = Shared()

    async def get(self, url: str) -> T:
        """What is there, not older than the lifetime."""
        kept = self._of(url)
        if kept.content is not None and not self._is_over(kept.fetched_at, self._lifetime):
            return kept.content
        return await self._fetched(kept, url)

    async def newer(self, url: str, than: T, *, rest: timedelta) -> T:
        """What is there now, if what the caller has was not enough.

        It is fetched before its time once in so long a rest; in between the caller gets the same again.
        """
        kept = self._of(url)
        # somebody else may have fetched it since, or be about to
        replaced = kept.content is not than
        resting = not self._is_over(kept.hurried_at, rest) and not self._fetching.is_running(url)
        if kept.content is not None and (replaced or resting):
            return kept.content
        kept.hurried_at = self._clock()
        return await self._fetched(kept, url)

    def _of(self, url: str) -> _Kept[T]:
        kept = self._kept.setdefault(url, _Kept())
        self._kept.move_to_end(url)
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        return kept

    async def _fetched(self, kept: _Kept[T], url: str) -> T:
        if self._is_over(kept.failed_at, FAILURE_LIFETIME):
            kept = await self._fetching.result(url, lambda: self._fill(kept, url))
        if kept.failure is not None:
            raise ProviderFailed(kept.failure)  # one of the caller's own, so that none grows with each who gets it
        assert kept.content is not None, "what did not fail is there"
        return kept.content

    async def _fill(self, kept: _Kept[T], url: str) -> _Kept[T]:
        try:
            kept.content = await self._fetch(url)
        except ProviderFailed as failure:
            kept.failure, kept.failed_at = failure.message, self._clock()
        else:
            kept.fetched_at = self._clock()
            kept.failure = kept.failed_at = None
        return kept

    def _is_over(self, since: datetime | None, length: timedelta) -> bool:
        # a clock that was set back must not make anything last longer
        return since is None or not timedelta() <= self._clock() - since < length

"""Keeps what was fetched for a while, so that not every sign-in asks the provider the same again."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from rollbook.domain.values import Clock

T = TypeVar("T")

_MOST = 512


@dataclass(slots=True, eq=False)
class _Kept(Generic[T]):
    """`asking` lets one ask while the others wait for it; `hurried_at` is when it was last asked before its time."""

    content: T | None = None
    fetched_at: datetime | None = None
    hurried_at: datetime | None = None
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)


class Keeper(Generic[T]):
    """Fetches by URL, once for everybody who wants the same at the same time. A failure is not kept."""

    def __init__(self, fetch: Callable[[str], Awaitable[T]], clock: Clock, lifetime: timedelta) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lifetime = lifetime
        self._kept: OrderedDict[str, _Kept[T]] = OrderedDict()

    async def get(self, url: str) -> T:
        """What is there, not older than the lifetime."""
        kept = self._of(url)
        async with kept.asking:
            if kept.content is not None and not self._is_over(kept.fetched_at, self._lifetime):
                return kept.content
            return await self._fill(kept, url)

    async def newer(self, url: str, than: T, *, rest: timedelta) -> T:
        """What is there now, if what the caller has was not enough.

        It is fetched before its time once in so long a rest; in between the caller gets the same again.
        """
        kept = self._of(url)
        async with kept.asking:
            # somebody else may have fetched it while this caller waited
            replaced = kept.content is not than
            if kept.content is not None and (replaced or not self._is_over(kept.hurried_at, rest)):
                return kept.content
            kept.hurried_at = self._clock()
            return await self._fill(kept, url)

    def _of(self, url: str) -> _Kept[T]:
        kept = self._kept.setdefault(url, _Kept())
        self._kept.move_to_end(url)
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        return kept

    async def _fill(self, kept: _Kept[T], url: str) -> T:
        kept.content = await self._fetch(url)
        kept.fetched_at = self._clock()
        return kept.content

    def _is_over(self, since: datetime | None, length: timedelta) -> bool:
        return since is None or self._clock() - since >= length

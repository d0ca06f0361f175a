"""Where walks through long lists by offset have come to, so that the next page need not be counted off again.

Only a help: a page that is not remembered, because another process answered the one before, is found by its offset.
"""

import time
from collections import OrderedDict

from rollbook.domain.criteria import Criterion, Place, SortBy
from rollbook.domain.immutable import immutable
from rollbook.persistence import membership_lists

KEPT_SECONDS = 60.0
MOST_KEPT = 1000
LARGE = 10_000
"""From this size on the number of the first page serves the whole walk; smaller lists are counted at each page."""


@immutable
class Walk:
    """The place at which a page ended, and how many there were in all when the walk began."""

    place: Place
    total: int

    @property
    def known_total(self) -> int | None:
        """The total, if it is worth remembering."""
        return self.total if self.total >= LARGE else None


Key = tuple[str, Criterion, SortBy | None, int]
"""The organization, what was asked for, and the offset at which the walk goes on."""


class Walks:
    """The walks of one process; the ones that went on last are kept."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, tuple[float, Walk]] = OrderedDict()

    def remember(self, key: Key, walk: Walk) -> None:
        """Keep where the page before this offset ended."""
        if key[3] < membership_lists.DEEP:
            return  # counting off so few is cheap
        self._kept[key] = (time.monotonic(), walk)
        self._kept.move_to_end(key)
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)

    def find(self, key: Key) -> Walk | None:
        """Where the page before this offset ended, if that was a moment ago."""
        at, walk = self._kept.get(key, (0.0, None))
        return walk if walk is not None and time.monotonic() - at < KEPT_SECONDS else None

"""Who in this process waits for news of an organization, and how they are woken after a commit.

An announcement says only that something of an organization changed. What changed is read from the tables, so one
that is lost costs a moment and never an event.
"""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress


class News:
    """What one listener waits on."""

    def __init__(self) -> None:
        self._there_is = asyncio.Event()

    def tell(self) -> None:
        """Wake the listener, now or at its next wait."""
        self._there_is.set()

    def expect(self) -> None:
        """Forget what was told so far. To be called before the tables are read, so that nothing falls between."""
        self._there_is.clear()

    async def wait(self, seconds: float) -> None:
        """Return when there is news since `expect`, or when the time is over."""
        with suppress(TimeoutError):
            # not wait_for: before Python 3.12 it forgets that its task was cancelled if there is news at that moment
            async with asyncio.timeout(seconds):
                await self._there_is.wait()


class Announcements:
    """The listeners of one process, by organization."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[News]] = {}

    @contextmanager
    def listening(self, organization_id: str) -> Iterator[News]:
        """Be told of an organization's changes until the block ends."""
        news = News()
        self._listeners.setdefault(organization_id, set()).add(news)
        try:
            yield news
        finally:
            listeners = self._listeners[organization_id]
            listeners.remove(news)
            if not listeners:
                del self._listeners[organization_id]

    def tell(self, organization_ids: Iterable[str]) -> None:
        """Wake whoever listens to one of these organizations."""
        for organization_id in organization_ids:
            for news in self._listeners.get(organization_id, ()):
                news.tell()

    def tell_all(self) -> None:
        """Wake every listener: announcements may have been lost."""
        self.tell([*self._listeners])

    def __len__(self) -> int:
        """How many listen."""
        return sum(len(listeners) for listeners in self._listeners.values())

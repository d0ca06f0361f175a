"""Watchers for tests: what is told live, one after the other, with an end to the waiting."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

from rollbook.domain.actors import Actor
from rollbook.services import Services
from rollbook.services.live import Reauthenticate

SECONDS = 20
"""Longer than anything takes; a watcher that is told nothing fails its test."""


class Watched:
    """A watcher that waits for one event after the other."""

    def __init__(self, events: AsyncIterator[Any]) -> None:
        self._events = events

    async def event(self) -> Any:
        """The next event."""
        return await asyncio.wait_for(anext(self._events), SECONDS)

    async def events(self, number: int) -> list[Any]:
        """So many events."""
        return [await self.event() for _ in range(number)]


@asynccontextmanager
async def watching(
    services: Services,
    actor: Actor,
    after: str | None = None,
    reauthenticate: Reauthenticate | None = None,
    *,
    at_once: bool = False,
) -> AsyncIterator[Watched]:
    """Watch the organization as the actor, who stays who they are unless somebody else is said to answer for them.

    Nothing is told of what happened before, unless the watching begins `at_once`.
    """
    asked = reauthenticate or _unchanged(actor)
    if after is None and not at_once:
        await settled(services, actor)
    async with aclosing(services.live.events(actor, asked, after=after)) as events:  # type: ignore[type-var]
        yield Watched(events)


@asynccontextmanager
async def watching_job(
    services: Services, actor: Actor, job_id: str, reauthenticate: Reauthenticate | None = None
) -> AsyncIterator[Watched]:
    """Watch a job in the same way."""
    asked = reauthenticate or _unchanged(actor)
    async with aclosing(services.live.job(actor, asked, job_id)) as jobs:  # type: ignore[type-var]
        yield Watched(jobs)


async def settled(services: Services, actor: Actor) -> None:
    """Once no transaction of another test holds back what happened in the actor's organization so far."""
    async with asyncio.timeout(SECONDS):
        while True:
            page = await services.live._since(actor, await services.live._newest(actor))
            if not page.unsettled:
                return
            await asyncio.sleep(0.01)


async def cursor_now(services: Services, actor: Actor) -> str:
    """The cursor from which nothing is missed that comes later."""
    async with watching(services, actor) as watched:
        return (await watched.event()).cursor


def _unchanged(actor: Actor) -> Reauthenticate:
    async def still() -> Actor:
        return actor

    return still

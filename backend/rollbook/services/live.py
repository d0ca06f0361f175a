"""What can be watched of an organization while it changes."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import orjson

from rollbook.domain.actors import Actor, Reauthenticate
from rollbook.domain.errors import Forbidden, InvalidValue, NotFound
from rollbook.domain.events import EventPlace, EventType, Occurred, OrganizationEvent, type_of
from rollbook.domain.jobs import Job
from rollbook.domain.policy import EVENT_PERMISSIONS, Permission, may, may_read_job, permissions_of, require
from rollbook.domain.seals import Seal
from rollbook.domain.values import Clock
from rollbook.persistence import events, jobs
from rollbook.persistence.announcements import News
from rollbook.persistence.database import Database
from rollbook.persistence.events import EventPage

LOOK_SECONDS = 2.0
"""How long a watcher rests at most. It then looks whether the actor may still watch, and at what no news told of."""

TOGETHER_SECONDS = 0.02
"""How long a watcher that was woken waits for what happens at the same time."""

UNSETTLED_SECONDS = (0.01, 0.5)
"""How soon a watcher looks again for an event that another could still come before, at first and at most."""

PAGE = 100
"""How many events are read at once; more are never held for a slow reader."""


class Live:
    """The operations that answer again and again, for as long as the actor may ask."""

    def __init__(self, database: Database, clock: Clock, seal: Seal) -> None:
        self._database = database
        self._clock = clock
        self._seal = seal

    async def events(
        self, actor: Actor, reauthenticate: Reauthenticate, *, after: str | None = None
    ) -> AsyncIterator[OrganizationEvent]:
        """What happens in the organization from now on, or after a cursor, as hints, each once and in order.

        Without a cursor the first is `STARTED`, at the place from which nothing will be missed. Ends with
        `Unauthenticated` or `Forbidden` before the first event that the actor may not see any more, and within some
        2 seconds if there is none. Raises `InvalidValue` for a cursor that is not one of this organization.
        """
        require(actor, Permission.ORGANIZATION_READ)
        with self._database.listening(actor.organization_id) as news:
            if after is None:
                place = await self._newest(actor)
                yield OrganizationEvent(self._cursor(actor, place), EventType.STARTED, self._clock())
            else:
                place = await self._place(actor, after)
            pauses = _Pauses(news)
            while True:
                news.expect()
                page = await self._since(actor, place)
                for event in page.events:
                    await _require_still(actor, reauthenticate)
                    place = event.place
                    if may(actor, EVENT_PERMISSIONS[type_of(event.action)]):
                        yield self._told(actor, event)
                if not page.events:
                    await _require_still(actor, reauthenticate)
                if len(page.events) < PAGE:
                    await pauses.rest(unsettled=page.unsettled, read=bool(page.events))

    async def job(self, actor: Actor, reauthenticate: Reauthenticate, job_id: str) -> AsyncIterator[Job]:
        """A job as it is now, again each time that it has come further, and at last as it ended.

        Raises `NotFound`; ends with `Unauthenticated` or `Forbidden` as `events` does.
        """
        require(actor, Permission.MEMBERS_READ, or_else=Permission.MEMBERS_WRITE)
        told: Job | None = None
        with self._database.listening(actor.organization_id) as news:
            while told is None or told.finished_at is None:
                news.expect()
                await _require_still(actor, reauthenticate)
                job = await self._job(actor, job_id)
                if job != told:
                    told = job
                    yield job
                else:
                    await news.wait(LOOK_SECONDS)

    async def _job(self, actor: Actor, job_id: str) -> Job:
        async with self._database.read() as tx:
            job = await jobs.load(tx, actor.organization_id, job_id)
        if not may_read_job(actor, job.principal):
            raise NotFound(f"There is no job {job_id!r} that you made.")
        return replace(job, leased_until=None)  # who runs it is nobody's progress

    async def _since(self, actor: Actor, place: EventPlace) -> EventPage:
        async with self._database.read() as tx:
            return await events.since(tx, actor.organization_id, place, limit=PAGE)

    async def _newest(self, actor: Actor) -> EventPlace:
        async with self._database.read() as tx:
            return await events.newest(tx, actor.organization_id)

    async def _place(self, actor: Actor, cursor: str) -> EventPlace:
        content = self._seal.open(_purpose(actor), cursor)
        if content is None:
            raise InvalidValue("after is not a cursor of this organization's events.", field="after")
        place = EventPlace(*orjson.loads(content))
        async with self._database.read() as tx:
            if not await events.is_there(tx, actor.organization_id, place):
                raise InvalidValue(
                    "The event of this cursor is not kept any more. Subscribe without after, and read everything anew.",
                    field="after",
                )
        return place

    def _cursor(self, actor: Actor, place: EventPlace) -> str:
        return self._seal.close(_purpose(actor), orjson.dumps([place.position, place.id]))

    def _told(self, actor: Actor, event: Occurred) -> OrganizationEvent:
        sees_members = may(actor, Permission.DIRECTORY_READ)
        return OrganizationEvent(
            cursor=self._cursor(actor, event.place),
            type=type_of(event.action),
            occurred_at=event.occurred_at,
            membership_id=event.membership_id if sees_members else None,
            version=event.version if sees_members else None,
        )


class _Pauses:
    """How long a watcher rests between two looks."""

    def __init__(self, news: News) -> None:
        self._news = news
        self._soon, self._later = UNSETTLED_SECONDS
        self._pause = self._soon

    async def rest(self, *, unsettled: bool, read: bool) -> None:
        """Until there is news; soon, and then less and less soon, if there is something to wait for already."""
        if read:
            self._pause = self._soon
        if unsettled:
            await asyncio.sleep(self._pause)
            self._pause = min(self._pause * 2, self._later)
            return
        await self._news.wait(LOOK_SECONDS)
        await asyncio.sleep(TOGETHER_SECONDS)


async def _require_still(actor: Actor, reauthenticate: Reauthenticate) -> None:
    """Return if the actor may do everything that they could when they began."""
    now = await reauthenticate()
    if not permissions_of(now) >= permissions_of(actor):
        raise Forbidden("You may do less now than when this began. Subscribe again.")


def _purpose(actor: Actor) -> str:
    return f"events:{actor.organization_id}"

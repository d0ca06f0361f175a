"""Every subscription in one list, and what they answer with."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Self

import strawberry
from strawberry import relay

from rollbook.domain import events
from rollbook.domain.actors import Reauthenticate
from rollbook.graphql import ids
from rollbook.graphql.context import Context, Info
from rollbook.graphql.enums import OrganizationEventType
from rollbook.graphql.inputs import given
from rollbook.graphql.jobs import Job


@strawberry.type(description="A hint that something changed. It says what to read anew, and holds nothing to show.")
class OrganizationEvent:
    """One event of the audit trail, or the beginning of the stream."""

    cursor: str = strawberry.field(description="Send the last one as after, and nothing is missed or told twice.")
    type: OrganizationEventType = strawberry.field(description="What changed.")
    occurred_at: datetime = strawberry.field(description="When it happened.")
    member_id: strawberry.ID | None = strawberry.field(
        description="The id of the one member whom it touched; null if it touched none or several."
    )
    member_version: int | None = strawberry.field(
        description="That member's version now. Whoever holds this version, or a later one, need not read it anew."
    )

    @classmethod
    def of(cls, event: events.OrganizationEvent) -> Self:
        """The event as the API tells it."""
        named = event.membership_id
        return cls(
            cursor=event.cursor,
            type=OrganizationEventType[event.type.name],
            occurred_at=event.occurred_at,
            member_id=None if named is None else strawberry.ID(relay.to_base64("Member", named)),
            member_version=event.version,
        )


async def organization_events(
    info: Info,
    after: Annotated[
        str | None,
        strawberry.argument(description="The cursor of the last event that you know. Left out: from now on."),
    ] = strawberry.UNSET,
) -> AsyncIterator[OrganizationEvent]:
    """Told one by one, each when the one before was sent."""
    context = info.context
    # a client that comes back repeats its operation, and says in a header how far it had come
    known = context.last_event_id or given(after) or None
    async for event in context.services.live.events(context.actor, _again(context), after=known):
        context.last_event_id = event.cursor
        yield OrganizationEvent.of(event)


async def job_progress(
    info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The id of the job.")]
) -> AsyncIterator[Job]:
    """Told at each step; raises `InvalidId`, `NotFound`."""
    context = info.context
    job_id = ids.inner(id, "Job", argument="id")
    async for job in context.services.live.job(context.actor, _again(context), job_id):
        yield Job.of(job)


@strawberry.type(
    description="What can be watched, over server-sent events: POST with Accept: text/event-stream. Whether you may "
    "still watch is checked before each event. A stream ends after 30 minutes at most: subscribe again."
)
class Subscription:
    """The root of every subscription."""

    organization_events = strawberry.subscription(
        resolver=organization_events,
        description="What happens in your organization, as far as you may know. Without after it begins with STARTED, "
        "whose cursor is the place from which nothing will be missed: read the page's data after it.",
    )
    job_progress = strawberry.subscription(
        resolver=job_progress,
        description="A job as it is now, again when it has come further, and as it ended; then the stream completes.",
    )


def _again(context: Context) -> Reauthenticate:
    assert context.reauthenticate is not None, "subscriptions run on a stream only, which has the request at hand"
    return context.reauthenticate

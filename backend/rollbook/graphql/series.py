"""Time series for charts: how the organization grew, and what the identity provider did."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Self

import strawberry

from rollbook.domain import series, values
from rollbook.graphql.context import Info
from rollbook.graphql.enums import AuditAction, MemberSource
from rollbook.graphql.fields import resolved
from rollbook.graphql.inputs import given

_START = "When the point's stretch of time begins: a midnight in UTC, of a Monday for WEEK, of a first for MONTH."


@strawberry.enum(description="How long the stretch of time of one point is. All are in UTC.")
class TimeBucket(Enum):
    """Mirrors `domain.series.Bucket`."""

    DAY = strawberry.enum_value("day", description="A day.")
    MONTH = strawberry.enum_value("month", description="A calendar month.")
    WEEK = strawberry.enum_value("week", description="A week that begins on Monday.")


@strawberry.enum(description="How the memberships of a chart are divided.")
class MembershipSeriesGroup(Enum):
    """By what there is a series for each value."""

    NONE = strawberry.enum_value("none", description="One series of all memberships.")
    SOURCE = strawberry.enum_value("source", description="A series for each source that memberships have now.")


@strawberry.enum(description="How the events of a chart are divided.")
class ProvisioningSeriesGroup(Enum):
    """By what there is a series for each value."""

    NONE = strawberry.enum_value("none", description="One series of all events.")
    ACTION = strawberry.enum_value("action", description="A series for each action that occurs.")


@strawberry.type(description="What became of the memberships in one stretch of time.")
class MembershipPoint:
    """One point of a chart."""

    start: datetime = strawberry.field(description=_START)
    joined: int = strawberry.field(description="How many memberships were made.")
    left: int = strawberry.field(description="How many memberships ended. An inactive member has not left.")
    total: int = strawberry.field(description="How many members there were at its end, inactive ones included.")


@strawberry.type(description="How the memberships of the organization developed.")
class MembershipSeries:
    """One line of a chart."""

    source: MemberSource | None = strawberry.field(description="The source of the memberships; null: all sources.")
    counted: strawberry.Private[series.MembershipSeries]

    @resolved(
        "A point for each stretch of time, from the oldest on, also where nothing happened.", rows=series.MOST_POINTS
    )
    def points(self) -> list[MembershipPoint]:
        """The points."""
        return [
            MembershipPoint(start=series.midnight(p.start), joined=p.joined, left=p.left, total=p.total)
            for p in self.counted.points
        ]

    @classmethod
    def of(cls, counted: series.MembershipSeries) -> Self:
        """The series as the API shows it."""
        source = None if counted.source is None else MemberSource[counted.source.name]
        return cls(source=source, counted=counted)


@strawberry.type(description="How much the identity provider did in one stretch of time.")
class ProvisioningPoint:
    """One point of a chart."""

    start: datetime = strawberry.field(description=_START)
    count: int = strawberry.field(description="How many events came through SCIM.")


MOST_ACTIONS = 10
"""How many actions an identity provider can do; there are more, but those come through other doors."""


@strawberry.type(description="How much the identity provider did.")
class ProvisioningSeries:
    """One line of a chart."""

    action: AuditAction | None = strawberry.field(description="The action that is counted; null: all actions.")
    counted: strawberry.Private[series.ProvisioningSeries]

    @resolved(
        "A point for each stretch of time, from the oldest on, also where nothing happened.", rows=series.MOST_POINTS
    )
    def points(self) -> list[ProvisioningPoint]:
        """The points."""
        return [ProvisioningPoint(start=series.midnight(day), count=count) for day, count in self.counted.points]

    @classmethod
    def of(cls, counted: series.ProvisioningSeries) -> Self:
        """The series as the API shows it."""
        action = None if counted.action is None else AuditAction[counted.action.name]
        return cls(action=action, counted=counted)


Since = Annotated[
    datetime,
    strawberry.argument(description="When the chart begins: the first point's stretch of time contains this moment."),
]
Until = Annotated[
    datetime | None,
    strawberry.argument(description="Before when the chart ends; the last point is a whole one. By default now."),
]
Bucket = Annotated[
    TimeBucket,
    strawberry.argument(description=f"How long each point's stretch of time is. {series.MOST_POINTS} points at most."),
]


async def membership_series(
    info: Info,
    since: Since,
    until: Until = strawberry.UNSET,
    bucket: Bucket = TimeBucket.DAY,
    group_by: Annotated[
        MembershipSeriesGroup, strawberry.argument(description="How to divide the memberships.")
    ] = MembershipSeriesGroup.NONE,
) -> list[MembershipSeries] | None:
    """How the organization grew. Raises `InvalidValue`, `TooLarge`."""
    found = await info.context.services.series.memberships(
        info.context.actor,
        since,
        given(until) or values.now(),
        series.Bucket[bucket.name],
        by_source=group_by is MembershipSeriesGroup.SOURCE,
    )
    return [MembershipSeries.of(each) for each in found]


async def provisioning_series(
    info: Info,
    since: Since,
    until: Until = strawberry.UNSET,
    bucket: Bucket = TimeBucket.DAY,
    group_by: Annotated[
        ProvisioningSeriesGroup, strawberry.argument(description="How to divide the events.")
    ] = ProvisioningSeriesGroup.NONE,
) -> list[ProvisioningSeries] | None:
    """What the identity provider did. Raises `InvalidValue`, `TooLarge`."""
    found = await info.context.services.series.provisioning(
        info.context.actor,
        since,
        given(until) or values.now(),
        series.Bucket[bucket.name],
        by_action=group_by is ProvisioningSeriesGroup.ACTION,
    )
    return [ProvisioningSeries.of(each) for each in found]

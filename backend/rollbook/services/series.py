"""What can be read as a time series: how the memberships grew, and what the identity provider did."""

from collections import Counter, defaultdict
from datetime import date, datetime

from rollbook.domain.actors import Actor
from rollbook.domain.audit import AuditAction
from rollbook.domain.memberships import Source
from rollbook.domain.policy import Permission, require
from rollbook.domain.series import Bucket, MembershipPoint, MembershipSeries, ProvisioningSeries, Span
from rollbook.persistence import series
from rollbook.persistence.database import Database

BEFORE = None
"""Stands for everything before the first bucket."""


class Series:
    """The time series of the actor's organization. Every bucket has a point, also where nothing happened."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def memberships(
        self, actor: Actor, since: datetime, until: datetime, bucket: Bucket, *, by_source: bool = False
    ) -> list[MembershipSeries]:
        """One series, or one for each source. `InvalidValue`, and `TooLarge` for too many points.

        A membership counts under the source that it has now; one that is inactive has not left.
        """
        require(actor, Permission.MEMBERS_READ)
        span = Span.of(since, until, bucket)
        joined: dict[Source | None, Counter[date | None]] = defaultdict(Counter)
        left: dict[Source | None, Counter[date | None]] = defaultdict(Counter)
        async with self._database.read() as tx:
            days = await series.membership_days(tx, actor.organization_id, span.begin, span.end)
        for gained, day, source, count in days:
            counted = joined if gained else left
            counted[source if by_source else None][bucket.start(day) if day else BEFORE] += count
        sources: list[Source | None] = [*Source] if by_source else [None]
        return [MembershipSeries(source, _points(span, joined[source], left[source])) for source in sources]

    async def provisioning(
        self, actor: Actor, since: datetime, until: datetime, bucket: Bucket, *, by_action: bool = False
    ) -> list[ProvisioningSeries]:
        """One series, or one for each action that occurs. `InvalidValue`, and `TooLarge` for too many points."""
        require(actor, Permission.AUDIT_READ)
        span = Span.of(since, until, bucket)
        counted: dict[AuditAction | None, Counter[date]] = defaultdict(Counter)
        async with self._database.read() as tx:
            days = await series.provisioning_days(tx, actor.organization_id, span.begin, span.end)
        for day, action, count in days:
            counted[action if by_action else None][bucket.start(day)] += count
        actions: list[AuditAction | None] = [*sorted(filter(None, counted))] if by_action else [None]
        return [
            ProvisioningSeries(action, [(start, counted[action][start]) for start in span.starts]) for action in actions
        ]


def _points(span: Span, joined: Counter[date | None], left: Counter[date | None]) -> list[MembershipPoint]:
    total = joined[BEFORE] - left[BEFORE]
    points = []
    for start in span.starts:
        total += joined[start] - left[start]
        points.append(MembershipPoint(start, joined[start], left[start], total))
    return points

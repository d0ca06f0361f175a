"""Time series: the days, weeks and months into which a stretch of time is divided, all in UTC."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from rollbook.domain.audit import AuditAction
from rollbook.domain.errors import InvalidValue, TooLarge
from rollbook.domain.immutable import immutable
from rollbook.domain.memberships import Source

MOST_POINTS = 400
_YEARS = range(1970, 9999)


class Bucket(StrEnum):
    """The length of a point's stretch of time."""

    DAY = "day"
    MONTH = "month"
    WEEK = "week"

    def start(self, day: date) -> date:
        """The first day of the bucket in which a day lies. Weeks begin on Monday."""
        match self:
            case Bucket.DAY:
                return day
            case Bucket.WEEK:
                return day - timedelta(days=day.weekday())
            case Bucket.MONTH:
                return day.replace(day=1)

    def after(self, start: date) -> date:
        """The first day of the bucket that follows."""
        return self.start(start + timedelta(days=31 if self is Bucket.MONTH else 7 if self is Bucket.WEEK else 1))


@immutable
class Span:
    """Whole buckets, one after the other: from the one in which a series begins to the one in which it ends."""

    bucket: Bucket
    starts: Sequence[date]

    @classmethod
    def of(cls, since: datetime, until: datetime, bucket: Bucket) -> "Span":
        """From the bucket that holds `since` on, all that begin before `until`. Raises `InvalidValue`, `TooLarge`."""
        if since >= until:
            raise InvalidValue("since should be before until.", field="since")
        for name, moment in (("since", since), ("until", until)):
            if moment.astimezone(UTC).year not in _YEARS:
                raise InvalidValue(f"{name} should be in the years {_YEARS[0]} to {_YEARS[-1]}.", field=name)
        last = (until - timedelta(microseconds=1)).astimezone(UTC).date()
        starts = [bucket.start(since.astimezone(UTC).date())]
        while (following := bucket.after(starts[-1])) <= last:
            if len(starts) == MOST_POINTS:
                raise TooLarge(
                    f"The series would have more than {MOST_POINTS} points. Ask for a shorter time or a longer bucket.",
                    limit=MOST_POINTS,
                )
            starts.append(following)
        return cls(bucket, starts)

    @property
    def begin(self) -> datetime:
        """The first moment."""
        return midnight(self.starts[0])

    @property
    def end(self) -> datetime:
        """The first moment that comes after."""
        return midnight(self.bucket.after(self.starts[-1]))


def midnight(day: date) -> datetime:
    """The first moment of a day."""
    return datetime.combine(day, time(), UTC)


@immutable
class MembershipPoint:
    """What became of the memberships in one bucket: made, ended, and how many there were at its end."""

    start: date
    joined: int
    left: int
    total: int


@immutable
class MembershipSeries:
    """The points of the memberships of one source, or of all."""

    source: Source | None
    points: list[MembershipPoint]


@immutable
class ProvisioningSeries:
    """By the start of each bucket: how often the identity provider did one thing, or anything."""

    action: AuditAction | None
    points: list[tuple[date, int]]

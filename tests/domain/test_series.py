"""The days, weeks and months into which a chart's time is divided."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from rollbook.domain.errors import InvalidValue, TooLarge
from rollbook.domain.series import MOST_POINTS, Bucket, Span


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("bucket", "since", "until", "starts"),
    [
        (Bucket.DAY, at(2026, 2, 27, 23, 59), at(2026, 3, 1, 0, 1), [(2026, 2, 27), (2026, 2, 28), (2026, 3, 1)]),
        (Bucket.DAY, at(2026, 3, 1), at(2026, 3, 2), [(2026, 3, 1)]),
        (Bucket.WEEK, at(2026, 3, 1), at(2026, 3, 10), [(2026, 2, 23), (2026, 3, 2), (2026, 3, 9)]),
        (Bucket.MONTH, at(2025, 12, 31), at(2026, 2, 1), [(2025, 12, 1), (2026, 1, 1)]),
        (Bucket.MONTH, at(2024, 1, 31), at(2024, 2, 29), [(2024, 1, 1), (2024, 2, 1)]),
    ],
)
def test_a_span_holds_whole_buckets_that_touch(bucket, since, until, starts):
    span = Span.of(since, until, bucket)

    assert list(span.starts) == [date(*start) for start in starts]
    assert span.begin <= since < until <= span.end
    assert span.begin == at(*starts[0])


def test_days_are_those_of_utc():
    in_india = datetime(2026, 3, 2, 1, tzinfo=timezone(timedelta(hours=5, minutes=30)))

    span = Span.of(in_india, in_india + timedelta(hours=1), Bucket.DAY)

    assert list(span.starts) == [date(2026, 3, 1)]


def test_a_span_has_400_buckets_at_most():
    first = at(2025, 1, 1)
    last = first + timedelta(days=MOST_POINTS)

    assert len(Span.of(first, last, Bucket.DAY).starts) == MOST_POINTS == 400
    with pytest.raises(TooLarge, match="more than 400 points") as refusal:
        Span.of(first, last + timedelta(microseconds=1), Bucket.DAY)
    assert refusal.value.limit == 400


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [
        (at(2026, 1, 1), at(2026, 1, 1), "since"),
        (at(2026, 1, 2), at(2026, 1, 1), "since"),
        (at(1, 1, 1), at(1970, 1, 1), "since"),
        (at(2026, 1, 1), at(9999, 12, 31), "until"),
    ],
)
def test_a_span_that_cannot_be_is_refused(since, until, field):
    with pytest.raises(InvalidValue) as refusal:
        Span.of(since, until, Bucket.MONTH)

    assert refusal.value.field == field

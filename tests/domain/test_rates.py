"""Allowances: what they grant, how they refill, and how much they remember."""

import pytest

from rollbook.domain.rates import Allowances, Rate, Standing


class Clock:
    """A clock that a test sets."""

    def __init__(self):
        self.now = 1_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def ten_a_minute(clock):
    return Allowances(Rate(10, 60), clock=clock)


def test_a_full_allowance_grants_what_it_holds_at_once_and_no_more(ten_a_minute):
    standings = [ten_a_minute.take("ada") for _ in range(11)]

    assert [standing.granted for standing in standings] == [True] * 10 + [False]
    assert standings[0] == Standing(limit=10, remaining=9, reset_after=6)
    assert standings[9] == Standing(limit=10, remaining=0, reset_after=60)
    assert standings[10] == Standing(limit=10, remaining=0, reset_after=60, retry_after=6)


def test_it_refills_as_time_passes(ten_a_minute, clock):
    for _ in range(10):
        ten_a_minute.take("ada")

    clock.now += 6
    granted = [ten_a_minute.take("ada").granted for _ in range(2)]

    assert granted == [True, False]


def test_over_a_long_time_the_rate_is_kept(ten_a_minute, clock):
    granted = 0
    for _ in range(3_600):
        granted += ten_a_minute.take("ada").granted
        clock.now += 1

    assert granted == 10 + 599


def test_what_is_refused_takes_nothing(ten_a_minute, clock):
    for _ in range(50):
        ten_a_minute.take("ada")

    clock.now += 60

    assert ten_a_minute.standing("ada") == Standing(limit=10, remaining=10, reset_after=0)


def test_each_name_has_an_allowance_of_its_own(ten_a_minute):
    for _ in range(10):
        ten_a_minute.take("ada")

    assert ten_a_minute.take("bo") == Standing(limit=10, remaining=9, reset_after=6)


def test_more_than_is_left_waits_until_it_is_there(ten_a_minute, clock):
    ten_a_minute.take("ada", 8)

    refused = ten_a_minute.take("ada", 5)
    clock.now += refused.retry_after

    assert (refused.remaining, refused.retry_after) == (2, 18)
    assert ten_a_minute.take("ada", 5).granted


def test_what_no_allowance_holds_is_granted_to_a_full_one_and_paid_for_afterwards(ten_a_minute, clock):
    granted = ten_a_minute.take("ada", 25)
    refused = ten_a_minute.take("ada", 25)
    clock.now += refused.retry_after

    assert granted == Standing(limit=10, remaining=0, reset_after=150)
    assert refused.retry_after == 150
    assert ten_a_minute.take("ada", 25).granted


def test_looking_takes_nothing_and_says_when_there_will_be_something(ten_a_minute):
    before = [ten_a_minute.standing("ada") for _ in range(20)]
    for _ in range(10):
        ten_a_minute.take("ada")

    assert before == [Standing(limit=10, remaining=10, reset_after=0)] * 20
    assert ten_a_minute.standing("ada") == Standing(limit=10, remaining=0, reset_after=60, retry_after=6)


def test_it_remembers_no_more_than_it_may_and_forgets_first_who_has_most_left(clock):
    allowances = Allowances(Rate(10, 60), clock=clock, most_kept=100)
    for _ in range(10):
        allowances.take("greedy")

    most = 0
    for number in range(10_000):
        allowances.take(f"passer-by {number}")
        most = max(most, len(allowances))

    assert most == 100
    assert not allowances.take("greedy").granted


def test_who_has_a_full_allowance_again_is_not_kept(clock):
    allowances = Allowances(Rate(10, 60), clock=clock, most_kept=100)
    for number in range(100):
        allowances.take(f"yesterday {number}")

    clock.now += 60
    allowances.take("today")

    assert len(allowances) == 1

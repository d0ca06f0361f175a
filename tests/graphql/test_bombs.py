"""Documents made to be costly: the work that they cause is counted, since time on a busy machine says little."""

import sys

import pytest
from graphql import parse

from rollbook.graphql.limits import Measure

from .client import with_token


@pytest.fixture
def server():
    """Nothing here depends on the database: one of the two is enough."""
    return None


def doubling(fragments):
    """A chain of fragments, each of which contains the next one twice."""
    chain = [f"fragment F{i} on Organization {{ ...F{i + 1} ...F{i + 1} }}" for i in range(fragments)]
    return f"{{ organization {{ ...F0 }} }} {' '.join(chain)} fragment F{fragments} on Organization {{ name }}"


def doubling_fields(fragments):
    """The same with a field in between, so that it grows in depth as well."""
    chain = [f"fragment F{i} on Group {{ a{i}: members {{ nodes {{ ...G{i} ...G{i} }} }} }}" for i in range(fragments)]
    chain += [f"fragment G{i} on Member {{ groups {{ ...F{i + 1} ...F{i + 1} }} }}" for i in range(fragments)]
    return f"{{ node(id: 1) {{ ...F0 }} }} {' '.join(chain)} fragment F{fragments} on Group {{ id }}"


def in_a_circle(fragments):
    """Fragments of which each contains all."""
    every = " ".join(f"...F{i}" for i in range(fragments))
    return f"{{ organization {{ {every} }} }} " + " ".join(
        f"fragment F{i} on Organization {{ {every} }}" for i in range(fragments)
    )


BOMBS = {"doubling": doubling(60), "doubling fields": doubling_fields(40), "in a circle": in_a_circle(25)}


class Counted(Measure):
    """Counts the selection sets that are looked at."""

    looked_at = 0

    def _selections(self, selection_set):
        self.looked_at += 1
        return super()._selections(selection_set)


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_each_selection_is_measured_once(bomb):
    measure = Counted(parse(bomb), {}, {"members": 50})

    measure.operation(None)

    # every field without a selection counts as an empty one
    assert 0 < measure.looked_at <= 2 * (bomb.count("{") + bomb.count("..."))


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
async def test_a_bomb_is_refused_before_it_goes_off(http, api_token, bomb):
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        response = await with_token(http, api_token).send(bomb)
    finally:
        sys.setprofile(before)

    assert response.json()["errors"][0]["extensions"]["code"] in {"OPERATION_TOO_LARGE", "BAD_REQUEST"}
    assert "data" not in response.json()
    assert calls < 300_000

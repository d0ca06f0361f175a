"""How events are written: piece by piece, however much one page of them comes to."""

import csv
from io import StringIO

import pytest

from rollbook.exports import events
from rollbook.exports.events import PIECE, EventLine

LONG = 50_000


def a_line(number: int) -> EventLine:
    return EventLine(
        id=f"event {number}",
        occurred_at="2026-01-01T00:00:00.000Z",
        action="MEMBERSHIP_UPDATED",
        channel="SCIM",
        actor_kind="SCIM_TOKEN",
        actor_name="Okta",
        actor_id=None,
        target="ada@acme.test",
        changes={"profile.title": (None, "x" * LONG), "active": (False, True)},
        members=[("member", None)],
        more_members=False,
        warning=None,
        request_id=None,
    )


@pytest.mark.parametrize("write", [events.ndjson, events.table])
def test_long_values_go_out_in_pieces_and_none_is_lost(write):
    pieces = list(write(map(a_line, range(20))))

    assert max(map(len, pieces)) < PIECE + LONG + 1000
    assert min(map(len, pieces[:-1])) >= PIECE
    whole = "".join(pieces)
    assert [whole.count(f"event {number}") > 0 for number in range(20)] == [True] * 20


def test_a_table_in_pieces_is_one_table():
    rows = list(csv.reader(StringIO("".join(events.table(map(a_line, range(20)))), newline="")))

    assert [(row[6], row[13]) for row in rows] == [
        (field, f"event {number}") for number in range(20) for field in ("active", "profile.title")
    ]


@pytest.mark.parametrize("write", [events.ndjson, events.table])
def test_no_events_are_one_empty_piece(write):
    assert list(write([])) == [""]

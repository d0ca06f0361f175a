"""What is made of measured figures: medians, ratios, verdicts, plans that are told apart, and printed tables."""

import re

import pytest

from benchmarks.figures import Measured, Part, Round, Table, best, grouped, verdict, within
from benchmarks.load import Outcome
from benchmarks.operations import AT_FLOOR, Required
from benchmarks.plans import scanned
from benchmarks.printing import kept, markdown, page, read, write

ABOUT = {
    "command": "python -m benchmarks speed",
    "seconds": 120,
    "machine": {"date": "2026-11-28", "machine": "2 cores"},
    "versions": {"Python": "3.11"},
}


def a_round(rate, *, floor, p99=2.0):
    return Round(Outcome(rate=rate, p50=1.0, p99=p99, failed=0), floor)


def test_a_ratio_is_the_median_of_what_each_round_was_to_its_own_floor():
    measured = Measured([a_round(100, floor=1000, p99=9), a_round(50, floor=250), a_round(60, floor=100, p99=4)])

    assert measured.rate == 60
    assert measured.ratio == pytest.approx(0.2)  # 0.1, 0.2 and 0.6; the medians would be to each other as 60 to 250
    assert measured.p99 == 4


def test_the_best_peer_is_the_fastest_that_was_measured():
    slow, fast = (Measured([a_round(rate, floor=1000)]) for rate in (10, 20))

    assert best([slow, fast]) is fast
    assert best([]) is None


def test_a_verdict_says_plainly_what_is_not_reached():
    required = Required(must=4_000, goal=7_000)

    assert verdict(7_000 / AT_FLOOR, required) == "goal reached"
    assert verdict(4_000 / AT_FLOOR, required) == "must reached"
    assert verdict(3_999 / AT_FLOOR, required) == "**not reached**"
    assert (within(2.0, 2.0), within(2.01, 2.0)) == ("2.00", "**2.01**")


def test_numbers_are_told_so_that_they_can_be_compared():
    assert [grouped(number) for number in (3, 3.0, 1234.4, 1_000_000)] == ["3", "3.0", "1 234", "1 000 000"]


def test_a_large_table_that_is_read_through_is_found_in_a_plan_of_either_database():
    large = frozenset({"memberships", "users"})
    postgresql = ["Nested Loop", "  ->  Parallel Seq Scan on memberships m", "  ->  Index Scan using pk_users on users"]
    sqlite = ["SCAN memberships USING COVERING INDEX ix_memberships_living", "SEARCH users USING INDEX x (id=?)"]
    harmless = [
        "Seq Scan on tokens",
        "SCAN json_each VIRTUAL TABLE INDEX 1:",
        "SEARCH memberships USING INDEX x (id=?)",
    ]

    assert scanned("SELECT 1", postgresql, large) == ["memberships"]
    assert scanned("SELECT 1", sqlite, large) == ["memberships"]
    assert scanned("SELECT 1 FROM memberships AS ended", ["SCAN ended"], large) == ["memberships"]
    assert scanned("SELECT 1", harmless, large) == []


def test_a_part_that_is_measured_anew_takes_the_place_of_its_older_figures_only(tmp_path):
    path = tmp_path / "results.json"
    other = kept({}, "sync", Part([Table("First sync", ["", "SQLite"], [["Okta", "7 s"]])]), ABOUT)
    older = kept(other, "speed", Part([Table("Speed", ["operation"], [["old"]])]), ABOUT)
    newer = kept(older, "speed", Part([Table("Speed", ["operation"], [["new"]])], {"rate": 1}, {"wrk": "4.1"}), ABOUT)

    write(path, newer)

    assert read(path) == newer
    assert newer["sync"] == other["sync"]
    assert newer["speed"]["versions"] == {"Python": "3.11", "wrk": "4.1"}
    assert "old" not in path.with_suffix(".md").read_text()


def test_the_page_keeps_what_is_written_around_its_printed_tables():
    text = (
        "# Speed\nBefore.\n<!-- printed: speed -->\nold\n<!-- end -->\nAfter.\n<!-- printed: sync -->\n<!-- end -->\n"
    )
    results = kept({}, "speed", Part([Table("Rates", ["operation", "SQLite"], [["GET", "1"]], ["Note."])]), ABOUT)

    printed = page(text, results)

    assert printed == page(printed, results)
    assert "old" not in printed
    assert re.search(
        r"Before\.\n<!-- printed: speed -->\n\n.*\| GET \| 1 \|\n\nNote\.\n\n<!-- end -->\nAfter", printed, re.S
    )
    assert printed.endswith("<!-- printed: sync -->\n<!-- end -->\n")  # of which there are no results
    assert markdown(results["speed"]).startswith("`python -m benchmarks speed`, 2026-11-28, in 2 minutes, on 2 cores.")

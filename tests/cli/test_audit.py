"""`rollbook audit list`, on the local database and on a server elsewhere."""

import csv
import json
from pathlib import Path

import pytest

from .command import Installation, refusal
from .places import Place


def test_events_are_listed_the_newest_first(place: Place):
    place.out("members", "add", f"bea@{place.domain}", "--name", "Bea")
    place.out("members", "deactivate", f"bea@{place.domain}")

    table = place.out("audit", "list")
    events = place.json("audit", "list", "--limit", "2")

    assert "membership updated" in " ".join(table.split())
    assert "active: true → false" in " ".join(table.split())
    assert [event["action"] for event in events] == ["MEMBERSHIP_UPDATED", "MEMBERSHIP_CREATED"]
    assert events[0]["target"] == f"bea@{place.domain}"
    assert events[0]["changes"] == [{"field": "active", "before": "true", "after": "false"}]


def test_what_the_command_line_does_here_is_the_operators_and_elsewhere_the_tokens(place: Place):
    place.out("members", "add", f"bea@{place.domain}")

    (event,) = place.json("audit", "list", "--action", "membership-created")

    remote = place.commands is not place.admin
    assert event["actor"]["name"] == ("tools" if remote else "operator")
    assert event["channel"] == ("GRAPHQL" if remote else "CLI")
    assert event["requestId"] is not None


def test_events_are_chosen_by_action_and_time(acme: Installation):
    acme.out("members", "add", "bea@acme.test")

    def actions(*words: str) -> list[str]:
        return [event["action"] for event in json.loads(acme.out("audit", "list", "--json", *words))]

    assert actions("--action", "organization-created") == ["ORGANIZATION_CREATED"]
    assert actions("--since", "2100-01-01") == []
    assert actions("--until", "2100-01-01T00:00:00") == actions() != []


@pytest.mark.parametrize("words", [("--action", "nothing"), ("--since", "yesterday"), ("--limit", "0")], ids=" ".join)
def test_words_that_cannot_be_meant_are_wrong_usage(acme: Installation, words: tuple[str, ...]):
    result = acme.run("audit", "list", *words)

    assert (result.returncode, result.stdout) == (2, "")


def test_the_trail_is_exported_to_a_file_that_was_not_there(place: Place, tmp_path: Path):
    place.out("members", "add", f"bea@{place.domain}", "--name", "Bea")
    lines, table = tmp_path / "trail.ndjson", tmp_path / "trail.csv"

    place.out("audit", "export", "--output", str(lines), "--action", "membership-created")
    place.out("audit", "export", "--format", "csv", "--output", str(table))
    again = place.commands.run("audit", "export", "--output", str(lines))

    (event, *_) = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    assert event["target"] == f"bea@{place.domain}"
    assert event["changes"]["name"] == {"before": None, "after": "Bea"}
    rows = list(csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines()))
    assert {"MEMBERSHIP_CREATED", "ORGANIZATION_CREATED"} <= {row["action"] for row in rows}
    assert refusal(again) == f"{lines} is there already. Name another file."

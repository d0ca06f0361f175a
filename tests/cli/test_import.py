"""`rollbook members import`: a file in as many jobs as it takes, and every row that failed."""

import json
from pathlib import Path

import pytest

from rollbook.cli import importing

from .command import Installation
from .places import Place


def csv_file(tmp_path: Path, *rows: str, header: str = "email,name,role") -> Path:
    path = tmp_path / "people.csv"
    path.write_text("".join(f"{line}\n" for line in (header, *rows)), encoding="utf-8")
    return path


def test_the_people_in_a_file_become_members(place: Place, tmp_path: Path):
    path = csv_file(tmp_path, f"bea@{place.domain},Bea,admin", f"cy@{place.domain},Cy,")

    told = place.out("members", "import", str(path))

    assert told == "2 of 2 rows are imported."
    assert place.names() == ["Ada", "Bea", "Cy"]
    assert place.names("--role", "admin") == ["Ada", "Bea"]


def test_a_rehearsal_tells_the_same_and_changes_nothing(place: Place, tmp_path: Path):
    path = csv_file(tmp_path, f"bea@{place.domain},Bea,admin", "nobody,Nobody,user")

    result = place.commands.run("members", "import", str(path), "--dry-run")

    assert (result.returncode, result.stderr) == (1, "rollbook: 1 of 2 rows would fail.\n")
    assert result.stdout.startswith("1 of 2 rows would be imported.\n")
    assert "'nobody' is not an e-mail address." in result.stdout
    assert place.names() == ["Ada"]


def test_large_files_go_in_parts_and_rows_keep_their_numbers(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(importing, "MOST_ROWS", 3)
    rows = [f"p{number}@{place.domain},Person {number},user" for number in range(1, 8)]
    path = csv_file(tmp_path, *rows[:4], "", "wrong,Wrong,user", *rows[4:], "wrong too,Wrong,user")

    result = place.commands.run("members", "import", str(path), "--json")

    told = json.loads(result.stdout)
    assert (result.returncode, told["total"], told["failed"]) == (1, 9, 2)
    assert [(row["number"], row["about"]) for row in told["failedRows"]] == [(5, "wrong"), (9, "wrong too")]
    assert len(place.names("--all")) == 8


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"email\n\xff\n", "is not UTF-8 at byte 6"),
        (b"mail,name\nx@acme.test,X\n", "csv needs a header line with the column email"),
        (b"email\n", "csv has a header and no row below it."),
        (b"", "csv"),
    ],
    ids=["latin", "another header", "no rows", "nothing"],
)
def test_what_is_no_list_of_people_is_refused_as_a_whole(acme: Installation, tmp_path: Path, content: bytes, why: str):
    path = tmp_path / "people.csv"
    path.write_bytes(content)

    result = acme.run("members", "import", str(path))

    assert (result.returncode, result.stdout) == (1, "")
    assert why in result.stderr
    assert json.loads(acme.out("members", "list", "--json", "--search", "acme.test"))[1:] == []


def test_a_file_that_is_not_there_is_refused(acme: Installation, tmp_path: Path):
    result = acme.run("members", "import", str(tmp_path / "none.csv"))

    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.endswith("none.csv cannot be read: No such file or directory.\n")


@pytest.mark.parametrize(
    ("most_rows", "most_bytes", "sizes"), [(10_000, 500_000, [4]), (2, 500_000, [2, 2]), (10_000, 50, [2, 1, 1])]
)
def test_a_text_is_parted_between_rows_and_never_within_one(
    monkeypatch: pytest.MonkeyPatch, most_rows: int, most_bytes: int, sizes: list[int]
):
    monkeypatch.setattr(importing, "MOST_ROWS", most_rows)
    monkeypatch.setattr(importing, "MOST_BYTES", most_bytes)
    rows = ["a@x.test;A\n", "b@x.test;B\r\n", '"c@x.test";"Cy\nDoe, the ""third"""\n', "d@x.test;D"]
    text = "\n" + "email;name\n" + rows[0] + "\n" + ";\n" + "".join(rows[1:])

    parts = list(importing._parts(text))

    assert [count for _, count in parts] == sizes
    assert all(part.startswith("email;name\n") for part, _ in parts)
    assert "".join(part.removeprefix("email;name\n") for part, _ in parts) == "".join(rows) + "\n"

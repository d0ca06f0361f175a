"""`rollbook schema`, and the snapshot that it is compared with."""

from pathlib import Path

import pytest

from .command import Installation

RELEASED = Path(__file__).parents[2] / "docs" / "released.graphql"
SNAPSHOT = Path(__file__).parents[2] / "schema.graphql"


def test_the_snapshot_shows_the_schema_of_the_code(empty: Installation):
    result = empty.run("schema", "--check", str(SNAPSHOT))

    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_a_snapshot_that_differs_is_refused_with_the_difference(empty: Installation, tmp_path: Path):
    changed = tmp_path / "schema.graphql"
    changed.write_text(SNAPSHOT.read_text(encoding="utf-8").replace("type Query", "type Question", 1), encoding="utf-8")

    result = empty.run("schema", "--check", str(changed))

    assert result.returncode == 1
    assert "-type Question" in result.stdout
    assert "+type Query" in result.stdout
    assert result.stderr.startswith(f"rollbook: {changed} does not show the schema of the code.")


def test_printing_and_writing_give_the_same_text(empty: Installation, tmp_path: Path):
    printed = empty.run("schema").stdout
    empty.out("schema", "--output", str(tmp_path / "schema.graphql"))

    assert printed == (tmp_path / "schema.graphql").read_text(encoding="utf-8") == SNAPSHOT.read_text(encoding="utf-8")


@pytest.mark.parametrize("option", ["--check", "--released"])
def test_writing_and_comparing_at_once_is_wrong_usage(empty: Installation, tmp_path: Path, option: str):
    result = empty.run("schema", option, str(SNAPSHOT), "--output", str(tmp_path / "schema.graphql"))

    assert (result.returncode, list(tmp_path.iterdir())) == (2, [])


def test_the_code_keeps_what_the_last_release_promised(empty: Installation):
    result = empty.run("schema", "--released", str(RELEASED))

    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("now", "released", "told"),
    [
        ("type Viewer {", "type Viewer {\n  age: Int", "Field Viewer.age was removed."),
        ("enum ViewerKind {", "enum ViewerKind {\n  OWNER", "Enum value ViewerKind.OWNER was removed."),
        ("type Query {", "type Nation {\n  name: String\n}\n\ntype Query {", "Nation was removed."),
        ("viewer: Viewer!", "viewer: String!", "Field Query.viewer changed type from String! to Viewer!."),
        ("member(\n", "member(\n    age: Int\n", "Argument Query.member(age:) was removed."),
    ],
)
def test_a_schema_that_breaks_what_was_promised_is_refused(
    empty: Installation, tmp_path: Path, now: str, released: str, told: str
):
    promised = tmp_path / "released.graphql"
    sdl = empty.run("schema").stdout
    assert now in sdl
    promised.write_text(sdl.replace(now, released, 1), encoding="utf-8")

    result = empty.run("schema", "--released", str(promised))

    assert (result.returncode, result.stdout.splitlines()) == (1, [told])
    assert result.stderr.startswith("rollbook: The code would break clients of the released schema")


def test_what_was_added_since_the_release_breaks_nothing(empty: Installation, tmp_path: Path):
    released = tmp_path / "released.graphql"
    released.write_text("type Query {\n  viewer: Viewer!\n}\n\ntype Viewer {\n  name: String!\n}\n", encoding="utf-8")

    result = empty.run("schema", "--released", str(released))

    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_a_release_that_is_not_there_is_wrong_usage(empty: Installation, tmp_path: Path):
    assert empty.run("schema", "--released", str(tmp_path / "nothing.graphql")).returncode == 2

"""`rollbook schema`, and the snapshot that it is compared with."""

from pathlib import Path

from .command import Installation

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


def test_writing_and_comparing_at_once_is_wrong_usage(empty: Installation, tmp_path: Path):
    result = empty.run("schema", "--check", str(SNAPSHOT), "--output", str(tmp_path / "schema.graphql"))

    assert (result.returncode, list(tmp_path.iterdir())) == (2, [])

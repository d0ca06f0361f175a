"""`rollbook migrate` and `rollbook backup`."""

import sqlite3
from contextlib import closing
from pathlib import Path

import httpx

from .command import Installation, refusal


def test_an_embedded_database_is_migrated_once(empty: Installation):
    first, second = empty.out("migrate"), empty.out("migrate")

    newest = first.rpartition(" ")[2].rstrip(".")
    assert first == f"The database went from empty to {newest}."
    assert second == f"The database is up to date ({newest})."


def test_a_backup_made_while_serving_is_a_whole_installation(acme: Installation, tmp_path: Path):
    token = acme.out("token", "create", "--organization", "acme", "--kind", "scim", "--name", "Okta")
    file = tmp_path / "copy.sqlite3"

    with acme.serving():
        printed = acme.out("backup", str(file))

    secrets = tmp_path / "copy.sqlite3.secrets.json"
    assert printed.splitlines() == [f"{file}  the database", f"{secrets}  the secrets"]
    assert [path.stat().st_mode & 0o777 for path in (file, secrets)] == [0o600, 0o600]
    with closing(sqlite3.connect(file)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]

    restored = Installation(tmp_path / "restored")
    restored.data_dir.mkdir()
    file.rename(restored.data_dir / "rollbook.sqlite3")
    secrets.rename(restored.data_dir / "secrets.json")
    with restored.serving() as server:
        answer = httpx.get(f"{server.url}/scim/v2/Users", headers={"Authorization": f"Bearer {token}"})
    assert [user["userName"] for user in answer.json()["Resources"]] == ["ada@acme.test"]


def test_a_backup_overwrites_nothing(acme: Installation, tmp_path: Path):
    for taken in ("copy.sqlite3", "other.sqlite3.secrets.json"):
        (tmp_path / taken).write_text("precious")

    for name in ("copy.sqlite3", "other.sqlite3"):
        result = acme.run("backup", str(tmp_path / name))

        assert refusal(result).endswith("exists already; a backup overwrites nothing.")
    assert {path.name: path.read_text() for path in tmp_path.iterdir() if path.is_file()} == {
        "copy.sqlite3": "precious",
        "other.sqlite3.secrets.json": "precious",
    }


def test_a_backup_into_a_folder_that_is_not_there_is_refused_in_one_line(acme: Installation, tmp_path: Path):
    result = acme.run("backup", str(tmp_path / "nowhere" / "copy.sqlite3"))

    assert "nowhere" in refusal(result)


def test_without_a_database_there_is_nothing_to_back_up(empty: Installation, tmp_path: Path):
    result = empty.run("backup", str(tmp_path / "copy.sqlite3"))

    assert f"There is no database in {empty.data_dir}" in refusal(result)
    assert list(tmp_path.iterdir()) == []


def test_a_postgresql_database_is_backed_up_by_its_own_tools(tmp_path: Path):
    result = Installation(tmp_path / "data", "postgresql://127.0.0.1/rollbook").run("backup", str(tmp_path / "copy"))

    assert "pg_dump" in refusal(result)
    assert not (tmp_path / "copy").exists()

"""The migrations lead up, down and up again, and end at the tables of the code, on both databases."""

import asyncio
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import inspect

from rollbook.persistence import migrations
from rollbook.persistence.opening import NEWEST_REVISION
from tests.postgresql import Server


@pytest.fixture
def url(server: Server | None, tmp_path: Path) -> Iterator[str]:
    """The URL of a database in which nothing is."""
    if server is None:
        yield f"sqlite:///{tmp_path}/rollbook.sqlite3"
    else:
        made = asyncio.run(server.create(empty=True))
        yield made
        asyncio.run(server.drop(made))


def tables(url: str) -> list[str]:
    return migrations.connected(url, lambda connection: sorted(inspect(connection).get_table_names()))


def test_they_lead_up_down_and_up_again(url: str):
    newest = migrations.newest()

    up = migrations.upgrade(url)
    whole = tables(url)
    down = migrations.downgrade(url)
    empty = tables(url)
    again = migrations.upgrade(url)

    assert (up, down, again) == ((None, newest), (newest, None), (None, newest))
    assert "memberships" in whole
    assert empty == ["alembic_version"]
    assert tables(url) == whole


def test_the_newest_leads_down_to_the_one_before_and_up_again(url: str):
    migrations.upgrade(url)

    newest, older = migrations.downgrade(url, "-1")
    again = migrations.upgrade(url)

    assert (newest, again) == (migrations.newest(), (older, newest))
    migrations.connected(url, lambda connection: command.check(migrations.configuration(connection)))


def test_what_is_there_stays_when_its_tables_are_made_anew(tmp_path: Path):
    path = tmp_path / "rollbook.sqlite3"
    url = f"sqlite:///{path}"
    migrations.upgrade(url, "0004")
    kept = {
        "users": ("u1", "ada@acme.test", "ada@acme.test", "Ada", "o1", "2026-01-01T00:00:00.000000Z"),
        "audit_targets": ("o1", "m1", "e1", True),
        "membership_emails": ("o1", "ada@acme.test", "m1"),
    }
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for table, row in kept.items():
            connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)

        for move in (migrations.upgrade, migrations.downgrade, migrations.upgrade):
            move(url, "0004" if move is migrations.downgrade else "0005")
            assert {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in kept} == {
                table: [row] for table, row in kept.items()
            }
            told = {name: sql for name, sql in connection.execute("SELECT name, sql FROM sqlite_schema")}
            assert {"WITHOUT ROWID" in told[table] for table in kept} == {move is migrations.upgrade}
            assert "REFERENCES users (id)" in told["memberships"]
            assert {"ix_audit_targets_event_id", "ix_membership_emails_membership_id"} <= told.keys()


def test_the_newest_is_written_down_where_a_start_looks():
    assert migrations.newest() == NEWEST_REVISION


def test_they_end_at_the_tables_of_the_code(url: str):
    migrations.upgrade(url)

    # raises with the difference, if there is one
    migrations.connected(url, lambda connection: command.check(migrations.configuration(connection)))


def test_two_processes_may_migrate_at_once(url: str):
    newest = migrations.newest()

    with ThreadPoolExecutor(2) as processes:
        answers = list(processes.map(migrations.upgrade, [url, url]))

    assert sorted(answers, key=str) == [(newest, newest), (None, newest)]
    assert migrations.upgrade(url) == (newest, newest)


def test_an_upgrade_that_is_done_changes_nothing(url: str):
    newest = migrations.newest()
    migrations.upgrade(url)

    assert migrations.upgrade(url) == (newest, newest)

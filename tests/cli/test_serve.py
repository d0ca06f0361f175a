"""`rollbook serve`: how the server starts, what it refuses to start on, and how it stops."""

import asyncio
import signal
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.postgresql import Server

from .command import Installation, refusal

SCIM_USERS = "/scim/v2/Users?startIndex=1&count=2"


def authorized(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_an_empty_folder_is_enough_to_serve(empty: Installation):
    with empty.serving() as server:
        health = httpx.get(f"{server.url}/healthz")
        page = httpx.get(server.url)

        assert (health.status_code, health.json()) == (200, {"status": "ok"})
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "server" not in health.headers


def test_it_says_where_everything_is(acme: Installation):
    with acme.serving() as server:
        assert server.printed.splitlines() == [
            f"Rollbook serves at {server.url}",
            f"  SCIM endpoint   {server.url}/scim/v2",
            f"  GraphQL         {server.url}/graphql",
            f"  database        {acme.data_dir}/rollbook.sqlite3",
            "Ctrl-C ends it.",
        ]


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_being_stopped_is_a_good_end(empty: Installation, sent: signal.Signals):
    with empty.serving() as server:
        code = server.stop(sent)

        assert (code, server.process.stderr.read()) == (0, "")


def test_a_token_made_and_revoked_while_serving_counts_at_once(acme: Installation):
    with acme.serving() as server:
        token = acme.out("token", "create", "--organization", "acme", "--kind", "scim", "--name", "Okta")
        before = httpx.get(server.url + SCIM_USERS, headers=authorized(token))

        acme.out("token", "revoke", "--organization", "acme", "Okta")
        after = httpx.get(server.url + SCIM_USERS, headers=authorized(token))

        assert (before.status_code, before.json()["totalResults"]) == (200, 1)
        assert (after.status_code, after.json()["status"]) == (401, "401")


def test_a_taken_port_is_refused_in_one_line(empty: Installation):
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]

        result = empty.process("serve", "--port", str(port))

    assert refusal(result).startswith(f"Cannot listen on 127.0.0.1 port {port}: Address already in use")
    assert not empty.data_dir.exists()


def test_the_embedded_database_is_served_by_one_process(empty: Installation):
    result = empty.process("serve", "--port", "0", "--workers", "2")

    assert refusal(result) == (
        "The embedded database is served by one process. For more workers set ROLLBOOK_DATABASE_URL."
    )


def test_a_file_that_is_no_database_is_refused_in_one_line(empty: Installation):
    empty.data_dir.mkdir()
    (empty.data_dir / "rollbook.sqlite3").write_text("this is not a database, whatever its name says")

    result = empty.process("serve", "--port", "0")

    assert refusal(result) == "The embedded database cannot be used: file is not a database"


def test_a_database_of_a_later_version_is_refused_in_one_line(acme: Installation):
    with closing(sqlite3.connect(acme.data_dir / "rollbook.sqlite3")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    for command in (("serve", "--port", "0"), ("migrate",), ("token", "list", "--organization", "acme")):
        assert refusal(acme.process(*command)).startswith("The database is at revision 9999, which this version of")


def test_the_wrong_secrets_are_refused_in_one_line(acme: Installation):
    (acme.data_dir / "secrets.json").unlink()

    result = acme.process("serve", "--port", "0")

    assert "secrets.json is missing" in refusal(result)


@pytest.mark.parametrize(
    ("url", "about"),
    [
        ("postgresql://nobody@127.0.0.1:1/rollbook", "PostgreSQL cannot be reached"),
        ("mysql://127.0.0.1/rollbook", "ROLLBOOK_DATABASE_URL should look like postgresql://"),
        ("postgresql://127.0.0.1:99999/rollbook", "ROLLBOOK_DATABASE_URL is not a URL"),
    ],
)
@pytest.mark.parametrize("command", [("serve", "--port", "0"), ("migrate",)])
def test_an_unusable_database_is_refused_in_one_line(tmp_path: Path, command: tuple[str, ...], url: str, about: str):
    result = Installation(tmp_path, url).process(*command)

    assert about in refusal(result)


@pytest.mark.postgresql
def test_a_postgresql_database_that_is_behind_is_migrated_on_purpose(postgresql: Server, tmp_path: Path):
    url = asyncio.run(postgresql.create(empty=True))
    installation = Installation(tmp_path, url)

    refused = [
        installation.process("serve", "--port", "0"),
        installation.run("organization", "create", "--handle", "acme", "--name", "A", "--admin-email", "a@acme.test"),
    ]
    migrated = [installation.out("migrate"), installation.out("migrate")]
    installation.out("organization", "create", "--handle", "acme", "--name", "A", "--admin-email", "a@acme.test")

    assert all("Run: rollbook migrate" in refusal(result) for result in refused)
    assert [said.split(" (")[0].rpartition(" to ")[0] for said in migrated] == [
        "The database went from empty",
        "The database is up",
    ]
    asyncio.run(postgresql.drop(url))


@pytest.mark.postgresql
def test_several_workers_serve_one_postgresql_database(postgresql: Server, tmp_path: Path):
    url = asyncio.run(postgresql.create())
    installation = Installation(tmp_path, url)
    installation.out("organization", "create", "--handle", "acme", "--name", "A", "--admin-email", "a@acme.test")
    token = installation.out("token", "create", "--organization", "acme", "--kind", "scim", "--name", "Okta")

    with installation.serving("--workers", "2") as server:
        simulation = installation.run(
            "simulate", "okta", "--url", f"{server.url}/scim/v2", "--token", token, "--quiet", "--workers", "4"
        )
        code = server.stop()

    assert simulation.returncode == 0, simulation.stdout
    assert code == 0
    asyncio.run(postgresql.drop(url))

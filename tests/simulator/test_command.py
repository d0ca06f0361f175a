"""``rollbook simulate`` over a real socket: its options and how it ends."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from typer.testing import CliRunner

from rollbook.cli.simulate import app
from tests.simulator.fake_entra import EntraServer
from tests.simulator.fake_server import BASE, TOKEN, FakeServer

runner = CliRunner()


@pytest.fixture
def served() -> Iterator[tuple[FakeServer, str]]:
    """A fake server on a port of its own, and its base URL."""
    fake = EntraServer("Admins", "Users")
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(fake, lifespan="off", log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield fake, f"http://127.0.0.1:{listener.getsockname()[1]}{BASE}"
    server.should_exit = True
    thread.join(timeout=10)
    listener.close()
    assert not thread.is_alive()


@pytest.mark.parametrize(
    ("provider", "dialect"),
    [("okta", "catalog"), ("okta", "custom-app"), ("entra", "legacy"), ("entra", "compliant")],
)
def test_a_good_server_ends_with_0(served: tuple[FakeServer, str], provider: str, dialect: str):
    fake, url = served

    result = runner.invoke(
        app, [provider, "--url", url, "--dialect", dialect, "--quiet"], env={"ROLLBOOK_SCIM_TOKEN": f"Bearer {TOKEN}"}
    )

    assert result.exit_code == 0, result.output
    assert len(fake.users) == 25
    assert [user["userName"] for user in fake.users.values() if not user["active"]] == ["max.gross@acme.test"]


def test_the_people_of_a_file_or_of_a_number_are_assigned(served: tuple[FakeServer, str], tmp_path: Path):
    fake, url = served
    people = tmp_path / "people.csv"
    people.write_text("userName,givenName,familyName\nbo@x.test,Bo,M\n", encoding="utf-8")

    from_file = runner.invoke(app, ["okta", "--url", url, "--token", TOKEN, "--users", str(people)])
    made_up = runner.invoke(app, ["okta", "--url", url, "--token", TOKEN, "--count", "30", "--workers", "3"])

    assert (from_file.exit_code, made_up.exit_code) == (0, 0)
    assert "create bo@x.test" in from_file.output
    assert len(fake.users) == 31


@pytest.mark.parametrize("match", ["userName", "externalId"])
def test_entra_looks_people_up_by_the_attribute_of_choice(served: tuple[FakeServer, str], match: str):
    fake, url = served

    result = runner.invoke(app, ["entra", "--url", url, "--token", TOKEN, "--match", match, "--count", "2"])

    assert result.exit_code == 0, result.output
    first = next(path for method, path, _, _ in fake.requests if method == "GET")
    assert first.startswith(f"/Users?filter={match}%20eq%20")


@pytest.mark.parametrize("provider", ["okta", "entra"])
def test_a_failed_check_ends_with_1(served: tuple[FakeServer, str], provider: str):
    fake, url = served

    result = runner.invoke(app, [provider, "--url", url, "--token", "wrong"])

    assert result.exit_code == 1
    assert 'came      status 401, "The token is not valid."' in result.output
    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--url", "127.0.0.1/scim/v2", "--token", "x"], "is not an absolute http or https address"),
        (["--url", "ftp://127.0.0.1/scim/v2", "--token", "x"], "is not an absolute http or https address"),
        (["--url", "http://127.0.0.1:port/scim/v2", "--token", "x"], "is not an address: Invalid port: 'port'"),
        (["--url", "http://127.0.0.1/scim/v2?x=1", "--token", "x"], "must be a plain address"),
        (["--url", "http://127.0.0.1/scim/v2", "--token", "two words"], "must be one word of ASCII characters"),
        (["--url", "http://127.0.0.1/scim/v2", "--token", ""], "must be one word of ASCII characters"),
        (["--url", "http://127.0.0.1/scim/v2"], "Missing option '--token'"),
        (["--url", "http://127.0.0.1/scim/v2", "--token", "x", "--users", "absent.csv"], "absent.csv: cannot be read"),
        (["--url", "http://127.0.0.1/scim/v2", "--token", "x", "--count", "0"], "--count"),
        (
            ["--url", "http://127.0.0.1/scim/v2", "--token", "x", "--count", "2", "--users", "a.csv"],
            "give either --users or --count",
        ),
    ],
)
@pytest.mark.parametrize("provider", ["okta", "entra"])
def test_an_unusable_option_ends_with_2(provider: str, options: list[str], said: str):
    result = runner.invoke(app, [provider, *options], env={"COLUMNS": "300", "ROLLBOOK_SCIM_TOKEN": None})

    assert result.exit_code == 2
    assert said in result.output


def test_the_flag_of_the_tenant_url_is_given_as_the_dialect():
    url = "http://127.0.0.1/scim/v2?aadOptscim062020"

    result = runner.invoke(app, ["entra", "--url", url, "--token", "x"], env={"COLUMNS": "300"})

    assert result.exit_code == 2
    assert "leave out ?aadOptscim062020, and give --dialect compliant" in result.output


def test_a_server_that_is_not_there_ends_with_3():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    result = runner.invoke(app, ["okta", "--url", f"http://127.0.0.1:{port}{BASE}", "--token", "x"])

    assert result.exit_code == 3
    assert f"rollbook: http://127.0.0.1:{port}/scim/v2 does not answer: " in result.stderr


@pytest.mark.parametrize("provider", ["okta", "entra"])
def test_the_help_says_what_is_left_behind_and_how_it_ends(provider: str):
    result = runner.invoke(app, [provider, "--help"], env={"COLUMNS": "200"})

    assert result.exit_code == 0
    for said in ("ROLLBOOK_SCIM_TOKEN", "[default: (25 made-up people)]", "Exit code: 0", "For servers made for tests"):
        assert said in result.output

"""ROLLBOOK_URL and ROLLBOOK_API_TOKEN: when the command line works on a server, and what it says when it cannot."""

import pytest
from pydantic import ValidationError

from rollbook.cli.failures import reason_of
from rollbook.client import JobRow

from .command import Installation, refusal
from .places import Place, elsewhere

TOKEN = "rollbook_api_" + "x" * 49


@pytest.fixture
def remote(served: tuple[Installation, str], empty: Installation, request: pytest.FixtureRequest) -> Place:
    installation, url = served
    return elsewhere(installation, url, f"remote-{abs(hash(request.node.name)) % 10**9}", empty)


def told(settings: dict[str, str], empty: Installation, *words: str) -> str:
    return refusal(Installation(empty.data_dir, settings=settings).run(*(words or ("members", "list"))))


def test_tokens_are_managed_on_a_server_too(remote: Place):
    secret = remote.out("tokens", "create", "--kind", "scim", "--name", "Okta")
    remote.out("tokens", "rotate", "Okta", "--overlap-hours", "0")
    remote.out("tokens", "update", "Okta", "--name", "Okta 2")

    tokens = remote.json("tokens", "list")

    assert secret.startswith("rollbook_scim_")
    assert [(token["kind"], token["name"], token["status"]) for token in tokens] == [
        ("SCIM", "Okta 2", "ACTIVE"),
        ("SCIM", "Okta", "REVOKED"),
        ("API", "tools", "ACTIVE"),
    ]
    assert tokens[1]["replacedBy"] == tokens[0]["id"]


def test_no_local_database_is_touched(remote: Place):
    remote.out("members", "list")

    assert not remote.commands.data_dir.exists()


def test_a_token_of_another_organization_than_the_named_one_is_refused(remote: Place):
    result = remote.commands.run("members", "list", "--organization", "globex")

    assert refusal(result) == f"The token in ROLLBOOK_API_TOKEN belongs to {remote.handle}, not to globex."
    assert "Ada" in remote.out("members", "list", "--organization", remote.handle)


def test_a_token_does_what_its_scopes_allow_and_no_more(remote: Place):
    secret = remote.admin.out("tokens", "create", "--organization", remote.handle, "--kind", "api", "--name", "reader")
    settings = {**remote.commands.settings, "ROLLBOOK_API_TOKEN": secret}
    reader = Installation(remote.commands.data_dir, settings=settings)

    result = reader.run("members", "add", f"bea@{remote.domain}")

    assert "members:write" in refusal(result)
    assert remote.names() == ["Ada"]
    assert "Ada" in reader.out("members", "list")


def test_a_token_that_is_none_is_refused(served: tuple[Installation, str], empty: Installation):
    why = told({"ROLLBOOK_URL": served[1], "ROLLBOOK_API_TOKEN": TOKEN}, empty)

    assert why.startswith("This API token is not valid.")


def test_a_server_that_does_not_answer_is_told_in_one_line(empty: Installation):
    why = told({"ROLLBOOK_URL": "http://127.0.0.1:9", "ROLLBOOK_API_TOKEN": TOKEN}, empty)

    assert why.startswith("http://127.0.0.1:9/graphql cannot be reached: ")
    assert TOKEN not in why


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"ROLLBOOK_URL": "https://rollbook.test"}, "set ROLLBOOK_API_TOKEN to one of its API tokens too"),
        ({"ROLLBOOK_URL": "rollbook.test", "ROLLBOOK_API_TOKEN": TOKEN}, "it should look like https://"),
        ({"ROLLBOOK_URL": "https://rollbook.test", "ROLLBOOK_API_TOKEN": "rollbook_scim_x"}, "is no API token"),
    ],
    ids=["no token", "no URL", "another kind of token"],
)
def test_settings_that_cannot_be_meant_are_refused(empty: Installation, settings: dict[str, str], why: str):
    assert why in told(settings, empty)


def test_a_token_alone_changes_nothing(acme: Installation):
    local = Installation(acme.data_dir, settings={"ROLLBOOK_API_TOKEN": TOKEN})

    assert "ada@acme.test" in local.out("members", "list")


def test_what_only_a_newer_server_knows_is_told_in_one_line():
    with pytest.raises(ValidationError) as raised:
        JobRow.model_validate({"number": 1, "about": "x", "outcome": "FROM_THE_FUTURE", "code": None, "message": None})

    assert str(reason_of(raised.value)).startswith("The server answered what this version of the command line")

"""`rollbook token create`, `list` and `revoke`."""

import json
import re

import pytest

from .command import Installation, refusal

SCIM = ("--organization", "acme", "--kind", "scim", "--name", "Okta")
API = ("--organization", "acme", "--kind", "api", "--name", "reports")


def listed(installation: Installation, *words: str) -> list[dict[str, object]]:
    return json.loads(installation.out("token", "list", "--organization", "acme", "--json", *words))


@pytest.mark.parametrize(("options", "prefix"), [(SCIM, "rollbook_scim_"), (API, "rollbook_api_")])
def test_the_secret_stands_alone_on_standard_output(acme: Installation, options: tuple[str, ...], prefix: str):
    result = acme.run("token", "create", *options)

    assert result.returncode == 0, result.stderr
    assert re.fullmatch(prefix + r"[0-9A-Za-z]{49}\n", result.stdout)
    assert "not shown again" in result.stderr
    assert result.stdout.strip() not in result.stderr


@pytest.mark.parametrize(
    ("given", "scopes"),
    [
        ((), ["members:read"]),
        (("--scopes", "members:read,audit:read"), ["audit:read", "members:read"]),
        (
            ("--scopes", "all"),
            ["audit:read", "members:read", "members:write", "roles:write", "settings:write", "tokens:write"],
        ),
    ],
)
def test_an_api_token_has_the_scopes_that_were_asked_for(acme: Installation, given: tuple[str, ...], scopes: list[str]):
    acme.out("token", "create", *API, *given)

    assert [token["scopes"] for token in listed(acme)] == [scopes]


@pytest.mark.parametrize(
    "words",
    [
        (*SCIM, "--scopes", "members:read"),
        (*API, "--dialect", "strict"),
        (*API, "--scopes", "members:everything"),
        (*API, "--scopes", ","),
        (*API, "--expires-in-days", "0"),
        ("--organization", "acme", "--kind", "oauth", "--name", "Okta"),
    ],
)
def test_options_that_cannot_be_meant_are_wrong_usage(acme: Installation, words: tuple[str, ...]):
    result = acme.run("token", "create", *words)

    assert (result.returncode, result.stdout) == (2, "")
    assert listed(acme) == []


def test_a_token_is_listed_with_all_but_its_secret(acme: Installation):
    secret = acme.out("token", "create", *SCIM, "--dialect", "strict", "--expires-in-days", "90")

    (token,) = listed(acme)

    assert secret not in json.dumps(token)
    assert token["hint"] == f"rollbook_scim_…{secret[-4:]}"
    assert (token["kind"], token["name"], token["dialect"], token["status"]) == ("scim", "Okta", "strict", "live")
    assert token["expiresAt"] is not None
    assert (token["lastUsedAt"], token["revokedAt"]) == (None, None)


def test_the_list_can_be_cut_to_one_kind(acme: Installation):
    acme.out("token", "create", *SCIM)
    acme.out("token", "create", *API)

    assert [token["name"] for token in listed(acme)] == ["reports", "Okta"]
    assert [token["name"] for token in listed(acme, "--kind", "scim")] == ["Okta"]


def test_the_table_shows_each_token(acme: Installation):
    acme.out("token", "create", *SCIM)

    table = acme.out("token", "list", "--organization", "acme")

    (token,) = listed(acme)
    assert str(token["id"]) in table
    assert "Okta" in table
    assert "live" in table


def test_a_revoked_token_stays_listed_as_revoked(acme: Installation):
    acme.out("token", "create", *SCIM)
    (token,) = listed(acme)

    first = acme.out("token", "revoke", "--organization", "acme", str(token["id"]))
    second = acme.out("token", "revoke", "--organization", "acme", str(token["id"]))

    assert first == second == f"Token {token['id']} (Okta) is revoked."
    assert [(token["status"], token["revokedBy"]) for token in listed(acme)] == [("revoked", "operator")]


def test_an_unknown_token_is_not_found(acme: Installation):
    result = acme.run("token", "revoke", "--organization", "acme", "not-an-id")

    assert refusal(result) == "There is no token 'not-an-id' in this organization."


def test_an_unknown_organization_is_refused_with_those_that_exist(acme: Installation):
    result = acme.run("token", "list", "--organization", "globex")

    assert refusal(result) == "There is no organization with the handle 'globex'. There are: acme."


def test_a_mistyped_folder_gets_no_database_in_passing(empty: Installation):
    result = empty.run("token", "list", "--organization", "acme")

    assert f"There is no database in {empty.data_dir}" in refusal(result)
    assert not empty.data_dir.exists()

"""`rollbook tokens create`, `list`, `rotate`, `update` and `revoke`."""

import json
import re

import pytest

from .command import Installation, refusal

SCIM = ("--organization", "acme", "--kind", "scim", "--name", "Okta")
API = ("--organization", "acme", "--kind", "api", "--name", "reports")


def listed(installation: Installation, *words: str) -> list[dict[str, object]]:
    return json.loads(installation.out("tokens", "list", "--organization", "acme", "--json", *words))


@pytest.mark.parametrize(("options", "prefix"), [(SCIM, "rollbook_scim_"), (API, "rollbook_api_")])
def test_the_secret_stands_alone_on_standard_output(acme: Installation, options: tuple[str, ...], prefix: str):
    result = acme.run("tokens", "create", *options)

    assert result.returncode == 0, result.stderr
    assert re.fullmatch(prefix + r"[0-9A-Za-z]{49}\n", result.stdout)
    assert "not shown again" in result.stderr
    assert result.stdout.strip() not in result.stderr


@pytest.mark.parametrize(
    ("given", "scopes"),
    [
        ((), ["MEMBERS_READ"]),
        (("--scopes", "members:read,audit:read"), ["AUDIT_READ", "MEMBERS_READ"]),
        (
            ("--scopes", "all"),
            ["AUDIT_READ", "MEMBERS_READ", "MEMBERS_WRITE", "ROLES_WRITE", "SETTINGS_WRITE", "TOKENS_WRITE"],
        ),
    ],
)
def test_an_api_token_has_the_scopes_that_were_asked_for(acme: Installation, given: tuple[str, ...], scopes: list[str]):
    acme.out("tokens", "create", *API, *given)

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
    result = acme.run("tokens", "create", *words)

    assert (result.returncode, result.stdout) == (2, "")
    assert listed(acme) == []


def test_a_token_is_listed_with_all_but_its_secret(acme: Installation):
    secret = acme.out("tokens", "create", *SCIM, "--dialect", "strict", "--expires-in-days", "90")

    (token,) = listed(acme)

    assert secret not in json.dumps(token)
    assert token["hint"] == f"rollbook_scim_…{secret[-4:]}"
    assert (token["kind"], token["name"], token["dialect"], token["status"]) == ("SCIM", "Okta", "STRICT", "ACTIVE")
    assert token["expiresAt"] is not None
    assert (token["lastUsedAt"], token["revokedAt"]) == (None, None)


def test_the_list_can_be_cut_to_one_kind(acme: Installation):
    acme.out("tokens", "create", *SCIM)
    acme.out("tokens", "create", *API)

    assert [token["name"] for token in listed(acme)] == ["reports", "Okta"]
    assert [token["name"] for token in listed(acme, "--kind", "scim")] == ["Okta"]


def test_the_table_shows_each_token(acme: Installation):
    acme.out("tokens", "create", *SCIM)

    table = acme.out("tokens", "list", "--organization", "acme")

    (token,) = listed(acme)
    assert str(token["hint"]) in table
    assert "Okta" in table
    assert "active" in table


def test_a_revoked_token_stays_listed_as_revoked(acme: Installation):
    acme.out("tokens", "create", *SCIM)
    (token,) = listed(acme)

    by_id = acme.out("tokens", "revoke", "--organization", "acme", str(token["id"]))
    by_name = acme.out("tokens", "revoke", "--organization", "acme", "Okta")

    assert by_id == by_name == f"Token Okta ({token['hint']}) is revoked."
    assert [(token["status"], token["revokedBy"]) for token in listed(acme)] == [("REVOKED", "operator")]


def test_each_command_tells_scripts_the_token_as_json(acme: Installation):
    created = json.loads(acme.out("tokens", "create", *SCIM, "--json"))
    rotated = json.loads(acme.out("tokens", "rotate", "Okta", "--overlap-hours", "0", "--json"))
    updated = json.loads(acme.out("tokens", "update", str(rotated["id"]), "--name", "Okta 2", "--json"))
    revoked = json.loads(acme.out("tokens", "revoke", "Okta 2", "--json"))

    assert created["hint"][-4:] == created.pop("secret")[-4:]
    assert rotated["hint"][-4:] == rotated.pop("secret")[-4:]
    assert (rotated["replaced"]["id"], rotated["replaced"]["status"]) == (created["id"], "REVOKED")
    assert (updated["id"], updated["name"]) == (rotated["id"], "Okta 2")
    assert [token["id"] for token in listed(acme)] == [revoked["id"], created["id"]]
    assert listed(acme)[0] == revoked


def test_a_name_means_the_token_that_works(acme: Installation):
    acme.out("tokens", "create", *SCIM)
    acme.out("tokens", "revoke", "Okta")
    acme.out("tokens", "create", *SCIM)

    acme.out("tokens", "update", "Okta", "--dialect", "strict")

    assert [(token["status"], token["dialect"]) for token in listed(acme)] == [
        ("ACTIVE", "STRICT"),
        ("REVOKED", "AUTO"),
    ]


def test_a_name_that_several_working_tokens_have_is_refused_with_their_hints(acme: Installation):
    acme.out("tokens", "create", *SCIM)
    acme.out("tokens", "create", *SCIM)
    new, old = (str(token["hint"]) for token in listed(acme))

    result = acme.run("tokens", "revoke", "Okta")

    assert refusal(result) == f"Several tokens are called 'Okta'. Name one by its hint: {new}, {old}."
    assert acme.out("tokens", "revoke", old) == f"Token Okta ({old}) is revoked."
    assert [token["status"] for token in listed(acme)] == ["ACTIVE", "REVOKED"]


def test_an_unknown_token_is_not_found(acme: Installation):
    result = acme.run("tokens", "revoke", "--organization", "acme", "not-an-id")

    assert refusal(result) == "There is no token with the name, hint or id 'not-an-id'."


def test_an_unknown_organization_is_refused_with_those_that_exist(acme: Installation):
    result = acme.run("tokens", "list", "--organization", "globex")

    assert refusal(result) == "There is no organization with the handle 'globex'. There are: acme."


def test_a_mistyped_folder_gets_no_database_in_passing(empty: Installation):
    result = empty.run("tokens", "list", "--organization", "acme")

    assert f"There is no database in {empty.data_dir}" in refusal(result)
    assert not empty.data_dir.exists()


def test_a_rotated_token_is_replaced_and_the_secret_stands_alone(acme: Installation):
    acme.out("tokens", "create", *SCIM)
    (old,) = listed(acme)

    result = acme.run("tokens", "rotate", "--organization", "acme", str(old["id"]), "--overlap-hours", "48")

    assert result.returncode == 0, result.stderr
    assert re.fullmatch(r"rollbook_scim_[0-9A-Za-z]{49}\n", result.stdout)
    assert f"The old token {old['hint']} works until " in result.stderr
    new, replaced = listed(acme)
    assert (new["replaces"], replaced["replacedBy"]) == (old["id"], new["id"])
    assert (new["status"], replaced["status"], replaced["name"]) == ("ACTIVE", "ACTIVE", "Okta")


def test_a_token_can_be_rotated_without_an_overlap_once(acme: Installation):
    acme.out("tokens", "create", *API)
    (old,) = listed(acme)

    result = acme.run("tokens", "rotate", "--organization", "acme", str(old["id"]), "--overlap-hours", "0")
    again = acme.run("tokens", "rotate", "--organization", "acme", str(old["id"]))

    assert f"The old token {old['hint']} is revoked." in result.stderr
    assert refusal(again) == "The token 'reports' was revoked. Generate a new one."


def test_a_token_is_renamed_and_given_other_rights(acme: Installation):
    acme.out("tokens", "create", *API)
    (token,) = listed(acme)
    which = ("--organization", "acme", str(token["id"]))

    told = acme.out("tokens", "update", *which, "--name", "audits", "--scopes", "audit:read")

    assert told == f"Token audits ({token['hint']}): audit:read."
    assert [(each["name"], each["scopes"]) for each in listed(acme)] == [("audits", ["AUDIT_READ"])]
    assert refusal(acme.run("tokens", "update", *which, "--dialect", "strict")) == "Only a SCIM token has a dialect."


@pytest.mark.parametrize("words", [("update",), ("update", "--scopes", "x"), ("rotate", "--overlap-hours", "721")])
def test_a_change_that_cannot_be_meant_is_wrong_usage(acme: Installation, words: tuple[str, ...]):
    result = acme.run("tokens", *words, "--organization", "acme", "0192f0c1-2345-7000-8000-000000000000")

    assert (result.returncode, result.stdout) == (2, "")


def test_the_first_name_of_the_group_still_works(acme: Installation):
    assert acme.out("token", "list", "--organization", "acme", "--json") == "[]"
    assert " token " not in acme.out("--help")

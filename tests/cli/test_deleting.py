"""`rollbook organization delete` and `rollbook user erase`: tried first, asked for, and only then done."""

import io
import json
import sys

import pytest

from .command import Installation, refusal


@pytest.fixture
def filled(acme: Installation) -> Installation:
    """Acme with a token, beside Globex, in which Acme's admin is a member too."""
    acme.out("tokens", "create", "--organization", "acme", "--kind", "scim", "--name", "Okta")
    acme.out("organization", "create", "--handle", "globex", "--name", "Globex", "--admin-email", "bo@globex.test")
    acme.out("admin", "login-link", "--organization", "globex", "--email", "ada@acme.test")
    acme.out("admin", "login-link", "--organization", "acme", "--email", "cy@acme.test")
    return acme


def typing(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def handles(installation: Installation) -> str:
    return refusal(installation.run("tokens", "list", "--organization", "nobody")).partition("There are: ")[2]


def test_a_dry_run_counts_what_would_go_and_changes_nothing(filled: Installation):
    first = filled.out("organization", "delete", "acme", "--dry-run")
    second = filled.out("organization", "delete", "acme", "--dry-run")

    assert first == second
    assert first.splitlines()[0] == "Would be deleted:"
    assert "1 organizations" in first
    assert "2 memberships" in first
    assert "1 users" in first  # Cy; Ada is a member of Globex too
    assert handles(filled) == "acme, globex."


def test_an_organization_is_deleted_when_its_handle_is_typed(filled: Installation, monkeypatch: pytest.MonkeyPatch):
    typing(monkeypatch, "globex\n")
    refused = filled.run("organization", "delete", "acme")
    assert (refused.returncode, refused.stdout, handles(filled)) == (1, "", "acme, globex.")
    assert "nothing was changed" in refused.stderr

    typing(monkeypatch, "acme\n")
    deleted = filled.out("organization", "delete", "acme")

    assert deleted.splitlines()[0] == "Deleted:"
    assert "1 organizations" in deleted
    assert handles(filled) == "globex."


def test_a_script_deletes_by_yes(filled: Installation):
    assert "Deleted:" in filled.out("organization", "delete", "acme", "--yes")
    assert handles(filled) == "globex."
    assert "There is no organization" in refusal(filled.run("organization", "delete", "acme", "--yes"))


def test_nobody_who_can_type_means_no(filled: Installation, monkeypatch: pytest.MonkeyPatch):
    typing(monkeypatch, "")

    result = filled.run("organization", "delete", "acme")

    assert (result.returncode, result.stdout) == (1, "")
    assert handles(filled) == "acme, globex."


def test_a_person_is_erased_everywhere(filled: Installation, monkeypatch: pytest.MonkeyPatch):
    tried = filled.out("user", "erase", "ada@acme.test", "--dry-run")
    typing(monkeypatch, "ada@acme.test\n")

    done = filled.out("user", "erase", "ada@acme.test")

    assert ", of acme, globex." in tried.splitlines()[0]
    assert tried.splitlines()[1] == "Would be erased or changed:"
    assert done.splitlines() == [line.replace("Would be erased", "Erased") for line in tried.splitlines()]
    assert "There is no user" in refusal(filled.run("user", "erase", "ada@acme.test", "--yes"))


def test_the_last_admin_is_erased_by_force_only(acme: Installation):
    assert "last active admin of acme" in refusal(acme.run("user", "erase", "ada@acme.test", "--yes"))

    assert "Erased or changed:" in acme.out("user", "erase", "ada@acme.test", "--yes", "--force")


def test_a_mistyped_folder_gets_no_database_in_passing(empty: Installation):
    for words in (("organization", "delete", "acme", "--yes"), ("user", "erase", "ada@acme.test", "--yes")):
        assert "There is no database" in refusal(empty.run(*words))
    assert not empty.data_dir.exists()


def test_tokens_of_a_deleted_organization_are_gone_with_it(filled: Installation):
    filled.out("organization", "delete", "acme", "--yes")

    assert json.loads(filled.out("tokens", "list", "--organization", "globex", "--json")) == []

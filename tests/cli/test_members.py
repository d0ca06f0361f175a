"""`rollbook members`, on the local database and on a server elsewhere: the same words, the same answers."""

import json
from datetime import UTC, datetime

import pytest

from .command import Installation, refusal
from .places import Place


def member(place: Place, name: str) -> dict[str, object]:
    (found,) = [each for each in place.json("members", "list", "--status", "any") if each["name"] == name]
    return found


def test_members_are_listed_by_name(place: Place):
    place.out("members", "add", f"bea@{place.domain}", "--name", "Bea Example")

    table = place.out("members", "list")

    lines = [line.split() for line in table.splitlines() if "@" in line]
    assert lines == [
        ["Ada", f"ada@{place.domain}", "admin", "active", "manual"],
        ["Bea", "Example", f"bea@{place.domain}", "user", "active", "manual"],
    ]


def test_scripts_get_the_names_of_the_api(place: Place):
    (ada,) = place.json("members", "list")

    assert sorted(ada) == [
        *("createdAt", "email", "externalId", "id", "name", "role", "source", "status", "updatedAt"),
        *("userName", "version"),
    ]
    assert (ada["role"], ada["status"], ada["version"]) == ("ADMIN", "ACTIVE", 1)


def test_a_list_is_cut_ordered_and_searched(place: Place):
    for name in ("Cy", "Bea", "Dan"):
        place.out("members", "add", f"{name.lower()}@{place.domain}", "--name", name)
    place.out("members", "deactivate", f"dan@{place.domain}")

    assert place.names() == ["Ada", "Bea", "Cy"]
    assert place.names("--status", "any", "--descending") == ["Dan", "Cy", "Bea", "Ada"]
    assert place.names("--status", "inactive") == ["Dan"]
    assert place.names("--role", "admin") == ["Ada"]
    assert place.names("--source", "scim") == []
    assert place.names("--search", "be") == ["Bea"]
    assert place.names("--sort", "created") == ["Ada", "Cy", "Bea"]


def test_members_are_listed_as_they_were(place: Place):
    place.out("members", "add", f"bea@{place.domain}", "--name", "Bea", "--role", "admin")
    then = datetime.now(UTC).isoformat()[:23]
    place.out("members", "remove", "--yes", f"bea@{place.domain}")

    was = place.json("members", "list", "--as-of", then)
    sorted_too = place.commands.run("members", "list", "--as-of", then, "--sort", "name")
    too_late = place.commands.run("members", "list", "--as-of", "2100-01-01")

    assert [(each["name"], each["role"]) for each in was] == [("Ada", "ADMIN"), ("Bea", "ADMIN")]
    assert place.names("--status", "any") == ["Ada"]
    assert (sorted_too.returncode, sorted_too.stdout) == (2, "")
    assert "future" in refusal(too_late)


def test_one_member_is_shown_whoever_they_are(place: Place):
    place.out("members", "add", f"bea@{place.domain}", "--name", "Bea")
    place.out("members", "deactivate", f"bea@{place.domain}")

    table = place.out("members", "show", f"BEA@{place.domain}")
    bea = place.json("members", "show", f"bea@{place.domain}")
    nobody = place.commands.run("members", "show", "TWVtYmVyOjAxOThmMmE0LTdjMWUtN2IzYS05ZDQyLTVmMGM2ZThhMWIyZA==")

    lines = dict(line.split() for line in table.splitlines() if len(line.split()) == 2)
    assert (lines["Name"], lines["Status"], lines["Version"]) == ("Bea", "inactive", "2")
    assert bea == member(place, "Bea")
    assert "There is no member" in refusal(nobody)


def test_a_list_says_where_there_is_more(place: Place):
    place.out("members", "add", f"bea@{place.domain}")

    cut = place.commands.run("members", "list", "--limit", "1", "--json")
    whole = place.commands.run("members", "list", "--limit", "1", "--all", "--json")

    assert len(json.loads(cut.stdout)) == 1
    assert cut.stderr == "These are the first 1; there are more. See --limit and --all.\n"
    assert (len(json.loads(whole.stdout)), whole.stderr) == (2, "")


def test_a_person_is_added_with_a_role(place: Place):
    told = place.out("members", "add", f"bea@{place.domain}", "--name", "Bea", "--role", "admin")

    assert told == f"Bea <bea@{place.domain}> is a member."
    assert member(place, "Bea")["role"] == "ADMIN"


def test_a_person_cannot_be_added_twice(place: Place):
    result = place.commands.run("members", "add", f"ADA@{place.domain}")

    assert "already" in refusal(result)
    assert place.names() == ["Ada"]


def test_a_key_makes_a_repetition_harmless(place: Place):
    words = ("members", "add", f"bea@{place.domain}", "--idempotency-key", "6f6bfa2c-3a55-4a55-8e2f-1d20a0cb1b6e")

    first, second = place.json(*words), place.json(*words)

    assert first == second
    assert place.names() == ["Ada", "Bea"]


def test_a_member_is_changed_by_address_whatever_its_case_or_by_id(place: Place):
    place.out("members", "add", f"bea@{place.domain}", "--name", "Bea")
    bea = str(member(place, "Bea")["id"])

    assert place.out("members", "set-role", f"BEA@{place.domain}", "admin").endswith("has the role admin.")
    assert place.out("members", "set-role", bea, "user").endswith("has the role user.")
    assert place.out("members", "deactivate", bea).endswith("is inactive.")
    assert place.out("members", "reactivate", f"bea@{place.domain}").endswith("is active.")

    changed = member(place, "Bea")
    assert (changed["status"], changed["role"], changed["version"]) == ("ACTIVE", "USER", 5)


def test_a_change_of_what_was_not_seen_is_refused(place: Place):
    place.out("members", "add", f"bea@{place.domain}", "--name", "Bea")
    place.out("members", "set-role", f"bea@{place.domain}", "admin")

    result = place.commands.run("members", "deactivate", f"bea@{place.domain}", "--expected-version", "1")

    assert "version" in refusal(result)
    assert member(place, "Bea")["status"] == "ACTIVE"


def test_the_last_admin_stays(place: Place):
    for words in (("deactivate",), ("remove", "--yes")):
        result = place.commands.run("members", *words, f"ada@{place.domain}")

        assert "without an active admin" in refusal(result)
    assert place.names("--role", "admin") == ["Ada"]


def test_a_removed_member_is_in_no_list(place: Place):
    place.out("members", "add", f"bea@{place.domain}", "--name", "Bea")

    unasked = place.commands.run("members", "remove", f"bea@{place.domain}")
    assert refusal(unasked) == "Nothing was changed: nobody can be asked here. Add --yes."
    assert place.names() == ["Ada", "Bea"]

    told = place.out("members", "remove", "--yes", f"bea@{place.domain}")

    assert told == f"bea@{place.domain} is no member any more."
    assert place.names("--status", "any") == ["Ada"]


def test_nobody_of_a_name_is_refused(place: Place):
    result = place.commands.run("members", "deactivate", "nobody@nowhere.test")

    assert refusal(result) == "Nobody has the e-mail or userName 'nobody@nowhere.test'."


def test_an_invitation_prints_its_link_alone(place: Place):
    result = place.commands.run("members", "invite", f"eve@{place.domain}", "--role", "admin")

    assert result.returncode == 0, result.stderr
    assert "/sign-in#rollbook_invite_" in result.stdout
    assert result.stdout.count("\n") == 1
    assert f"eve@{place.domain} is invited. Send them the link" in result.stderr


def test_an_invitation_tells_in_json_what_became_of_its_mail(place: Place):
    mailed = json.loads(place.commands.out("members", "invite", f"eve@{place.domain}", "--json"))
    silent = json.loads(place.commands.out("members", "invite", f"fay@{place.domain}", "--no-mail", "--json"))

    assert (mailed["mail"], mailed["mailProblem"]) == ("NOT_CONFIGURED", None)
    assert (silent["mail"], silent["mailProblem"]) == ("NOT_ASKED", None)
    assert "/sign-in#rollbook_invite_" in silent["link"]


@pytest.mark.parametrize(
    "words",
    [("set-role", "ada@acme.test", "owner"), ("list", "--limit", "0"), ("list", "--sort", "age"), ("add",)],
    ids=" ".join,
)
def test_words_that_cannot_be_meant_are_wrong_usage(empty: Installation, words: tuple[str, ...]):
    result = empty.run("members", *words)

    assert (result.returncode, result.stdout) == (2, "")


def test_the_local_organization_is_named_where_there_are_several(acme: Installation):
    acme.out("organization", "create", "--handle", "globex", "--name", "Globex", "--admin-email", "gus@globex.test")

    result = acme.run("members", "list")

    assert refusal(result) == "Name the organization by --organization. There are: acme, globex."
    assert "gus@globex.test" in acme.out("members", "list", "--organization", "globex")


def test_a_mistyped_folder_gets_no_database_in_passing(empty: Installation):
    result = empty.run("members", "list")

    assert f"There is no database in {empty.data_dir}" in refusal(result)
    assert not empty.data_dir.exists()

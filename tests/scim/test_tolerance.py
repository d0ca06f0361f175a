"""What identity providers get wrong and Rollbook takes all the same; each fact once lenient and once strict."""

import pytest

from rollbook.domain.roles import Role
from rollbook.scim.errors import ScimError
from rollbook.scim.patch import compile_patch
from rollbook.scim.patch_message import operations_of
from rollbook.scim.reading import MAX_NOTES, Reading
from rollbook.scim.schemas import USER
from rollbook.scim.tolerance import joined_address, stated_role
from rollbook.scim.validation import check_schemas

from .people import CORE, ENTERPRISE, PATCH

MANAGER = f"{ENTERPRISE}:manager"


def patched(operation, document, reading):
    body = {"schemas": [PATCH], "Operations": [operation]}
    return compile_patch(operations_of(body, reading, at_most=10), USER, reading).apply(document, reading)


@pytest.mark.parametrize(
    ("operation", "before", "after"),
    [
        pytest.param({"op": "Add", "path": "title", "value": "x"}, {}, {"title": "x"}, id="E-40"),
        pytest.param(
            {"op": "replace", "path": "active", "value": "False"}, {"active": True}, {"active": False}, id="E-41"
        ),
        pytest.param(
            {"op": "replace", "path": "roles", "value": [{"value": "x", "primary": "True"}]},
            {},
            {"roles": [{"value": "x", "primary": True}]},
            id="E-33",
        ),
        pytest.param(
            {"op": "replace", "value": {"name.givenName": "Ada", f"{ENTERPRISE}:department": "Ops"}},
            {},
            {"name": {"givenName": "Ada"}, ENTERPRISE: {"department": "Ops"}},
            id="E-43",
        ),
        pytest.param(
            {"op": "remove", "path": "emails", "value": [{"value": "a@x"}]},
            {"emails": [{"value": "a@x", "type": "work"}, {"value": "b@x"}]},
            {"emails": [{"value": "b@x"}]},
            id="E-44",
        ),
        pytest.param(
            {"op": "add", "path": "manager", "value": [{"$ref": "http://x/9", "value": "9"}]},
            {},
            {ENTERPRISE: {"manager": {"$ref": "http://x/9", "value": "9"}}},
            id="E-49 array without URN",
        ),
        pytest.param(
            {"op": "add", "path": MANAGER, "value": "9"}, {}, {ENTERPRISE: {"manager": {"value": "9"}}}, id="E-49 bare"
        ),
        pytest.param(
            {"op": "replace", "path": MANAGER, "value": ""}, {ENTERPRISE: {"manager": {"value": "9"}}}, {}, id="E-50"
        ),
        pytest.param(
            {"op": "remove", "path": 'roles[primary eq "True"]'},
            {"roles": [{"value": "x", "primary": True}]},
            {},
            id="E-52",
        ),
        pytest.param(
            {"op": "replace", "path": 'emails[type eq "work"].value', "value": "a@x"},
            {},
            {"emails": [{"type": "work", "value": "a@x"}]},
            id="E-60",
        ),
        pytest.param(
            {"op": "replace", "path": 'emails[type eq "work" and primary eq true].value', "value": "a@x"},
            {},
            {"emails": [{"type": "work", "primary": True, "value": "a@x"}]},
            id="E-60 two terms",
        ),
        pytest.param(
            {"op": "add", "path": "emails", "value": {"value": "a@x"}}, {}, {"emails": [{"value": "a@x"}]}, id="O-43"
        ),
        pytest.param(
            {"op": "replace", "path": 'emails[type eq "work"]', "value": [{"value": "n@x"}]},
            {"emails": [{"value": "a@x", "type": "work"}]},
            {"emails": [{"value": "n@x"}]},
            id="E-49 an element in an array",
        ),
        pytest.param(
            {"op": "add", "value": {"manager.displayName": "Boss", f"{MANAGER}.value": "9"}},
            {},
            {ENTERPRISE: {"manager": {"displayName": "Boss", "value": "9"}}},
            id="E-43 parts of the manager",
        ),
        pytest.param(
            {"op": "replace", "value": {ENTERPRISE: {"manager.value": "9"}}},
            {},
            {ENTERPRISE: {"manager": {"value": "9"}}},
            id="E-43 a dotted key in the extension",
        ),
        pytest.param({"op": "replace", "path": "name", "value": ""}, {"name": {"givenName": "A"}}, {}, id="E-51 name"),
        pytest.param({"op": "replace", "path": " ", "value": {"title": "Dr"}}, {}, {"title": "Dr"}, id="empty path"),
        pytest.param(
            {"op": "remove", "path": "emails", "value": [{"value": "A@X"}]},
            {"emails": [{"value": "a@x"}, {"value": "b@x"}]},
            {"emails": [{"value": "b@x"}]},
            id="E-44 in another case",
        ),
        pytest.param(
            {"op": "remove", "path": "emails", "value": [{"value": "a@x", "type": "home"}]},
            {"emails": [{"value": "a@x", "type": "work"}, {"value": "a@x", "type": "home"}]},
            {"emails": [{"value": "a@x", "type": "work"}]},
            id="E-44 of that type",
        ),
        pytest.param(
            {"op": "remove", "path": ENTERPRISE, "value": {"department": "Ops"}},
            {ENTERPRISE: {"department": "Ops", "division": "D"}},
            {ENTERPRISE: {"division": "D"}},
            id="E-53 of the extension",
        ),
        pytest.param(
            {"op": "add", "path": "urn:scim:schemas:extension:enterprise:1.0", "value": {"division": "D"}},
            {},
            {ENTERPRISE: {"division": "D"}},
            id="X-01 a whole schema",
        ),
        pytest.param(
            {"op": "remove", "path": 'emails[type eq "work"].value', "value": "A@X"},
            {"emails": [{"value": "a@x", "type": "work"}, {"value": "b@x"}]},
            {"emails": [{"value": "b@x"}]},
            id="E-53",
        ),
        pytest.param(
            {"op": "remove", "path": 'emails[type eq "work"].value', "value": "old@x"},
            {"emails": [{"value": "a@x", "type": "work"}]},
            {"emails": [{"value": "a@x", "type": "work"}]},
            id="E-53 another one is there",
        ),
        pytest.param(
            {"op": "remove", "path": 'emails[type eq "work"]', "value": [{"value": "old@x"}]},
            {"emails": [{"value": "a@x", "type": "work"}, {"value": "old@x", "type": "work"}, {"value": "old@x"}]},
            {"emails": [{"value": "a@x", "type": "work"}, {"value": "old@x"}]},
            id="E-53 elements",
        ),
        pytest.param({"op": "remove", "path": "title", "value": "dr"}, {"title": "Dr"}, {}, id="E-53 single"),
        pytest.param(
            {"op": "remove", "path": "title", "value": "Dr"},
            {"title": "Prof"},
            {"title": "Prof"},
            id="E-53 other title",
        ),
        pytest.param(
            {"op": "remove", "path": MANAGER, "value": [{"value": "9"}]},
            {ENTERPRISE: {"manager": {"value": "9", "displayName": "Boss"}}},
            {},
            id="E-53 the manager",
        ),
        pytest.param(
            {"op": "remove", "path": MANAGER, "value": "8"},
            {ENTERPRISE: {"manager": {"value": "9"}}},
            {ENTERPRISE: {"manager": {"value": "9"}}},
            id="E-53 another manager",
        ),
        pytest.param(
            {"op": "remove", "path": 'emails[type eq "home"].value'},
            {"emails": [{"value": "a@x", "type": "work"}]},
            {"emails": [{"value": "a@x", "type": "work"}]},
            id="E-65",
        ),
        pytest.param(
            {"op": "add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0User:department", "value": "x"},
            {},
            {ENTERPRISE: {"department": "x"}},
            id="E-30",
        ),
    ],
)
def test_a_leniency_is_granted_and_noted_or_in_the_strict_dialect_refused(operation, before, after):
    lenient = Reading()

    assert patched(operation, before, lenient) == after
    assert len(lenient.notes) > 0

    with pytest.raises(ScimError) as refused:
        patched(operation, before, Reading(strict=True))
    assert refused.value.status == 400


def test_an_empty_text_clears_and_in_the_strict_dialect_is_a_text(lenient_reading, strict_reading):
    # E-51
    operation = {"op": "replace", "path": "title", "value": ""}

    assert patched(operation, {"title": "x"}, lenient_reading) == {}
    assert patched(operation, {"title": "x"}, strict_reading) == {"title": ""}
    assert lenient_reading.notes == ("title: the empty text was read as no value.",)


@pytest.mark.parametrize("op", ["add", "replace"])
def test_a_replace_that_chooses_nothing_makes_what_the_path_says_only_if_that_is_clear(op, lenient_reading):
    # E-60
    operation = {"op": op, "path": 'emails[type ne "work"].value', "value": "a@x"}

    with pytest.raises(ScimError) as refused:
        patched(operation, {}, lenient_reading)

    assert refused.value.scim_type == "noTarget"


def test_a_remove_that_chooses_nothing_changes_nothing(lenient_reading):
    # E-65
    document = {"emails": [{"value": "a@x", "type": "home"}]}

    assert patched({"op": "remove", "path": 'emails[type eq "work"]'}, document, lenient_reading) == document


def test_a_remove_with_an_empty_list_removes_nothing(lenient_reading):
    document = {"emails": [{"value": "a@x"}]}

    assert patched({"op": "remove", "path": "emails", "value": []}, document, lenient_reading) == document


def test_unknown_attributes_and_schemas_are_left_out_and_noted(lenient_reading):
    value = {"urn:custom:2.0:User": {"x": 1}, "nothing": 1, "emails": [{"value": "a@x", "extra": 1}], "title": "Dr"}

    after = patched({"op": "add", "value": value}, {}, lenient_reading)

    assert after == {"emails": [{"value": "a@x"}], "title": "Dr"}
    assert lenient_reading.notes == (
        "urn:custom:2.0:User was ignored: User has no such attribute.",
        "nothing was ignored: User has no such attribute.",
        "emails.extra was ignored: emails has no such attribute.",
    )


def test_the_object_of_the_core_schema_is_opened(lenient_reading):
    assert patched({"op": "add", "value": {CORE: {"title": "Dr"}}}, {}, lenient_reading) == {"title": "Dr"}


def test_of_several_primary_values_the_first_stays_primary(lenient_reading):
    value = [{"value": "a", "primary": True}, {"value": "b", "primary": True}]

    after = patched({"op": "replace", "path": "emails", "value": value}, {}, lenient_reading)

    assert after == {"emails": [{"value": "a", "primary": True}, {"value": "b", "primary": False}]}
    assert lenient_reading.notes == ("emails: several values were primary; only the first of them is.",)


def test_nulls_are_no_values_in_any_dialect(strict_reading):
    # E-30
    value = {
        "title": None,
        "emails": [None, {"value": "a@x", "type": None}],
        "addresses": [],
        ENTERPRISE: {"manager": None},
    }

    assert patched({"op": "add", "value": value}, {}, strict_reading) == {"emails": [{"value": "a@x"}]}


@pytest.mark.parametrize("value", [None, "", [], {}])
def test_a_remove_of_one_value_with_an_empty_value_says_nothing_more(value, strict_reading):
    operation = {"op": "remove", "path": "title", "value": value}

    assert patched(operation, {"title": "Dr"}, strict_reading) == {}


@pytest.mark.parametrize(
    ("query", "segments", "rest"),
    [
        (b"aadOptscim062020/Users?filter=id%20pr", ["Users"], b"filter=id%20pr"),
        (b"aadOptscim062020/Users&filter=id%20pr", ["Users"], b"filter=id%20pr"),
        (b"aadOptscim062020/Users/7/", ["Users", "7"], b""),
        (b"AzureAdScimPatch2017//Users//a%2Db?", ["Users", "a-b"], b""),
        (b"flag/Users?a=b?c/d&e", ["Users"], b"a=b?c/d&e"),
    ],
)
def test_an_address_behind_a_flag_is_found_and_noted(query, segments, rest, lenient_reading, strict_reading):
    # E-03
    assert joined_address(query, lenient_reading) == (segments, rest)
    assert len(lenient_reading.notes) == 1

    assert joined_address(query, strict_reading) == ((), query)


@pytest.mark.parametrize("query", [b"", b"aadOptscim062020", b"filter=a/b", b"/Users", b"a b/Users", b"?x/y"])
def test_another_query_hides_no_address(query, lenient_reading):
    assert joined_address(query, lenient_reading) == ((), query)
    assert lenient_reading.notes == ()


def test_other_schemas_are_noted_and_by_the_letter_refused(lenient_reading, strict_reading):
    # E-30, E-35, X-01
    legacy, other = (
        "urn:scim:schemas:core:2.0",
        "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/User",
    )

    check_schemas({"schemas": [CORE.upper(), legacy, other, 5]}, USER, lenient_reading)

    assert lenient_reading.notes == (
        f"The schema {legacy} was read as {CORE}.",
        f"schemas: {other} was ignored; it is no schema of this resource.",
        "schemas: the number 5 was ignored; it is no schema of this resource.",
    )
    for schemas in ([CORE, legacy], [CORE, other], [CORE, 5], [ENTERPRISE]):
        with pytest.raises(ScimError) as refused:
            check_schemas({"schemas": schemas}, USER, strict_reading)
        assert (refused.value.status, refused.value.scim_type) == (400, "invalidSyntax")


def test_schemas_without_that_of_the_resource_are_noted(lenient_reading):
    check_schemas({"schemas": [ENTERPRISE]}, USER, lenient_reading)

    assert lenient_reading.notes == (f"schemas does not name {CORE}; the body was read as if it did.",)


def test_an_operation_that_names_an_unknown_schema_is_noted_and_by_the_letter_refused(lenient_reading, strict_reading):
    # E-30
    operation = {"op": "add", "value": {"schemas": [CORE, "urn:other"], "title": "Dr"}}

    assert patched(operation, {}, lenient_reading) == {"title": "Dr"}
    assert lenient_reading.notes == ("schemas: urn:other was ignored; it is no schema of this resource.",)

    with pytest.raises(ScimError) as refused:
        patched(operation, {}, strict_reading)
    assert (refused.value.status, refused.value.scim_type) == (400, "invalidSyntax")


@pytest.mark.parametrize("schemas", [None, [], [CORE], PATCH])
def test_a_message_without_its_schema_is_noted_and_by_the_letter_refused(schemas, lenient_reading, strict_reading):
    #
    body = {"schemas": schemas, "Operations": [{"op": "remove", "path": "title"}]}

    assert len(operations_of(body, lenient_reading, at_most=10)) == 1
    assert lenient_reading.notes == (f"schemas does not name {PATCH}; the body was read as if it did.",)

    with pytest.raises(ScimError) as refused:
        operations_of(body, strict_reading, at_most=10)
    assert (refused.value.status, refused.value.scim_type) == (400, "invalidSyntax")


@pytest.mark.parametrize(
    ("values", "role"),
    [
        (["admin"], Role.ADMIN),
        (["ADMIN", "user"], Role.ADMIN),
        (["Admins"], Role.ADMIN),
        (["Users"], Role.USER),
        (["User", "billing"], Role.USER),
        (["billing"], None),
        (["administrator"], None),
        ([None, 5], None),
        ([], None),
        (['{"id":"7","value":"Admin","displayName":"Admin"}'], Role.ADMIN),
        (['{"id":"7"}', "{", '{"value":5}'], None),
    ],
)
def test_the_highest_of_the_known_roles_counts(values, role):
    # E-52: the role may be JSON inside the text
    assert stated_role([{"value": value} for value in values]) is role


def test_notes_are_told_once_and_not_without_end():
    reading = Reading()

    for number in range(MAX_NOTES + 3):
        reading.note(f"note {number}")
        reading.note("note 0")

    assert len(reading.notes) == MAX_NOTES + 1
    assert reading.notes[-1] == "3 more notes were left out."


def test_a_note_shows_no_control_characters():
    reading = Reading()

    reading.note("bad\x1b[31m\u202eword" + "x" * 1000)

    (note,) = reading.notes
    assert note.isprintable()
    assert len(note) == 500

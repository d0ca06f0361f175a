"""What PATCH operations do to a User's document (RFC 7644 section 3.5.2), before any server is involved."""

import copy

import pytest

from rollbook.scim.errors import ScimError
from rollbook.scim.patch import compile_patch
from rollbook.scim.patch_message import operations_of
from rollbook.scim.reading import Reading
from rollbook.scim.schemas import USER

from .people import ENTERPRISE, PATCH

DOCUMENT = {
    "userName": "ada",
    "active": True,
    "title": "Countess",
    "name": {"givenName": "Ada", "familyName": "L"},
    "emails": [
        {"value": "w@x", "type": "work", "primary": True},
        {"value": "h@x", "type": "home"},
    ],
    ENTERPRISE: {"department": "R&D", "manager": {"value": "9", "displayName": "Boss"}},
}


def patched(*operations, document=DOCUMENT, reading=None):
    reading = reading or Reading(strict=True)
    body = {"schemas": [PATCH], "Operations": list(operations)}
    patch = compile_patch(operations_of(body, reading, at_most=1000), USER, reading)
    return patch.apply(document, reading)


def changed(**attributes):
    """The document with other values; None stands for an attribute that is gone."""
    return {name: value for name, value in {**DOCUMENT, **attributes}.items() if value is not None}


def op(name, path=None, value=...):
    operation = {"op": name}
    if path is not None:
        operation["path"] = path
    if value is not ...:
        operation["value"] = value
    return operation


WORK, HOME = DOCUMENT["emails"]


@pytest.mark.parametrize(
    ("operation", "after"),
    [
        (op("replace", "title", "Dr"), {"title": "Dr"}),
        (op("add", "title", "Dr"), {"title": "Dr"}),
        (op("add", "nickName", "Addie"), {"nickName": "Addie"}),
        (op("replace", "TITLE", "Dr"), {"title": "Dr"}),
        (op("replace", "active", False), {"active": False}),
        (op("replace", None, {"active": False, "title": "Dr"}), {"active": False, "title": "Dr"}),
        (op("add", None, {"nickName": "Addie"}), {"nickName": "Addie"}),
        (op("remove", "title"), {"title": None}),
        (op("remove", "nickName"), {}),
        (op("replace", "title", None), {"title": None}),
        (op("add", "title", None), {}),
        (op("replace", "name.givenName", "A"), {"name": {"givenName": "A", "familyName": "L"}}),
        (op("replace", "name", {"givenName": "A"}), {"name": {"givenName": "A", "familyName": "L"}}),
        (
            op("replace", "name", {"givenName": None, "middleName": "B"}),
            {"name": {"familyName": "L", "middleName": "B"}},
        ),
        (op("replace", "name", {"givenName": None}), {"name": {"familyName": "L"}}),
        (op("replace", None, {"name": {"givenName": None}}), {"name": {"familyName": "L"}}),
        (op("add", "name", {"givenName": None}), {}),
        (op("replace", f"{ENTERPRISE}:manager", {"value": None}), {ENTERPRISE: {"department": "R&D"}}),
        (op("replace", ENTERPRISE, None), {ENTERPRISE: None}),
        (op("add", "schemas", [ENTERPRISE]), {}),
        (op("remove", "name.givenName"), {"name": {"familyName": "L"}}),
        (op("remove", "name"), {"name": None}),
        (
            op("add", "name", {"middleName": "B"}),
            {"name": {"givenName": "Ada", "familyName": "L", "middleName": "B"}},
        ),
        (op("replace", f"{ENTERPRISE}:department", "Ops"), {ENTERPRISE: {**DOCUMENT[ENTERPRISE], "department": "Ops"}}),
        (op("remove", f"{ENTERPRISE}:manager"), {ENTERPRISE: {"department": "R&D"}}),
        (op("remove", ENTERPRISE), {ENTERPRISE: None}),
        (op("add", ENTERPRISE, {"division": "D"}), {ENTERPRISE: {**DOCUMENT[ENTERPRISE], "division": "D"}}),
        (op("replace", None, {ENTERPRISE: {"division": "D"}}), {ENTERPRISE: {**DOCUMENT[ENTERPRISE], "division": "D"}}),
        (op("replace", None, {ENTERPRISE: None}), {ENTERPRISE: None}),
        (
            op("remove", f"{ENTERPRISE}:manager.displayName"),
            {ENTERPRISE: {"department": "R&D", "manager": {"value": "9"}}},
        ),
    ],
)
def test_an_operation_on_a_single_value(operation, after):
    assert patched(operation) == changed(**after)


@pytest.mark.parametrize(
    ("operation", "emails"),
    [
        (op("replace", "emails", [{"value": "n@x"}]), [{"value": "n@x"}]),
        (op("replace", "emails", []), None),
        (op("replace", "emails", None), None),
        (op("remove", "emails"), None),
        (op("add", "emails", [{"value": "n@x"}]), [WORK, HOME, {"value": "n@x"}]),
        (op("add", "emails", [HOME]), [WORK, HOME]),
        (op("add", "emails", [{**HOME, "display": "H"}]), [WORK, {**HOME, "display": "H"}]),
        (op("replace", "emails", [HOME, {**HOME, "display": "H"}, WORK]), [{**HOME, "display": "H"}, WORK]),
        (
            op("add", "emails", [{"value": "n@x", "primary": True}]),
            [{**WORK, "primary": False}, HOME, {"value": "n@x", "primary": True}],
        ),
        (op("replace", 'emails[type eq "work"].value', "n@x"), [{**WORK, "value": "n@x"}, HOME]),
        (op("replace", 'EMAILS[TYPE EQ "WORK"].VALUE', "n@x"), [{**WORK, "value": "n@x"}, HOME]),
        (
            op("replace", 'emails[type eq "home"].primary', True),
            [{**WORK, "primary": False}, {**HOME, "primary": True}],
        ),
        (op("replace", 'emails[type eq "home"]', {"value": "n@x"}), [WORK, {"value": "n@x"}]),
        (op("add", 'emails[type eq "home"]', {"display": "H"}), [WORK, {**HOME, "display": "H"}]),
        (op("add", 'emails[type eq "other"].value', "o@x"), [WORK, HOME, {"type": "other", "value": "o@x"}]),
        (op("remove", 'emails[type eq "work"]'), [HOME]),
        (op("remove", 'emails[type eq "work" and primary eq true]'), [HOME]),
        (op("remove", 'emails[type eq "work" or type eq "home"]'), None),
        (op("remove", 'emails[not (type eq "work")]'), [WORK]),
        (op("remove", 'emails[value sw "h"]'), [WORK]),
        (op("remove", 'emails[type eq "home"].type'), [WORK, {"value": "h@x"}]),
        (op("remove", 'emails[type eq "home"].value'), [WORK]),
        (op("replace", "emails.type", "other"), [{**WORK, "type": "other"}, {**HOME, "type": "other"}]),
    ],
)
def test_an_operation_on_a_multi_valued_attribute(operation, emails):
    assert patched(operation) == changed(emails=emails)


@pytest.mark.parametrize(
    ("operation", "scim_type"),
    [
        (op("replace", 'emails[type eq "other"].value', "o@x"), "noTarget"),
        (op("remove", 'emails[type eq "other"]'), "noTarget"),
        (op("remove", 'emails[type eq "other"].value'), "noTarget"),
        (op("replace", 'emails[type eq "other"].value', None), "noTarget"),
        (op("replace", 'emails[type eq "other"]', {"value": "o@x"}), "noTarget"),
        (op("remove"), "noTarget"),
        (op("replace", "nothing", "x"), "invalidPath"),
        (op("replace", "name.nothing", "x"), "invalidPath"),
        (op("replace", "urn:unknown:User:title", "x"), "invalidPath"),
        (op("replace", "department", "x"), "invalidPath"),
        (op("replace", 'name[givenName eq "Ada"]', {}), "invalidPath"),
        (op("replace", 'emails[nothing eq "x"].value', "x"), "invalidFilter"),
        (op("replace", 'emails[type eq "work"].nothing', "x"), "invalidPath"),
        (op("replace", "emails[", "x"), "invalidPath"),
        (op("replace", "active", "yes"), "invalidValue"),
        (op("replace", "active", "false"), "invalidValue"),
        (op("replace", "title", 5), "invalidValue"),
        (op("replace", "title", {"value": "x"}), "invalidValue"),
        (op("replace", "name", "Ada"), "invalidValue"),
        (op("replace", "emails", "a@x"), "invalidValue"),
        (op("replace", "emails", [{"value": 5}]), "invalidValue"),
        (op("replace", "emails", [{"primary": True}, {"primary": True}]), "invalidValue"),
        (op("replace", "title"), "invalidValue"),
        (op("replace", None, "x"), "invalidValue"),
        (op("replace", ENTERPRISE, "x"), "invalidValue"),
        (op("add", "password", 5), "invalidValue"),
        (op("replace", "", {"title": "x"}), "invalidPath"),
        (op("remove", "schemas"), "mutability"),
        (op("replace", "schemas", ["urn:other"]), "mutability"),
        (op("replace", None, {"nothing": "x"}), "invalidSyntax"),
        (op("replace", None, {"name.givenName": "x"}), "invalidSyntax"),
        (op("replace", "emails", [{"nothing": 5}]), "invalidSyntax"),
        (op("remove", "emails", [{"value": "w@x"}]), "invalidSyntax"),
        (op("remove", "title", "Countess"), "invalidSyntax"),
        (op("remove", 'emails[type eq "work"].value', "w@x"), "invalidSyntax"),
        (op("replace", 'emails[type eq "work"]', [{"value": "n@x"}]), "invalidValue"),
        (op("Replace", "title", "x"), "invalidSyntax"),
        (op("move", "title", "x"), "invalidSyntax"),
        ({"path": "title", "value": "x"}, "invalidSyntax"),
        ({"op": "replace", "path": 5, "value": "x"}, "invalidSyntax"),
        ("replace", "invalidSyntax"),
        (op("remove", "userName"), "mutability"),
        (op("replace", "userName", None), "mutability"),
        (op("remove", "active"), "mutability"),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_type(operation, scim_type):
    with pytest.raises(ScimError) as refused:
        patched(operation)

    assert (refused.value.status, refused.value.scim_type) == (400, scim_type)


@pytest.mark.parametrize(
    "body", [{}, {"Operations": []}, {"Operations": {}}, {"Operations": None}, {"operation": [{}]}]
)
def test_a_body_without_operations_is_no_patch(body):
    with pytest.raises(ScimError) as refused:
        operations_of(body, Reading(), at_most=10)

    assert (refused.value.status, refused.value.scim_type) == (400, "invalidSyntax")


def test_too_many_operations_are_too_large():
    body = {"Operations": [op("replace", "title", "x")] * 11}

    with pytest.raises(ScimError) as refused:
        operations_of(body, Reading(), at_most=10)

    assert refused.value.status == 413


def test_operations_are_applied_in_their_order():
    # E-62: several operations on one attribute in one request
    after = patched(
        op("remove", "emails"),
        op("add", "emails", [{"value": "a@x", "type": "work"}]),
        op("replace", 'emails[type eq "work"].value', "b@x"),
        op("add", 'emails[type eq "home"].value', "c@x"),
        op("replace", 'emails[type eq "home"].primary', True),
    )

    assert after == changed(
        emails=[{"value": "b@x", "type": "work"}, {"type": "home", "value": "c@x", "primary": True}]
    )


def test_the_document_that_was_patched_stays_as_it_was():
    before = copy.deepcopy(DOCUMENT)

    patched(
        op("replace", 'emails[type eq "work"].value', "n@x"),
        op("add", "emails", [{**HOME, "display": "H"}]),
        op("replace", "name.givenName", "A"),
        op("replace", f"{ENTERPRISE}:manager.value", "8"),
        op("remove", f"{ENTERPRISE}:department"),
    )

    assert before == DOCUMENT


def test_an_attribute_has_a_bounded_number_of_values():
    many = [{"value": f"{number}@x"} for number in range(600)]
    more = [{"value": f"{number}@y"} for number in range(600)]

    with pytest.raises(ScimError) as refused:
        patched(op("replace", "emails", many), op("add", "emails", more))

    assert refused.value.detail == "emails has 1200 values; at most 1000 are kept."

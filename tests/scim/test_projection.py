"""Parts of a resource, as `attributes` and `excludedAttributes` ask for them."""

import pytest

from rollbook.scim.projection import projection_of
from rollbook.scim.schemas import ENTERPRISE_URN, GROUP, USER, USER_URN

DOCUMENT = {
    "schemas": [USER_URN, ENTERPRISE_URN],
    "id": "1",
    "userName": "ada",
    "name": {"givenName": "Ada", "familyName": "L"},
    "emails": [{"value": "a@x", "type": "work"}, {"value": "b@x"}],
    ENTERPRISE_URN: {"department": "R&D", "manager": {"value": "9", "displayName": "Boss"}},
    "meta": {"resourceType": "User", "location": "http://x"},
}
ALWAYS = {"schemas": DOCUMENT["schemas"], "id": "1"}


@pytest.mark.parametrize(
    ("attributes", "shown"),
    [
        ("userName", {"userName": "ada"}),
        (" USERNAME , nothing", {"userName": "ada"}),
        ("nothing", {}),
        ("id", {}),
        ("name.givenName", {"name": {"givenName": "Ada"}}),
        ("name.givenName,name.familyName", {"name": {"givenName": "Ada", "familyName": "L"}}),
        ("name.givenName,name", {"name": {"givenName": "Ada", "familyName": "L"}}),
        ("emails.value", {"emails": [{"value": "a@x"}, {"value": "b@x"}]}),
        ("emails.value,emails.type", {"emails": DOCUMENT["emails"]}),
        (f"{USER_URN}:userName", {"userName": "ada"}),
        (f"{ENTERPRISE_URN}:department", {ENTERPRISE_URN: {"department": "R&D"}}),
        (f"{ENTERPRISE_URN}:manager.value", {ENTERPRISE_URN: {"manager": {"value": "9"}}}),
        (ENTERPRISE_URN, {ENTERPRISE_URN: DOCUMENT[ENTERPRISE_URN]}),
        ("emails.type", {"emails": [{"type": "work"}]}),
        ("emails.display,emails.type", {"emails": [{"type": "work"}]}),
        ("emails.display", {}),
        ("department,manager.value", {ENTERPRISE_URN: {"department": "R&D", "manager": {"value": "9"}}}),
        ("meta.location", {"meta": {"location": "http://x"}}),
        ("password,title", {}),
    ],
)
def test_only_the_attributes_asked_for_are_shown(attributes, shown, lenient_reading):
    projection = projection_of({"attributes": attributes}, USER, lenient_reading)

    assert projection.apply(DOCUMENT) == {**ALWAYS, **shown}


@pytest.mark.parametrize(
    ("excluded", "gone"),
    [
        ("userName", {"userName": None}),
        ("id,schemas", {}),
        ("nothing", {}),
        ("name.givenName", {"name": {"familyName": "L"}}),
        ("emails.value", {"emails": [{"type": "work"}]}),
        (f"{ENTERPRISE_URN}:department", {ENTERPRISE_URN: {"manager": {"value": "9", "displayName": "Boss"}}}),
        (ENTERPRISE_URN, {ENTERPRISE_URN: None}),
    ],
)
def test_excluded_attributes_are_not_shown(excluded, gone, lenient_reading):
    projection = projection_of({"excludedattributes": excluded}, USER, lenient_reading)

    expected = {name: value for name, value in {**DOCUMENT, **gone}.items() if value is not None}
    assert projection.apply(DOCUMENT) == expected


def test_a_projection_leaves_the_document_as_it_is(lenient_reading):
    before = repr(DOCUMENT)

    projection_of({"attributes": f"emails.value,{ENTERPRISE_URN}:department"}, USER, lenient_reading).apply(DOCUMENT)
    projection_of({"excludedattributes": f"emails.value,{ENTERPRISE_URN}:manager.value"}, USER, lenient_reading).apply(
        DOCUMENT
    )

    assert repr(DOCUMENT) == before


@pytest.mark.parametrize("parameters", [{}, {"attributes": ""}, {"attributes": " , ", "excludedattributes": ""}])
def test_nothing_asked_is_no_projection(parameters, lenient_reading):
    assert projection_of(parameters, USER, lenient_reading) is None


@pytest.mark.parametrize(
    ("parameters", "shows"),
    [
        ({"attributes": "displayName"}, False),
        ({"attributes": "members"}, True),
        ({"attributes": "members.value"}, True),
        ({"excludedattributes": "members"}, False),
        ({"excludedattributes": "members.display"}, True),
        ({"excludedattributes": "displayName"}, True),
    ],
)
def test_members_are_read_only_if_they_are_shown(parameters, shows, lenient_reading):
    assert projection_of(parameters, GROUP, lenient_reading).shows("members") is shows


@pytest.mark.parametrize(
    ("parameters", "parts"),
    [
        ({"attributes": "members"}, ["value", "type"]),
        ({"attributes": "members.type"}, ["type"]),
        ({"attributes": "members.type,members"}, ["value", "type"]),
        ({"attributes": f"{GROUP.schema.id},members.type"}, ["value", "type"]),
        ({"attributes": "members", "excludedattributes": "members.value"}, ["type"]),
        ({"attributes": "members.value", "excludedattributes": "members.value"}, []),
        ({"attributes": "displayName"}, []),
        ({"excludedattributes": "members"}, []),
        ({"excludedattributes": "members.type"}, ["value"]),
        ({"excludedattributes": "members.type,members.value"}, []),
    ],
)
def test_the_parts_of_members_are_those_asked_for_and_not_excluded(parameters, parts, lenient_reading):
    assert list(projection_of(parameters, GROUP, lenient_reading).parts("members", ("value", "type"))) == parts


def test_an_extension_needs_its_urn_where_the_letter_counts(strict_reading):
    assert projection_of({"attributes": "department"}, USER, strict_reading).apply(DOCUMENT) == ALWAYS

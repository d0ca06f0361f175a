"""What is read out of a SCIM profile: the e-mail, and the name by which a person is listed."""

import pytest

from rollbook.domain.errors import InvalidValue
from rollbook.domain.profiles import Profile, email_of, name_of, names_from

HOME = {"value": "ann@home.test", "type": "home"}
WORK = {"value": "ann@work.test", "type": "Work"}
OTHER = {"value": "ann@other.test"}


@pytest.mark.parametrize(
    ("emails", "expected"),
    [
        ([HOME, WORK, {**OTHER, "primary": True}], "ann@other.test"),
        ([HOME, {**WORK, "primary": False}], "ann@work.test"),
        ([OTHER, HOME, WORK], "ann@work.test"),
        ([OTHER, HOME], "ann@other.test"),
        ([{"type": "work", "primary": True}, HOME], "ann@home.test"),
        ([{"value": "", "primary": True}, HOME], "ann@home.test"),
        ([{**HOME, "primary": "true"}, WORK], "ann@work.test"),
        ([{"type": "work"}], "ann@acme.test"),
        ([], "ann@acme.test"),
    ],
)
def test_the_email_is_the_primary_one_then_work_then_the_first_then_the_user_name(emails, expected):
    assert email_of("ann@acme.test", Profile.of({"emails": emails})) == expected


def test_without_emails_a_user_name_that_is_no_address_leaves_the_email_absent():
    assert email_of("ann", Profile()) is None


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"displayName": "Annie", "name": {"formatted": "Ms Ann Lee", "givenName": "Ann"}}, "Annie"),
        ({"name": {"formatted": "Ms Ann Lee", "givenName": "Ann", "familyName": "Lee"}}, "Ms Ann Lee"),
        ({"name": {"givenName": "Ann", "familyName": "Lee"}}, "Ann Lee"),
        ({"name": {"givenName": "Ann"}}, "Ann"),
        ({"name": {"familyName": "Lee"}}, "Lee"),
        ({"displayName": "", "name": {}}, "Bo Ek"),
        ({}, "Bo Ek"),
        ({"emails": [{"value": "bo@acme.test"}]}, "Bo"),
        ({"emails": [{"value": "cy.dam@acme.test"}]}, "Cy Dam"),
    ],
)
def test_the_name_is_the_display_name_then_the_parts_then_one_made_from_the_address(attributes, expected):
    assert name_of("bo.ek@acme.test", Profile.of(attributes)) == expected


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("ann.lee@acme.test", ("Ann", "Lee")),
        ("ann-lee@acme.test", ("Ann", "Lee")),
        ("ann_lee@acme.test", ("Ann", "Lee")),
        ("ann+lee@acme.test", ("Ann", "Lee")),
        ("ANN.VAN.LEE@acme.test", ("Ann", "Van.lee")),
        ("annlee@acme.test", ("Annlee", "Annlee")),
        (".lee@acme.test", (".lee", ".lee")),
        ("ann lee", ("Ann", "Lee")),
        ("a", ("A", "A")),
    ],
)
def test_a_given_and_a_family_name_are_made_from_any_address(address, names):
    assert names_from(address) == names


def test_a_profile_equals_another_with_the_same_attributes_in_any_order():
    one, other = Profile('{"a":1,"b":[2]}'), Profile('{"b": [2], "a": 1}')

    assert one == other
    assert hash(one) == hash(other)
    assert one != Profile('{"a":1,"b":[3]}')
    assert one != '{"a":1,"b":[2]}'


def test_a_profile_keeps_the_text_that_lists_are_rendered_from():
    profile = Profile.of({"displayName": "Zoë", "x509Certificates": []})

    assert profile.text == '{"displayName":"Zoë","x509Certificates":[]}'
    assert Profile(profile.text).attributes == {"displayName": "Zoë", "x509Certificates": []}


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"], ids=["NUL", "lone surrogate"])
def test_text_that_no_database_can_hold_is_refused_wherever_it_stands(text):
    for attributes in ({"displayName": text}, {"emails": [{"display": text}]}, {text: "x"}):
        with pytest.raises(InvalidValue) as refusal:
            Profile.of(attributes)

        assert refusal.value.field == "profile"

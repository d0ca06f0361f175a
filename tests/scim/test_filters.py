"""The text of a filter as a criterion on Users, and what is refused."""

import pytest

from rollbook.domain.criteria import And, Attribute, Comparison, Kind, Not, Operator, Or, Present, Some
from rollbook.scim.errors import ScimError
from rollbook.scim.filters import criterion_of
from rollbook.scim.schemas import ENTERPRISE_URN, USER, USER_URN
from tests.builders import equals

ADA = equals("userName", "Ada")
IS_WORK = Comparison(Attribute(("type",)), Operator.EQUALS, "work")
HAS_ADDRESS = Comparison(Attribute(("value",)), Operator.EQUALS, "a@x")
MANAGER = Attribute((ENTERPRISE_URN, "manager", "value"), Kind.EXACT)
FAMILY_NAME = Attribute(("name", "familyName"))


@pytest.mark.parametrize(
    ("text", "criterion"),
    [
        ('userName eq "Ada"', ADA),
        ('USERNAME EQ "Ada"', ADA),
        (f'{USER_URN}:userName eq "Ada"', ADA),
        (f'{USER_URN.upper()}:EMAILS.VALUE eq "a@x"', equals("emails.value", "a@x")),
        ('externalId eq "00u1"', equals("externalId", "00u1")),
        ('id eq "nobody"', equals("id", "nobody")),
        ("active eq true", equals("active", True)),
        ('emails eq "a@x"', equals("emails.value", "a@x")),
        ('emails[type eq "work"]', Some(("emails",), IS_WORK)),
        ('emails[type eq "work"].value eq "a@x"', Some(("emails",), And((HAS_ADDRESS, IS_WORK)))),
        ('emails[type eq "work" and value eq "a@x"]', Some(("emails",), And((IS_WORK, HAS_ADDRESS)))),
        ('name.familyName co "L"', Comparison(FAMILY_NAME, Operator.CONTAINS, "L")),
        ('name.familyName ne "L"', Not(Comparison(FAMILY_NAME, Operator.EQUALS, "L"))),
        ("name.familyName pr", Present(FAMILY_NAME)),
        ("name.familyName eq null", Not(Present(FAMILY_NAME))),
        ("name.familyName ne null", Present(FAMILY_NAME)),
        ("name pr", Present(Attribute(("name",)))),
        (f'{ENTERPRISE_URN}:manager eq "7"', Comparison(MANAGER, Operator.EQUALS, "7")),
        (f'{ENTERPRISE_URN}:manager.value eq "7"', Comparison(MANAGER, Operator.EQUALS, "7")),
        ('userName eq "Ada" and active eq false', And((ADA, equals("active", False)))),
        ('userName eq "Ada" or not (active eq false)', Or((ADA, Not(equals("active", False))))),
        ('meta.resourceType eq "User"', And(())),
        ('meta.resourceType eq "Group"', Or(())),
    ],
)
def test_a_filter_becomes_a_criterion(text, criterion, strict_reading):
    assert criterion_of(text, USER, strict_reading) == criterion


@pytest.mark.parametrize(
    "text",
    [
        'dispalyName eq "x"',
        'emails.nothing eq "x"',
        'emails[nothing eq "work"]',
        'emails[type eq "work"].nothing eq "x"',
        'userName[type eq "work"]',
        'urn:unknown:userName eq "x"',
        'name eq "x"',
        'addresses eq "x"',
        "userName eq true",
        "userName gt null",
        'active eq "yes"',
        'active co "t"',
        'password eq "x"',
        'meta.version eq "x"',
        'meta.created eq "yesterday"',
        'meta.created sw "2026"',
        'schemas eq "x"',
    ],
)
def test_what_cannot_be_looked_for_is_refused_and_not_widened(text, lenient_reading):
    with pytest.raises(ScimError) as refused:
        criterion_of(text, USER, lenient_reading)

    assert (refused.value.status, refused.value.scim_type) == (400, "invalidFilter")


def test_a_refusal_names_the_attribute(lenient_reading):
    with pytest.raises(ScimError) as refused:
        criterion_of('dispalyName eq "x"', USER, lenient_reading)

    assert refused.value.detail == "A User has no attribute dispalyName to filter by."


@pytest.mark.parametrize(
    ("text", "criterion", "note"),
    [
        ('active eq "True"', equals("active", True), 'active: the text "True" was read as the boolean true.'),
        ("userName eq Ada", ADA, "In the filter, Ada without quotes was read as a text."),
        ("externalId eq 007", equals("externalId", "007"), "In the filter, 007 without quotes was read as a text."),
    ],
)
def test_what_is_read_leniently_is_noted_and_refused_in_the_strict_dialect(
    text, criterion, note, lenient_reading, strict_reading
):
    # E-14, E-52
    assert criterion_of(text, USER, lenient_reading) == criterion
    assert lenient_reading.notes == (note,)

    with pytest.raises(ScimError):
        criterion_of(text, USER, strict_reading)

"""Filters on members as criteria."""

import pytest

from rollbook.domain.criteria import And, Equals
from rollbook.scim.errors import ScimError
from rollbook.scim.filters import member_criterion
from rollbook.scim.schemas import USER_URN


@pytest.mark.parametrize(
    ("text", "criterion"),
    [
        ('userName eq "Ada"', Equals("userName", "Ada")),
        ('USERNAME eq "Ada"', Equals("userName", "Ada")),
        (f'{USER_URN}:userName eq "Ada"', Equals("userName", "Ada")),
        (f'{USER_URN.upper()}:EMAILS.VALUE eq "a@x"', Equals("emails.value", "a@x")),
        ('externalId eq "00u1"', Equals("externalId", "00u1")),
        ('id eq "nobody"', Equals("id", "nobody")),
        ('displayName eq "Ada L"', Equals("displayName", "Ada L")),
        ("active eq true", Equals("active", True)),
        ('emails eq "a@x"', Equals("emails.value", "a@x")),
        ('emails.value eq "a@x"', Equals("emails.value", "a@x")),
        ('emails.type eq "work"', Equals("emails.type", "work")),
        ('emails[type eq "work"]', Equals("emails.type", "work")),
        ('emails[type eq "work"].value eq "a@x"', Equals("emails.value", "a@x", (("type", "work"),))),
        ('emails[type eq "work" and value eq "a@x"]', Equals("emails.value", "a@x", (("type", "work"),))),
        ('emails[value eq "a@x" and type eq "work"]', Equals("emails.value", "a@x", (("type", "work"),))),
        (
            'userName eq "Ada" and active eq false',
            And((Equals("userName", "Ada"), Equals("active", False))),
        ),
    ],
)
def test_what_is_supported_becomes_a_criterion(text, criterion, strict_reading):
    assert member_criterion(text, strict_reading) == criterion


@pytest.mark.parametrize(
    "text",
    [
        'userName ne "ada"',
        'userName co "ada"',
        "userName pr",
        'not (userName eq "ada")',
        'userName eq "ada" or userName eq "bob"',
        'title eq "x"',
        'name.givenName eq "Ada"',
        'dispalyName eq "x"',
        'emails.display eq "x"',
        'emails.nothing eq "x"',
        "emails[primary eq true]",
        'emails[primary eq true].value eq "x"',
        'emails[type eq "work" or type eq "home"]',
        'emails[nothing eq "work"]',
        'userName[type eq "work"]',
        'phoneNumbers[type eq "work"].value eq "1"',
        'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "R&D"',
        'urn:unknown:userName eq "x"',
        "userName eq true",
        "userName eq null",
        "userName eq 5",
        'active eq "yes"',
        "active eq null",
        'password eq "x"',
    ],
)
def test_what_is_not_supported_is_refused_and_not_widened(text, lenient_reading):
    with pytest.raises(ScimError) as refused:
        member_criterion(text, lenient_reading)

    assert (refused.value.status, refused.value.scim_type) == (400, "invalidFilter")


def test_a_refusal_names_what_is_not_supported(lenient_reading):
    with pytest.raises(ScimError) as refused:
        member_criterion('title eq "x"', lenient_reading)

    assert refused.value.detail == (
        "Filtering by title is not supported. Supported are eq and and, on userName, externalId, id, active, "
        "displayName, emails.value and emails.type."
    )


def test_a_boolean_in_quotes_is_read_leniently_and_noted(lenient_reading, strict_reading):
    assert member_criterion('active eq "True"', lenient_reading) == Equals("active", True)
    assert lenient_reading.notes == ('active: the text "True" was read as the boolean true.',)

    with pytest.raises(ScimError):
        member_criterion('active eq "True"', strict_reading)

"""What a typed name and address become in a member's SCIM description."""

from dataclasses import replace

import pytest

from rollbook.domain.descriptions import described_anew, draft
from rollbook.domain.errors import InvalidValue
from rollbook.domain.memberships import Membership, MembershipDraft, Source
from rollbook.domain.profiles import Profile
from rollbook.domain.roles import Role, grants_for
from rollbook.domain.values import new_id, now


def a_membership(user_name="ann@acme.test", **attributes):
    blank = Membership(
        id=new_id(),
        organization_id=new_id(),
        user_id=new_id(),
        user_name=user_name,
        external_id="e-1",
        email=None,
        name="",
        active=True,
        grants=grants_for(Role.USER),
        source=Source.MANUAL,
        profile=Profile(),
        version=1,
        created_at=now(),
        updated_at=now(),
    )
    return blank.described(user_name=user_name, external_id="e-1", active=True, profile=Profile.of(attributes))


def test_a_new_person_is_described_by_address_and_name():
    assert draft(email=" ann@acme.test ", name="Ann Lee Smith", role=Role.ADMIN) == MembershipDraft(
        user_name="ann@acme.test",
        grants=grants_for(Role.ADMIN),
        profile=Profile.of(
            {
                "emails": [{"value": "ann@acme.test", "type": "work", "primary": True}],
                "displayName": "Ann Lee Smith",
                "name": {"formatted": "Ann Lee Smith", "givenName": "Ann Lee", "familyName": "Smith"},
            }
        ),
    )


def test_a_name_of_one_word_has_no_family_name():
    described = draft(email="ann@acme.test", name="Ann", role=Role.USER).profile.attributes

    assert described["name"] == {"formatted": "Ann", "givenName": "Ann"}


@pytest.mark.parametrize(
    "email", ["", "ann", "ann@", "ann@acme", "a b@acme.test", "ann@acme.test\n.x", "a" * 320 + "@b.c"]
)
def test_what_is_no_address_is_refused(email):
    with pytest.raises(InvalidValue) as refusal:
        draft(email=email, name=None, role=Role.USER)

    assert refusal.value.field == "email"


@pytest.mark.parametrize("name", ["", "  ", "a\0b", "a\nb", "x" * 257])
def test_what_is_no_name_is_refused(name):
    with pytest.raises(InvalidValue) as refusal:
        draft(email="ann@acme.test", name=name, role=Role.USER)

    assert refusal.value.field == "name"


def test_a_new_name_keeps_the_rest_of_the_profile():
    before = a_membership(title="Boss", displayName="Ann")

    after = described_anew(email=None, name="Ann 李")(before)

    assert after.name == "Ann 李"
    assert after.profile.attributes["title"] == "Boss"
    assert after.user_name == "ann@acme.test"
    assert after.external_id == "e-1"


def test_a_new_address_replaces_the_one_that_counts_and_the_user_name_follows():
    other = {"value": "ann@home.test", "type": "home"}
    before = a_membership("Ann@acme.test", emails=[other, {"value": "ann@acme.test", "type": "work", "primary": True}])

    after = described_anew(email="ann.smith@acme.test", name=None)(before)

    assert after.email == "ann.smith@acme.test"
    assert after.user_name == "ann.smith@acme.test"
    assert after.profile.attributes["emails"] == [
        other,
        {"value": "ann.smith@acme.test", "type": "work", "primary": True},
    ]


def test_a_user_name_of_its_own_stays_when_the_address_changes():
    before = a_membership("asmith", emails=[{"value": "ann@acme.test"}])

    after = described_anew(email="ann.smith@acme.test", name=None)(before)

    assert (after.user_name, after.email) == ("asmith", "ann.smith@acme.test")


def test_the_same_values_change_nothing():
    before = described_anew(email="ann@acme.test", name="Ann Smith")(a_membership())

    assert described_anew(email="ann@acme.test", name="Ann Smith")(before) == before
    assert described_anew(email=None, name=None)(before) == replace(before)

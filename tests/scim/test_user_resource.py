"""A membership as a SCIM User."""

from datetime import UTC, datetime

import orjson
import pytest

from rollbook.domain.memberships import Membership, Source
from rollbook.domain.profiles import Profile
from rollbook.domain.roles import Role
from rollbook.scim.user_resource import UserResources

from .people import CORE, ENTERPRISE

BASE = "http://rollbook.test/scim/v2"
ID = "01900000-0000-7000-8000-000000000001"
RESOURCES = UserResources(BASE)


def a_membership(**more):
    described = {
        "user_name": "ada.lovelace@x.test",
        "external_id": "00u1",
        "email": "ada.lovelace@x.test",
        "active": True,
        "grants": frozenset({Role.USER}),
        "profile": Profile(),
        **more,
    }
    return Membership(
        id=ID,
        organization_id="o",
        user_id="u",
        name="Ada",
        source=Source.SCIM,
        version=7,
        created_at=datetime(2026, 1, 2, 3, 4, 5, 678_901, tzinfo=UTC),
        updated_at=datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC),
        **described,
    )


def rendered(**more):
    return orjson.loads(RESOURCES.render(a_membership(**more)))


def test_a_user_is_rendered_with_everything_that_belongs_to_it():
    profile = {
        "displayName": "Ada Lovelace",
        "name": {"givenName": "Ada"},
        "emails": [{"value": "ada.lovelace@x.test"}],
        ENTERPRISE: {"department": "R&D"},
    }

    assert rendered(profile=Profile.of(profile)) == {
        "schemas": [CORE, ENTERPRISE],
        "id": ID,
        "externalId": "00u1",
        "userName": "ada.lovelace@x.test",
        "active": True,
        **profile,
        "groups": [{"value": "users", "$ref": f"{BASE}/Groups/users", "display": "Users", "type": "direct"}],
        "meta": {
            "resourceType": "User",
            "created": "2026-01-02T03:04:05.678Z",
            "lastModified": "2026-02-03T04:05:06.000Z",
            "location": f"{BASE}/Users/{ID}",
            "version": 'W/"7"',
        },
    }


def test_a_user_without_names_and_emails_gets_them_from_the_address():
    # O-12
    user = rendered()

    assert user["name"] == {"givenName": "Ada", "familyName": "Lovelace"}
    assert user["emails"] == [{"value": "ada.lovelace@x.test", "type": "work", "primary": True}]


def test_a_user_without_any_address_gets_names_from_the_user_name_and_no_email():
    user = rendered(user_name="ada", email=None)

    assert user["name"] == {"givenName": "Ada", "familyName": "Ada"}
    assert "emails" not in user


def test_a_name_inside_a_text_is_not_taken_for_a_name():
    tricky = '"name":{"givenName":"x"},"emails":[' + f'"{ENTERPRISE}":'

    user = rendered(profile=Profile.of({"title": tricky}))

    assert user["title"] == tricky
    assert user["schemas"] == [CORE]
    assert user["name"] == {"givenName": "Ada", "familyName": "Lovelace"}


@pytest.mark.parametrize("text", ['say "hi"', "back\\slash", "line\nbreak", "é😀", "\u2028", "</script>", "e\u0301"])
def test_any_text_comes_through_unchanged(text):
    user = rendered(user_name=text, external_id=text, profile=Profile.of({"title": text}))

    assert (user["userName"], user["externalId"], user["title"]) == (text, text, text)


@pytest.mark.parametrize(
    ("grants", "active", "groups"),
    [
        ({Role.ADMIN, Role.USER}, True, ["admins", "users"]),
        ({Role.ADMIN}, True, ["admins"]),
        ({Role.USER}, True, ["users"]),
        (set(), True, None),
        ({Role.ADMIN, Role.USER}, False, None),
    ],
)
def test_a_user_is_in_the_groups_whose_roles_count(grants, active, groups):
    user = rendered(grants=frozenset(grants), active=active)

    listed = user.get("groups")
    assert (listed and [group["value"] for group in listed]) == groups


def test_what_is_not_there_is_not_rendered():
    assert "externalId" not in rendered(external_id=None)

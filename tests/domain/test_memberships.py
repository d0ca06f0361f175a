"""The rules of a membership's life cycle that need no database: roles, versions, and what its keys can hold."""

import dataclasses
from datetime import UTC, datetime

import pytest

from rollbook.domain.audit import changes_between
from rollbook.domain.errors import InvalidValue, VersionMismatch
from rollbook.domain.memberships import MAX_EMAIL, MAX_EXTERNAL_ID, MAX_USER_NAME, MembershipDraft, Source, checked
from rollbook.domain.profiles import Profile
from rollbook.domain.roles import Role, effective, grants_for
from tests.domain.test_policy import ANN

ADMIN_AND_USER = frozenset({Role.ADMIN, Role.USER})


def test_naming_a_role_writes_its_grants():
    assert grants_for(Role.ADMIN) == ADMIN_AND_USER
    assert grants_for(Role.USER) == {Role.USER}


@pytest.mark.parametrize(
    ("grants", "role"),
    [
        (set(), None),
        ({Role.USER}, Role.USER),
        ({Role.ADMIN}, Role.ADMIN),
        ({Role.USER, Role.ADMIN}, Role.ADMIN),
    ],
)
def test_the_highest_grant_counts(grants, role):
    assert effective(grants) is role


def test_an_inactive_member_has_no_role_and_keeps_the_grants():
    admin = ANN.with_role(Role.ADMIN)
    inactive = admin.with_active(False)

    assert (admin.role, admin.is_active_admin) == (Role.ADMIN, True)
    assert (inactive.role, inactive.is_active_admin) == (None, False)
    assert inactive.grants == ADMIN_AND_USER
    assert inactive.with_active(True) == admin


def test_a_new_description_brings_its_email_and_name():
    profile = Profile.of({"displayName": "Annie", "emails": [{"value": "annie@acme.test"}]})

    after = ANN.described(user_name="annie", external_id=None, active=False, profile=profile)

    assert after == dataclasses.replace(
        ANN,
        user_name="annie",
        external_id=None,
        active=False,
        profile=profile,
        email="annie@acme.test",
        name="Annie",
    )


def test_version_and_times_do_not_make_a_difference():
    later = datetime(2027, 1, 1, tzinfo=UTC)

    assert dataclasses.replace(ANN, version=9, created_at=later, updated_at=later) == ANN
    assert dataclasses.replace(ANN, source=Source.MANUAL) != ANN


def test_the_expected_version_is_the_present_one_or_none():
    assert ANN.expect(None) is ANN
    assert ANN.expect(3) is ANN

    with pytest.raises(VersionMismatch) as refusal:
        ANN.expect(2)

    assert (refusal.value.current, refusal.value.membership_id) == (3, ANN.id)


def test_a_draft_reads_its_email_and_name_from_what_was_said():
    draft = MembershipDraft("ann.lee@acme.test")

    assert (draft.email, draft.name, draft.active, draft.grants) == ("ann.lee@acme.test", "Ann Lee", True, None)


@pytest.mark.parametrize(
    "draft",
    [
        MembershipDraft("a"),
        MembershipDraft("n" * MAX_USER_NAME, external_id="e" * MAX_EXTERNAL_ID),
        MembershipDraft("İnci Straße 🦊"),
        MembershipDraft("ann", profile=Profile.of({"emails": [{"value": "x" * MAX_EMAIL}]})),
    ],
    ids=["short", "longest", "any script", "longest e-mail"],
)
def test_keys_that_can_be_kept_pass(draft):
    checked(draft)


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (MembershipDraft(""), "userName"),
        (MembershipDraft(" \t"), "userName"),
        (MembershipDraft("n" * (MAX_USER_NAME + 1)), "userName"),
        (MembershipDraft("a\0b"), "userName"),
        (MembershipDraft("a\nb"), "userName"),
        (MembershipDraft("a\ud800b"), "userName"),
        (MembershipDraft("ann", external_id=""), "externalId"),
        (MembershipDraft("ann", external_id="e" * (MAX_EXTERNAL_ID + 1)), "externalId"),
        (MembershipDraft("ann", external_id="e\0"), "externalId"),
        (
            MembershipDraft("ann", profile=Profile.of({"emails": [{"value": "x" * MAX_EMAIL + "@acme.test"}]})),
            "emails.value",
        ),
        (MembershipDraft("ann", profile=Profile.of({"emails": [{"value": "a\x01@acme.test"}]})), "emails.value"),
    ],
)
def test_keys_that_cannot_be_kept_are_refused_by_name(draft, field):
    with pytest.raises(InvalidValue) as refusal:
        checked(draft)

    assert refusal.value.field == field
    assert refusal.value.message.startswith(field)


def test_a_change_is_told_attribute_by_attribute():
    after = ANN.described(
        user_name="annie@acme.test",
        external_id="00u1",
        active=False,
        profile=Profile.of({"displayName": "Ann", "nickName": "An"}),
    )

    assert changes_between(ANN, after) == {
        "active": (True, False),
        "email": ("ann@acme.test", "annie@acme.test"),
        "profile.nickName": (None, "An"),
        "profile.title": ("Captain", None),
        "userName": ("ann@acme.test", "annie@acme.test"),
    }


def test_nothing_is_told_of_no_change():
    assert changes_between(ANN, dataclasses.replace(ANN, version=4)) == {}


def test_a_beginning_and_an_end_are_told_whole():
    told = {
        "active": True,
        "email": "ann@acme.test",
        "externalId": "00u1",
        "grants": ["user"],
        "name": "Ann",
        "profile.displayName": "Ann",
        "profile.title": "Captain",
        "source": "scim",
        "userId": ANN.user_id,
        "userName": "ann@acme.test",
    }

    assert changes_between(None, ANN) == {name: (None, value) for name, value in told.items()}
    assert changes_between(ANN, None) == {name: (value, None) for name, value in told.items()}

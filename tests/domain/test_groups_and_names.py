"""The two groups, and the names and handles of organizations."""

import pytest

from rollbook.domain.errors import InvalidValue, NotFound
from rollbook.domain.groups import Group, GroupId, group_of, parse_group_id
from rollbook.domain.organizations import MAX_NAME, checked_handle, checked_name
from rollbook.domain.roles import Role
from tests.domain.test_policy import MOMENT, ORGANIZATION


def test_a_group_has_a_fixed_name_and_stands_for_a_role():
    told = {
        group_id: (group.display_name, group.role)
        for group_id in GroupId
        for group in [Group(group_id, ORGANIZATION, MOMENT, MOMENT, 1)]
    }

    assert told == {GroupId.ADMINS: ("Admins", Role.ADMIN), GroupId.USERS: ("Users", Role.USER)}
    assert [group_of(role) for role in Role] == [GroupId.USERS, GroupId.ADMINS]


def test_a_group_is_known_by_its_exact_id():
    assert [parse_group_id(text) for text in ("admins", "users")] == [GroupId.ADMINS, GroupId.USERS]


@pytest.mark.parametrize("text", ["", "Admins", "ADMINS", "admins ", "owners", ORGANIZATION])
def test_no_other_group_is_found(text):
    with pytest.raises(NotFound) as refusal:
        parse_group_id(text)

    assert "admins (Admins) and users (Users)" in refusal.value.message


@pytest.mark.parametrize("handle", ["a", "acme", "acme-2", "0", "x" * 63])
def test_a_handle_is_a_label_in_lower_case(handle):
    assert checked_handle(handle) == handle


@pytest.mark.parametrize("handle", ["", "Acme", "-acme", "acme-", "a_b", "a b", "é", "x" * 64, "acme\n"])
def test_another_handle_is_refused(handle):
    with pytest.raises(InvalidValue) as refusal:
        checked_handle(handle)

    assert refusal.value.field == "handle"


def test_a_name_is_kept_without_outer_spaces():
    assert checked_name(" Acme & Söhne ") == "Acme & Söhne"
    assert checked_name("x" * MAX_NAME) == "x" * MAX_NAME


@pytest.mark.parametrize("name", ["", " ", "x" * (MAX_NAME + 1), "two\nlines"])
def test_another_name_is_refused(name):
    with pytest.raises(InvalidValue) as refusal:
        checked_name(name)

    assert refusal.value.field == "name"

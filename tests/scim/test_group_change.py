"""What clients say about a group, added up to one change of its members."""

import pytest

from rollbook.domain.groups import GroupChange, GroupId
from rollbook.scim.errors import ScimError
from rollbook.scim.group_change import change_of_patch, change_of_put
from rollbook.scim.patch_message import operations_of
from rollbook.scim.reading import Reading

from .people import GROUP, PATCH


def members(*ids):
    return [{"value": each} for each in ids]


def add(*ids):
    return {"op": "add", "path": "members", "value": members(*ids)}


def remove(member):
    return {"op": "remove", "path": f'members[value eq "{member}"]'}


def replace(*ids):
    return {"op": "replace", "path": "members", "value": members(*ids)}


REMOVE_ALL = {"op": "remove", "path": "members"}


def change_of(*operations, reading=None):
    reading = reading or Reading()
    body = {"schemas": [PATCH], "Operations": list(operations)}
    return change_of_patch(operations_of(body, reading, at_most=1000), GroupId.USERS, reading)


@pytest.mark.parametrize(
    ("operations", "change"),
    [
        ([add("1", "2")], GroupChange(add=("1", "2"))),
        ([add("1"), add("1")], GroupChange(add=("1",))),
        ([remove("1"), add("2")], GroupChange(add=("2",), remove=("1",))),
        ([remove("1"), add("1")], GroupChange(add=("1",))),
        ([add("1"), remove("1")], GroupChange(remove=("1",))),
        ([replace("1", "2")], GroupChange(replace=("1", "2"))),
        ([replace("1", "2"), remove("1"), add("3")], GroupChange(replace=("2", "3"))),
        ([add("9"), replace("1")], GroupChange(replace=("1",))),
        ([replace()], GroupChange(replace=())),
        ([REMOVE_ALL], GroupChange(replace=())),
        ([REMOVE_ALL, add("1")], GroupChange(replace=("1",))),
        ([add()], None),
        ([{"op": "add", "value": {"members": members("1")}}], GroupChange(add=("1",))),
        ([{"op": "replace", "value": {"members": members("1")}}], GroupChange(replace=("1",))),
        ([{"op": "replace", "path": f"{GROUP}:members", "value": members("1")}], GroupChange(replace=("1",))),
        (
            [{"op": "remove", "path": 'members[value eq "1" or value eq "2"]'}],
            GroupChange(remove=("1", "2")),
        ),
        ([{"op": "remove", "path": 'members[value eq "1" and type eq "User"]'}], GroupChange(remove=("1",))),
        ([{"op": "remove", "path": 'members[value eq "1" and value eq "2"]'}], None),
        ([{"op": "remove", "path": 'members[type eq "user"]'}], GroupChange(replace=())),
        ([{"op": "remove", "path": 'members[type eq "Group" or value eq "1"]'}], GroupChange(remove=("1",))),
        ([{"op": "remove", "path": "members[value pr]"}], GroupChange(replace=())),
        ([{"op": "add", "path": "schemas", "value": [GROUP]}], None),
    ],
)
def test_the_operations_come_to_one_change(operations, change):
    assert change_of(*operations, reading=Reading(strict=True)) == change


@pytest.mark.parametrize(
    ("operations", "change"),
    [
        pytest.param(
            [{"op": "Remove", "path": "members", "value": members("1")}], GroupChange(remove=("1",)), id="E-44"
        ),
        pytest.param([{"op": "remove", "path": "members", "value": []}], None, id="E-44 nobody"),
        pytest.param(
            [{"op": "Add", "path": "members", "value": [{"$ref": None, "value": "1"}]}],
            GroupChange(add=("1",)),
            id="E-45",
        ),
        pytest.param(
            [{"op": "add", "path": "members", "value": ["1", "2"]}], GroupChange(add=("1", "2")), id="bare ids"
        ),
        pytest.param([{"op": "add", "path": "members", "value": {"value": "1"}}], GroupChange(add=("1",)), id="O-43"),
        pytest.param([{"op": "add", "path": "members", "value": [{"Value": "1"}]}], GroupChange(add=("1",)), id="E-63"),
        pytest.param([{"op": "replace", "value": {"id": "users", "displayName": "Ops"}}], None, id="O-53"),
        pytest.param([{"op": "Replace", "path": "displayName", "value": "Ops"}], None, id="E-46"),
        pytest.param([{"op": "Replace", "path": "externalId", "value": "8aa"}], None, id="E-47"),
    ],
)
def test_what_clients_write_otherwise_comes_to_the_same(operations, change):
    assert change_of(*operations) == change


def test_a_rename_is_ignored_and_noted_and_in_the_strict_dialect_refused():
    lenient = Reading()

    assert change_of({"op": "replace", "value": {"id": "users", "displayName": "Ops"}}, add("1"), reading=lenient) == (
        GroupChange(add=("1",))
    )
    assert lenient.notes == ("The name of Users cannot be changed; 'Ops' was ignored.",)

    with pytest.raises(ScimError) as refused:
        change_of({"op": "replace", "path": "displayName", "value": "Ops"}, reading=Reading(strict=True))
    assert (refused.value.status, refused.value.scim_type) == (400, "mutability")


@pytest.mark.parametrize("path", ["displayName", "id", None])
def test_the_own_name_and_id_pass_without_a_note_in_any_dialect(path):
    own = {"displayName": "Users", "id": "users"}
    strict = Reading(strict=True)

    change = change_of({"op": "replace", "path": path, "value": own if path is None else own[path]}, reading=strict)

    assert change is None
    assert strict.notes == ()


@pytest.mark.parametrize(
    ("operation", "scim_type"),
    [
        ({"op": "replace", "path": "id", "value": "other"}, "mutability"),
        ({"op": "replace", "path": "meta.created", "value": "x"}, "mutability"),
        ({"op": "replace", "path": 'members[value eq "1"].display', "value": "x"}, "mutability"),
        ({"op": "add", "path": "members.display", "value": "x"}, "mutability"),
        ({"op": "remove", "path": 'members[display eq "x"]'}, "invalidFilter"),
        ({"op": "remove", "path": 'members[value ne "1"]'}, "invalidFilter"),
        ({"op": "remove", "path": 'members[not (value eq "1")]'}, "invalidFilter"),
        ({"op": "replace", "path": "schemas", "value": ["urn:other"]}, "mutability"),
        ({"op": "remove", "path": "owners"}, "invalidPath"),
        ({"op": "remove"}, "noTarget"),
        ({"op": "add", "value": ["1"]}, "invalidValue"),
        ({"op": "add", "path": "members", "value": 5}, "invalidValue"),
        ({"op": "add", "path": "members", "value": [5]}, "invalidValue"),
        ({"op": "add", "path": "members", "value": [{"display": "x"}]}, "invalidValue"),
        ({"op": "add", "path": "members", "value": [{"value": ["1"]}]}, "invalidValue"),
        ({"op": "add", "path": "members", "value": [{"value": "1", "type": 5}]}, "invalidValue"),
        ({"op": "add", "path": "members", "value": [{"value": "1", "$ref": {}}]}, "invalidValue"),
    ],
)
def test_what_cannot_be_done_to_a_group_is_refused_with_its_type(operation, scim_type):
    with pytest.raises(ScimError) as refused:
        change_of(add("1"), operation)

    assert (refused.value.status, refused.value.scim_type) == (400, scim_type)


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "members", "value": members("1")},
        {"op": "add", "path": "members", "value": ["1"]},
        {"op": "add", "path": "members", "value": {"value": "1"}},
        {"op": "Add", "path": "members", "value": members("1")},
        {"op": "add", "path": "members", "value": [{"value": "1", "role": "x"}]},
        {"op": "add", "value": {"members": members("1"), "schemas": ["urn:other"]}},
        {"op": "add", "path": "", "value": {"members": members("1")}},
    ],
)
def test_the_strict_dialect_takes_only_what_is_written_by_the_letter(operation):
    with pytest.raises(ScimError) as refused:
        change_of(operation, reading=Reading(strict=True))

    assert refused.value.status == 400


def test_parts_of_a_member_that_say_nothing_are_taken_and_unknown_ones_noted():
    # E-45
    reading = Reading()
    member = {"VALUE": "1", "type": "User", "$ref": None, "display": 5, "role": {"x": 1}}

    change = change_of({"op": "add", "path": "members", "value": [member]}, reading=reading)

    assert change == GroupChange(add=("1",))
    assert reading.notes == ("members.role was ignored: members has no such attribute.",)


def test_a_put_names_all_members():
    reading = Reading()
    body = {"schemas": [GROUP], "displayName": "Users", "members": members("1", "2", "1")}

    assert change_of_put(body, GroupId.USERS, reading) == GroupChange(replace=("1", "2"))
    assert reading.notes == ()


def test_a_put_without_members_empties_the_group_and_is_noted():
    reading = Reading()

    assert change_of_put({"displayName": "Users"}, GroupId.USERS, reading) == GroupChange(replace=())
    assert reading.notes == ("The Group came without members, so the group was emptied.",)


def test_a_put_of_something_that_is_no_group_empties_nothing():
    with pytest.raises(ScimError) as refused:
        change_of_put({"userName": "ada"}, GroupId.USERS, Reading())

    assert refused.value.detail == "A Group has a displayName and members; the body has neither."


def test_a_hundred_thousand_members_are_added_up_in_a_moment():
    ids = [f"{number:036}" for number in range(100_000)]

    change = change_of(add(*ids), *(remove(member) for member in ids[:500]))

    assert len(change.add) == 99_500
    assert change.remove == tuple(ids[:500])

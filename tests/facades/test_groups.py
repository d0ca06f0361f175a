"""Rows of the life cycle: what pushing the two groups does, and what roles on a User do."""

import pytest

from tests.builders import every_member
from tests.facades.driver import Refused
from tests.facades.drivers.scim import PATCH
from tests.log import with_notes

NOBODY = "0198f2a4-7c1e-7b3a-9d42-5f0c6e8a1b2d"


def add(*ids):
    return {"op": "add", "path": "members", "value": [{"value": person_id} for person_id in ids]}


def remove(person_id):
    return {"op": "remove", "path": f'members[value eq "{person_id}"]'}


def replace(*ids):
    return add(*ids) | {"op": "replace"}


async def notes(services, acme):
    """What the provisioning log tells an admin, the newest first."""
    return [note for request in await with_notes(services, acme) for note in request.notes]


@pytest.fixture
async def bo(scim):
    return await scim.create("bo@acme.test", "Bo Ek")


async def test_adding_to_a_group_grants_its_role_and_removing_revokes_it(scim, graphql, acme, bo):
    seen = []
    for group, operation in (
        ("admins", add(bo.id)),
        ("admins", remove(bo.id)),
        ("users", remove(bo.id)),
        ("users", add(bo.id)),
    ):
        answer = await scim.send("PATCH", f"/Groups/{group}", {"schemas": [PATCH], "Operations": [operation]})
        assert (answer.status_code, answer.content) == (204, b"")
        seen.append(await graphql.get(bo.id))

    assert [person.role for person in seen] == ["admin", "user", None, "user"]
    assert {(person.id, person.active) for person in seen} == {(bo.id, True)}
    assert seen[-1] == bo


@pytest.mark.parametrize("order", [("admins", "users"), ("users", "admins")])
async def test_in_both_groups_is_admin_whichever_comes_first(scim, graphql, bo, order):
    await scim.patch("/Groups/users", remove(bo.id))

    for group in order:
        await scim.patch(f"/Groups/{group}", add(bo.id))

    assert (await graphql.get(bo.id)).groups == {"Admins", "Users"}


async def test_an_admin_who_is_also_pushed_to_users_stays_an_admin(scim, graphql, acme, bo):
    await graphql.set_role(bo.id, "admin")

    await scim.patch("/Groups/users", replace(acme.admin.id, bo.id))

    assert (await graphql.get(bo.id)).role == "admin"


async def test_someone_removed_and_then_added_in_one_push_stays(scim, graphql, acme, services, bo):
    events = await services.audit.events(acme.operator)

    await scim.patch("/Groups/users", remove(bo.id), add(bo.id))

    assert await graphql.get(bo.id) == bo
    assert await services.audit.events(acme.operator) == events


async def test_someone_without_a_role_is_restored_by_a_later_push(scim, graphql, bo):
    await scim.patch("/Groups/users", remove(bo.id))
    without = await graphql.get(bo.id)

    await scim.patch("/Groups/users", add(bo.id))

    assert (without.active, without.role) == (True, None)
    assert await graphql.get(bo.id) == bo


async def test_a_role_set_here_shows_in_the_groups(graphql, reader, acme):
    made = await graphql.create("bo@acme.test", "Bo Ek")

    await graphql.set_role(made.id, "admin")
    admins = await reader.in_group("Admins")
    await graphql.set_role(made.id, "user")

    assert admins == [acme.admin.id, made.id]
    assert await reader.in_group("Admins") == [acme.admin.id]
    assert await reader.in_group("Users") == [acme.admin.id, made.id]


@pytest.mark.parametrize("how", ["PUT", "PATCH replace"])
async def test_replacing_is_a_difference_that_takes_in_inactive_members(scim, graphql, acme, bo, how):
    cy = await scim.create("cy@acme.test", "Cy Dam", active=False)
    dee = await scim.create("dee@acme.test", "Dee Orr")
    await scim.patch("/Groups/users", remove(dee.id))
    version = (await graphql.member(acme.admin.id))["version"]

    if how == "PUT":
        members = [{"value": acme.admin.id}, {"value": dee.id}]
        group = await scim.call("PUT", "/Groups/users", {"displayName": "Everybody", "members": members})
        assert group["displayName"] == "Users"
    else:
        await scim.patch("/Groups/users", replace(acme.admin.id, dee.id))

    back = await scim.reactivate(cy.id)
    assert await graphql.in_group("Users") == [acme.admin.id, dee.id]
    assert (back.role, (await graphql.get(bo.id)).role) == (None, None)
    assert (await graphql.member(acme.admin.id))["version"] == version


async def test_an_inactive_member_keeps_the_grants_but_is_listed_nowhere(scim, graphql, acme, bo):
    await scim.patch("/Groups/admins", add(bo.id))
    await scim.deactivate(bo.id)

    for door in (scim, graphql):
        assert await door.in_group("Admins") == await door.in_group("Users") == [acme.admin.id]
    assert (await scim.reactivate(bo.id)).role == "admin"


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": "displayName", "value": "Everybody"},
        {"op": "replace", "value": {"displayName": "Everybody"}},
        {"op": "replace", "value": {"id": "users", "displayName": "Everybody"}},
    ],
    ids=["by path", "without a path", "with its own id"],
)
async def test_a_rename_of_a_group_is_accepted_noted_and_changes_nothing(scim, strict, services, acme, operation):
    await scim.patch("/Groups/users", operation)

    assert (await scim.call("GET", "/Groups/users"))["displayName"] == "Users"
    (note,) = await notes(services, acme)
    assert "The name of Users cannot be changed" in note
    refused = await strict.send("PATCH", "/Groups/users", {"schemas": [PATCH], "Operations": [operation]})
    assert (refused.status_code, refused.json()["scimType"]) == (400, "mutability")


async def test_a_group_that_is_pushed_with_its_own_name_and_id_leaves_no_note(scim, strict, services, acme):
    for door in (scim, strict):
        await door.patch("/Groups/users", {"op": "replace", "value": {"id": "users", "displayName": "Users"}})

    assert await notes(services, acme) == []


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/Groups"), ("DELETE", "/Groups/users"), ("DELETE", "/Groups/others")]
)
async def test_groups_are_neither_created_nor_deleted_and_the_text_says_what_to_do(scim, acme, method, path):
    body = {"displayName": "Everybody", "members": [{"value": acme.admin.id}]} if method == "POST" else None

    answer = await scim.send(method, path, body)

    assert answer.status_code == 501
    assert "Admins" in answer.json()["detail"]
    assert "Users" in answer.json()["detail"]
    groups = await scim.call("GET", "/Groups")
    assert [group["displayName"] for group in groups["Resources"]] == ["Admins", "Users"]
    assert await scim.in_group("Users") == [acme.admin.id]


async def test_an_unknown_member_is_left_out_of_a_push_and_noted(scim, graphql, services, acme, bo):
    await scim.patch("/Groups/admins", add(NOBODY, bo.id, "00u-of-the-provider"))

    assert await graphql.in_group("Admins") == [acme.admin.id, bo.id]
    (note,) = await notes(services, acme)
    assert NOBODY in note
    assert "0•••" in note  # an id of the provider's own, masked


async def test_the_strict_dialect_refuses_an_unknown_member_and_applies_nothing(strict, graphql, acme, bo):
    body = {"schemas": [PATCH], "Operations": [add(bo.id, NOBODY)]}

    answer = await strict.send("PATCH", "/Groups/admins", body)

    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidValue")
    assert await graphql.in_group("Admins") == [acme.admin.id]


@pytest.mark.parametrize("value", ["admin", "ADMIN", "Admins"])
async def test_roles_on_a_user_are_kept_as_sent_and_set_the_grants(scim, graphql, value):
    roles = [{"value": value, "type": "app"}]

    made = await scim.call("POST", "/Users", {"userName": "bo@acme.test", "roles": roles})

    assert made["roles"] == roles
    assert (await graphql.get(made["id"])).role == "admin"
    assert (await scim.call("GET", f"/Users/{made['id']}"))["roles"] == roles


async def test_a_put_without_roles_does_not_demote_an_admin(scim, graphql):
    made = await scim.create("bo@acme.test", "Bo Ek", role="admin")

    await scim.call("PUT", f"/Users/{made.id}", {"userName": "bo@acme.test", "displayName": "Bo Ek"})

    assert (await graphql.get(made.id)).role == "admin"


async def test_unknown_roles_are_kept_and_change_no_grant(scim, graphql):
    made = await scim.create("bo@acme.test", "Bo Ek", role="admin")

    await scim.patch(f"/Users/{made.id}", {"op": "replace", "path": "roles", "value": [{"value": "captain"}]})

    assert (await graphql.get(made.id)).role == "admin"
    assert (await scim.call("GET", f"/Users/{made.id}"))["roles"] == [{"value": "captain"}]


async def test_roles_that_are_sent_change_the_grants_of_a_member(scim, graphql, bo):
    seen = []
    for value in ("admin", "user"):
        await scim.patch(f"/Users/{bo.id}", {"op": "replace", "path": "roles", "value": [{"value": value}]})
        seen.append((await graphql.get(bo.id)).role)

    assert seen == ["admin", "user"]


DEMOTIONS = {
    "out of the group": lambda scim, graphql, admin: scim.patch("/Groups/admins", remove(admin)),
    "out of the replaced group": lambda scim, graphql, admin: scim.patch("/Groups/admins", replace()),
    "out of the put group": lambda scim, graphql, admin: scim.call(
        "PUT", "/Groups/admins", {"displayName": "Admins", "members": []}
    ),
    "by roles": lambda scim, graphql, admin: scim.patch(
        f"/Users/{admin}", {"op": "add", "path": "roles", "value": [{"value": "user"}]}
    ),
    "by GraphQL": lambda scim, graphql, admin: graphql.set_role(admin, "user"),
}


@pytest.mark.parametrize("how", DEMOTIONS)
async def test_the_last_active_admin_is_not_demoted(scim, graphql, services, acme, bo, how):
    gone = await scim.create("cy@acme.test", "Cy Dam", role="admin", active=False)
    before = [(member, member.version) for member in await every_member(services, acme.operator)]
    events = await services.audit.events(acme.operator)

    with pytest.raises(Refused) as refusal:
        await DEMOTIONS[how](scim, graphql, acme.admin.id)

    assert refusal.value.kind == "last admin"
    assert "another member an admin" in refusal.value.text
    assert [(member, member.version) for member in await every_member(services, acme.operator)] == before
    assert await services.audit.events(acme.operator) == events
    assert gone.active is False


@pytest.mark.parametrize("how", DEMOTIONS)
async def test_an_admin_who_is_not_the_last_is_demoted(scim, graphql, acme, bo, how):
    await graphql.set_role(bo.id, "admin")
    if how.startswith("out of the"):
        members = [{"value": bo.id}]
        if "replaced" in how:
            await scim.patch("/Groups/admins", replace(bo.id))
        elif "put" in how:
            await scim.call("PUT", "/Groups/admins", {"displayName": "Admins", "members": members})
        else:
            await DEMOTIONS[how](scim, graphql, acme.admin.id)
    else:
        await DEMOTIONS[how](scim, graphql, acme.admin.id)

    for door in (scim, graphql):
        assert await door.in_group("Admins") == [bo.id]
        assert (await door.get(acme.admin.id)).role == "user"


@pytest.mark.parametrize("how", ["deactivate", "remove"])
async def test_the_provider_takes_the_last_admin_away_and_a_warning_is_kept(scim, services, acme, how):
    await getattr(scim, how)(acme.admin.id)

    event = (await services.audit.events(acme.operator))[0]
    assert await scim.in_group("Admins") == []
    assert "rollbook admin login-link" in event.warning


@pytest.mark.parametrize("how", ["deactivate", "remove"])
async def test_nobody_else_takes_the_last_admin_away(graphql, reader, services, acme, how):
    before = await reader.get(acme.admin.id)
    events = await services.audit.events(acme.operator)

    with pytest.raises(Refused) as refusal:
        await getattr(graphql, how)(acme.admin.id)

    assert refusal.value.kind == "last admin"
    assert await reader.get(acme.admin.id) == before
    assert await services.audit.events(acme.operator) == events


@pytest.mark.parametrize(
    "read_only", [{"id": NOBODY}, {"groups": [{"value": "admins"}]}, {"meta": {"resourceType": "Group"}}]
)
async def test_a_read_only_attribute_in_a_body_is_ignored_and_noted(scim, strict, services, acme, bo, read_only):
    core = "urn:ietf:params:scim:schemas:core:2.0:User"
    body = {"schemas": [core], "userName": "bo@acme.test", "displayName": "Bo Ek"} | read_only

    put = await scim.call("PUT", f"/Users/{bo.id}", body)

    assert (put["id"], await scim.get(bo.id)) == (bo.id, bo)
    assert len(await notes(services, acme)) == 1
    refused = await strict.send("PUT", f"/Users/{bo.id}", body)
    assert (refused.status_code, refused.json()["scimType"]) == (400, "mutability")


async def test_a_path_to_a_read_only_attribute_is_refused_unless_it_repeats_the_value(scim, services, acme, bo):
    body = {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "id", "value": NOBODY}]}

    refused = await scim.send("PATCH", f"/Users/{bo.id}", body)
    repeated = await scim.patch(f"/Users/{bo.id}", {"op": "replace", "path": "id", "value": bo.id})

    assert (refused.status_code, refused.json()["scimType"]) == (400, "mutability")
    assert repeated["id"] == bo.id
    assert await scim.get(bo.id) == bo

"""Rows of the life cycle: how somebody becomes a member."""

import pytest

from tests.conftest import BASE_URL
from tests.facades.driver import Person, Refused


async def test_someone_whom_nobody_has_becomes_an_active_user(writer, reader, acme):
    made = await writer.create("bo@acme.test", "Bo Ek")

    assert made == Person(made.id, "bo@acme.test", "bo@acme.test", "Bo Ek", True, frozenset({"Users"}))
    assert await reader.get(made.id) == made
    assert [person.id for person in await reader.active()] == [acme.admin.id, made.id]
    assert await reader.search("BO@acme.test") == [made]
    assert await reader.in_group("Users") == [acme.admin.id, made.id]


async def test_someone_who_is_created_as_an_admin_is_one(writer, reader, acme):
    made = await writer.create("bo@acme.test", "Bo Ek", role="admin")

    assert (await reader.get(made.id)).groups == {"Admins", "Users"}
    assert await reader.in_group("Admins") == [acme.admin.id, made.id]


async def test_a_creation_by_scim_answers_201_with_the_location_and_the_whole_resource(scim):
    body = {"userName": "bo", "externalId": "00u1", "name": {"givenName": "Bo"}, "title": "Captain"}

    answer = await scim.send("POST", "/Users", body)

    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == made["meta"]["location"] == f"{BASE_URL}/scim/v2/Users/{made['id']}"
    assert {name: made[name] for name in body} == body
    assert made["active"] is True
    assert (await scim.send("GET", f"/Users/{made['id']}")).json() == made


async def test_someone_can_be_created_inactive(scim, reader, acme):
    made = await scim.create("bo@acme.test", "Bo Ek", active=False)

    assert await reader.get(made.id) == made
    assert (made.active, made.groups) == (False, frozenset())
    assert [person.id for person in await reader.active()] == [acme.admin.id]
    assert [person.id for person in await reader.everyone()] == [acme.admin.id, made.id]


async def test_an_account_outside_the_organization_is_refused_with_the_advice_to_invite(
    writer, reader, acme, globex, their_graphql
):
    await their_graphql.create("zoe@shared.test", "Zoe")

    with pytest.raises(Refused) as refusal:
        await writer.create("Zoe@shared.test", "Zoe")

    assert refusal.value.kind == "conflict"
    assert "outside this organization" in refusal.value.text
    assert "invite" in refusal.value.text
    assert [person.id for person in await reader.everyone()] == [acme.admin.id]
    assert [person.email for person in await their_graphql.everyone()] == ["g@globex.test", "zoe@shared.test"]


async def test_an_active_member_is_a_conflict_without_a_side_effect(writer, reader, services, acme):
    made = await writer.create("bo@acme.test", "Bo Ek")
    events = await services.audit.events(acme.operator)

    with pytest.raises(Refused) as refusal:
        await writer.create("BO@acme.test", "Somebody Else", role="admin")

    assert refusal.value.kind == "conflict"
    assert await reader.get(made.id) == made
    assert len(await reader.everyone()) == 2
    assert await services.audit.events(acme.operator) == events


async def test_an_active_member_is_a_conflict_at_the_other_door_too(scim, graphql):
    await scim.create("bo@acme.test", "Bo Ek")
    await graphql.create("cy@acme.test", "Cy Dam")

    for door, email in ((graphql, "bo@acme.test"), (scim, "cy@acme.test")):
        with pytest.raises(Refused) as refusal:
            await door.create(email, "Again")
        assert refusal.value.kind == "conflict"


async def test_an_active_member_is_found_by_external_id_user_name_and_email(scim):
    await scim.create("bo@acme.test", "Bo Ek", externalId="00u1")

    for body in (
        {"userName": "other", "externalId": "00u1"},
        {"userName": "BO@ACME.TEST", "emails": [{"value": "other@acme.test"}]},
        {"userName": "other", "emails": [{"value": "Bo@acme.test", "primary": True}]},
    ):
        answer = await scim.send("POST", "/Users", body)
        assert (answer.status_code, answer.json()["scimType"]) == (409, "uniqueness")


async def test_keys_of_two_different_people_are_a_conflict(scim):
    bo = await scim.create("bo@acme.test", "Bo Ek", externalId="00u1", active=False)
    cy = await scim.create("cy@acme.test", "Cy Dam", externalId="00u2", active=False)

    with pytest.raises(Refused) as refusal:
        await scim.create("cy@acme.test", "Which", externalId="00u1")

    assert refusal.value.kind == "conflict"
    assert await scim.get(bo.id) == bo
    assert await scim.get(cy.id) == cy


async def test_someone_whose_membership_ended_joins_anew_as_the_same_user(writer, reader, graphql):
    first = await writer.create("bo@acme.test", "Bo Ek", role="admin")
    user = (await graphql.member(first.id))["user"]
    await writer.remove(first.id)

    second = await writer.create("bo@acme.test", "Bo Ek")

    assert second.id != first.id
    assert (await reader.get(second.id)).role == "user"
    assert (await graphql.member(second.id))["user"] == user
    with pytest.raises(Refused, match="not found"):
        await reader.get(first.id)


async def test_someone_who_is_inactive_is_revived_under_the_same_id(writer, reader, acme):
    first = await writer.create("bo@acme.test", "Bo Ek")
    await writer.deactivate(first.id)

    again = await writer.create("bo@acme.test", "Bo Lindgren")

    assert again == Person(first.id, "bo@acme.test", "bo@acme.test", "Bo Lindgren", True, frozenset({"Users"}))
    assert await reader.get(first.id) == again
    assert [person.id for person in await reader.everyone()] == [acme.admin.id, first.id]


async def test_a_revived_admin_is_not_an_admin_unasked(writer, reader):
    first = await writer.create("bo@acme.test", "Bo Ek", role="admin")
    await writer.deactivate(first.id)

    unasked = await writer.create("bo@acme.test", "Bo Ek")
    await writer.deactivate(first.id)
    asked = await writer.create("bo@acme.test", "Bo Ek", role="admin")

    assert (unasked.role, asked.role) == ("user", "admin")
    assert await reader.get(first.id) == asked


async def test_a_revival_by_scim_answers_201_and_takes_active_from_the_body(scim):
    first = await scim.create("bo@acme.test", "Bo Ek", active=False)

    answer = await scim.send("POST", "/Users", {"userName": "bo@acme.test", "active": False, "title": "Captain"})

    revived = answer.json()
    assert (answer.status_code, revived["id"], revived["active"]) == (201, first.id, False)
    assert revived["title"] == "Captain"


@pytest.mark.parametrize("how", ["PUT", "PATCH"])
async def test_a_manual_member_whom_the_provider_changes_becomes_its_own(scim, graphql, acme, how):
    made = await graphql.create("bo@acme.test", "Bo Ek")
    before = await graphql.member(made.id)
    body = {"userName": "bo@acme.test", "displayName": "Bo Ek", "externalId": "00u1"}

    if how == "PUT":
        await scim.call("PUT", f"/Users/{made.id}", body | {"emails": [{"value": "bo@acme.test", "primary": True}]})
    else:
        await scim.patch(f"/Users/{made.id}", {"op": "add", "path": "externalId", "value": "00u1"})

    after = await graphql.member(made.id)
    assert (before["source"], before["externalId"]) == ("MANUAL", None)
    assert (after["source"], after["externalId"], after["user"]) == ("SCIM", "00u1", before["user"])
    assert [person.id for person in await graphql.everyone()] == [acme.admin.id, made.id]


async def test_an_adopted_member_is_found_by_the_providers_id(scim, graphql):
    made = await graphql.create("bo@acme.test", "Bo Ek")
    await scim.patch(f"/Users/{made.id}", {"op": "add", "value": {"externalId": "00u1"}})

    found = await scim.call("GET", "/Users", filter='externalId eq "00u1"')

    assert [resource["id"] for resource in found["Resources"]] == [made.id]


async def test_the_profile_of_a_provisioned_member_is_read_only_here(scim, graphql, acme, services):
    made = await scim.create("bo@acme.test", "Bo Ek")
    events = await services.audit.events(acme.operator)

    with pytest.raises(Refused) as refusal:
        await graphql.rename(made.id, "bo.ek@acme.test")

    assert refusal.value.kind == "managed"
    assert await scim.get(made.id) == made
    assert await services.audit.events(acme.operator) == events


async def test_role_and_status_of_a_provisioned_member_change_here(scim, graphql):
    made = await scim.create("bo@acme.test", "Bo Ek")

    await graphql.set_role(made.id, "admin")
    admin = await scim.get(made.id)
    await graphql.deactivate(made.id)
    inactive = await scim.get(made.id)
    await graphql.remove(made.id)

    assert (admin.role, inactive.active) == ("admin", False)
    with pytest.raises(Refused, match="not found"):
        await scim.get(made.id)

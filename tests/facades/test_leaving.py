"""Rows of the life cycle: how access ends, how it comes back, and how a membership ends."""

from dataclasses import replace

import pytest

from rollbook.domain.errors import Unauthenticated
from tests.builders import a_session, every_member
from tests.conftest import BASE_URL, SESSION_COOKIE
from tests.facades.driver import Refused
from tests.facades.drivers.scim import PATCH

DEACTIVATIONS = {
    "catalogue app": ("PATCH", {"Operations": [{"op": "replace", "value": {"active": False}}]}),
    "with a path": ("PATCH", {"Operations": [{"op": "replace", "path": "active", "value": False}]}),
    "Entra": ("PATCH", {"Operations": [{"op": "Replace", "path": "active", "value": "False"}]}),
    "custom app": ("PUT", {"userName": "bo@acme.test", "displayName": "Bo Ek", "active": False}),
}


async def test_a_deactivated_member_keeps_id_and_profile_and_loses_access(writer, reader, acme):
    made = await writer.create("bo@acme.test", "Bo Ek")

    gone = await writer.deactivate(made.id)

    assert gone == replace(made, active=False, groups=frozenset())
    assert await reader.get(made.id) == gone
    assert await reader.search("bo@acme.test") == [gone]
    assert [person.id for person in await reader.active()] == [acme.admin.id]
    assert [person.id for person in await reader.everyone()] == [acme.admin.id, made.id]
    assert await reader.in_group("Users") == [acme.admin.id]


@pytest.mark.parametrize("dialect", DEACTIVATIONS)
async def test_every_dialect_of_a_deactivation_is_understood(scim, graphql, dialect):
    made = await scim.create("bo@acme.test", "Bo Ek")
    method, body = DEACTIVATIONS[dialect]

    answer = await scim.send(method, f"/Users/{made.id}", body | ({"schemas": [PATCH]} if method == "PATCH" else {}))

    assert (answer.status_code, answer.json()["active"]) == (200, False)
    found = await scim.call("GET", "/Users", filter='userName eq "bo@acme.test" and active eq false')
    assert [resource["id"] for resource in found["Resources"]] == [made.id]
    assert [person.active for person in await graphql.search("bo@acme.test")] == [False]


async def test_the_members_list_shows_who_is_inactive_when_it_is_asked_to(scim, graphql):
    made = await scim.create("bo@acme.test", "Bo Ek", active=False)

    data = await graphql.query(
        "{ organization { members(filter: { status: [INACTIVE] }) { nodes { id status role grants } } } }"
    )

    (node,) = data["organization"]["members"]["nodes"]
    assert (node["status"], node["role"], node["grants"]) == ("INACTIVE", None, ["USER"])
    assert made.active is False


async def test_a_reactivated_member_has_all_grants_again(writer, reader):
    made = await writer.create("bo@acme.test", "Bo Ek", role="admin")
    await writer.deactivate(made.id)

    back = await writer.reactivate(made.id)

    assert back == made
    assert await reader.get(made.id) == made


async def test_one_door_takes_access_and_the_other_gives_it_back(writer, reader):
    made = await writer.create("bo@acme.test", "Bo Ek", role="admin")

    gone = await reader.deactivate(made.id)
    back = await writer.reactivate(made.id)

    assert (gone.active, back) == (False, made)


async def test_doing_it_twice_is_doing_it_once(writer, services, acme):
    made = await writer.create("bo@acme.test", "Bo Ek")
    first = await writer.deactivate(made.id)
    events = await services.audit.events(acme.operator)

    assert await writer.deactivate(made.id) == first
    assert await services.audit.events(acme.operator) == events


async def test_sessions_end_with_access_and_do_not_come_back(writer, services, acme, http):
    secret = await a_session(services, acme.operator, "bo@acme.test")
    _, bo = await every_member(services, acme.operator)
    page = {"Origin": BASE_URL, "X-CSRF": "1", "Cookie": f"{SESSION_COOKIE}={secret}"}
    viewer = {"query": "{ viewer { name } }"}
    before = await http.post("/graphql", json=viewer, headers=page)

    await writer.deactivate(bo.id)
    gone = await http.post("/graphql", json=viewer, headers=page)
    await writer.reactivate(bo.id)
    back = await http.post("/graphql", json=viewer, headers=page)

    assert [answer.status_code for answer in (before, gone, back)] == [200, 401, 401]
    with pytest.raises(Unauthenticated):
        await services.sessions.authenticate(secret)


async def test_a_waiting_login_link_ends_with_access(writer, services, acme):
    link = await services.sessions.create_login_link(acme.operator, "bo@acme.test")
    _, bo = await every_member(services, acme.operator)

    await writer.deactivate(bo.id)
    await writer.reactivate(bo.id)

    with pytest.raises(Unauthenticated):
        await services.sessions.redeem(link)


async def test_another_organization_is_untouched(writer, services, acme, globex, their_graphql):
    await services.sessions.create_login_link(globex.operator, "bo@shared.test")
    there = await a_session(services, globex.operator, "bo@shared.test")
    await services.sessions.create_login_link(acme.operator, "bo@shared.test")
    _, here = await every_member(services, acme.operator)
    before = await their_graphql.everyone()

    await writer.deactivate(here.id)
    await writer.remove(here.id)

    assert await their_graphql.everyone() == before
    assert (await services.sessions.authenticate(there)).organization_id == globex.organization.id


async def test_a_removed_member_is_not_found_and_their_keys_are_free(writer, reader, acme):
    made = await writer.create("bo@acme.test", "Bo Ek")
    other = await writer.create("cy@acme.test", "Cy Dam")

    await writer.remove(made.id)
    renamed = await writer.rename(other.id, "bo@acme.test")

    assert await reader.everyone() == [await reader.get(acme.admin.id), renamed]
    for work in (reader.get(made.id), writer.remove(made.id), writer.deactivate(made.id), reader.reactivate(made.id)):
        with pytest.raises(Refused, match="not found"):
            await work


async def test_a_deletion_by_scim_answers_204_and_then_404(scim):
    made = await scim.create("bo@acme.test", "Bo Ek")

    answers = [await scim.send(method, f"/Users/{made.id}") for method in ("DELETE", "GET", "DELETE")]

    assert [(answer.status_code, bool(answer.content)) for answer in answers] == [
        (204, False),
        (404, True),
        (404, True),
    ]


async def test_the_user_stays_for_others_when_a_membership_ends(writer, graphql, their_graphql, services, globex):
    made = await writer.create("bo@shared.test", "Bo Ek")
    user = (await graphql.member(made.id))["user"]
    there = await services.sessions.redeem(await services.sessions.create_login_link(globex.operator, user["email"]))

    await writer.remove(made.id)

    data = await graphql.query("query($id: ID!) { node(id: $id) { id } }", id=user["id"])
    assert data["node"] is None
    assert (await their_graphql.member(there[1].membership_id))["user"] == user


async def test_a_rename_changes_the_membership_and_the_sign_in_address(writer, reader, graphql):
    made = await writer.create("bo@acme.test", "Bo Ek")

    renamed = await writer.rename(made.id, "bo.ek@acme.test")

    assert renamed == replace(made, user_name="bo.ek@acme.test", email="bo.ek@acme.test")
    assert await reader.get(made.id) == renamed
    assert await reader.search("bo@acme.test") == []
    assert (await graphql.member(made.id))["user"]["email"] == "bo.ek@acme.test"


@pytest.mark.parametrize("status", ["active", "inactive"])
async def test_a_rename_onto_a_name_that_is_taken_is_a_conflict(writer, reader, services, acme, status):
    made = await writer.create("bo@acme.test", "Bo Ek")
    other = await writer.create("cy@acme.test", "Cy Dam")
    if status == "inactive":
        await writer.deactivate(other.id)
    events = await services.audit.events(acme.operator)

    with pytest.raises(Refused) as refusal:
        await writer.rename(made.id, "CY@acme.test")

    assert refusal.value.kind == "conflict"
    assert await reader.get(made.id) == made
    assert await services.audit.events(acme.operator) == events


async def test_the_sign_in_address_stays_where_another_organization_relies_on_it(writer, graphql, services, globex):
    made = await writer.create("bo@acme.test", "Bo Ek")
    await services.sessions.create_login_link(globex.operator, "bo@acme.test")

    renamed = await writer.rename(made.id, "bo.ek@acme.test")

    assert renamed.email == "bo.ek@acme.test"
    assert (await graphql.member(made.id))["user"]["email"] == "bo@acme.test"


async def test_the_sign_in_address_stays_where_the_new_one_belongs_to_somebody_else(
    writer, reader, graphql, their_graphql
):
    made = await writer.create("bo@acme.test", "Bo Ek")
    await their_graphql.create("bo.ek@acme.test", "Another")

    renamed = await writer.rename(made.id, "bo.ek@acme.test")

    assert await reader.get(made.id) == renamed
    assert renamed.email == "bo.ek@acme.test"
    assert (await graphql.member(made.id))["user"]["email"] == "bo@acme.test"

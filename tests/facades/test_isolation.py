"""A token of another organization: 404 for every id, and nobody of another tenant in a list, filter or group."""

import pytest

from tests.facades.driver import Refused

NOBODY = "0198f2a4-7c1e-7b3a-9d42-5f0c6e8a1b2d"


@pytest.fixture
async def people(scim, graphql):
    """Members of ours in every state, one of them with the keys that one of theirs has too."""
    made = [
        await scim.create("bo@acme.test", "Bo Ek", externalId="00u1"),
        await scim.create("cy@acme.test", "Cy Dam", role="admin"),
        await graphql.create("dee@acme.test", "Dee Orr"),
    ]
    await scim.deactivate(made[2].id)
    return made


@pytest.fixture
async def their_people(their_scim):
    return [await their_scim.create("zoe@globex.test", "Bo Ek", externalId="00u1")]


async def test_every_user_id_is_404_for_another_organizations_token(scim, their_scim, people, acme):
    gone = await scim.create("eve@acme.test", "Eve")
    await scim.remove(gone.id)
    ids = [acme.admin.id, gone.id, *(person.id for person in people)]
    before = await scim.everyone()
    operations = {"Operations": [{"op": "replace", "value": {"active": False}}]}
    texts = set()

    for person_id in (*ids, NOBODY):
        for method, body in (
            ("GET", None),
            ("PUT", {"userName": "taken.over@globex.test"}),
            ("PATCH", operations),
            ("DELETE", None),
        ):
            answer = await their_scim.send(method, f"/Users/{person_id}", body)
            assert (answer.status_code, "location" in answer.headers) == (404, False)
            texts.add(answer.text.replace(person_id, "…"))

    assert len(texts) == 1  # nothing tells an id of ours from an id of nobody
    assert await scim.everyone() == before


async def test_every_member_id_is_null_or_not_found_for_another_organizations_token(graphql, their_graphql, people):
    before = await graphql.everyone()

    for person in people:
        for work in (
            their_graphql.get(person.id),
            their_graphql.deactivate(person.id),
            their_graphql.set_role(person.id, "user"),
            their_graphql.rename(person.id, "taken.over@globex.test"),
            their_graphql.remove(person.id),
        ):
            with pytest.raises(Refused, match="not found"):
                await work

    assert await graphql.everyone() == before


@pytest.mark.parametrize(
    "text",
    [
        None,
        'userName eq "bo@acme.test"',
        'externalId eq "00u1"',
        'emails.value eq "bo@acme.test"',
        'emails[type eq "work" and value eq "bo@acme.test"]',
        'displayName eq "Bo Ek"',
        "active eq true",
        "active eq false",
    ],
)
async def test_no_list_and_no_filter_meets_anyone_of_another_organization(
    their_scim, globex, people, their_people, text
):
    found = await their_scim.call("GET", "/Users", **({"filter": text} if text else {}))

    theirs = {globex.admin.id, their_people[0].id}
    ids = {resource["id"] for resource in found["Resources"]}
    assert ids <= theirs
    assert found["totalResults"] == len(ids)


async def test_an_id_of_another_organization_is_found_by_no_filter(their_scim, people):
    for person in people:
        found = await their_scim.call("GET", "/Users", filter=f'id eq "{person.id}"')
        assert (found["totalResults"], found["Resources"]) == (0, [])


async def test_no_graphql_list_or_count_meets_anyone_of_another_organization(
    graphql, their_graphql, globex, people, their_people
):
    theirs = [globex.admin.id, their_people[0].id]

    assert [person.id for person in await their_graphql.everyone()] == theirs
    assert [person.id for person in await their_graphql.active()] == theirs
    assert await their_graphql.search("acme") == []
    assert await graphql.search("globex") == []


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
async def test_no_group_takes_in_anyone_of_another_organization(scim, their_scim, globex, people, their_people, method):
    members = [{"value": globex.admin.id}, *({"value": person.id} for person in people)]
    body = (
        {"members": members}
        if method == "PUT"
        else {"Operations": [{"op": "add", "path": "members", "value": members}]}
    )
    before = [await scim.in_group(group) for group in ("Admins", "Users")]

    answer = await their_scim.send(method, "/Groups/admins", body)

    assert answer.is_success
    assert await their_scim.in_group("Admins") == [globex.admin.id]
    assert await their_scim.in_group("Users") == [globex.admin.id, their_people[0].id]
    assert [await scim.in_group(group) for group in ("Admins", "Users")] == before


async def test_nobody_of_another_organization_is_taken_out_of_a_group(scim, their_scim, people):
    before = await scim.in_group("Users")

    await their_scim.patch("/Groups/users", {"op": "remove", "path": f'members[value eq "{people[0].id}"]'})
    await their_scim.patch("/Groups/users", {"op": "replace", "path": "members", "value": []})

    assert await scim.in_group("Users") == before


async def test_the_same_group_id_is_another_group_in_another_organization(graphql, their_graphql):
    query = "{ organization { id groups { id displayName memberCount } } }"

    ours, theirs = [(await door.query(query))["organization"] for door in (graphql, their_graphql)]

    assert {group["id"] for group in ours["groups"]}.isdisjoint(group["id"] for group in theirs["groups"])
    for group_id in (ours["id"], *(group["id"] for group in ours["groups"])):
        data = await their_graphql.query("query($id: ID!) { node(id: $id) { id } }", id=group_id)
        assert data["node"] is None


async def test_equal_keys_in_two_organizations_are_two_people(scim, their_scim, people, their_people):
    ours = await scim.call("GET", "/Users", filter='externalId eq "00u1"')
    theirs = await their_scim.call("GET", "/Users", filter='externalId eq "00u1"')

    assert [resource["id"] for resource in ours["Resources"]] == [people[0].id]
    assert [resource["id"] for resource in theirs["Resources"]] == [their_people[0].id]

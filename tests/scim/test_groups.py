"""GET, PUT and PATCH on /Groups."""

import asyncio

import pytest

from tests.log import with_notes

from .conftest import scim_client
from .people import CORE, GROUP, LIST, bare, created, member_ids, patch, read, refusal


def members(*ids):
    return [{"value": each} for each in ids]


@pytest.fixture
async def ids(scim, acme):
    """The ids of three members, in the order of their making, after the organization's admin."""
    return [(await created(scim, bare(f"user{n}@x.test")))["id"] for n in range(3)]


async def test_both_groups_are_listed_with_their_members(scim, acme, ids):
    listed = await read(scim, "/Groups")

    assert listed["schemas"] == [LIST]
    assert (listed["totalResults"], listed["startIndex"], listed["itemsPerPage"]) == (2, 1, 2)
    assert [group["displayName"] for group in listed["Resources"]] == ["Admins", "Users"]
    for group in listed["Resources"]:
        assert group == await read(scim, f"/Groups/{group['id']}")


async def test_a_group_tells_everything_about_its_members(scim, acme, ids):
    # O-52
    group = await read(scim, "/Groups/users")

    assert group["schemas"] == [GROUP]
    assert (group["id"], group["displayName"]) == ("users", "Users")
    assert group["meta"]["resourceType"] == "Group"
    assert group["meta"]["location"] == f"{scim.base_url}Groups/users"
    assert [member["value"] for member in group["members"]] == [acme.admin.id, *ids]
    member = group["members"][1]
    assert {name: member[name] for name in ("value", "type", "$ref")} == {
        "value": ids[0],
        "type": "User",
        "$ref": f"{scim.base_url}Users/{ids[0]}",
    }
    assert member["display"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ('filter=displayName eq "admins"', ["Admins"]),
        ('filter=displayName eq "nobody"', []),
        ('filter=id eq "users"', ["Users"]),
        ('filter=id eq "USERS"', []),
        ('filter=externalId eq "8aa"', []),
        ('filter=displayName co "s" and not (id eq "users")', ["Admins"]),
        ("startIndex=2", ["Users"]),
        ("count=1", ["Admins"]),
        ("count=0", []),
        ("startIndex=1&count=100", ["Admins", "Users"]),
    ],
)
async def test_groups_are_filtered_and_paged(scim, query, names):
    # O-11, E-11, E-16
    listed = await read(scim, f"/Groups?{query}&excludedAttributes=members")

    assert [group["displayName"] for group in listed["Resources"]] == names
    assert listed["itemsPerPage"] == len(names)
    assert all("members" not in group for group in listed["Resources"])


async def test_a_group_is_found_by_its_attributes_and_by_one_of_its_members(scim, acme, ids):
    # E-19, S-12
    await patch(scim, f"/Users/{ids[2]}", {"op": "replace", "path": "active", "value": False})

    for text, names in [
        ('displayName eq "ADMINS"', ["Admins"]),
        ('displayName sw "u" or id eq "admins"', ["Admins", "Users"]),
        ('displayName co "s" and not (id eq "users")', ["Admins"]),
        ("displayName eq Users", ["Users"]),
        (f'{GROUP}:displayName eq "users"', ["Users"]),
        ("externalId pr", []),
        ('meta.created gt "2020-01-01T00:00:00Z"', ["Admins", "Users"]),
        ('meta.resourceType eq "Group"', ["Admins", "Users"]),
        ('meta.resourceType eq "User"', []),
        (f'members eq "{ids[0]}"', ["Users"]),
        (f'members.value eq "{acme.admin.id}"', ["Admins", "Users"]),
        (f'members[value eq "{ids[0]}"]', ["Users"]),
        (f'members[value eq "{ids[0]}" or value eq "{acme.admin.id}"]', ["Admins", "Users"]),
        (f'members[value eq "{ids[0]}" and value eq "{ids[1]}"]', []),
        (f'members eq "{ids[0]}" and members eq "{ids[1]}"', ["Users"]),
        (f'not (members eq "{ids[0]}")', ["Admins"]),
        (f'id eq "admins" and members eq "{ids[0]}"', []),
        (f'members eq "{ids[2]}"', []),
        ('members eq "7"', []),
        ("members pr", ["Admins", "Users"]),
        ("members eq null", []),
        (f'members[value eq "{ids[0]}" and type eq "User"]', ["Users"]),
        (f'members[not (value eq "{acme.admin.id}")]', ["Users"]),
        (f'members ne "{ids[0]}"', ["Admins"]),
        (f'members.value ew "{ids[0][3:]}"', ["Users"]),
        ('members co "zz" or members.value pr and id eq "users"', ["Users"]),
        ('members[type eq "Group" or value sw "x"]', []),
        ('members.type eq "user"', ["Admins", "Users"]),
        (f'schemas eq "{GROUP}" and meta pr', ["Admins", "Users"]),
        (f'schemas eq "{CORE}"', []),
    ]:
        listed = (await scim.get("/Groups", params={"filter": text, "excludedAttributes": "members"})).json()

        assert [group["displayName"] for group in listed["Resources"]] == names, text
        assert listed["totalResults"] == len(names), text


async def test_a_member_of_another_organization_is_in_no_group(scim, globex):
    found = (await scim.get("/Groups", params={"filter": f'members eq "{globex.admin.id}"'})).json()

    assert (found["totalResults"], found["Resources"]) == (0, [])


async def test_a_filter_that_cannot_be_decided_is_refused(scim):
    for text in (
        *("", "x", 'nothing eq "x"', "displayName eq true", 'displayName[value eq "x"]', 'meta.version eq "1"'),
        *('members.display eq "Ada"', 'members[display eq "Ada"]', "members.$ref pr", "id gt true[", "members[id pr]"),
        " or ".join(f'members co "{number}"' for number in range(11)),
    ):
        answer = await scim.get("/Groups", params={"filter": text})

        assert refusal(answer) == (400, "invalidFilter"), text
        assert "Resources" not in answer.json()


async def test_groups_are_sorted_by_what_they_have(scim, acme, ids):
    await patch(scim, "/Groups/admins", {"op": "add", "path": "members", "value": members(ids[0])})

    for by in ("displayName", "id", "externalId", "meta.created", f"{GROUP}:DISPLAYNAME"):
        ascending = await read(scim, f"/Groups?sortBy={by}")
        descending = await read(scim, f"/Groups?sortBy={by}&sortOrder=descending&count=1")

        assert [group["id"] for group in ascending["Resources"]] == ["admins", "users"], by
        assert [group["id"] for group in descending["Resources"]] == ["users"], by
    for by in ("members", "meta", "meta.version", "schemas", "userName", "nothing"):
        assert refusal(await scim.get(f"/Groups?sortBy={by}")) == (400, "invalidValue"), by


async def test_a_walk_over_sorted_groups_misses_none_of_them(scim):
    for by in ("displayName", "externalId", "meta.lastModified"):
        for order, expected in (("ascending", ["admins", "users"]), ("descending", ["users", "admins"])):
            query = f"/Groups?sortBy={by}&sortOrder={order}&count=1&excludedAttributes=members"
            first = await read(scim, f"{query}&cursor=")
            second = await read(scim, f"{query}&cursor={first['nextCursor']}")

            assert [page["Resources"][0]["id"] for page in (first, second)] == expected, (by, order)
            assert "nextCursor" not in second


async def test_only_the_parts_of_members_that_are_asked_for_are_shown(scim, acme):
    only = await read(scim, "/Groups/admins?attributes=members.value")
    without = await read(scim, "/Groups/admins?excludedAttributes=members.$ref,members.display,meta")

    both = await read(scim, "/Groups/admins?attributes=members.value,members")

    assert only == {"schemas": [GROUP], "id": "admins", "members": members(acme.admin.id)}
    assert both["members"] == (await read(scim, "/Groups/admins"))["members"]
    assert without == {
        "schemas": [GROUP],
        "id": "admins",
        "displayName": "Admins",
        "members": [{"value": acme.admin.id, "type": "User"}],
    }


async def test_an_inactive_member_is_not_listed_and_comes_back_with_access(scim, acme, ids):
    # E-71
    await patch(scim, f"/Users/{ids[0]}", {"op": "replace", "path": "active", "value": False})
    assert await member_ids(scim, "users") == [acme.admin.id, *ids[1:]]

    await patch(scim, f"/Users/{ids[0]}", {"op": "replace", "path": "active", "value": True})
    assert await member_ids(scim, "users") == [acme.admin.id, *ids]


async def test_a_patch_is_answered_without_members(scim, acme, ids):
    # O-54, O-61
    answer = await patch(
        scim,
        "/Groups/admins",
        {"op": "add", "path": "members", "value": members(ids[0], ids[1])},
        {"op": "remove", "path": f'members[value eq "{ids[1]}"]'},
    )

    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["etag"] == (await scim.get("/Groups/admins")).headers["etag"]
    assert await member_ids(scim, "admins") == [acme.admin.id, ids[0]]
    assert [group["value"] for group in (await read(scim, f"/Users/{ids[0]}"))["groups"]] == ["admins", "users"]


async def test_a_patch_that_asks_for_attributes_is_answered_with_them(scim, acme, ids):
    # RFC 7644 section 3.5.2
    adding = {"op": "add", "path": "members", "value": members(ids[0])}

    answer = await patch(scim, "/Groups/admins?attributes=displayName,members.value", adding)
    without = await patch(scim, "/Groups/admins?excludedAttributes=members", adding)

    expected = {"displayName": "Admins", "members": members(acme.admin.id, ids[0])}
    assert (answer.status_code, answer.json()) == (200, {"schemas": [GROUP], "id": "admins", **expected})
    assert answer.headers["etag"] == (await scim.get("/Groups/admins")).headers["etag"]
    assert without.status_code == 204


async def test_a_put_replaces_the_members_and_shows_them(scim, acme, ids):
    # O-56
    body = {"schemas": [GROUP], "id": "users", "displayName": "Users", "members": members(ids[0], ids[2])}

    answer = await scim.put("/Groups/users", json=body)

    assert answer.status_code == 200
    assert [member["value"] for member in answer.json()["members"]] == [ids[0], ids[2]]
    assert answer.json() == await read(scim, "/Groups/users")


async def test_unknown_members_are_left_out_and_noted_and_the_others_are_not_lost(scim, services, acme, ids):
    # O-59
    operation = {
        "op": "add",
        "path": "members",
        "value": members("nobody", ids[0], "01900000-0000-7000-8000-000000000000"),
    }

    answer = await patch(scim, "/Groups/admins", operation)

    assert answer.status_code == 204
    assert await member_ids(scim, "admins") == [acme.admin.id, ids[0]]
    (request,) = await with_notes(services, acme)
    assert request.notes == (
        "members: left out, because no member of the organization has this id: "
        "n•••, 01900000-0000-7000-8000-000000000000.",
    )


async def test_the_strict_dialect_refuses_unknown_members_and_changes_nothing(strict, acme):
    user = await created(strict, bare("user@x.test"))

    answer = await patch(
        strict, "/Groups/admins", {"op": "add", "path": "members", "value": members(user["id"], "nobody")}
    )

    assert refusal(answer) == (400, "invalidValue")
    assert await member_ids(strict, "admins") == [acme.admin.id]


async def test_a_member_of_another_organization_is_unknown(scim, services, acme, globex):
    _, secret = await services.tokens.issue(globex.operator, "scim", "Other")

    await patch(scim, "/Groups/admins", {"op": "add", "path": "members", "value": members(globex.admin.id)})

    assert await member_ids(scim, "admins") == [acme.admin.id]
    async with scim_client(services, secret) as other:
        assert await member_ids(other, "admins") == [globex.admin.id]


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "members"},
        {"op": "replace", "path": "members", "value": []},
        {"op": "replace", "value": {"members": []}},
    ],
)
async def test_the_last_admin_stays(scim, acme, operation):
    answer = await patch(scim, "/Groups/admins", operation)

    assert refusal(answer) == (409, None)
    assert await member_ids(scim, "admins") == [acme.admin.id]


async def test_a_group_keeps_its_name_whatever_is_pushed(scim, services, acme):
    # O-53, E-46
    answers = [
        await patch(scim, "/Groups/users", {"op": "replace", "value": {"id": "users", "displayName": "Ops EU"}}),
        await patch(scim, "/Groups/users", {"op": "Replace", "path": "displayName", "value": "Ops EU"}),
        await scim.put("/Groups/users", json={"displayName": "Ops EU", "members": members(acme.admin.id)}),
    ]

    assert [answer.status_code for answer in answers] == [204, 204, 200]
    assert (await read(scim, "/Groups/users"))["displayName"] == "Users"
    notes = [request.notes for request in await with_notes(services, acme)]
    assert all("The name of Users cannot be changed; 'O•••' was ignored." in each for each in notes)
    assert len(notes) == 3


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH"])
async def test_an_unknown_group_is_404(scim, method):
    body = {"displayName": "x", "Operations": [{"op": "remove", "path": "members"}]}

    for group in ("nothing", "Users", "01900000-0000-7000-8000-000000000000"):
        assert refusal(await scim.request(method, f"/Groups/{group}", json=body)) == (404, None)


async def test_groups_are_neither_created_nor_deleted(scim):
    # O-50, O-57
    answers = [
        await scim.post("/Groups", json={"schemas": [GROUP], "displayName": "Ops", "members": []}),
        await scim.delete("/Groups/users"),
    ]

    for answer in answers:
        assert refusal(answer) == (501, None)
        assert "Admins and Users" in answer.json()["detail"]


async def test_pushes_at_the_same_time_lose_nobody(scim, acme):
    # E-67
    ids = [(await created(scim, bare(f"user{n}@x.test")))["id"] for n in range(20)]
    limit = asyncio.Semaphore(5)

    async def push(member):
        async with limit:
            return await patch(scim, "/Groups/admins", {"op": "add", "path": "members", "value": members(member)})

    answers = await asyncio.gather(*(push(member) for member in ids))

    assert {answer.status_code for answer in answers} == {204}
    assert await member_ids(scim, "admins") == [acme.admin.id, *ids]


async def test_a_push_of_a_hundred_thousand_members_is_taken(scim, services, acme, ids):
    unknown = [f"{number:036}" for number in range(100_000)]
    body = {"schemas": [GROUP], "displayName": "Users", "members": members(*ids, *unknown)}

    answer = await scim.put("/Groups/users", json=body)

    assert answer.status_code == 200
    assert [member["value"] for member in answer.json()["members"]] == ids
    (request,) = await with_notes(services, acme)
    assert request.notes[0].endswith("and 99990 more.")

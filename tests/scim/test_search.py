"""POST /.search, /Users/.search and /Groups/.search (RFC 7644 section 3.4.3)."""

import pytest

from rollbook.scim.search import SEARCH_URN
from tests.log import with_notes

from .people import GROUP, LIST, bare, created, read, refusal


@pytest.fixture
async def people(scim, acme):
    """Four members in the order of their making; the first is the organization's admin."""
    names = {"c": {"displayName": "zoe"}, "d": {}, "b": {"displayName": "Bea"}}
    made = [await created(scim, bare(f"{name}@x.test", title="t", **more)) for name, more in names.items()]
    return ["a@acme.test", *(user["userName"] for user in made)]


async def search(client, path, **asked):
    answer = await client.post(path, json={"schemas": [SEARCH_URN], **asked})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["schemas"] == [LIST]
    assert found["itemsPerPage"] == len(found["Resources"])
    return found


def kinds(found):
    return [(each["meta"]["resourceType"], each.get("userName") or each["displayName"]) for each in found["Resources"]]


async def test_a_search_of_users_finds_what_the_query_finds(scim, people):
    for asked, query in [
        ({}, ""),
        ({"filter": 'userName eq "C@x.test"'}, 'filter=userName eq "C@x.test"'),
        ({"startIndex": 2, "count": 2}, "startIndex=2&count=2"),
        ({"sortBy": "userName", "sortOrder": "descending"}, "sortBy=userName&sortOrder=descending"),
        ({"attributes": ["userName", "name.givenName"]}, "attributes=userName,name.givenName"),
        ({"excludedAttributes": ["meta", "groups"]}, "excludedAttributes=meta,groups"),
        ({"filter": "title pr", "count": 1, "sortBy": "userName"}, "filter=title pr&count=1&sortBy=userName"),
        ({"filter": None, "startIndex": None, "attributes": None}, ""),
        ({"attributes": [], "count": 0}, "count=0"),
    ]:
        assert await search(scim, "/Users/.search", **asked) == await read(scim, f"/Users?{query}"), asked


async def test_a_search_of_users_is_paged_by_cursor(scim, people):
    first = await search(scim, "/Users/.search", count=3, cursor="")
    second = await search(scim, "/Users/.search", count=3, cursor=first["nextCursor"])
    by_get = await scim.get("/Users", params={"count": "3", "cursor": first["nextCursor"]})

    assert [user["userName"] for user in (*first["Resources"], *second["Resources"])] == people
    assert second == by_get.json()
    assert "nextCursor" not in second


async def test_a_search_of_groups_finds_what_the_query_finds(scim, people):
    for asked, query in [
        ({}, ""),
        ({"filter": 'displayName eq "users"'}, 'filter=displayName eq "users"'),
        ({"excludedAttributes": ["members"], "sortBy": "displayName"}, "excludedAttributes=members&sortBy=displayName"),
        ({"startIndex": 2}, "startIndex=2"),
    ]:
        assert await search(scim, "/Groups/.search", **asked) == await read(scim, f"/Groups?{query}"), asked


ROOT = [
    ({}, [0, 1, 2, 3, "Admins", "Users"]),
    ({"filter": 'meta.resourceType eq "User"'}, [0, 1, 2, 3]),
    ({"filter": 'meta.resourceType eq "Group"'}, ["Admins", "Users"]),
    ({"filter": 'meta.resourceType eq "Group" or userName eq "c@x.test"'}, [1, "Admins", "Users"]),
    ({"filter": 'userName eq "c@x.test"'}, [1]),
    ({"filter": 'id eq "users"'}, ["Users"]),
    ({"filter": 'displayName eq "Admins"'}, ["Admins"]),
    ({"filter": 'meta.created gt "2020-01-01T00:00:00Z"'}, [0, 1, 2, 3, "Admins", "Users"]),
    # what only the one has, the other has no value for
    ({"filter": 'userName eq "c@x.test" or displayName eq "Admins"'}, [1, "Admins"]),
    ({"filter": 'not (userName co "x")'}, [0, "Admins", "Users"]),
    ({"filter": 'title ne "t"'}, [0, "Admins", "Users"]),
    ({"filter": "emails eq null and not (title pr)"}, ["Admins", "Users"]),
    ({"filter": 'emails[value eq "c@x.test"] or members pr'}, [1, "Admins", "Users"]),
    ({"filter": "manager pr or title ne null"}, [1, 2, 3]),
    # one order for both
    ({"sortBy": "userName"}, [0, 3, 1, 2, "Admins", "Users"]),
    ({"sortBy": "userName", "sortOrder": "descending"}, ["Users", "Admins", 2, 1, 3, 0]),
    ({"sortBy": "id", "sortOrder": "descending"}, ["Users", "Admins", 3, 2, 1, 0]),
    ({"sortBy": "displayName"}, ["Admins", 3, "Users", 1, 0, 2]),
    ({"sortBy": "displayName", "sortOrder": "descending"}, [2, 0, 1, "Users", 3, "Admins"]),
    ({"sortBy": "displayName", "filter": "displayName pr"}, ["Admins", 3, "Users", 1]),
    ({"sortBy": "externalId"}, [0, 1, 2, 3, "Admins", "Users"]),
]
"""By search at the root: the people by number and the groups that it finds."""


async def test_a_search_at_the_root_finds_users_and_groups(scim, people):
    for asked, expected in ROOT:
        found = await search(scim, "/.search", **asked)

        named = [("User", people[each]) if isinstance(each, int) else ("Group", each) for each in expected]
        assert kinds(found) == named, asked
        assert found["totalResults"] == len(named), asked


@pytest.mark.parametrize("asked", [{}, {"sortBy": "displayName"}, {"sortBy": "title", "sortOrder": "descending"}])
async def test_pages_at_the_root_join_to_the_whole(scim, people, asked):
    whole = await search(scim, "/.search", **asked)

    for count in (1, 2, 3, 4, 5, 6):
        starts = range(1, 7, count)
        pages = [await search(scim, "/.search", startIndex=start, count=count, **asked) for start in starts]

        assert [each for page in pages for each in page["Resources"]] == whole["Resources"]
        assert [page["totalResults"] for page in pages] == [6] * len(pages)
        assert [page["startIndex"] for page in pages] == list(range(1, 7, count))
    assert (await search(scim, "/.search", startIndex=7))["Resources"] == []
    assert (await search(scim, "/.search", count=0))["Resources"] == []


async def test_at_the_root_each_kind_shows_those_of_the_attributes_that_it_has(scim, people, acme):
    found = await search(scim, "/.search", attributes=["userName", "displayName", "members.value"], count=100)
    without = await search(scim, "/.search", excludedAttributes=["members", "emails"])

    admin = found["Resources"][0]
    assert admin == {"schemas": admin["schemas"], "id": acme.admin.id, "userName": "a@acme.test"}
    assert found["Resources"][4] == {
        "schemas": [GROUP],
        "id": "admins",
        "displayName": "Admins",
        "members": [{"value": acme.admin.id}],
    }
    assert not any("members" in each or "emails" in each for each in without["Resources"])


REFUSED = [
    ({"filter": 5}, "invalidValue"),
    ({"filter": ["id pr"]}, "invalidValue"),
    ({"filter": ""}, "invalidFilter"),
    ({"filter": 'nothing eq "x"'}, "invalidFilter"),
    ({"filter": "id"}, "invalidFilter"),
    ({"startIndex": "1"}, "invalidValue"),
    ({"startIndex": 1.5}, "invalidValue"),
    ({"count": True}, "invalidValue"),
    ({"count": [5]}, "invalidValue"),
    ({"attributes": "userName"}, "invalidValue"),
    ({"attributes": [5]}, "invalidValue"),
    ({"excludedAttributes": {"a": 1}}, "invalidValue"),
    ({"sortBy": 5}, "invalidValue"),
    ({"sortBy": "nothing"}, "invalidValue"),
    ({"sortOrder": "upwards"}, "invalidValue"),
    ({"cursor": 5}, "invalidValue"),
    ({"cursor": "", "startIndex": 1}, "invalidValue"),
]


async def test_a_search_that_cannot_be_read_is_refused(scim):
    for path in ("/.search", "/Users/.search", "/Groups/.search"):
        for asked, scim_type in REFUSED:
            answer = await scim.post(path, json={"schemas": [SEARCH_URN], **asked})

            assert refusal(answer) == (400, scim_type), (path, asked)
            assert "Resources" not in answer.json()


async def test_a_search_at_the_root_is_refused_where_one_type_refuses_it(scim):
    for text in ('members.display eq "Ada"', "groups.$ref pr", 'active eq "x"', 'id eq "admins" or nothing pr'):
        answer = await scim.post("/.search", json={"schemas": [SEARCH_URN], "filter": text})

        assert refusal(answer) == (400, "invalidFilter"), text


async def test_a_body_that_is_no_object_is_refused(scim):
    for content in (b"", b"[]", b"{", b'"id pr"'):
        assert refusal(await scim.post("/.search", content=content)) == (400, "invalidSyntax"), content


async def test_a_search_at_the_root_has_no_cursor(scim):
    assert refusal(await scim.post("/.search", json={"schemas": [SEARCH_URN], "cursor": ""})) == (400, "invalidValue")


async def test_the_message_names_its_schema_where_the_letter_counts(scim, strict, services, acme, people):
    for body in ({}, {"schemas": []}, {"schemas": [GROUP]}, {"schemas": SEARCH_URN}):
        assert refusal(await strict.post("/Users/.search", json=body)) == (400, "invalidSyntax")
        assert (await scim.post("/Users/.search", json=body)).json()["totalResults"] == 4
    assert (await search(strict, "/Users/.search"))["totalResults"] == 4

    requests = await with_notes(services, acme)
    note = f"schemas does not name {SEARCH_URN}; the body was read as if it did."
    assert [request.notes for request in requests if request.status == 200] == [(note,)] * 4


async def test_names_in_the_message_have_no_case(scim, people):
    body = {"SCHEMAS": [SEARCH_URN], "Filter": 'userName eq "c@x.test"'}

    found = (await scim.post("/Users/.search", json=body)).json()

    assert [user["userName"] for user in found["Resources"]] == ["c@x.test"]

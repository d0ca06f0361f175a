"""GET /Users: pages by index, and how a filter is written into an address (RFC 7644 section 3.4.2)."""

import pytest

from rollbook.scim.listing import Window, query_of

from .people import LIST, bare, created, patch, read, refusal


async def names(client, **parameters):
    answer = await client.get("/Users", params=parameters)
    assert answer.status_code == 200, answer.text
    return [user["userName"] for user in answer.json()["Resources"]]


@pytest.fixture
async def people(scim, acme):
    """Five members, in the order of their making; the first is the organization's admin."""
    return ["a@acme.test"] + [(await created(scim, bare(f"user{n}@x.test")))["userName"] for n in range(4)]


async def test_a_list_holds_everybody_in_full(scim, people):
    listed = await read(scim, "/Users")

    assert listed["schemas"] == [LIST]
    assert (listed["totalResults"], listed["startIndex"], listed["itemsPerPage"]) == (5, 1, 5)
    assert [user["userName"] for user in listed["Resources"]] == people
    for user in listed["Resources"]:
        assert user == await read(scim, f"/Users/{user['id']}")


PAGES = [
    ("startIndex=1&count=2", 1, slice(0, 2)),
    ("startIndex=3&count=2", 3, slice(2, 4)),
    ("startIndex=5&count=2", 5, slice(4, 5)),
    ("startIndex=6", 6, slice(0, 0)),
    ("startIndex=900", 900, slice(0, 0)),
    ("startIndex=0", 1, slice(0, 5)),
    ("startIndex=-7&count=1", 1, slice(0, 1)),
    ("startIndex=%2B2&count=1", 2, slice(1, 2)),
    ("count=0", 1, slice(0, 0)),
    ("count=-3", 1, slice(0, 0)),
    ("count=99999999999999999999", 1, slice(0, 5)),
    ("startIndex=99999999999999999999", 2**53 - 1, slice(0, 0)),
    ("startIndex=&count=", 1, slice(0, 5)),
    ("STARTINDEX=2&Count=1", 2, slice(1, 2)),
    ("sortBy=&sortOrder=&unknown=", 1, slice(0, 5)),
]
"""By query: the startIndex of the answer, and which of the people are on the page."""


async def test_a_page_is_the_stretch_that_was_asked_for(scim, people):
    # O-41, E-21
    for query, start_index, expected in PAGES:
        page = await read(scim, f"/Users?{query}")

        assert [user["userName"] for user in page["Resources"]] == people[expected], query
        assert (page["totalResults"], page["startIndex"]) == (5, start_index), query
        assert page["itemsPerPage"] == len(people[expected]), query


async def test_a_number_that_is_none_is_refused(scim):
    for query in ("startIndex=x", "count=x", "startIndex=1.5", "count=1e3", "count=0x1", "count=%D9%A1"):
        assert refusal(await scim.get(f"/Users?{query}")) == (400, "invalidValue"), query


async def test_any_character_can_be_looked_for(scim, people):
    # E-23
    names_with_marks = ["o'brien+x@x.test", 'say "hi"', "back\\slash", "ä#&=%@x.test", "100%_sure"]
    for name in names_with_marks:
        await created(scim, bare(name))

    for name in names_with_marks:
        text = name.replace("\\", "\\\\").replace('"', '\\"')
        assert await names(scim, filter=f'userName eq "{text}"') == [name]


async def test_a_plus_is_a_space_in_a_query_and_percent_2b_a_plus(scim, people):
    #
    await created(scim, bare("a+b@x.test"))

    page = await read(scim, "/Users?filter=userName+eq+%22a%2Bb%40x.test%22&")

    assert [user["userName"] for user in page["Resources"]] == ["a+b@x.test"]


async def test_a_filtered_list_is_paged_too(scim, people):
    page = await read(scim, "/Users?filter=active%20eq%20true&startIndex=2&count=2")

    assert [user["userName"] for user in page["Resources"]] == people[1:3]
    assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (5, 2, 2)


async def test_a_list_shows_only_the_attributes_asked_for(scim, people):
    page = await read(scim, "/Users?attributes=userName&count=2")

    assert [sorted(user) for user in page["Resources"]] == [["id", "schemas", "userName"]] * 2


async def test_an_inactive_user_is_listed_and_one_who_was_deleted_is_not(scim, people):
    # E-17
    inactive, gone = await created(scim, bare("inactive")), await created(scim, bare("gone"))
    await patch(scim, f"/Users/{inactive['id']}", {"op": "replace", "path": "active", "value": False})
    await scim.delete(f"/Users/{gone['id']}")

    assert await names(scim) == [*people, "inactive"]


def test_a_page_never_holds_more_than_a_thousand():
    assert query_of({"count": "5000"}).window == Window(1, 1000)
    assert query_of({}).window == Window(1, 100)

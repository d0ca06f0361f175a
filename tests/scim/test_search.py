"""POST /.search (RFC 7644 section 3.4.3)."""

import pytest

from rollbook.scim.search import SEARCH_URN

from .people import LIST, bare, created, refusal


async def search(client, path, **query):
    answer = await client.post(f"{path}/.search", json={"schemas": [SEARCH_URN], **query})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
async def people(scim):
    return [await created(scim, bare(f"p{at}@x.test")) for at in range(3)]


async def test_a_search_answers_as_the_same_query_does(scim, people):
    found = await search(
        scim,
        "/Users",
        filter='userName sw "p"',
        sortBy="userName",
        sortOrder="descending",
        startIndex=2,
        count=1,
        attributes=["userName"],
    )
    listed = await scim.get(
        "/Users?filter=userName%20sw%20%22p%22&sortBy=userName&sortOrder=descending&startIndex=2&count=1&attributes=userName"
    )

    assert found == listed.json()
    assert [user["userName"] for user in found["Resources"]] == ["p1@x.test"]


async def test_a_search_is_paged_by_cursor(scim, people):
    first = await search(scim, "/Users", cursor="", count=2)
    second = await search(scim, "/Users", cursor=first["nextCursor"], count=2)

    assert [len(page["Resources"]) for page in (first, second)] == [2, 2]
    assert "nextCursor" not in second


async def test_groups_are_searched(scim):
    found = await search(scim, "/Groups", filter='displayName eq "users"', excludedAttributes=["members"])

    assert [group["id"] for group in found["Resources"]] == ["users"]


async def test_a_search_of_everything_finds_users_and_groups(scim, people):
    whole = await search(scim, "", excludedAttributes=["members"])
    pages = [await search(scim, "", excludedAttributes=["members"], startIndex=at, count=1) for at in range(1, 8)]

    kinds = [resource["meta"]["resourceType"] for resource in whole["Resources"]]
    assert (whole["schemas"], whole["totalResults"], kinds) == ([LIST], 6, ["User"] * 4 + ["Group"] * 2)
    assert [resource["id"] for page in pages for resource in page["Resources"]] == [
        resource["id"] for resource in whole["Resources"]
    ]


@pytest.mark.parametrize(
    ("text", "ids"), [('displayName eq "Admins"', ["admins"]), ('meta.resourceType eq "Group"', ["admins", "users"])]
)
async def test_what_only_one_kind_knows_finds_only_that_kind(scim, people, text, ids):
    found = await search(scim, "", filter=text, excludedAttributes=["members"])

    assert [resource["id"] for resource in found["Resources"]] == ids


@pytest.mark.parametrize(
    ("query", "scim_type"),
    [
        ({"count": "5"}, "invalidValue"),
        ({"startIndex": True}, "invalidValue"),
        ({"filter": 5}, "invalidValue"),
        ({"attributes": "userName"}, "invalidValue"),
        ({"filter": 'nothing eq "x"'}, "invalidFilter"),
    ],
)
@pytest.mark.parametrize("path", ["", "/Users", "/Groups"])
async def test_a_search_of_the_wrong_shape_is_refused(scim, path, query, scim_type):
    assert refusal(await scim.post(f"{path}/.search", json=query)) == (400, scim_type)

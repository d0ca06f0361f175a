"""sortBy and sortOrder on users (RFC 7644 section 3.4.2.3)."""

from urllib.parse import quote

import pytest

from .people import CORE, ENTERPRISE, bare, created, patch, read, refusal

PEOPLE = [
    bare(
        "cleo@x.test",
        externalId="b",
        title="b",
        name={"givenName": "Cleo", "familyName": "Ångström"},
        emails=[{"value": "z@x.test"}, {"value": "b@x.test", "primary": True}],
        **{ENTERPRISE: {"department": "Ops", "manager": {"value": "m"}}},
    ),
    bare("Bob@x.test", externalId="B", title="A", emails=[{"value": "C@x.test"}, {"value": "a@x.test"}], active=False),
    bare("ada@x.test", title="a", roles=[{"value": "y", "primary": False}, {"value": "x"}]),
    bare("dora", title="B", nickName="", name={"givenName": "Dora", "familyName": "angst"}),
]

ORDERS = [
    # by the attribute: everybody in ascending order; who has no value comes last, ties are in the order of making
    ("userName", ["a@acme.test", "ada@x.test", "Bob@x.test", "cleo@x.test", "dora"]),
    ("externalId", ["Bob@x.test", "cleo@x.test", "a@acme.test", "ada@x.test", "dora"]),
    ("title", ["Bob@x.test", "ada@x.test", "cleo@x.test", "dora", "a@acme.test"]),
    ("TITLE", ["Bob@x.test", "ada@x.test", "cleo@x.test", "dora", "a@acme.test"]),
    (f"{CORE}:title", ["Bob@x.test", "ada@x.test", "cleo@x.test", "dora", "a@acme.test"]),
    ("active", ["Bob@x.test", "a@acme.test", "cleo@x.test", "ada@x.test", "dora"]),
    ("nickName", ["a@acme.test", "cleo@x.test", "Bob@x.test", "ada@x.test", "dora"]),
    ("name.familyName", ["a@acme.test", "ada@x.test", "dora", "Bob@x.test", "cleo@x.test"]),
    # of several values the primary one counts, else the first
    ("emails", ["a@acme.test", "ada@x.test", "cleo@x.test", "Bob@x.test", "dora"]),
    ("emails.value", ["a@acme.test", "ada@x.test", "cleo@x.test", "Bob@x.test", "dora"]),
    ("roles.value", ["ada@x.test", "a@acme.test", "cleo@x.test", "Bob@x.test", "dora"]),
    (f"{ENTERPRISE}:department", ["cleo@x.test", "a@acme.test", "Bob@x.test", "ada@x.test", "dora"]),
    (f"{ENTERPRISE}:manager", ["cleo@x.test", "a@acme.test", "Bob@x.test", "ada@x.test", "dora"]),
    ("meta.created", ["a@acme.test", "cleo@x.test", "Bob@x.test", "ada@x.test", "dora"]),
    ("id", ["a@acme.test", "cleo@x.test", "Bob@x.test", "ada@x.test", "dora"]),
]


@pytest.fixture
async def people(scim, acme):
    """The ids of everybody in the order of their making."""
    return [acme.admin.id, *[(await created(scim, body))["id"] for body in PEOPLE]]


async def names(client, query):
    return [user["userName"] for user in (await read(client, f"/Users?{query}"))["Resources"]]


async def test_a_list_is_in_the_order_that_was_asked_for(scim, people):
    for by, expected in ORDERS:
        assert await names(scim, f"sortBy={by}") == expected, by
        assert await names(scim, f"sortBy={by}&sortOrder=Ascending") == expected, by
        assert await names(scim, f"sortBy={by}&sortOrder=descending") == expected[::-1], by


async def test_an_order_without_an_attribute_says_nothing(scim, people):
    assert await names(scim, "sortOrder=descending") == await names(scim, "")


async def test_a_change_moves_a_user_to_another_place(scim, people):
    await patch(scim, f"/Users/{people[0]}", {"op": "replace", "path": "title", "value": "0"})

    assert (await names(scim, "sortBy=title"))[0] == "a@acme.test"
    assert (await names(scim, "sortBy=meta.lastModified&sortOrder=descending"))[0] == "a@acme.test"


@pytest.mark.parametrize("order", ["ascending", "descending"])
async def test_pages_of_a_sorted_list_join_to_the_list(scim, people, order):
    for by, _ in ORDERS:
        query = f"sortBy={by}&sortOrder={order}&attributes=userName"
        whole = await names(scim, query)

        by_index = [name for start in (1, 3, 5) for name in await names(scim, f"{query}&startIndex={start}&count=2")]
        by_cursor, cursor = [], ""
        while cursor is not None:
            page = await read(scim, f"/Users?{query}&count=2&cursor={quote(cursor)}")
            by_cursor += [user["userName"] for user in page["Resources"]]
            cursor = page.get("nextCursor")

        assert by_index == by_cursor == whole, by


async def test_a_filtered_list_is_sorted_too(scim, people):
    assert await names(scim, "filter=title pr&sortBy=userName&sortOrder=descending&count=3") == [
        "dora",
        "cleo@x.test",
        "Bob@x.test",
    ]


async def test_an_order_that_there_is_not_is_refused(scim):
    for query in (
        *("sortBy=nothing", "sortBy=name", "sortBy=addresses", "sortBy=groups", "sortBy=password", "sortBy=schemas"),
        *("sortBy=meta", "sortBy=meta.version", "sortBy=emails[primary eq true]", "sortBy=userName,title"),
        *("sortBy=department", "sortBy=userName&sortOrder=upwards", "sortOrder=1"),
    ):
        assert refusal(await scim.get(f"/Users?{query}")) == (400, "invalidValue"), query

"""sortBy and sortOrder (RFC 7644 section 3.4.2.3)."""

import pytest

from .people import bare, created, read, refusal

WORK = {"value": "m@x.test", "type": "work", "primary": True}


@pytest.fixture
async def people(scim):
    await created(scim, bare("Bo", title="Engineer", emails=[{"value": "z@x.test"}, WORK]))
    await created(scim, bare("ann", title="analyst", emails=[{"value": "a@x.test"}]))
    await created(scim, bare("Cy", emails=[{"value": "c@x.test"}]))
    await created(scim, bare("Éve", title="Engineer", emails=[{"value": "e@x.test"}]))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("sortBy=userName", "ann Bo Cy Éve"),
        ("sortBy=USERNAME&sortOrder=descending", "Éve Cy Bo ann"),
        ("sortBy=emails.value", "ann Cy Éve Bo"),
        ("sortBy=emails", "ann Cy Éve Bo"),
        ("sortBy=title", "ann Bo Éve Cy"),
        ("sortBy=title&sortOrder=descending", "Cy Éve Bo ann"),
        ("sortBy=meta.created&sortOrder=descending", "Éve Cy ann Bo"),
        ("sortOrder=descending", "Bo ann Cy Éve"),
    ],
    ids=["text", "descending", "primary or first", "multi-valued", "absent last", "absent first", "time", "no sortBy"],
)
async def test_people_come_in_the_order_that_was_asked_for(scim, people, query, expected):
    listed = await read(scim, f"/Users?{query}&filter=emails.value%20ew%20%22x.test%22")
    pages = [
        await read(scim, f"/Users?{query}&filter=emails.value%20ew%20%22x.test%22&startIndex={at}&count=1")
        for at in range(1, 5)
    ]

    assert " ".join(user["userName"] for user in listed["Resources"]) == expected
    assert [page["Resources"][0]["id"] for page in pages] == [user["id"] for user in listed["Resources"]]


@pytest.mark.parametrize("query", ["sortBy=nothing", "sortBy=name", "sortBy=groups", "sortBy=title&sortOrder=up"])
async def test_an_order_that_there_is_not_is_refused(scim, query):
    assert refusal(await scim.get(f"/Users?{query}")) == (400, "invalidValue")


async def test_groups_are_sorted_by_name(scim):
    for order, expected in (("ascending", ["Admins", "Users"]), ("descending", ["Users", "Admins"])):
        listed = await read(scim, f"/Groups?sortBy=displayName&sortOrder={order}&excludedAttributes=members")

        assert [group["displayName"] for group in listed["Resources"]] == expected

"""Pages by cursor (RFC 9865): a walk misses nobody who is there all the time; a cursor is good for its query only."""

import base64
from urllib.parse import quote

import pytest

from rollbook.scim import cursors

from .conftest import scim_client
from .people import bare, created, patch, read, refusal


@pytest.fixture
async def people(scim, acme):
    """The ids of nine members in the order of their making; the first is the organization's admin."""
    made = [await created(scim, bare(f"{letter}@x.test")) for letter in "hcfbgaed"]
    return [acme.admin.id, *(user["id"] for user in made)]


async def page_of(client, query, cursor=""):
    return await read(client, f"/Users?attributes=userName&{query}&cursor={quote(cursor)}")


def ids_on(page):
    return [user["id"] for user in page["Resources"]]


async def test_the_pages_join_to_the_whole_list(scim, people):
    pages = [await page_of(scim, "count=4")]
    while "nextCursor" in pages[-1]:
        pages.append(await page_of(scim, "count=4", pages[-1]["nextCursor"]))

    assert [ids_on(page) for page in pages] == [people[:4], people[4:8], people[8:]]
    assert [page["totalResults"] for page in pages] == [9, 9, 9]
    assert [page["itemsPerPage"] for page in pages] == [4, 4, 1]
    assert ["nextCursor" in page for page in pages] == [True, True, False]
    assert not any("startIndex" in page or "previousCursor" in page for page in pages)


async def test_a_page_that_ends_where_the_list_ends_is_the_last(scim, people):
    first = await page_of(scim, "count=9")
    second = await page_of(scim, "count=8")
    third = await page_of(scim, "count=1", second["nextCursor"])

    assert "nextCursor" not in first
    assert ids_on(third) == people[8:]
    assert "nextCursor" not in third


async def test_the_length_may_change_from_page_to_page(scim, people):
    first = await page_of(scim, "count=2")
    second = await page_of(scim, "count=5", first["nextCursor"])
    rest = await read(scim, f"/Users?cursor={quote(second['nextCursor'])}")

    assert [*ids_on(first), *ids_on(second), *ids_on(rest)] == people


@pytest.mark.parametrize(
    "query", ["count=2", "count=2&sortBy=userName", "count=2&sortBy=title&sortOrder=descending", "count=2&filter=id pr"]
)
async def test_a_walk_among_changes_misses_nobody_and_shows_nobody_twice(scim, people, query):
    gone, come = set(), set()
    page = await page_of(scim, query)
    seen = ids_on(page)
    for number in range(3):
        # the one on whose place the walk stands, one behind it, and one who is perhaps still to come
        for each in {seen[-1], seen[0], people[number + 5]} - {people[0]} - gone:
            await scim.delete(f"/Users/{each}")
            gone.add(each)
        for side in ("0", "zz"):
            come.add((await created(scim, bare(f"{side}{number}@x.test")))["id"])
        page = await page_of(scim, query, page["nextCursor"])
        seen += ids_on(page)
    while "nextCursor" in page:
        page = await page_of(scim, query, page["nextCursor"])
        seen += ids_on(page)

    assert set(people) - gone <= set(seen) <= {*people, *come}
    assert len(seen) == len(set(seen))
    assert 3 < len(gone) < len(people) - 1


async def test_who_changes_during_a_walk_is_not_missed(scim, people):
    page = await page_of(scim, "count=3")
    seen = ids_on(page)
    while "nextCursor" in page:
        for each in people[1:]:
            await patch(scim, f"/Users/{each}", {"op": "add", "path": "title", "value": page["nextCursor"][:20]})
        page = await page_of(scim, "count=3", page["nextCursor"])
        seen += ids_on(page)

    assert seen == people


async def test_a_cursor_is_good_for_its_own_query_only(scim, services, globex, people):
    cursor = quote((await page_of(scim, "count=2&sortBy=userName&filter=id pr"))["nextCursor"])
    _, secret = await services.tokens.issue(globex.operator, "scim", "Other")

    async with scim_client(services, secret) as other:
        answers = [
            await scim.get(f"/Users?cursor={cursor}"),
            await scim.get(f"/Users?cursor={cursor}&sortBy=userName"),
            await scim.get(f"/Users?cursor={cursor}&filter=id pr"),
            await scim.get(f"/Users?cursor={cursor}&sortBy=userName&filter=userName pr"),
            await scim.get(f"/Users?cursor={cursor}&sortBy=userName&filter=id pr&sortOrder=descending"),
            await scim.get(f"/Groups?cursor={cursor}&filter=id pr"),
            await other.get(f"/Users?cursor={cursor}&sortBy=userName&filter=id pr"),
        ]
    own = await scim.get(f"/Users?cursor={cursor}&sortBy=userName&filter=id pr")

    assert [refusal(answer) for answer in answers] == [(400, "invalidCursor")] * len(answers)
    assert own.status_code == 200


async def test_a_cursor_that_was_changed_or_made_up_is_refused(scim, people):
    cursor = (await page_of(scim, "count=2"))["nextCursor"]
    sealed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    changed = [sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :] for at in (0, 15, 16, len(sealed) - 1)]
    wrong = [base64.urlsafe_b64encode(each).decode().rstrip("=") for each in (*changed, sealed[:16], sealed[16:])]

    for each in (*wrong, "x", "é", "2", "AA", "\0", cursor[:-4], f"{cursor}AAAA", cursor.swapcase()):
        answer = await scim.get("/Users", params={"cursor": each, "count": "2"})

        assert refusal(answer) == (400, "invalidCursor"), each


async def test_an_old_cursor_is_refused_as_such(scim, people, monkeypatch):
    cursor = quote((await page_of(scim, "count=2"))["nextCursor"])
    now = cursors.time.time()
    monkeypatch.setattr(cursors.time, "time", lambda: now + cursors.CURSOR_SECONDS + 2)

    answer = await scim.get(f"/Users?count=2&cursor={cursor}")

    assert refusal(answer) == (400, "expiredCursor")


async def test_a_query_that_contradicts_itself_is_refused(scim):
    for query, scim_type in [
        ("cursor=&startIndex=1", "invalidValue"),
        ("cursor=x&startIndex=5", "invalidValue"),
        ("cursor=&count=x", "invalidCount"),
        ("cursor=&count=1.5", "invalidCount"),
    ]:
        assert refusal(await scim.get(f"/Users?{query}")) == (400, scim_type), query


async def test_an_empty_start_index_beside_a_cursor_says_nothing(scim, people):
    assert ids_on(await page_of(scim, "count=3&startIndex=")) == people[:3]


async def test_a_page_of_nobody_says_how_many_there_are(scim, people):
    page = await page_of(scim, "count=0")

    assert (page["totalResults"], page["itemsPerPage"], page["Resources"]) == (9, 0, [])
    assert "nextCursor" not in page


async def test_groups_are_paged_by_cursor_too(scim):
    first = await read(scim, "/Groups?count=1&cursor=&attributes=displayName")
    second = await read(scim, f"/Groups?count=1&attributes=displayName&cursor={quote(first['nextCursor'])}")

    assert [group["id"] for group in (*first["Resources"], *second["Resources"])] == ["admins", "users"]
    assert (first["totalResults"], second["totalResults"]) == (2, 2)
    assert "nextCursor" not in second

"""Paging by cursor (RFC 9865)."""

import pytest

from rollbook.scim import cursors

from .people import bare, created, read, refusal


@pytest.fixture
async def people(scim):
    return [await created(scim, bare(f"p{at}@x.test", title="T" if at % 2 else None)) for at in range(7)]


async def walk(client, query, *, between=None):
    """The userNames of all pages, and the pages."""
    names, pages, cursor = [], [], ""
    while True:
        page = await read(client, f"/Users?{query}&count=2&cursor={cursor}")
        pages.append(page)
        names += [user["userName"] for user in page["Resources"]]
        cursor = page.get("nextCursor")
        if cursor is None:
            return names, pages
        if between is not None:
            await between(len(pages))


@pytest.mark.parametrize(
    "query", ["a=", "sortBy=title", "sortBy=title&sortOrder=descending", "sortBy=active", "sortBy=meta.created"]
)
async def test_a_walk_finds_everyone_once_and_in_the_order_of_the_list(scim, people, query):
    whole = [user["userName"] for user in (await read(scim, f"/Users?{query}"))["Resources"]]

    names, pages = await walk(scim, query)

    assert names == whole
    assert {page["totalResults"] for page in pages} == {8}
    assert [page["itemsPerPage"] for page in pages] == [2, 2, 2, 2]
    assert all("startIndex" not in page for page in pages)


async def test_who_is_there_all_the_time_is_never_missed(scim, people):
    async def change(number):
        await created(scim, bare(f"new{number}@x.test"))
        await scim.delete(f"/Users/{people[number]['id']}")  # some already passed, some not yet reached

    names, _ = await walk(scim, "a=", between=change)

    there_all_the_time = {user["userName"] for user in people} - {f"p{at}@x.test" for at in range(1, 7)}
    assert there_all_the_time <= set(names)
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "change", ["filter=active%20eq%20true", "sortBy=userName", "sortBy=title&sortOrder=descending"]
)
async def test_a_cursor_belongs_to_its_query(scim, people, change):
    cursor = (await read(scim, "/Users?count=2&cursor="))["nextCursor"]

    assert refusal(await scim.get(f"/Users?{change}&cursor={cursor}")) == (400, "invalidCursor")


@pytest.mark.parametrize(
    "damage", [lambda c: c[:-1], lambda c: "A" + c, lambda c: c.swapcase(), lambda c: "x", lambda c: "é"]
)
async def test_a_changed_cursor_is_refused(scim, people, damage):
    cursor = damage((await read(scim, "/Users?count=2&cursor="))["nextCursor"])

    assert refusal(await scim.get("/Users", params={"count": 2, "cursor": cursor})) == (400, "invalidCursor")


async def test_a_cursor_of_another_organization_is_refused(services, scim, people, globex):
    from rollbook.domain.tokens import TokenKind

    from .conftest import scim_client

    cursor = (await read(scim, "/Users?count=2&cursor="))["nextCursor"]
    _, secret = await services.tokens.issue(globex.operator, TokenKind.SCIM, "Okta")

    async with scim_client(services, secret) as theirs:
        assert refusal(await theirs.get(f"/Users?count=2&cursor={cursor}")) == (400, "invalidCursor")


async def test_an_old_cursor_is_refused(scim, people, monkeypatch):
    cursor = (await read(scim, "/Users?count=2&cursor="))["nextCursor"]
    now = cursors.time.time()
    monkeypatch.setattr(cursors.time, "time", lambda: now + cursors.CURSOR_SECONDS + 2)

    assert refusal(await scim.get(f"/Users?count=2&cursor={cursor}")) == (400, "expiredCursor")


async def test_the_two_ways_of_paging_do_not_mix(scim):
    assert refusal(await scim.get("/Users?cursor=&startIndex=1")) == (400, "invalidValue")
    assert refusal(await scim.get("/Users?cursor=&count=x")) == (400, "invalidCount")


async def test_groups_are_paged_by_cursor_too(scim):
    first = await read(scim, "/Groups?cursor=&count=1&excludedAttributes=members")
    second = await read(scim, f"/Groups?cursor={first['nextCursor']}&count=1&excludedAttributes=members")

    assert [group["id"] for page in (first, second) for group in page["Resources"]] == ["admins", "users"]
    assert "nextCursor" not in second

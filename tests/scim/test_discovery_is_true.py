"""What ServiceProviderConfig claims is so, and is all that the client can rely on (RFC 7643 section 5)."""

import json
import time
from urllib.parse import quote

import pytest

from tests.log import with_notes

from .bulk import creation, end, message, perform, statuses
from .conftest import PREFIX
from .people import ada, bare, created, patch, read, refusal

SECRET = "correct horse battery staple"

only_sqlite = pytest.mark.parametrize("server", ["sqlite"], indirect=True)


@pytest.fixture
async def config(scim, acme):
    return await read(scim, "/ServiceProviderConfig")


async def test_patch(scim, config):
    user = await created(scim, ada())

    changed = await patch(scim, f"/Users/{user['id']}", {"op": "replace", "path": "title", "value": "Dr"})

    assert config["patch"] == {"supported": True}
    assert changed.json()["title"] == "Dr"


async def test_bulk_takes_as_many_operations_as_it_says_and_no_more(scim, config):
    limit = config["bulk"]["maxOperations"]

    most = await scim.post("/Bulk", json=message(*(end(f"/Users/{n}") for n in range(limit))), timeout=60)
    more = await scim.post("/Bulk", json=message(*(end(f"/Users/{n}") for n in range(limit + 1))))

    assert config["bulk"]["supported"] is True
    assert statuses(most.json()["Operations"]) == ["404"] * limit
    assert refusal(more) == (413, None)
    assert str(limit) in more.json()["detail"]


async def test_bulk_takes_as_many_bytes_as_it_says_and_no_more(scim, config):
    limit = config["bulk"]["maxPayloadSize"]

    def of(size):
        body = json.dumps(message(end("/Users/7"), padding="")).encode()
        return body[:-2] + b"x" * (size - len(body)) + body[-2:]

    most, more = [await scim.post("/Bulk", content=of(size)) for size in (limit, limit + 1)]

    assert statuses(most.json()["Operations"]) == ["404"]
    assert refusal(more) == (413, None)
    assert str(limit) in more.json()["detail"]


@only_sqlite
async def test_pages_are_as_long_as_it_says(scim, config):
    paging, most = config["pagination"], config["filter"]["maxResults"]
    results = await perform(scim, *(creation(f"{n}", bare(f"{n}@x.test")) for n in range(1000)))
    assert statuses(results) == ["201"] * 1000

    plain = await read(scim, "/Users")
    unlimited = await read(scim, f"/Users?count={most + 1}")
    filtered = await read(scim, f"/Users?count={most + 1}&filter=userName pr")

    assert most == paging["maxPageSize"] == 1000
    assert plain["itemsPerPage"] == len(plain["Resources"]) == paging["defaultPageSize"]
    for page in (unlimited, filtered):
        assert (page["totalResults"], page["itemsPerPage"], len(page["Resources"])) == (1001, most, most)


async def test_both_ways_of_paging_lead_to_everybody_and_the_default_is_by_index(scim, config):
    for n in range(7):
        await created(scim, bare(f"{n}@x.test"))

    by_index = [await read(scim, f"/Users?startIndex={start}&count=3") for start in (1, 4, 7)]
    by_cursor = [await read(scim, "/Users?cursor&count=3")]
    while "nextCursor" in by_cursor[-1]:
        by_cursor.append(await read(scim, f"/Users?count=3&cursor={quote(by_cursor[-1]['nextCursor'])}"))
    plain = await read(scim, "/Users")

    assert (config["pagination"]["cursor"], config["pagination"]["index"]) == (True, True)
    assert config["pagination"]["defaultPaginationMethod"] == "index"
    assert plain["startIndex"] == 1
    assert "nextCursor" not in plain
    for pages in (by_index, by_cursor):
        assert [user for page in pages for user in page["Resources"]] == plain["Resources"]


async def test_a_cursor_lives_as_long_as_it_says_and_no_longer(scim, config, monkeypatch):
    await created(scim, ada())
    now = time.time()
    cursor = quote((await read(scim, "/Users?cursor&count=1"))["nextCursor"])

    monkeypatch.setattr(time, "time", lambda: now + config["pagination"]["cursorTimeout"] - 1)
    in_time = await scim.get(f"/Users?count=1&cursor={cursor}")
    monkeypatch.setattr(time, "time", lambda: now + config["pagination"]["cursorTimeout"] + 2)
    late = await scim.get(f"/Users?count=1&cursor={cursor}")

    assert [user["userName"] for user in in_time.json()["Resources"]] == ["ada@x.test"]
    assert refusal(late) == (400, "expiredCursor")


async def test_sort(scim, config):
    for name in ("b", "C", "a"):
        await created(scim, bare(f"{name}@x.test", title="x"))

    listed = [
        [
            user["userName"]
            for user in (await read(scim, f'/Users?filter=title eq "x"&sortBy=userName{order}'))["Resources"]
        ]
        for order in ("", "&sortOrder=ascending", "&sortOrder=descending")
    ]

    ascending = ["a@x.test", "b@x.test", "C@x.test"]
    assert config["sort"] == {"supported": True}
    assert listed == [ascending, ascending, ascending[::-1]]


async def test_entity_tags_stand_on_everything_and_are_compared(scim, config):
    user = await created(scim, ada())

    assert config["etag"] == {"supported": True}
    for path in (f"/Users/{user['id']}", "/Groups/admins", "/ServiceProviderConfig", "/Schemas", "/ResourceTypes/User"):
        got = await scim.get(path)
        tag = got.headers["etag"]
        again = await scim.get(path, headers={"If-None-Match": tag})
        other = await scim.get(path, headers={"If-None-Match": 'W/"0"'})

        assert got.json().get("meta", {"version": tag})["version"] == tag
        assert (again.status_code, again.content) == (304, b"")
        assert (other.status_code, other.json()) == (200, got.json())


@pytest.mark.parametrize("path", ["/Users/{user}", "/Groups/admins"])
async def test_a_change_of_what_changed_meanwhile_is_refused(scim, config, path):
    user = await created(scim, ada())
    path = path.format(user=user["id"])
    add = {"op": "add", "value": {"members": [{"value": user["id"]}]} if "Groups" in path else {"title": "Dr"}}
    before = await scim.get(path)

    stale = await patch(scim, path, add, headers={"If-Match": 'W/"999"'})
    unchanged = await scim.get(path)
    fresh = await patch(scim, path, add, headers={"If-Match": before.headers["etag"]})
    after = await scim.get(path)

    assert refusal(stale) == (412, None)
    assert unchanged.json() == before.json()
    assert fresh.status_code in (200, 204)
    assert after.headers["etag"] != before.headers["etag"]


@only_sqlite
async def test_a_password_cannot_be_changed_and_is_kept_nowhere(scim, services, settings, acme, config, caplog):
    caplog.set_level("DEBUG")
    user = await created(scim, ada(password=SECRET))
    path = f"/Users/{user['id']}"

    answers = [
        await scim.put(path, json=ada(password=SECRET)),
        await patch(scim, path, {"op": "replace", "path": "password", "value": SECRET}),
        await patch(scim, path, {"op": "add", "value": {"password": SECRET}}),
        await scim.get(path, params={"attributes": "password"}),
    ]

    assert config["changePassword"] == {"supported": False}
    assert [answer.status_code for answer in answers] == [200] * 4
    assert "password" not in await read(scim, path)
    assert refusal(await scim.get("/Users", params={"filter": f'password eq "{SECRET}"'})) == (400, "invalidFilter")
    assert await with_notes(services, acme)
    kept = [file.read_bytes() for file in settings.data_dir.rglob("*") if file.is_file()]
    assert kept
    assert not any(SECRET.encode() in content for content in kept)
    assert SECRET not in caplog.text


async def test_the_token_is_taken_as_it_says_and_in_no_other_scheme(http, scim_token, config):
    (scheme,) = config["authenticationSchemes"]

    bearer = await http.get(f"{PREFIX}/Users", headers={"Authorization": f"Bearer {scim_token}"})
    basic = await http.get(f"{PREFIX}/Users", auth=("okta", scim_token))

    assert (scheme["type"], scheme["primary"]) == ("oauthbearertoken", True)
    assert "Authorization: Bearer <token>" in scheme["description"]
    assert bearer.status_code == 200
    assert refusal(basic) == (401, None)


async def test_every_resource_type_is_at_its_endpoint_with_its_schemas(scim, acme):
    for kind in (await read(scim, "/ResourceTypes"))["Resources"]:
        (first, *_) = (await read(scim, kind["endpoint"]))["Resources"]

        assert first["meta"]["resourceType"] == kind["name"]
        assert kind["schema"] in first["schemas"]
        for urn in (kind["schema"], *(each["schema"] for each in kind["schemaExtensions"])):
            assert (await read(scim, f"/Schemas/{urn}"))["id"] == urn

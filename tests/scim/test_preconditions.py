"""What a change may depend on: If-Match and If-None-Match in all their forms (RFC 9110 section 13.1)."""

import pytest

from .people import PATCH, ada, bare, created, member_ids, read, refusal

USERS = "/Groups/users"


def titled(title):
    return {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "title", "value": title}]}


@pytest.fixture
async def path(scim):
    """The address of a user at version 1."""
    return f"/Users/{(await created(scim, ada()))['id']}"


@pytest.mark.parametrize("header", ["*", 'W/"1"', '"1"', 'W/"7", W/"1"'])
async def test_a_version_that_is_not_wanted_is_not_changed(scim, path, header):
    before = await read(scim, path)
    unless = {"If-None-Match": header}

    answers = [
        await scim.patch(path, json=titled("Dr"), headers=unless),
        await scim.put(path, json=bare("other@x.test"), headers=unless),
        await scim.delete(path, headers=unless),
    ]

    assert [refusal(answer) for answer in answers] == [(412, None)] * 3
    assert 'W/"1"' in answers[0].json()["detail"]
    assert await read(scim, path) == before


@pytest.mark.parametrize("header", ['W/"2"', '"x"', 'W/"7", W/"8"'])
async def test_any_other_version_is_changed(scim, path, header):
    unless = {"If-None-Match": header}

    patched = await scim.patch(path, json=titled("Dr"), headers=unless)
    both = await scim.patch(path, json=titled("Prof"), headers={"If-None-Match": 'W/"1"', "If-Match": 'W/"2"'})
    deleted = await scim.delete(path, headers={"If-None-Match": 'W/"2"'})

    assert (patched.status_code, patched.json()["title"], patched.headers["etag"]) == (200, "Dr", 'W/"2"')
    assert (both.status_code, both.json()["title"]) == (200, "Prof")
    assert deleted.status_code == 204


async def test_both_conditions_hold_or_nothing_changes(scim, path):
    before = await read(scim, path)

    for both in ({"If-Match": 'W/"2"', "If-None-Match": 'W/"3"'}, {"If-Match": 'W/"1"', "If-None-Match": "*"}):
        assert refusal(await scim.patch(path, json=titled("Dr"), headers=both)) == (412, None)

    assert await read(scim, path) == before


async def test_the_members_of_a_group_are_changed_unless_it_is_at_a_version(scim, path):
    member = path.rpartition("/")[2]
    tag = (await scim.get(USERS)).headers["etag"]
    body = {"schemas": [PATCH], "Operations": [{"op": "remove", "path": f'members[value eq "{member}"]'}]}

    for header in (tag, "*"):
        assert refusal(await scim.patch(USERS, json=body, headers={"If-None-Match": header})) == (412, None)
        assert member in await member_ids(scim, "users")

    assert (await scim.patch(USERS, json=body, headers={"If-None-Match": 'W/"1"'})).status_code == 204
    assert member not in await member_ids(scim, "users")


async def test_what_does_not_exist_is_404_whatever_it_depends_on(scim):
    for headers in ({"If-None-Match": "*"}, {"If-Match": "*"}, {"If-Match": 'W/"1", W/"2"'}):
        assert refusal(await scim.patch("/Users/7", json=titled("Dr"), headers=headers)) == (404, None)
        assert refusal(await scim.delete("/Users/7", headers=headers)) == (404, None)

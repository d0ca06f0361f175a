"""Entity tags of groups and of discovery: another one after every change, and a change may depend on it."""

import asyncio

import pytest

from .people import bare, created, member_ids, read, refusal

USERS = "/Groups/users"


def removing(member_id):
    path = f'members[value eq "{member_id}"]'
    return {"Operations": [{"op": "remove", "path": path}]}


async def test_a_group_has_a_version_that_changes_with_its_members(scim):
    before = await scim.get(USERS)
    again = await scim.get(USERS)

    await created(scim, bare("bo@acme.test"))

    after = await scim.get(USERS)
    assert before.headers["etag"] == before.json()["meta"]["version"] == again.headers["etag"]
    assert after.headers["etag"] == after.json()["meta"]["version"] != before.headers["etag"]
    assert after.json()["meta"]["lastModified"] >= before.json()["meta"]["lastModified"]


async def test_a_client_that_has_the_version_of_a_group_gets_304(scim):
    tag = (await scim.get(USERS)).headers["etag"]

    unchanged = await scim.get(USERS, headers={"If-None-Match": tag})

    assert (unchanged.status_code, unchanged.content, unchanged.headers["etag"]) == (304, b"", tag)


@pytest.mark.parametrize("header", ["", 'W/"1", ', "*"])
async def test_a_group_changes_at_the_version_that_was_expected(scim, header):
    bo = await created(scim, bare("bo@acme.test"))
    tag = (await scim.get(USERS)).headers["etag"]
    expected = header if header == "*" else header + tag

    answer = await scim.patch(USERS, json=removing(bo["id"]), headers={"If-Match": expected})

    assert answer.status_code == 204
    assert bo["id"] not in await member_ids(scim, "users")


async def test_a_group_that_changed_in_the_meantime_does_not_change(scim):
    tag = (await scim.get(USERS)).headers["etag"]
    bo = await created(scim, bare("bo@acme.test"))
    before = await read(scim, USERS)

    patched = await scim.patch(USERS, json=removing(bo["id"]), headers={"If-Match": tag})
    put = await scim.put(USERS, json={"displayName": "Users", "members": []}, headers={"If-Match": tag})

    assert refusal(patched) == refusal(put) == (412, None)
    assert await read(scim, USERS) == before


async def test_of_two_changes_at_the_same_version_one_is_made(scim):
    people = [await created(scim, bare(f"p{number}@acme.test")) for number in range(5)]
    headers = {"If-Match": (await scim.get(USERS)).headers["etag"]}

    answers = await asyncio.gather(
        *(scim.patch(USERS, json=removing(person["id"]), headers=headers) for person in people)
    )

    assert sorted(answer.status_code for answer in answers) == [204, 412, 412, 412, 412]
    assert len(await member_ids(scim, "users")) == 5  # the admin and four of five


@pytest.mark.parametrize("path", ["/ServiceProviderConfig", "/Schemas", "/ResourceTypes", "/ResourceTypes/User"])
async def test_discovery_has_versions_too(scim, path):
    first = await scim.get(path)
    known = await scim.get(path, headers={"If-None-Match": first.headers["etag"]})

    assert (known.status_code, known.content) == (304, b"")
    if "meta" in first.json():
        assert first.json()["meta"]["version"] == first.headers["etag"]

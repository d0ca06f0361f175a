"""DELETE /Users/{id} (RFC 7644 section 3.6)."""

import pytest

from .people import ada, created, member_ids, read, refusal


async def test_a_deleted_user_is_gone_and_the_name_is_free(scim, acme):
    # E-69
    user = await created(scim, ada())

    first, second = await scim.delete(f"/Users/{user['id']}"), await scim.delete(f"/Users/{user['id']}")
    again = await created(scim, ada())

    assert (first.status_code, first.content) == (204, b"")
    assert refusal(second) == (404, None)
    assert refusal(await scim.get(f"/Users/{user['id']}")) == (404, None)
    assert again["id"] != user["id"]
    assert await member_ids(scim, "users") == [acme.admin.id, again["id"]]


@pytest.mark.parametrize("user_id", ["nobody", "01900000-0000-7000-8000-000000000000"])
async def test_an_unknown_user_is_404(scim, user_id):
    assert refusal(await scim.delete(f"/Users/{user_id}")) == (404, None)


@pytest.mark.parametrize(("tag", "status"), [('W/"1"', 204), ('W/"2"', 412)])
async def test_if_match_guards_against_changes_in_between(scim, tag, status):
    user = await created(scim, ada())

    answer = await scim.delete(f"/Users/{user['id']}", headers={"If-Match": tag})

    assert answer.status_code == status
    assert (await read(scim, "/Users"))["totalResults"] == (1 if status == 204 else 2)

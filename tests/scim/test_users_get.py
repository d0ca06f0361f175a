"""GET /Users/{id} (RFC 7644 section 3.4.1)."""

import pytest

from .conftest import scim_client
from .people import CORE, ada, created, read, refusal


@pytest.mark.parametrize(
    "user_id", ["010101001010101011001010101011", "0191-x", "01900000-0000-7000-8000-000000000000", "ü"]
)
async def test_an_unknown_id_is_404(scim, user_id):
    # O-15, O-22
    assert refusal(await scim.get(f"/Users/{user_id}")) == (404, None)


async def test_another_spelling_of_an_id_is_another_id(scim):
    user = await created(scim, ada())

    assert refusal(await scim.get(f"/Users/{user['id'].upper()}")) == (404, None)


async def test_a_user_of_another_organization_does_not_exist(scim, services, globex):
    _, secret = await services.tokens.issue(globex.operator, "scim", "Other")
    user = await created(scim, ada())

    async with scim_client(services, secret) as other:
        answers = [
            await other.get(f"/Users/{user['id']}"),
            await other.put(f"/Users/{user['id']}", json=ada()),
            await other.patch(f"/Users/{user['id']}", json={"Operations": [{"op": "remove", "path": "title"}]}),
            await other.delete(f"/Users/{user['id']}"),
        ]
        listed = await read(other, "/Users")

    assert [refusal(answer) for answer in answers] == [(404, None)] * 4
    assert [each["id"] for each in listed["Resources"]] == [globex.admin.id]
    assert await read(scim, f"/Users/{user['id']}") == user


async def test_the_admin_of_the_command_line_has_names_and_an_email(scim, acme):
    # O-12, O-13
    user = await read(scim, f"/Users/{acme.admin.id}")

    assert user["name"] == {"givenName": "A", "familyName": "A"}
    assert user["emails"] == [{"value": "a@acme.test", "type": "work", "primary": True}]


@pytest.mark.parametrize("tag", ['W/"1"', '"1"', "*", 'W/"9", W/"1"'])
async def test_a_known_version_is_304(scim, tag):
    user = await created(scim, ada())

    answer = await scim.get(f"/Users/{user['id']}", headers={"If-None-Match": tag})

    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", 'W/"1"')


@pytest.mark.parametrize("tag", ['W/"2"', '"x"', ""])
async def test_another_version_is_sent(scim, tag):
    user = await created(scim, ada())

    answer = await scim.get(f"/Users/{user['id']}", headers={"If-None-Match": tag})

    assert (answer.status_code, answer.json()) == (200, user)


async def test_parts_of_a_user_can_be_asked_for(scim):
    user = await created(scim, ada())
    path = f"/Users/{user['id']}"

    only = await read(scim, f"{path}?attributes=userName,emails.value")
    without = await read(scim, f"{path}?excludedAttributes=emails,meta,groups,name")

    assert only == {
        "schemas": [CORE],
        "id": user["id"],
        "userName": "ada@x.test",
        "emails": [{"value": "ada@x.test"}],
    }
    assert sorted(without) == ["active", "displayName", "externalId", "id", "schemas", "userName"]


async def test_a_trailing_slash_or_question_mark_is_nothing(scim):
    # X-01, E-03
    user = await created(scim, ada())

    for path in (f"/Users/{user['id']}/", f"//Users//{user['id']}?", f"/Users/{user['id']}?&aadOptscim062020"):
        answer = await scim.get(f"{scim.base_url}".rstrip("/") + path)
        assert answer.json() == user

"""The door at which a new installation gets its first organization."""

import pytest

from tests.conftest import SESSION_COOKIE
from tests.graphql.client import OWN_PAGE, Client

ACME = {"name": "Acme", "handle": "acme", "email": "ada@acme.test"}


@pytest.fixture
async def link(services):
    return await services.setup.create_link()


async def set_up(http, token, **changed):
    return await http.post("/auth/setup", json={"token": token} | ACME | changed, headers=OWN_PAGE)


async def test_the_first_admin_is_in_at_once(http, link):
    response = await set_up(http, link)

    who = await Client(http, **OWN_PAGE).data("{ organization { handle name } viewer { member { email role } } }")
    assert (response.status_code, response.json()) == (200, {"ok": True})
    assert response.headers["cache-control"] == "no-store"
    assert who == {
        "organization": {"handle": "acme", "name": "Acme"},
        "viewer": {"member": {"email": "ada@acme.test", "role": "ADMIN"}},
    }


async def test_the_link_works_once(http, another, link):
    await set_up(http, link)

    response = await set_up(another, link, handle="other", email="eve@evil.test")

    assert (response.status_code, response.json()["error"]["code"]) == (401, "UNAUTHENTICATED")
    assert "rollbook admin login-link" in response.json()["error"]["message"]
    assert SESSION_COOKIE not in another.cookies


@pytest.mark.parametrize(
    ("wrong", "field"), [({"handle": "A B"}, "handle"), ({"name": "\0"}, "name"), ({"email": "ada"}, "email")]
)
async def test_a_typing_error_is_told_by_its_field_and_uses_nothing_up(http, services, link, wrong, field):
    refused = await set_up(http, link, **wrong)

    error = refused.json()["error"]
    assert (refused.status_code, error["code"], error["field"]) == (400, "VALIDATION", field)
    assert "set-cookie" not in refused.headers
    assert await services.organizations.list() == []
    assert (await set_up(http, link)).status_code == 200


async def test_the_secret_is_in_no_answer(http, link):
    first, second = await set_up(http, link), await set_up(http, link)

    assert all(link not in answer.text + str(answer.headers) for answer in (first, second))

"""Who passes the GraphQL door, and with which authority."""

import pytest

from rollbook.domain.policy import Permission
from rollbook.domain.roles import Role
from rollbook.domain.tokens import TokenKind
from tests.conftest import BASE_URL

from .client import OWN_PAGE, Client, a_member, signed_in, with_token

QUERY = {"query": "{ viewer { kind name member { email } permissions } organization { handle } }"}


async def refused(http, **headers):
    response = await http.post("/graphql", json={"query": "{"}, headers=headers)
    (error,) = response.json()["errors"]
    return response.status_code, error["extensions"]["code"], error["message"]


async def test_an_api_token_acts_in_its_organization_with_its_scopes(http, services, acme, globex):
    scopes = frozenset({Permission.MEMBERS_READ})
    _, secret = await services.tokens.issue(acme.operator, TokenKind.API, "Reader", scopes=scopes)

    data = await with_token(http, secret).data(QUERY["query"])

    assert data == {
        "viewer": {
            "kind": "API_TOKEN",
            "name": "Reader",
            "member": None,
            "permissions": ["DIRECTORY_READ", "MEMBERS_READ", "ORGANIZATION_READ"],
        },
        "organization": {"handle": "acme"},
    }


async def test_without_a_credential_nothing_is_even_parsed(http, acme):
    status, code, message = await refused(http)

    assert (status, code) == (401, "UNAUTHENTICATED")
    assert "rollbook tokens create --kind api" in message


async def test_a_scim_token_is_told_where_it_works(http, scim_token):
    status, code, message = await refused(http, Authorization=f"Bearer {scim_token}")

    assert (status, code) == (401, "UNAUTHENTICATED")
    assert message.startswith("A SCIM token works only with the SCIM endpoint.")


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer x", "Bearer rollbook_api_x", "Basic YTpi", "rollbook"])
async def test_another_credential_is_401(http, acme, header):
    status, code, _ = await refused(http, Authorization=header)

    assert (status, code) == (401, "UNAUTHENTICATED")


async def test_a_revoked_token_fails_at_its_next_request(http, services, acme):
    token, secret = await services.tokens.issue(acme.operator, TokenKind.API, "Tools")
    client = with_token(http, secret)
    assert (await client.send("{ viewer { name } }")).status_code == 200

    await services.tokens.revoke(acme.operator, token.id)

    response = await client.send("{ viewer { name } }")
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"


async def test_a_signed_in_admin_acts_as_themselves(http, services, acme):
    client = await signed_in(http, services, acme, "a@acme.test")

    data = await client.data("{ viewer { kind name member { email role } } }")

    assert data == {
        "viewer": {"kind": "SESSION", "name": acme.admin.name, "member": {"email": "a@acme.test", "role": "ADMIN"}}
    }


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": BASE_URL},
        {"X-CSRF": "1"},
        {"X-CSRF": "0", "Origin": BASE_URL},
        {"X-CSRF": "1", "Origin": "http://rollbook.test"},
        {"X-CSRF": "1", "Origin": "https://rollbook.test.evil.test"},
        {"X-CSRF": "1", "Origin": "https://rollbook.test:8443"},
        {"X-CSRF": "1", "Origin": "null"},
        {"X-CSRF": "1", "Origin": "http://[", "Sec-Fetch-Site": "cross-site"},
        {"X-CSRF": "1", "Origin": "http://evil.test", "Sec-Fetch-Site": "same-site"},
    ],
)
async def test_a_cookie_does_not_work_from_another_page(http, services, acme, headers):
    await signed_in(http, services, acme, "a@acme.test")

    status, code, _ = await refused(http, **headers)

    assert (status, code) == (403, "CSRF")


@pytest.mark.parametrize(
    "headers",
    [
        OWN_PAGE,
        {"X-CSRF": "1", "Origin": "HTTPS://rollbook.test:443"},
        {"X-CSRF": "1", "Sec-Fetch-Site": "same-origin"},
    ],
)
async def test_a_cookie_works_from_the_own_page(http, services, acme, headers):
    await signed_in(http, services, acme, "a@acme.test")

    assert (await Client(http, **headers).data("{ organization { handle } }")) == {"organization": {"handle": "acme"}}


async def test_a_cookie_works_with_json_only(http, services, acme):
    await signed_in(http, services, acme, "a@acme.test")

    response = await http.post("/graphql", content=b"{}", headers=OWN_PAGE | {"Content-Type": "text/plain"})

    assert response.status_code == 415


async def test_of_a_token_and_a_cookie_only_the_token_counts(http, services, acme, globex, api_token):
    await signed_in(http, services, globex, "g@globex.test")

    data = await with_token(http, api_token).data("{ viewer { kind } organization { handle } }")

    assert data == {"viewer": {"kind": "API_TOKEN"}, "organization": {"handle": "acme"}}


async def test_a_bad_token_is_not_saved_by_a_good_cookie(http, services, acme):
    await signed_in(http, services, acme, "a@acme.test")

    status, code, _ = await refused(http, Authorization="Bearer nonsense", **OWN_PAGE)

    assert (status, code) == (401, "UNAUTHENTICATED")


async def test_a_demoted_admin_with_an_open_page_can_do_nothing_more(http, services, acme):
    bo = await a_member(services, acme, "bo@acme.test", role=Role.ADMIN)
    client = await signed_in(http, services, acme, "bo@acme.test")

    await services.memberships.change_role(acme.operator, bo.id, Role.USER)

    answer = await client.change("generateScimToken", name="Okta")
    assert (answer["__typename"], answer["code"]) == ("ForbiddenError", "FORBIDDEN")
    assert await services.tokens.list(acme.operator, TokenKind.SCIM) == []
    assert await client.codes("{ organization { tokens { id } } }") == ["FORBIDDEN"]


async def test_a_deactivated_member_is_signed_out_at_once(http, services, acme):
    bo = await a_member(services, acme, "bo@acme.test", role=Role.ADMIN)
    client = await signed_in(http, services, acme, "bo@acme.test")

    await services.memberships.update(acme.operator, bo.id, lambda member: member.with_active(False))

    assert (await client.send("{ viewer { name } }")).status_code == 401

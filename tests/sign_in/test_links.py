"""How a browser gets its session cookie, and how it loses it."""

import pytest

from rollbook.domain.audit import AuditAction
from tests.conftest import SESSION_COOKIE
from tests.graphql.client import OWN_PAGE, Client, signed_in


@pytest.fixture
async def link(services, acme):
    return await services.sessions.create_login_link(acme.operator, "a@acme.test")


async def redeem(http, token, **headers):
    return await http.post("/auth/redeem", json={"token": token}, headers=OWN_PAGE | headers)


async def test_a_link_starts_a_session_that_pages_cannot_read(http, link):
    response = await redeem(http, link)

    assert (response.status_code, response.json()) == (200, {"ok": True})
    name, _, rest = response.headers["set-cookie"].partition("=")
    assert name == "__Host-sid"
    assert rest.partition("; ")[2] == "HttpOnly; Max-Age=604800; Path=/; SameSite=lax; Secure"
    assert response.headers["cache-control"] == "no-store"


async def test_a_link_works_once(http, link):
    await redeem(http, link)
    http.cookies.clear()

    response = await redeem(http, link)

    assert response.status_code == 401
    assert response.json()["error"]["code"] == "UNAUTHENTICATED"
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize("token", ["", "nonsense", "rollbook_link_x", "\0"])
async def test_what_is_no_link_is_401(http, acme, token):
    response = await redeem(http, token)

    assert response.status_code == 401


async def test_a_link_that_was_copied_in_part_is_told_by_what_it_was(http, acme):
    told = [(await redeem(http, f"rollbook_{kind}_x")).json()["error"]["message"] for kind in ("invite", "link")]

    assert "invitation" in told[0]
    assert "login-link" in told[1]


@pytest.mark.parametrize(
    ("body", "status"), [(b"", 400), (b"[]", 400), (b"{}", 400), (b'{"token": 1}', 400), (b'{"token": null}', 400)]
)
async def test_a_body_without_a_link_is_400(http, acme, body, status):
    headers = OWN_PAGE | {"Content-Type": "application/json"}

    response = await http.post("/auth/redeem", content=body, headers=headers)

    assert response.status_code == status
    assert response.json()["error"]["code"] == "BAD_REQUEST"


async def test_another_site_cannot_sign_a_browser_in(http, link):
    response = await redeem(http, link, Origin="http://evil.test")

    assert (response.status_code, response.json()["error"]["code"]) == (403, "CSRF")
    assert (await redeem(http, link)).status_code == 200


@pytest.mark.parametrize("path", ["/auth/redeem", "/auth/sign-out"])
async def test_only_json_by_post_opens_these_doors(http, acme, path):
    got = await http.get(path)
    form = await http.post(path, data={"token": "x"}, headers=OWN_PAGE)

    assert [got.status_code, form.status_code] == [405, 415]
    assert [got.json()["error"]["code"], form.json()["error"]["code"]] == [
        "METHOD_NOT_ALLOWED",
        "UNSUPPORTED_MEDIA_TYPE",
    ]


async def test_signing_out_ends_the_session_and_clears_the_cookie(http, services, acme):
    await signed_in(http, services, acme, "a@acme.test")
    kept = http.cookies[SESSION_COOKIE]

    response = await http.post("/auth/sign-out", json={}, headers=OWN_PAGE)

    assert (response.status_code, response.json()) == (200, {"ok": True, "providerUrl": None})
    assert SESSION_COOKIE not in http.cookies
    stolen = Client(http, Cookie=f"{SESSION_COOKIE}={kept}", **OWN_PAGE)
    assert (await stolen.send("{ viewer { name } }")).status_code == 401


async def test_signing_out_twice_is_no_mistake(http, services, acme):
    await signed_in(http, services, acme, "a@acme.test")
    await http.post("/auth/sign-out", json={}, headers=OWN_PAGE)

    response = await http.post("/auth/sign-out", json={}, headers=OWN_PAGE)

    assert response.status_code == 200
    ended = [e for e in await services.audit.events(acme.operator) if e.action is AuditAction.SESSION_ENDED]
    assert len(ended) == 1


async def test_another_site_cannot_sign_a_browser_out(http, services, acme):
    client = await signed_in(http, services, acme, "a@acme.test")

    response = await http.post("/auth/sign-out", json={}, headers=OWN_PAGE | {"Origin": "http://evil.test"})

    assert response.status_code == 403
    assert (await client.send("{ viewer { name } }")).status_code == 200


async def test_the_mutation_signs_out_too(http, services, acme):
    client = await signed_in(http, services, acme, "a@acme.test")

    data = await client.data("mutation { signOut { signedOut } }")

    assert data == {"signOut": {"signedOut": True}}
    assert (await client.send("{ viewer { name } }")).status_code == 401


async def test_a_token_has_no_session_to_end(http, api_token):
    client = Client(http, Authorization=f"Bearer {api_token}")

    assert await client.data("mutation { signOut { signedOut } }") == {"signOut": {"signedOut": False}}
    assert (await client.send("{ viewer { name } }")).status_code == 200

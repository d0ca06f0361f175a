"""A way to one organization's provider, in a browser that is signed in to another: nobody is moved unasked."""

from urllib.parse import urlencode

import httpx
import pytest

from tests.builders import signed_in
from tests.conftest import BASE_URL, SESSION_COOKIE
from tests.graphql.client import OWN_PAGE, Client

ATTEMPT_COOKIE = "__Host-signin"
START = "/auth/sso/acme/start"
ASKED = "/sign-in?" + urlencode({"organization": "acme", "switch": 1, "next": "/account"})


async def enter(http, services, organization, email):
    """Sign the browser in by a link; the secret of the session."""
    link = await services.sessions.create_login_link(organization.operator, email)
    response = await http.post("/auth/redeem", json={"token": link}, headers=OWN_PAGE)
    assert response.status_code == 200, response.text
    return http.cookies[SESSION_COOKIE]


async def handle_of(http, secret=None):
    """The organization that the browser, or whoever holds the secret, is signed in to; None for none."""
    client = Client(http, **OWN_PAGE)
    if secret is not None:
        client = Client(httpx.AsyncClient(transport=http._transport, base_url=BASE_URL), **OWN_PAGE)
        client.headers["Cookie"] = f"{SESSION_COOKIE}={secret}"
    response = await client.send("{ organization { handle } }")
    return None if response.status_code == 401 else response.json()["data"]["organization"]["handle"]


@pytest.mark.parametrize("method", ["get", "form"])
async def test_who_is_signed_in_to_another_organization_is_asked(http, services, acme, globex, ada, sso, method):
    await enter(http, services, globex, "g@globex.test")
    events = await services.audit.events(globex.operator)
    given = {"next": "/account", "iss": sso.issuer, "login_hint": "ada@acme.test"}

    if method == "get":
        response = await http.get(START, params=given)
    else:
        response = await http.get((await http.post(START, data=given)).headers["location"])

    assert (response.status_code, response.headers["location"]) == (303, ASKED)
    assert response.headers["cache-control"] == "no-store"
    assert "set-cookie" not in response.headers
    assert ATTEMPT_COOKIE not in http.cookies
    assert await handle_of(http) == "globex"
    assert await services.audit.events(globex.operator) == events


@pytest.mark.parametrize("wanted", ["https://evil.test/", "//evil.test", "/x/../auth/sso/globex/start"])
async def test_the_page_that_asks_leads_nowhere_else(http, services, globex, ada, sso, wanted):
    await enter(http, services, globex, "g@globex.test")

    response = await http.get(START, params={"next": wanted})

    assert response.headers["location"] == "/sign-in?organization=acme&switch=1&next=%2F"


async def test_who_has_signed_out_there_goes_on(http, services, globex, ada, sso):
    await enter(http, services, globex, "g@globex.test")
    await http.post("/auth/sign-out", json={}, headers=OWN_PAGE)

    departed = await http.get(START, params={"next": "/account"})
    response = await http.get(sso.visit(departed.headers["location"]))

    assert response.headers["location"] == "/account"
    assert await handle_of(http) == "acme"


@pytest.mark.parametrize("secret", ["", "rollbook_session_x", "x" * 3000])
async def test_a_cookie_that_is_no_session_asks_nothing(http, ada, sso, secret):
    http.cookies.set(SESSION_COOKIE, secret, domain="rollbook.test")

    assert (await http.get(START)).headers["location"].startswith(sso.url_of("authorization"))


async def test_a_session_of_the_same_organization_asks_nothing(http, services, acme, ada, sso):
    await enter(http, services, acme, "a@acme.test")

    assert (await http.get(START)).headers["location"].startswith(sso.url_of("authorization"))


async def test_nobody_is_asked_to_leave_for_what_is_not_there(http, services, acme, globex):
    await enter(http, services, acme, "a@acme.test")

    for handle in ("globex", "initech"):
        response = await http.get(f"/auth/sso/{handle}/start")
        assert response.headers["location"].startswith("/sign-in?problem=no_sso&")
    assert await handle_of(http) == "acme"


async def test_a_session_that_began_meanwhile_elsewhere_ends_when_the_new_one_begins(
    http, services, acme, globex, ada, sso
):
    back = sso.visit((await http.get(START)).headers["location"])
    former = await enter(http, services, globex, "g@globex.test")
    before = [len(await services.audit.events(each.operator)) for each in (acme, globex)]

    response = await http.get(back)

    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert await handle_of(http) == "acme"
    assert await handle_of(http, former) is None
    after = [len(await services.audit.events(each.operator)) for each in (acme, globex)]
    assert after == [before[0] + 1, before[1]]


async def test_a_link_to_another_organization_ends_the_former_session_too(http, services, acme, globex):
    former = await enter(http, services, globex, "g@globex.test")
    untouched = await signed_in(services, globex.operator, "g@globex.test")

    await enter(http, services, acme, "a@acme.test")

    assert await handle_of(http) == "acme"
    assert await handle_of(http, former) is None
    assert [each.id for each in await services.sessions.list(untouched)] == [untouched.session_id]

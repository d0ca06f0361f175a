"""Frontends of other origins: which may ask, and with which credential."""

from dataclasses import replace

import pytest

from rollbook.settings import UNLIMITED
from tests.conftest import client_of

from .client import signed_in

ALLOWED = "https://tools.example.com"
FOREIGN = "https://evil.example.com"
QUERY = {"query": "{ organization { handle } }"}
PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type,x-graphql-cost",
}


@pytest.fixture
def server():
    """Nothing here depends on the database: one of the two is enough."""
    return None


@pytest.fixture
async def open_to_one(services):
    """A client of a server that a frontend of another origin may use."""
    traffic = replace(UNLIMITED, graphql_requests_per_minute=600, cors_origins=(ALLOWED,))
    async with client_of(services, traffic=traffic) as http:
        yield http


def allowed(response):
    """What the answer allows a page of another origin."""
    return {name: value for name, value in response.headers.items() if name.startswith("access-control")}


async def test_a_frontend_that_is_named_may_ask_with_a_token_and_read_the_rates(open_to_one, api_token):
    headers = {"Authorization": f"Bearer {api_token}", "Origin": ALLOWED}

    response = await open_to_one.post("/graphql", json=QUERY, headers=headers)

    assert response.json() == {"data": {"organization": {"handle": "acme"}}}
    assert allowed(response) == {
        "access-control-allow-origin": ALLOWED,
        "access-control-expose-headers": "RateLimit-Cost-Limit, RateLimit-Cost-Remaining, RateLimit-Cost-Reset, "
        "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, X-Request-Id",
    }
    assert response.headers["RateLimit-Remaining"] == "599"


async def test_its_preflight_is_answered_without_a_credential(open_to_one):
    response = await open_to_one.options("/graphql", headers=PREFLIGHT | {"Origin": ALLOWED})

    assert response.status_code == 200
    assert allowed(response)["access-control-allow-origin"] == ALLOWED
    assert allowed(response)["access-control-allow-methods"] == "POST"
    assert "access-control-allow-credentials" not in response.headers


async def test_a_refusal_can_be_read_by_it_too(open_to_one):
    response = await open_to_one.post("/graphql", json=QUERY, headers={"Origin": ALLOWED})

    assert response.status_code == 401
    assert allowed(response)["access-control-allow-origin"] == ALLOWED


@pytest.mark.parametrize("origin", [FOREIGN, "null", ALLOWED + ".evil.example.com", "http://tools.example.com"])
async def test_another_origin_is_allowed_nothing(open_to_one, api_token, origin):
    headers = {"Authorization": f"Bearer {api_token}", "Origin": origin}

    preflight = await open_to_one.options("/graphql", headers=PREFLIGHT | {"Origin": origin})
    response = await open_to_one.post("/graphql", json=QUERY, headers=headers)

    assert preflight.status_code == 400
    assert "access-control-allow-origin" not in preflight.headers
    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize("header", ["x-csrf", "cookie"])
async def test_no_preflight_lets_a_page_pretend_to_be_ours(open_to_one, header):
    asked = PREFLIGHT | {"Origin": ALLOWED, "Access-Control-Request-Headers": f"content-type,{header}"}

    assert (await open_to_one.options("/graphql", headers=asked)).status_code == 400


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_no_preflight_allows_another_method(open_to_one, method):
    asked = PREFLIGHT | {"Origin": ALLOWED, "Access-Control-Request-Method": method}

    assert (await open_to_one.options("/graphql", headers=asked)).status_code == 400


@pytest.mark.parametrize("origin", [ALLOWED, FOREIGN])
async def test_a_cookie_from_another_origin_is_refused_even_from_one_that_is_named(open_to_one, services, acme, origin):
    await signed_in(open_to_one, services, acme, "a@acme.test")

    response = await open_to_one.post("/graphql", json=QUERY, headers={"X-CSRF": "1", "Origin": origin})

    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (403, "CSRF")


@pytest.mark.parametrize("path", ["/auth/redeem", "/auth/sign-out", "/scim/v2/Users", "/healthz", "/"])
async def test_nothing_but_graphql_is_open_to_other_origins(open_to_one, path):
    preflight = await open_to_one.options(path, headers=PREFLIGHT | {"Origin": ALLOWED})
    got = await open_to_one.get(path, headers={"Origin": ALLOWED})

    assert allowed(preflight) == allowed(got) == {}


async def test_without_the_setting_no_other_origin_is_allowed_anything(http, api_token):
    preflight = await http.options("/graphql", headers=PREFLIGHT | {"Origin": ALLOWED})
    headers = {"Authorization": f"Bearer {api_token}", "Origin": ALLOWED}
    response = await http.post("/graphql", json=QUERY, headers=headers)

    assert preflight.status_code == 405
    assert allowed(preflight) == allowed(response) == {}

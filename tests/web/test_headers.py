"""The headers that every answer to a browser has."""

import httpx
import pytest

from rollbook.app import app_over

PATHS = ["/", "/app/main.js", "/healthz", "/auth/redeem", "/auth/sso/acme/start", "/auth/no-such-door", "/graphql"]

# what is tested here asks no database, and one is enough to open a server
pytestmark = pytest.mark.parametrize("server", ["sqlite"], indirect=True)


def client(services, base_url):
    app = app_over(services, base_url)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=base_url)


@pytest.mark.parametrize("path", PATHS)
async def test_pages_may_do_little_and_only_by_their_own_scripts(http, path):
    headers = (await http.get(path)).headers

    policy = dict(each.split(" ", 1) for each in headers["content-security-policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": "'self'",
        "img-src": "'self' data:",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
    }
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert len(headers.get_list("cache-control")) == 1


@pytest.mark.parametrize("path", PATHS)
async def test_an_https_installation_is_asked_over_https_only(services, path):
    async with client(services, "https://rollbook.test") as secure, client(services, "http://127.0.0.1:8000") as plain:
        said = [(await each.get(path)).headers.get("strict-transport-security") for each in (secure, plain)]

    assert said == ["max-age=31536000", None]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "OPTIONS", "DELETE"])
@pytest.mark.parametrize(
    "path", ["/auth/redeem", "/auth/sso/acme/start", "/auth/sso/acme/callback", "/auth/find", "/auth/", "/auth/x/y"]
)
async def test_nothing_of_a_sign_in_is_kept_by_a_cache(http, method, path):
    response = await http.request(method, path)

    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-request-id"]
    assert response.status_code < 500

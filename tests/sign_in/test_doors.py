"""What holds for every door at /auth: pages, connections, rates, and what is not a door."""

import logging

import httpx
import pytest

from rollbook.app import app_over
from rollbook.domain.tokens import SecretKind, mint
from rollbook.settings import Traffic
from rollbook.sign_in.router import _DOORS
from tests.conftest import BASE_URL, client_of
from tests.graphql.client import OWN_PAGE

JSON_DOORS = [path for path in _DOORS if "{" not in path]
PAGE_DOORS = [path.format(handle="acme") for path in _DOORS if "{" in path]
GIVE_NOTHING = {"/auth/find", "/auth/sign-out", "/auth/welcome"}
PLAIN = "http://rollbook.test"

# what is tested here asks no database, and one is enough to open a server
pytestmark = pytest.mark.parametrize("server", ["sqlite"], indirect=True)


def over_plain_http(services, **options):
    app = app_over(services, PLAIN, **options)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=PLAIN)


def code(response):
    return response.json()["error"]["code"]


@pytest.mark.parametrize("path", JSON_DOORS)
@pytest.mark.parametrize(
    "headers", [{}, {"X-CSRF": "1"}, {"Origin": BASE_URL}, {"X-CSRF": "1", "Origin": "https://evil.test"}]
)
async def test_only_our_own_page_asks_them(http, path, headers):
    response = await http.post(path, json={}, headers=headers)

    assert (response.status_code, code(response)) == (403, "CSRF")
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize("path", JSON_DOORS)
async def test_they_are_asked_by_post_with_one_json_object(http, path):
    asked = [
        await http.get(path),
        await http.post(path, data={"a": "b"}, headers=OWN_PAGE),
        await http.post(path, json=[], headers=OWN_PAGE),
        await http.post(path, content=b"{" * 2_000_000, headers=OWN_PAGE | {"Content-Type": "application/json"}),
    ]

    assert [(each.status_code, code(each)) for each in asked] == [
        (405, "METHOD_NOT_ALLOWED"),
        (415, "UNSUPPORTED_MEDIA_TYPE"),
        (400, "BAD_REQUEST"),
        (413, "LIMIT_EXCEEDED"),
    ]


@pytest.mark.parametrize("path", ["/auth/redeem", "/auth/setup", "/auth/find"])
@pytest.mark.parametrize("body", [{}, {"token": 1}, {"token": ["a"]}, {"text": None}, {"token": "a" * 5000}])
async def test_a_body_of_another_form_is_told_what_it_should_be(http, path, body):
    response = await http.post(path, json=body, headers=OWN_PAGE)

    assert (response.status_code, code(response)) == (400, "BAD_REQUEST")
    assert "The body should be {" in response.json()["error"]["message"]


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "PUT"])
@pytest.mark.parametrize(
    "path", ["/auth", "/auth/", "/auth/nothing", "/auth/sso/acme", "/auth/sso/acme/start/", "/auth/Redeem"]
)
async def test_what_is_no_door_is_not_found_and_is_no_page_either(http, method, path):
    response = await http.request(method, path)

    assert response.status_code == 404
    assert response.headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("path", [path for path in JSON_DOORS if path not in GIVE_NOTHING])
async def test_nobody_gets_a_cookie_over_plain_http_from_elsewhere(services, path):
    async with over_plain_http(services) as plain:
        response = await plain.post(path, json={}, headers=OWN_PAGE | {"Origin": PLAIN})

    assert (response.status_code, code(response)) == (403, "INSECURE")
    assert "ROLLBOOK_INSECURE_COOKIES" in response.json()["error"]["message"]


@pytest.mark.parametrize("path", PAGE_DOORS)
async def test_who_is_sent_there_over_plain_http_reads_why_it_does_not_work(services, path):
    async with over_plain_http(services) as plain:
        response = await plain.get(path)

    assert (response.status_code, response.headers["content-type"]) == (403, "text/plain; charset=utf-8")
    assert "plain http" in response.text


async def test_a_link_is_not_used_up_where_its_cookie_would_be_refused(services, acme):
    link = await services.sessions.create_login_link(acme.operator, "a@acme.test")
    page = OWN_PAGE | {"Origin": PLAIN}

    async with over_plain_http(services) as plain, over_plain_http(services, insecure_cookies=True) as allowed:
        refused = await plain.post("/auth/redeem", json={"token": link}, headers=page)
        redeemed = await allowed.post("/auth/redeem", json={"token": link}, headers=page)

    assert (refused.status_code, redeemed.status_code) == (403, 200)
    assert redeemed.headers["set-cookie"].endswith("; HttpOnly; Max-Age=604800; Path=/; SameSite=lax")


async def test_one_address_may_not_knock_for_ever_but_others_may(services):
    app = app_over(services, BASE_URL, Traffic(sign_ins_per_minute=3))

    async def knock(address, path="/auth/find"):
        transport = httpx.ASGITransport(app=app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as http:
            return await http.post(path, json={"text": "acme"}, headers=OWN_PAGE)

    answers = [await knock("192.0.2.7") for _ in range(4)]
    others = [
        await knock("192.0.2.8"),
        *[await knock("192.0.2.7", "/auth/sign-out") for _ in range(4)],
        *[await knock(f"2001:db8::{n}") for n in range(4)],
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert code(answers[3]) == "RATE_LIMITED"
    assert 0 < int(answers[3].headers["retry-after"]) <= 60
    # whoever has one address of IPv6 has the whole network of it
    assert [answer.status_code for answer in others] == [200, 200, 200, 200, 200, 200, 200, 200, 429]


async def test_who_is_sent_there_too_often_reads_when_to_try_again(services):
    async with client_of(services, traffic=Traffic(sign_ins_per_minute=1)) as http:
        answers = [await http.get("/auth/sso/acme/callback") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 429]
    assert answers[1].text.startswith("Too many sign-ins from your address. Try again in ")


async def test_without_a_limit_everybody_may(http):
    answers = [await http.post("/auth/find", json={"text": "acme"}, headers=OWN_PAGE) for _ in range(400)]

    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.parametrize("path", ["/auth/redeem", "/auth/setup"])
async def test_who_guesses_is_stopped_at_every_door(http, path):
    guess = {"token": mint(SecretKind.LINK), "name": "A", "handle": "a", "email": "a@acme.test"}
    statuses = []
    while len(statuses) < 2000 and 429 not in statuses:
        statuses.append((await http.post(path, json=guess, headers=OWN_PAGE)).status_code)

    elsewhere = await http.post("/auth/redeem", json={"token": mint(SecretKind.LINK)}, headers=OWN_PAGE)

    # what the time of the test gives back comes on top
    assert 600 <= statuses.count(401) == len(statuses) - 1
    assert (statuses[-1], elsewhere.status_code) == (429, 429)


async def test_a_person_who_was_turned_away_is_in_the_log_by_the_id_on_their_page(http, acme, caplog):
    with caplog.at_level(logging.WARNING):
        response = await http.get("/auth/sso/acme/start", params={"login_hint": "ada@acme.test"})

    (record,) = [each for each in caplog.records if each.name == "rollbook.web"]
    assert response.headers["x-request-id"] in record.getMessage()
    assert "no_sso" in record.getMessage()
    assert "ada@acme.test" not in caplog.text

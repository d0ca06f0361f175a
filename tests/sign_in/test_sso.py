"""The way of a browser to the organization's provider and back: what it is sent, what it keeps, and what it reads."""

from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from rollbook.domain.audit import AuditAction
from rollbook.domain.roles import Role
from tests.builders import signed_in
from tests.conftest import BASE_URL, SESSION_COOKIE
from tests.fake_idp import slow
from tests.graphql.client import OWN_PAGE, Client

ATTEMPT_COOKIE = "__Host-signin"
START, CALLBACK = "/auth/sso/acme/start", "/auth/sso/acme/callback"


def query(url):
    return {name: value for name, (value,) in parse_qs(urlsplit(url).query).items()}


async def departed(http, **given):
    """The URL of the provider to which the browser is sent."""
    response = await http.get(START, params=given)
    assert response.status_code == 303, response.text
    return response.headers["location"]


async def through(http, idp, **given):
    """The answer to who went to the provider and came back."""
    return await http.get(idp.visit(await departed(http, **given)))


async def onward(http, fields):
    """The address to which another site's form leads."""
    response = await http.post(START, data=fields, headers={"Origin": "https://acme.okta.test"})
    assert (response.status_code, response.headers["cache-control"]) == (303, "no-store")
    assert "set-cookie" not in response.headers
    return response.headers["location"]


async def who(http):
    data = (await Client(http, **OWN_PAGE).send("{ viewer { member { email role } } }")).json()["data"]
    return data["viewer"]["member"]["email"]


def problem(response):
    """The problem that the sign-in page is to explain, and nothing else."""
    assert (response.status_code, urlsplit(response.headers["location"]).path) == (303, "/sign-in")
    said = query(response.headers["location"])
    assert said.pop("organization") == "acme"
    assert said.pop("request") == response.headers["x-request-id"]
    assert response.headers["cache-control"] == "no-store"
    return said.pop("problem")


async def test_a_member_goes_to_the_provider_and_comes_back_signed_in(http, ada, sso):
    response = await through(http, sso, next="/settings/authentication")

    assert (response.status_code, response.headers["location"]) == (303, "/settings/authentication")
    assert response.headers["cache-control"] == "no-store"
    assert await who(http) == "ada@acme.test"


async def test_the_attempt_travels_in_a_cookie_that_only_we_can_read(http, ada, sso):
    response = await http.get(START, params={"next": "/settings/authentication"})

    name, _, rest = response.headers["set-cookie"].partition("=")
    sealed, _, attributes = rest.partition("; ")
    assert (name, attributes) == (ATTEMPT_COOKIE, "HttpOnly; Max-Age=600; Path=/; SameSite=lax; Secure")
    asked = query(response.headers["location"])
    assert all(secret not in sealed for secret in (asked["state"], asked["nonce"], "authentication"))
    assert asked["redirect_uri"] == f"{BASE_URL}{CALLBACK}"


async def test_who_is_in_carries_no_attempt_any_more(http, ada, sso):
    await through(http, sso)

    assert ATTEMPT_COOKIE not in http.cookies
    assert SESSION_COOKIE in http.cookies


async def test_starting_writes_nothing(http, services, acme, ada, sso):
    before = await services.audit.events(acme.operator)

    await departed(http)

    assert await services.audit.events(acme.operator) == before
    assert SESSION_COOKIE not in http.cookies


async def test_the_providers_own_tile_starts_a_sign_in_by_get_and_by_form(http, ada, sso):
    given = {"iss": sso.issuer, "login_hint": "ada@acme.test", "target_link_uri": f"{BASE_URL}/members"}

    by_get = await http.get(START, params=given)
    by_form = await http.get(await onward(http, given))

    assert [answer.status_code for answer in (by_get, by_form)] == [303, 303]
    assert [query(answer.headers["location"])["login_hint"] for answer in (by_get, by_form)] == ["ada@acme.test"] * 2
    assert (await http.get(sso.visit(by_form.headers["location"]))).headers["location"] == "/members"


async def test_a_form_becomes_a_get_with_which_the_browser_shows_who_is_signed_in(http, ada, sso):
    filled = {"iss": "", "login_hint": "a" * 321, "target_link_uri": "https://evil.test/", "more": "x" * 10_000}

    assert await onward(http, {"iss": sso.issuer, "next": "/account"}) == (
        f"{START}?{urlencode({'next': '/account', 'iss': sso.issuer})}"
    )
    assert await onward(http, filled) == f"{START}?next=%2F"
    # neither left out nor cut to one that is right
    assert problem(await http.get(await onward(http, {"iss": sso.issuer + "x" * 5000}))) == "no_sso"


async def test_a_login_that_another_provider_initiates_is_refused(http, ada, sso):
    response = await http.get(START, params={"iss": "https://evil.test"})

    assert problem(response) == "no_sso"
    assert ATTEMPT_COOKIE not in http.cookies


@pytest.mark.parametrize("name", ["next", "target_link_uri"])
@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test", "/\\evil.test", "/\t/evil.test", "evil"])
async def test_nobody_is_sent_to_another_site_afterwards(http, ada, sso, name, target):
    response = await through(http, sso, **{name: target})

    assert response.headers["location"] == "/"


@pytest.mark.parametrize("handle", ["globex", "a%00b", "%F0%9F%98%80", "x" * 300])
@pytest.mark.parametrize("door", ["start", "callback"])
async def test_an_organization_that_is_not_there_has_no_sso(http, sso, handle, door):
    await departed(http)

    response = await http.get(f"/auth/sso/{handle}/{door}", params={"code": "a", "state": "b"})

    assert response.status_code == 303
    # one that could be there is found out only after the answer was seen to belong to an attempt
    late = door == "callback" and handle == "globex"
    assert query(response.headers["location"])["problem"] == ("attempt_expired" if late else "no_sso")


async def test_the_case_of_a_handle_does_not_matter(http, sso):
    response = await http.get(START.replace("acme", "ACME"))

    assert response.headers["location"].startswith(sso.issuer)


async def test_a_provider_that_does_not_answer_is_a_problem_of_the_provider(http, ada, sso):
    sso.instead["discovery"] = slow(0)  # an empty object

    assert problem(await http.get(START)) == "provider_failed"


async def test_a_person_without_a_membership_reads_why(http, services, acme, sso):
    before = await services.audit.events(acme.operator)

    response = await through(http, sso)

    assert problem(response) == "not_a_member"
    assert SESSION_COOKIE not in http.cookies
    assert ATTEMPT_COOKIE not in http.cookies
    assert await services.audit.events(acme.operator) == before


async def test_who_cancels_reads_that(http, ada, sso):
    sso.refuses = "access_denied"

    assert problem(await through(http, sso)) == "cancelled"


async def test_the_back_button_leads_to_a_page_and_not_to_a_second_sign_in(http, services, acme, ada, sso):
    back = sso.visit(await departed(http))
    await http.get(back)
    events = await services.audit.events(acme.operator)

    again = await http.get(back)

    assert problem(again) == "attempt_expired"
    assert "set-cookie" not in again.headers
    assert await who(http) == "ada@acme.test"
    assert await services.audit.events(acme.operator) == events


async def test_an_answer_is_taken_once_even_if_the_cookie_is_kept(http, another, ada, sso):
    back = sso.visit(await departed(http))
    attempt = http.cookies[ATTEMPT_COOKIE]
    await http.get(back)
    another.cookies.set(ATTEMPT_COOKIE, attempt, domain="rollbook.test")

    response = await another.get(back)

    assert problem(response) == "attempt_expired"
    assert SESSION_COOKIE not in another.cookies


async def test_of_two_tabs_the_later_one_signs_in_whichever_comes_back_first(http, ada, sso):
    first, second = sso.visit(await departed(http)), sso.visit(await departed(http))

    early = await http.get(first)
    late = await http.get(second)

    assert problem(early) == "attempt_expired"
    assert (late.status_code, late.headers["location"]) == (303, "/")
    assert await who(http) == "ada@acme.test"


async def test_the_answer_to_another_browser_signs_nobody_in(http, another, ada, sso):
    back = sso.visit(await departed(http))

    without = await another.get(back)
    await departed(another)
    with_its_own = await another.get(back)

    assert [problem(without), problem(with_its_own)] == ["attempt_expired", "attempt_expired"]
    assert SESSION_COOKIE not in another.cookies


async def test_an_answer_with_the_same_thing_twice_is_not_looked_at(http, ada, sso):
    back = sso.visit(await departed(http))

    response = await http.get(f"{back}&code=another")

    assert problem(response) == "provider_failed"
    assert sso.asked("token") == []


async def test_a_new_sign_in_takes_the_place_of_the_browsers_session(http, ada, sso):
    await through(http, sso)
    former = http.cookies[SESSION_COOKIE]

    await through(http, sso)

    assert http.cookies[SESSION_COOKIE] != former
    stolen = Client(httpx.AsyncClient(transport=http._transport, base_url=BASE_URL), **OWN_PAGE)
    stolen.headers["Cookie"] = f"{SESSION_COOKIE}={former}"
    assert (await stolen.send("{ viewer { name } }")).status_code == 401


@pytest.mark.parametrize(("door", "methods"), [(START, ["GET", "POST"]), (CALLBACK, ["GET"])])
async def test_only_its_methods_open_a_door_so_that_nothing_is_used_up_by_a_look(http, ada, sso, door, methods):
    for method in ("HEAD", "OPTIONS", "PUT", "DELETE", "POST", "PATCH"):
        if method not in methods:
            response = await http.request(method, door)
            assert (response.status_code, response.headers["allow"]) == (405, ", ".join(methods))
    assert ATTEMPT_COOKIE not in http.cookies


async def test_a_head_request_does_not_use_the_code_up(http, ada, sso):
    back = sso.visit(await departed(http))

    looked = await http.head(back)

    assert looked.status_code == 405
    assert (await http.get(back)).headers["location"] == "/"


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/json", b"{}", 415),
        ("multipart/form-data; boundary=x", b"--x--", 415),
        ("application/x-www-form-urlencoded", b"next=" + b"a" * 70_000, 413),
        ("application/x-www-form-urlencoded", b"&".join([b"a=b"] * 200), 400),
        ("application/x-www-form-urlencoded", b"\xff", 400),
    ],
)
async def test_what_is_no_form_is_refused_in_words(http, sso, content_type, body, status):
    response = await http.post(START, content=body, headers={"Content-Type": content_type})

    assert (response.status_code, response.headers["content-type"]) == (status, "text/plain; charset=utf-8")
    assert response.headers["x-request-id"] in response.text


async def test_a_handle_and_an_address_find_the_way(http, services, acme, sso):
    async def found(text):
        return (await http.post("/auth/find", json={"text": text}, headers=OWN_PAGE)).json()

    assert await found(" acme ") == {"url": START}
    assert await found("globex") == {"url": None}
    assert await found("ada@acme.test") == {"url": None}  # nobody has proven the domain
    assert await found("") == {"url": None}
    assert await found("\0@\0") == {"url": None}


async def test_who_is_linked_shows_anew_who_they_are(http, services, acme, ada, sso):
    await through(http, sso)
    former = http.cookies[SESSION_COOKIE]

    asked = await http.post("/auth/sso/again", json={"next": "/account"}, headers=OWN_PAGE)
    response = await http.get(sso.visit(asked.json()["url"]))

    assert query(asked.json()["url"])["max_age"] == "0"
    assert (response.status_code, response.headers["location"]) == (303, "/account")
    assert http.cookies[SESSION_COOKIE] != former


async def test_who_signed_in_by_a_link_connects_their_identity(http, services, acme, sso):
    link = await services.sessions.create_login_link(acme.operator, "a@acme.test")
    await http.post("/auth/redeem", json={"token": link}, headers=OWN_PAGE)

    asked = await http.post("/auth/sso/link", json={"next": "/account"}, headers=OWN_PAGE)
    response = await http.get(sso.visit(asked.json()["url"]))

    assert response.headers["location"] == "/account"
    assert AuditAction.IDENTITY_LINKED in [each.action for each in await services.audit.events(acme.operator)]


@pytest.mark.parametrize("door", ["again", "link"])
async def test_nobody_who_is_not_signed_in_can_do_either(http, sso, door):
    response = await http.post(f"/auth/sso/{door}", json={"next": "/"}, headers=OWN_PAGE)

    assert (response.status_code, response.json()["error"]["code"]) == (401, "UNAUTHENTICATED")
    assert "set-cookie" not in response.headers


async def test_signing_out_offers_to_sign_out_at_the_provider(http, ada, sso):
    await through(http, sso)

    response = await http.post("/auth/sign-out", json={}, headers=OWN_PAGE)

    url = response.json()["providerUrl"]
    assert url.startswith(sso.url_of("end_session"))
    assert query(url)["post_logout_redirect_uri"] == f"{BASE_URL}/sign-in"
    assert SESSION_COOKIE not in http.cookies


async def test_a_provider_that_is_down_keeps_nobody_from_signing_out(http, ada, sso):
    await through(http, sso)
    sso.metadata["end_session_endpoint"] = "http://10.0.0.1/sign-out"

    response = await http.post("/auth/sign-out", json={}, headers=OWN_PAGE)

    assert response.json()["ok"] is True
    assert SESSION_COOKIE not in http.cookies


async def test_an_invitation_is_accepted_at_the_provider_where_sso_is_enforced(http, services, acme, sso):
    admin = await signed_in(services, acme.operator, "a@acme.test")
    sso.person |= {"sub": "subject-of-admin", "email": "a@acme.test"}
    link = await services.sessions.create_login_link(acme.operator, "a@acme.test")
    await http.post("/auth/redeem", json={"token": link}, headers=OWN_PAGE)
    linking = await http.post("/auth/sso/link", json={}, headers=OWN_PAGE)
    await http.get(sso.visit(linking.json()["url"]))
    await services.sso.enforce(admin, enforced=True)
    _, invitation = await services.invitations.create(admin, "bo@acme.test", Role.USER, lifetime=timedelta(days=1))
    http.cookies.clear()
    sso.person |= {"sub": "subject-of-bo", "email": "bo@acme.test"}

    sent = await http.post("/auth/redeem", json={"token": invitation}, headers=OWN_PAGE)
    arrived = await http.get(sso.visit(sent.json()["url"]))

    assert list(sent.json()) == ["url"]
    assert arrived.headers["location"] == "/"
    assert await who(http) == "bo@acme.test"

"""The doors of passkeys: what a page sends there, what it gets, and what it carries in between."""

import pytest

from rollbook.domain.roles import Role
from rollbook.services.opening import open_services
from tests.authenticator import Authenticator
from tests.builders import every_member
from tests.conftest import BASE_URL, SESSION_COOKIE
from tests.graphql.client import OWN_PAGE, Client, signed_in

TICKET = "__Host-passkey"
DOORS = ["options", "register", "register/options", "sign-in"]
JUNK = {"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}


@pytest.fixture
async def services(settings):
    """The services, without an identity provider."""
    async with open_services(settings) as opened:
        yield opened


@pytest.fixture
def phone():
    return Authenticator(BASE_URL)


async def knock(http, door, body=None, **headers):
    return await http.post(f"/auth/passkeys/{door}", json=body or {}, headers=OWN_PAGE | headers)


async def add(http, phone, name="Phone", **otherwise):
    """Add a passkey as the page does."""
    begun = await knock(http, "register/options")
    assert begun.status_code == 200, begun.text
    answer = phone.create(begun.json()["options"], **otherwise)
    return await knock(http, "register", {"credential": answer, "name": name})


async def enter(http, phone, **otherwise):
    """Sign in as the page does."""
    begun = await knock(http, "options")
    return await knock(http, "sign-in", {"credential": phone.get(begun.json()["options"], **otherwise)})


async def names(services, acme):
    """The names of the passkeys of the first admin."""
    link = await services.sessions.create_login_link(acme.operator, "a@acme.test")
    _, actor = await services.sessions.redeem(link)
    return [passkey.name for passkey in await services.passkeys.list(actor)]


async def test_a_passkey_that_was_added_in_one_browser_signs_in_another(http, another, services, acme, phone):
    await signed_in(http, services, acme, "a@acme.test")
    added = await add(http, phone)

    entered = await enter(another, phone)

    assert (added.status_code, added.json()) == (200, {"ok": True})
    assert (entered.status_code, entered.json()) == (200, {"ok": True})
    assert SESSION_COOKIE in another.cookies
    data = await Client(another, **OWN_PAGE).data("{ viewer { member { email } } }")
    assert data == {"viewer": {"member": {"email": "a@acme.test"}}}


async def test_the_ticket_is_hidden_from_pages_and_gone_after_its_answer(http, services, acme, phone):
    await signed_in(http, services, acme, "a@acme.test")
    begun = await knock(http, "register/options")
    await add(http, phone)
    after_adding = TICKET in http.cookies
    asked = await knock(http, "options")
    given = await knock(http, "sign-in", {"credential": phone.get(asked.json()["options"])})

    for response in (begun, asked):
        name, _, rest = response.headers["set-cookie"].partition("=")
        assert name == TICKET
        assert rest.partition("; ")[2] == "HttpOnly; Max-Age=300; Path=/; SameSite=lax; Secure"
        assert response.headers["cache-control"] == "no-store"
        assert begun.json()["options"]["challenge"] not in rest
    assert (after_adding, given.status_code, TICKET in http.cookies) == (False, 200, False)


async def test_an_answer_without_its_ticket_opens_nothing(http, another, services, acme, phone):
    await signed_in(http, services, acme, "a@acme.test")
    await add(http, phone)
    asked = (await knock(http, "options")).json()["options"]
    new = (await knock(http, "register/options")).json()["options"]
    http.cookies.delete(TICKET)

    entered = await knock(another, "sign-in", {"credential": phone.get(asked)})
    added = await knock(http, "register", {"credential": phone.create(new), "name": "Second"})

    error = entered.json()["error"]
    assert (entered.status_code, error["code"], error["problem"]) == (401, "SIGN_IN_REFUSED", "attempt_expired")
    assert (added.status_code, added.json()["error"]["field"]) == (400, "credential")
    assert SESSION_COOKIE not in another.cookies
    assert await names(services, acme) == ["Phone"]


async def test_the_answer_to_the_question_of_another_tab_is_refused_and_the_next_is_taken(
    http, another, services, acme, phone
):
    await signed_in(http, services, acme, "a@acme.test")
    await add(http, phone)
    first = (await knock(another, "options")).json()["options"]
    await knock(another, "options")

    refused = await knock(another, "sign-in", {"credential": phone.get(first)})

    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "UNAUTHENTICATED")
    assert (await enter(another, phone)).status_code == 200


async def test_who_lost_access_is_told_so(http, another, services, acme, phone):
    await signed_in(http, services, acme, "b@acme.test")
    await add(http, phone)
    (bo,) = [member for member in await every_member(services, acme.operator) if member.email == "b@acme.test"]
    await services.memberships.update(acme.operator, bo.id, lambda before: before.with_active(False))

    refused = await enter(another, phone)

    assert (refused.status_code, refused.json()["error"]["problem"]) == (401, "access_ended")
    assert SESSION_COOKIE not in another.cookies


async def test_a_user_has_passkeys_too(http, another, services, acme, phone):
    await signed_in(http, services, acme, "bo@acme.test")
    (bo,) = [member for member in await every_member(services, acme.operator) if member.email == "bo@acme.test"]
    await services.memberships.change_role(acme.operator, bo.id, Role.USER)

    assert (await add(http, phone)).status_code == 200
    assert (await enter(another, phone)).status_code == 200


@pytest.mark.parametrize("door", ["register", "register/options"])
async def test_who_is_not_signed_in_adds_no_passkey(http, acme, door):
    response = await knock(http, door, {"credential": JUNK, "name": "Phone"})

    assert (response.status_code, response.json()["error"]["code"]) == (401, "UNAUTHENTICATED")
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize("door", DOORS)
async def test_another_site_opens_none_of_these_doors(http, services, acme, door):
    await signed_in(http, services, acme, "a@acme.test")

    response = await knock(http, door, {"credential": JUNK, "name": "x"}, Origin="https://evil.test")

    assert (response.status_code, response.json()["error"]["code"]) == (403, "CSRF")
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize("door", DOORS)
async def test_only_json_by_post_opens_these_doors(http, acme, door):
    got = await http.get(f"/auth/passkeys/{door}")
    form = await http.post(f"/auth/passkeys/{door}", data={"credential": "x"}, headers=OWN_PAGE)

    assert [got.status_code, form.status_code] == [405, 415]


@pytest.mark.parametrize("credential", [None, "", 1, [], "text"])
@pytest.mark.parametrize("door", ["register", "sign-in"])
async def test_a_body_without_a_credential_is_400(http, services, acme, door, credential):
    await signed_in(http, services, acme, "a@acme.test")

    response = await knock(http, door, {"credential": credential, "name": "Phone"})

    assert (response.status_code, response.json()["error"]["code"]) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("name", [None, 1, "x" * 5000])
async def test_a_body_without_a_name_is_400(http, services, acme, name):
    await signed_in(http, services, acme, "a@acme.test")
    await knock(http, "register/options")

    response = await knock(http, "register", {"credential": JUNK, "name": name})

    assert (response.status_code, response.json()["error"]["code"]) == (400, "BAD_REQUEST")
    assert await names(services, acme) == []


def nested(depth):
    """An object in an object in an object, and so on."""
    return {"id": nested(depth - 1)} if depth else {}


@pytest.mark.parametrize(
    "credential",
    [{}, nested(500), JUNK, JUNK | {"id": {}}, JUNK | {"response": {"clientDataJSON": "é", "signature": []}}],
)
async def test_what_is_no_answer_of_an_authenticator_is_400(http, services, acme, credential):
    await signed_in(http, services, acme, "a@acme.test")
    await knock(http, "register/options")
    added = await knock(http, "register", {"credential": credential, "name": "Phone"})
    await knock(http, "options")
    entered = await knock(http, "sign-in", {"credential": credential})

    for response in (added, entered):
        error = response.json()["error"]
        assert (response.status_code, error["code"], error["field"]) == (400, "VALIDATION", "credential")
    assert await names(services, acme) == []


async def test_a_bad_name_is_told_by_its_field(http, services, acme, phone):
    await signed_in(http, services, acme, "a@acme.test")

    response = await add(http, phone, name=" ")

    assert (response.status_code, response.json()["error"]["field"]) == (400, "name")
    assert await names(services, acme) == []


async def test_a_passkey_that_is_kept_already_is_409(http, another, services, acme, globex, phone):
    await signed_in(http, services, acme, "a@acme.test")
    await add(http, phone)
    await signed_in(another, services, globex, "g@globex.test")
    options = (await knock(another, "register/options")).json()["options"]

    response = await knock(another, "register", {"credential": phone.created(phone.keys[0], options), "name": "Phone"})

    assert (response.status_code, response.json()["error"]["code"]) == (409, "CONFLICT")


async def test_signing_in_again_in_one_browser_ends_the_session_before(http, services, acme, phone):
    await signed_in(http, services, acme, "a@acme.test")
    await add(http, phone)
    before = http.cookies[SESSION_COOKIE]

    await enter(http, phone)

    stolen = Client(http, Cookie=f"{SESSION_COOKIE}={before}", **OWN_PAGE)
    http_cookies, kept = dict(http.cookies), http.cookies[SESSION_COOKIE]
    http.cookies.clear()
    assert (await stolen.send("{ viewer { name } }")).status_code == 401
    http.cookies.update(http_cookies)
    assert kept != before
    assert (await Client(http, **OWN_PAGE).send("{ viewer { name } }")).status_code == 200

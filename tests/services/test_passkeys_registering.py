"""Which passkeys a member has: how one is made for who is signed in, and nobody else, and how it is removed."""

import json

import pytest

from rollbook.domain.errors import (
    AlreadyExists,
    Forbidden,
    InvalidValue,
    NotFound,
    NotSupported,
    SignInAgain,
    TooLarge,
    Unauthenticated,
)
from rollbook.domain.passkeys import MAX_PASSKEYS
from rollbook.domain.roles import Role
from rollbook.domain.sessions import Visitor
from rollbook.services import Services
from tests.authenticator import Authenticator
from tests.builders import NOBODY, a_session, a_tool, okta, signed_in
from tests.conftest import BASE_URL
from tests.services.conftest import PEPPER
from tests.services.passkeys import entered, registered
from tests.services.rows import all_rows


@pytest.fixture
async def services(database, clock):
    return Services(database, PEPPER, clock, base_url=BASE_URL)


@pytest.fixture
async def admin(services, acme):
    return await signed_in(services, acme.operator, "a@acme.test")


@pytest.fixture
async def bo(services, acme):
    """A user who is signed in."""
    return await signed_in(services, acme.operator, "bo@acme.test", Role.USER)


@pytest.fixture
def phone():
    return Authenticator(BASE_URL)


async def test_the_options_ask_for_a_passkey_that_is_kept_and_guarded_by_its_device(services, acme, bo):
    options = json.loads((await services.passkeys.begin_registration(bo)).options)

    assert options["rp"] == {"name": "Rollbook", "id": "rollbook.test"}
    assert options["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    assert (options["attestation"], options["timeout"]) == ("none", 300_000)
    assert options["user"]["name"] == "bo@acme.test (Acme)"
    assert options["excludeCredentials"] == []


async def test_a_device_makes_no_second_passkey_for_the_same_member(services, bo, phone):
    passkey = await registered(services, bo, phone)

    options = json.loads((await services.passkeys.begin_registration(bo)).options)

    (excluded,) = options["excludeCredentials"]
    assert (excluded["type"], excluded["transports"]) == ("public-key", ["hybrid", "internal"])
    assert phone.keys[0].credential_id == passkey.credential_id


async def test_beginning_writes_nothing(services, database, bo):
    before = await all_rows(database)

    await services.passkeys.begin_sign_in()
    await services.passkeys.begin_registration(bo)

    assert await all_rows(database) == before


@pytest.mark.parametrize(
    "otherwise",
    [
        {"challenge": "AAAA"},
        {"origin": "https://rollbook.test.evil.example"},
        {"origin": "http://rollbook.test"},
        {"origin": "https://rollbook.test:8443"},
        {"origin": None},
        {"crossOrigin": True},
        {"type": "webauthn.get"},
        {"verified": False},
        {"present": False},
        {"algorithm": -39},
    ],
)
async def test_a_passkey_that_was_not_made_for_this_question_is_not_kept(services, database, bo, phone, otherwise):
    ceremony = await services.passkeys.begin_registration(bo)
    options = json.loads(ceremony.options)
    phone.create(options)
    answer = phone.created(phone.keys[0], options, **otherwise)
    before = await all_rows(database)

    with pytest.raises(InvalidValue) as refusal:
        await services.passkeys.register(bo, ceremony.ticket, json.dumps(answer), name="Phone")

    assert refusal.value.field == "credential"
    assert await all_rows(database) == before


async def test_a_passkey_for_another_host_is_not_kept(services, database, bo, phone):
    ceremony = await services.passkeys.begin_registration(bo)
    options = json.loads(ceremony.options)
    options["rp"]["id"] = "test"
    before = await all_rows(database)

    with pytest.raises(InvalidValue):
        await services.passkeys.register(bo, ceremony.ticket, json.dumps(phone.create(options)), name="Phone")

    assert await all_rows(database) == before


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "null",
        "[]",
        "{}",
        "[" * 50_000,
        '{"id": 1}',
        '{"id": "a", "rawId": "a", "type": "public-key", "response": {}}',
        '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "_w", "attestationObject": '
        '"_w", "authenticatorData": "_w", "signature": "_w", "userHandle": "é"}}',
        json.dumps({"id": "x" * 70_000}),
    ],
)
async def test_what_is_no_answer_of_an_authenticator_is_refused(services, database, bo, phone, answer):
    registration = await services.passkeys.begin_registration(bo)
    sign_in = await services.passkeys.begin_sign_in()
    before = await all_rows(database)

    with pytest.raises(InvalidValue):
        await services.passkeys.register(bo, registration.ticket, answer, name="Phone")
    with pytest.raises(InvalidValue):
        await services.passkeys.sign_in(sign_in.ticket, answer, Visitor())

    assert await all_rows(database) == before


@pytest.mark.parametrize("name", ["", "  ", "x" * 65, "a\nb"])
async def test_a_passkey_needs_a_name_that_can_be_read(services, database, bo, phone, name):
    before = await all_rows(database)

    with pytest.raises(InvalidValue) as refusal:
        await registered(services, bo, phone, name=name)

    assert refusal.value.field == "name"
    assert await all_rows(database) == before


async def test_the_answer_of_a_registration_works_once(services, bo, phone):
    ceremony = await services.passkeys.begin_registration(bo)
    options = json.loads(ceremony.options)
    await services.passkeys.register(bo, ceremony.ticket, json.dumps(phone.create(options)), name="Phone")

    with pytest.raises(InvalidValue):
        await services.passkeys.register(bo, ceremony.ticket, json.dumps(phone.create(options)), name="Second")

    assert [each.name for each in await services.passkeys.list(bo)] == ["Phone"]


async def test_a_registration_is_finished_by_the_session_that_began_it(services, acme, admin, bo, phone):
    ceremony = await services.passkeys.begin_registration(bo)
    answer = json.dumps(phone.create(json.loads(ceremony.options)))
    secret = await services.sessions.create_login_link(acme.operator, "a@acme.test")
    _, other = await services.sessions.redeem(secret)

    for actor in (admin, other):
        with pytest.raises(InvalidValue):
            await services.passkeys.register(actor, ceremony.ticket, answer, name="Phone")

    assert await services.passkeys.list(admin) == await services.passkeys.list(bo) == []


async def test_a_passkey_belongs_to_one_member_only(services, globex, bo, phone):
    await registered(services, bo, phone)
    theirs = await signed_in(services, globex.operator, "g@globex.test")
    ceremony = await services.passkeys.begin_registration(theirs)
    answer = phone.created(phone.keys[0], json.loads(ceremony.options))

    with pytest.raises(AlreadyExists) as refusal:
        await services.passkeys.register(theirs, ceremony.ticket, json.dumps(answer), name="Phone")

    assert refusal.value.field == "credential"
    assert await services.passkeys.list(theirs) == []
    _, actor = await entered(services, phone)
    assert actor.membership_id == bo.membership_id


async def test_a_member_has_twenty_passkeys_at_most(services, database, bo, phone):
    late = await services.passkeys.begin_registration(bo)
    for _ in range(MAX_PASSKEYS):
        await registered(services, bo, phone)
    before = await all_rows(database)

    with pytest.raises(TooLarge):
        await services.passkeys.begin_registration(bo)
    with pytest.raises(TooLarge):
        await services.passkeys.register(bo, late.ticket, json.dumps(phone.create(json.loads(late.options))), name="x")

    assert await all_rows(database) == before


async def test_an_old_session_changes_no_passkey_until_its_member_shows_anew_who_they_are(
    services, acme, database, clock, phone
):
    secret = await a_session(services, acme.operator, "a@acme.test")
    old = await services.sessions.authenticate(secret)
    passkey = await registered(services, old, phone)
    begun = await services.passkeys.begin_registration(old)
    clock.move(minutes=10, seconds=1)
    before = await all_rows(database)

    for refused in (
        services.passkeys.begin_registration(old),
        services.passkeys.register(old, begun.ticket, "{}", name="Second"),
        services.passkeys.remove(old, passkey.id),
    ):
        with pytest.raises(SignInAgain):
            await refused
    assert await all_rows(database) == before
    _, anew = await entered(services, phone, visitor=Visitor(session_secret=secret))

    await services.passkeys.remove(anew, passkey.id)
    assert await services.passkeys.list(anew) == []
    with pytest.raises(Unauthenticated):
        await services.sessions.authenticate(secret)


async def test_nobody_removes_the_passkey_of_somebody_else(services, globex, admin, bo, phone):
    passkey = await registered(services, bo, phone)
    elsewhere = await signed_in(services, globex.operator, "g@globex.test")

    for actor in (admin, elsewhere):
        with pytest.raises(NotFound):
            await services.passkeys.remove(actor, passkey.id)
    for passkey_id in (NOBODY, "", passkey.id.upper()):
        with pytest.raises(NotFound):
            await services.passkeys.remove(bo, passkey_id)

    assert [each.id for each in await services.passkeys.list(bo)] == [passkey.id]


async def test_only_who_is_signed_in_has_passkeys(services, acme, phone):
    for actor in (acme.operator, await okta(services, acme.operator), await a_tool(services, acme.operator)):
        for refused in (
            services.passkeys.begin_registration(actor),
            services.passkeys.register(actor, "", "", name="Phone"),
            services.passkeys.list(actor),
            services.passkeys.remove(actor, NOBODY),
        ):
            with pytest.raises(Forbidden):
                await refused


async def test_the_newest_passkey_is_listed_first(services, bo, phone):
    for name in ("Phone", "Laptop", "Key"):
        await registered(services, bo, phone, name=name)

    assert [each.name for each in await services.passkeys.list(bo)] == ["Key", "Laptop", "Phone"]


@pytest.mark.parametrize(
    ("base_url", "remedy"),
    [
        ("http://127.0.0.1:8000", "http://localhost:8000"),
        ("https://192.0.2.7", "ROLLBOOK_BASE_URL"),
        ("https://[2001:db8::1]", "ROLLBOOK_BASE_URL"),
        ("http://rollbook.test", "https"),
    ],
)
async def test_where_browsers_offer_no_passkeys_the_text_says_what_to_do(database, clock, acme, bo, base_url, remedy):
    services = Services(database, PEPPER, clock, base_url=base_url)

    for refused in (
        services.passkeys.begin_registration(bo),
        services.passkeys.register(bo, "", "", name="Phone"),
        services.passkeys.begin_sign_in(),
        services.passkeys.sign_in("", "", Visitor()),
    ):
        with pytest.raises(NotSupported) as refusal:
            await refused
        assert remedy in refusal.value.message

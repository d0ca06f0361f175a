"""Passkeys: who has one is signed in by it, in the one organization where it was made, for as long as they belong."""

import json

import pytest

from rollbook.domain.audit import AuditAction
from rollbook.domain.errors import (
    InvalidValue,
    SignInRefused,
    Unauthenticated,
)
from rollbook.domain.groups import GroupChange
from rollbook.domain.roles import Role
from rollbook.domain.sessions import SignInMethod, Visitor
from rollbook.domain.sso import SignInProblem
from rollbook.services import Services
from tests.authenticator import Authenticator
from tests.builders import a_draft, okta, signed_in
from tests.conftest import BASE_URL
from tests.services.conftest import PEPPER
from tests.services.passkeys import asked, enforce_sso, entered, registered
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


def deactivated(before):
    return before.with_active(False)


def reactivated(before):
    return before.with_active(True)


async def problem_of(services, phone, **otherwise):
    """Why nobody is let in, told by the page."""
    with pytest.raises(SignInRefused) as refusal:
        await entered(services, phone, **otherwise)
    return refusal.value.problem


@pytest.mark.parametrize("algorithm", [-7, -8, -257])
async def test_who_has_a_passkey_is_signed_in_by_it(services, acme, bo, algorithm):
    phone = Authenticator(BASE_URL, algorithm=algorithm)
    passkey = await registered(services, bo, phone, name=" Bo's phone ")

    secret, actor = await entered(services, phone, visitor=Visitor(request_id="r1"))

    again = await services.sessions.authenticate(secret, request_id="r1")
    assert again == actor
    assert (actor.membership_id, actor.role, actor.organization_id) == (bo.membership_id, Role.USER, bo.organization_id)
    assert actor.authenticated_at == services.clock()
    assert passkey.name == "Bo's phone"
    (kept,) = await services.passkeys.list(actor)
    assert (kept.id, kept.sign_count, kept.last_used_at) == (passkey.id, 1, services.clock())


async def test_the_trail_tells_of_a_passkey_and_of_what_it_opened(services, acme, bo, phone):
    passkey = await registered(services, bo, phone)
    _, actor = await entered(services, phone)
    await services.passkeys.remove(actor, passkey.id)

    removed, started, made = (await services.audit.events(acme.operator))[:3]

    assert [made.action, started.action, removed.action] == [
        AuditAction.PASSKEY_REGISTERED,
        AuditAction.SESSION_STARTED,
        AuditAction.PASSKEY_REMOVED,
    ]
    assert [each.target for each in (made, started, removed)] == ["bo@acme.test"] * 3
    assert [tuple(each.changes["passkey"]) for each in (made, started, removed)] == [
        (None, "Phone"),
        (None, "Phone"),
        ("Phone", None),
    ]


async def test_a_sign_in_names_no_passkey_so_that_nobody_learns_who_has_one(services, bo, phone):
    await registered(services, bo, phone)

    options = json.loads((await services.passkeys.begin_sign_in()).options)

    assert (options["allowCredentials"], options["userVerification"]) == ([], "required")
    assert options["rpId"] == "rollbook.test"


@pytest.mark.parametrize(
    "otherwise",
    [
        {"challenge": "AAAA"},
        {"origin": "https://evil.example"},
        {"crossOrigin": True},
        {"type": "webauthn.create"},
        {"verified": False},
        {"present": False},
        {"handle": None},
        {"handle": b"somebody else"},
        {"handle": b"\0" * 32},
    ],
)
async def test_an_answer_to_another_question_opens_nothing(services, database, bo, phone, otherwise):
    await registered(services, bo, phone)
    before = await all_rows(database)

    with pytest.raises(Unauthenticated):
        await entered(services, phone, **otherwise)

    assert await all_rows(database) == before
    await entered(services, phone)


async def test_who_only_knows_the_id_of_a_passkey_is_told_nothing_and_let_in_nowhere(
    services, acme, database, bo, phone
):
    await registered(services, bo, phone)
    thief = Authenticator(BASE_URL)
    thief.create(json.loads((await services.passkeys.begin_registration(bo)).options))
    await services.memberships.update(acme.operator, bo.membership_id, deactivated)
    before = await all_rows(database)

    with pytest.raises(Unauthenticated) as refusal:
        await entered(services, phone, signer=thief.keys[0].private, count=99)

    assert not isinstance(refusal.value, SignInRefused)
    assert await all_rows(database) == before


async def test_a_passkey_of_another_installation_is_unknown(services, database, bo, phone):
    phone.create(json.loads((await services.passkeys.begin_registration(bo)).options))
    before = await all_rows(database)

    with pytest.raises(Unauthenticated) as refusal:
        await entered(services, phone)

    assert "not known" in refusal.value.message
    assert await all_rows(database) == before


async def test_the_answer_of_a_sign_in_works_once(services, database, bo, phone):
    await registered(services, bo, phone)
    ticket, answer = await asked(services, phone, count=0)
    await services.passkeys.sign_in(ticket, answer, Visitor())
    before = await all_rows(database)

    with pytest.raises(SignInRefused) as refusal:
        await services.passkeys.sign_in(ticket, answer, Visitor())

    assert refusal.value.problem == SignInProblem.ATTEMPT_EXPIRED
    assert await all_rows(database) == before


async def test_a_person_has_five_minutes_to_answer(services, bo, phone, clock):
    registration = await services.passkeys.begin_registration(bo)
    new = json.dumps(phone.create(json.loads(registration.options)))
    in_time, too_late = await asked(services, phone), await asked(services, phone)
    clock.move(minutes=4, seconds=59)
    await services.passkeys.register(bo, registration.ticket, new, name="Phone")
    await services.passkeys.sign_in(*in_time, Visitor())
    late = await services.passkeys.begin_registration(bo)
    clock.move(seconds=1)

    with pytest.raises(SignInRefused) as refusal:
        await services.passkeys.sign_in(*too_late, Visitor())
    clock.move(minutes=4, seconds=59)
    with pytest.raises(InvalidValue) as too_slow:
        await services.passkeys.register(bo, late.ticket, new, name="Late")

    assert refusal.value.problem == SignInProblem.ATTEMPT_EXPIRED
    assert "too late" in too_slow.value.message
    assert [each.name for each in await services.passkeys.list(bo)] == ["Phone"]


@pytest.mark.parametrize("ticket", ["", "é", "AAAA", "not base64!"])
async def test_a_ticket_that_was_not_sealed_here_is_no_ticket(services, bo, phone, ticket):
    await registered(services, bo, phone)
    _, answer = await asked(services, phone)

    with pytest.raises(SignInRefused) as refusal:
        await services.passkeys.sign_in(ticket, answer, Visitor())
    with pytest.raises(InvalidValue):
        await services.passkeys.register(bo, ticket, answer, name="Phone")

    assert refusal.value.problem == SignInProblem.ATTEMPT_EXPIRED


async def test_a_ticket_opens_only_what_it_was_sealed_for(services, bo, phone):
    await registered(services, bo, phone)
    registration = await services.passkeys.begin_registration(bo)
    sign_in = await services.passkeys.begin_sign_in()
    as_sign_in = phone.get(json.loads(registration.options) | {"rpId": "rollbook.test"})
    as_new = phone.create(json.loads(registration.options) | {"challenge": json.loads(sign_in.options)["challenge"]})

    with pytest.raises(SignInRefused):
        await services.passkeys.sign_in(registration.ticket, json.dumps(as_sign_in), Visitor())
    with pytest.raises(InvalidValue):
        await services.passkeys.register(bo, sign_in.ticket, json.dumps(as_new), name="Phone")

    assert len(await services.passkeys.list(bo)) == 1


async def test_a_count_that_does_not_grow_shows_a_copy(services, database, bo, phone, caplog):
    passkey = await registered(services, bo, phone)
    await entered(services, phone, count=5)
    before = await all_rows(database)

    for count in (5, 4, 0):
        with pytest.raises(Unauthenticated) as refusal:
            await entered(services, phone, count=count)
        assert "copied" in refusal.value.message

    assert await all_rows(database) == before
    assert [record.args[0] for record in caplog.records if record.levelname == "WARNING"] == [passkey.id] * 3
    await entered(services, phone, count=6)


async def test_an_authenticator_that_does_not_count_is_not_held_to_it(services, bo):
    phone = Authenticator(BASE_URL, counts=False)
    await registered(services, bo, phone)

    for _ in range(2):
        _, actor = await entered(services, phone)

    assert [each.sign_count for each in await services.passkeys.list(actor)] == [0]


async def test_whether_a_passkey_is_backed_up_is_told_as_it_is_now(services, bo, phone):
    made = await registered(services, bo, phone)
    phone.backed_up = True

    await entered(services, phone)

    (kept,) = await services.passkeys.list(bo)
    assert (made.backed_up, kept.backed_up) == (False, True)


async def test_a_deactivated_member_is_refused_until_they_are_reactivated(services, acme, database, bo, phone):
    await registered(services, bo, phone)
    idp = await okta(services, acme.operator)
    await services.memberships.update(idp, bo.membership_id, deactivated)
    before = await all_rows(database)

    assert await problem_of(services, phone) == SignInProblem.ACCESS_ENDED

    assert await all_rows(database) == before
    await services.memberships.update(idp, bo.membership_id, reactivated)
    await entered(services, phone)


async def test_with_a_membership_its_passkeys_end_for_good(services, acme, database, bo, phone):
    await registered(services, bo, phone)
    idp = await okta(services, acme.operator)
    await services.memberships.remove(idp, bo.membership_id)
    before = await all_rows(database)

    assert await problem_of(services, phone) == SignInProblem.ACCESS_ENDED

    assert before["passkeys"] == []
    assert await all_rows(database) == before
    await services.memberships.create(idp, a_draft("bo@acme.test"))
    assert await problem_of(services, phone) == SignInProblem.ACCESS_ENDED


async def test_a_member_without_a_role_is_refused(services, acme, database, bo, phone):
    await registered(services, bo, phone)
    idp = await okta(services, acme.operator)
    await services.groups.change(idp, "users", GroupChange(remove=(bo.membership_id,)))
    before = await all_rows(database)

    assert await problem_of(services, phone) == SignInProblem.NO_ROLE

    assert await all_rows(database) == before


async def test_where_sso_is_enforced_passkeys_let_admins_in_and_nobody_else(services, acme, database, admin, bo, phone):
    tablet = Authenticator(BASE_URL)
    await registered(services, admin, tablet)
    await registered(services, bo, phone)
    await enforce_sso(services, database, acme.organization.id)
    before = await all_rows(database)

    assert await problem_of(services, phone) == SignInProblem.SSO_REQUIRED

    assert await all_rows(database) == before
    _, actor = await entered(services, tablet)
    assert (actor.membership_id, actor.role) == (acme.admin.id, Role.ADMIN)


async def test_a_removed_passkey_opens_nothing_more(services, bo, phone):
    passkey = await registered(services, bo, phone)
    waiting = await asked(services, phone)
    await services.passkeys.remove(bo, passkey.id)

    for answer in (waiting, await asked(services, phone)):
        with pytest.raises(Unauthenticated) as refusal:
            await services.passkeys.sign_in(*answer, Visitor())
        assert not isinstance(refusal.value, SignInRefused)


async def test_a_session_by_a_passkey_says_so(services, database, bo, phone):
    await registered(services, bo, phone)
    await entered(services, phone)

    methods = [row["method"] for row in (await all_rows(database))["sessions"]]

    assert methods.count(SignInMethod.PASSKEY) == 1


@pytest.mark.parametrize(
    "base_url",
    ["http://localhost:8000", "http://rollbook.localhost", "https://rollbook.test:8443", "https://R.Test:443"],
)
async def test_the_origin_is_written_as_browsers_write_it(database, clock, acme, bo, base_url):
    services = Services(database, PEPPER, clock, base_url=base_url)
    phone = Authenticator(base_url.lower().removesuffix(":443"))
    await registered(services, bo, phone)

    _, actor = await entered(services, phone)

    assert actor.membership_id == bo.membership_id

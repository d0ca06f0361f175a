"""What a browser takes along to the provider and brings back: its own, in time, once, and to the same organization."""

import asyncio
import base64
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from rollbook.domain.encryption import Vault
from rollbook.domain.errors import Forbidden, SignInRefused
from rollbook.domain.roles import Role
from rollbook.domain.sessions import SOMEBODY
from rollbook.domain.sso import ATTEMPT_LIFETIME, Purpose
from rollbook.gateways.closed import closed_gateways
from rollbook.services import Services, signing_out
from rollbook.services.attempts import opened_attempt
from tests.builders import a_draft, a_tool, okta, signed_in
from tests.services.conftest import PEPPER
from tests.services.connections import ISSUER, a_connection
from tests.services.idp import Idp, answer_to, claims, come_in
from tests.services.outside import Dns
from tests.services.rows import all_rows


@pytest.fixture
def idp():
    return Idp(says=claims())


@pytest.fixture
def dns():
    return Dns()


@pytest.fixture
async def services(database, clock, idp, dns):
    gateways = replace(closed_gateways(), openid=idp, resolver=dns)
    return Services(database, PEPPER, clock, base_url="https://rollbook.test", gateways=gateways)


@pytest.fixture
async def bo(services, acme):
    """Bo, who was provisioned, in an organization with SSO."""
    await services.sso.save(acme.operator, a_connection())
    return await services.memberships.create(await okta(services, acme.operator), a_draft("bo@acme.test"))


@pytest.fixture
async def departure(services, bo):
    return await services.sign_in.start("acme", next_path="/members")


async def refused(services, database, attempt, answer, handle="acme", visitor=SOMEBODY):
    """The problem; nothing is written."""
    before = await all_rows(database)
    with pytest.raises(SignInRefused) as refusal:
        await services.sign_in.finish(handle, attempt, answer, visitor)
    assert await all_rows(database) == before
    return refusal.value.problem


async def test_a_departure_writes_nothing_and_tells_nothing_but_the_state(services, database, bo, idp):
    before = await all_rows(database)

    departure = await services.sign_in.start("acme", login_hint="bo@acme.test", next_path="/members?q=1")

    ((authorization, hint),) = idp.asked
    attempt = opened_attempt(Vault(PEPPER), departure.attempt)
    assert await all_rows(database) == before
    assert (attempt.authorization, attempt.purpose, attempt.next) == (authorization, Purpose.SIGN_IN, "/members?q=1")
    assert (hint, authorization.max_age) == ("bo@acme.test", False)
    assert parse_qs(urlsplit(departure.url).query) == {"state": [authorization.state]}
    kept = base64.urlsafe_b64decode(departure.attempt)
    for secret in (authorization.state, authorization.nonce, authorization.code_verifier):
        assert len(secret) >= 43
        assert secret.encode() not in kept
        assert secret not in repr(attempt) + repr(departure).replace(departure.url, "")
    assert len(departure.attempt) < 2000


async def test_two_departures_share_no_secret(services, departure):
    again = await services.sign_in.start("acme")

    one, other = [opened_attempt(Vault(PEPPER), each.attempt).authorization for each in (departure, again)]
    assert not {one.state, one.nonce, one.code_verifier} & {other.state, other.nonce, other.code_verifier}


@pytest.mark.parametrize(
    "path",
    ["//evil.test", "/\\evil.test", "https://evil.test", "", "members", "/\t/evil.test", "/a\nb", "/" + "a" * 1024],
)
async def test_only_a_path_of_this_origin_is_gone_to(services, bo, path):
    departure = await services.sign_in.start("acme", next_path=path)

    assert (await services.sign_in.finish("acme", departure.attempt, answer_to(departure), SOMEBODY)).next == "/"


async def test_an_answer_is_taken_once(services, database, departure, idp):
    arrival = await services.sign_in.finish("acme", departure.attempt, answer_to(departure), SOMEBODY)

    problem = await refused(services, database, departure.attempt, answer_to(departure, code="another-code"))

    assert (arrival.next, problem, idp.redeemed) == ("/members", "attempt_expired", ["a-code"])


async def test_an_answer_that_was_refused_may_come_again(services, database, departure, idp):
    idp.failing = True
    assert await refused(services, database, departure.attempt, answer_to(departure)) == "provider_failed"
    idp.failing = False

    assert (await services.sign_in.finish("acme", departure.attempt, answer_to(departure), SOMEBODY)).actor


@pytest.mark.parametrize("state", [None, "", "another", "ä"])
async def test_an_answer_to_another_question_is_refused(services, database, departure, idp, state):
    problem = await refused(services, database, departure.attempt, answer_to(departure, state=state))

    assert (problem, idp.redeemed) == ("attempt_expired", [])


async def test_the_answer_of_another_tab_is_refused(services, database, departure):
    other = await services.sign_in.start("acme")

    assert await refused(services, database, other.attempt, answer_to(departure)) == "attempt_expired"


@pytest.mark.parametrize("change", [lambda text: "", lambda text: "a", lambda text: "ü" + text, lambda text: text[:-8]])
async def test_what_was_not_sealed_here_is_refused(services, database, departure, change):
    problem = await refused(services, database, change(departure.attempt), answer_to(departure))

    assert problem == "attempt_expired"


async def test_what_another_installation_has_sealed_is_refused(services, database, departure, clock, idp):
    gateways = replace(closed_gateways(), openid=idp)
    theirs = Services(database, b"the key of another installation", clock, gateways=gateways)
    before = await all_rows(database)

    with pytest.raises(SignInRefused) as refusal:
        await theirs.sign_in.finish("acme", departure.attempt, answer_to(departure), SOMEBODY)

    assert (refusal.value.problem, await all_rows(database)) == ("attempt_expired", before)


async def test_an_attempt_ends_after_ten_minutes(services, database, bo, clock):
    early, late = [await services.sign_in.start("acme") for _ in range(2)]
    clock.move(minutes=9, seconds=59)
    await services.sign_in.finish("acme", early.attempt, answer_to(early), SOMEBODY)
    clock.move(seconds=1)

    assert await refused(services, database, late.attempt, answer_to(late)) == "attempt_expired"


async def test_an_answer_that_comes_to_another_organization_is_refused(services, database, globex, departure, idp):
    await services.sso.save(globex.operator, a_connection())

    problem = await refused(services, database, departure.attempt, answer_to(departure), handle="globex")

    assert (problem, idp.redeemed) == ("attempt_expired", [])


@pytest.mark.parametrize("handle", ["nobody", "globex", "No Handle!", "a" * 500])
async def test_without_sso_there_is_no_way_in(services, database, globex, departure, handle):
    assert await refused(services, database, departure.attempt, answer_to(departure), handle=handle) == "no_sso"
    with pytest.raises(SignInRefused) as refusal:
        await services.sign_in.start(handle)
    assert refusal.value.problem == "no_sso"


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        ("access_denied", "cancelled"),
        ("login_required", "cancelled"),
        ("interaction_required", "cancelled"),
        ("server_error", "provider_failed"),
        ("invalid_request", "provider_failed"),
        ("anything <script>", "provider_failed"),
    ],
)
async def test_a_provider_that_says_no_is_believed(services, database, departure, idp, error, problem):
    answer = answer_to(departure, error=error, code="a-code")

    assert (await refused(services, database, departure.attempt, answer), idp.redeemed) == (problem, [])


@pytest.mark.parametrize("code", [None, ""])
async def test_an_answer_without_a_code_is_none(services, database, departure, idp, code):
    problem = await refused(services, database, departure.attempt, answer_to(departure, code=code))

    assert (problem, idp.redeemed) == ("provider_failed", [])


@pytest.mark.parametrize("issuer", [ISSUER, None, "https://evil.test"])
async def test_who_answers_is_told_to_the_gateway_which_checks_it(services, departure, idp, issuer):
    answer = answer_to(departure, issuer=issuer)

    await services.sign_in.finish("acme", departure.attempt, answer, SOMEBODY)

    assert idp.answered_as == [issuer]


async def test_why_the_provider_failed_is_told_in_the_refusal(services, departure, idp):
    idp.failing = True
    with pytest.raises(SignInRefused, match=r"^The token endpoint answered with status 500\.$"):
        await services.sign_in.finish("acme", departure.attempt, answer_to(departure), SOMEBODY)


async def test_a_provider_that_cannot_be_reached_is_told_at_the_start(services, bo, idp):
    idp.failing = True

    with pytest.raises(SignInRefused) as refusal:
        await services.sign_in.start("acme")

    assert refusal.value.problem == "provider_failed"


async def test_a_login_that_another_provider_initiates_is_refused(services, bo):
    assert (await services.sign_in.start("acme", issuer=ISSUER)).url.startswith(ISSUER)

    with pytest.raises(SignInRefused) as refusal:
        await services.sign_in.start("acme", issuer="https://evil.test")

    assert refusal.value.problem == "no_sso"


@pytest.mark.parametrize(
    "change",
    [{"issuer": "https://other.okta.test", "client_secret": "new"}, {"client_id": "0oa2", "client_secret": "new"}],
)
async def test_an_answer_of_a_provider_that_is_replaced_meanwhile_is_refused(
    services, database, acme, departure, idp, change
):
    redeem = idp.redeem

    async def slowly(*given, **more):
        await services.sso.save(acme.operator, a_connection(**change))
        before.append(await all_rows(database))
        return await redeem(*given, **more)

    before = []
    idp.redeem = slowly

    with pytest.raises(SignInRefused) as refusal:
        await services.sign_in.finish("acme", departure.attempt, answer_to(departure), SOMEBODY)

    assert (refusal.value.problem, await all_rows(database)) == ("attempt_expired", before[0])


@pytest.mark.parametrize(("meanwhile", "role"), [(None, None), (Role.USER, Role.USER)])
async def test_a_newcomer_gets_the_role_that_is_set_when_they_come_back(services, database, acme, idp, meanwhile, role):
    await services.sso.save(acme.operator, a_connection(jit_role=Role.ADMIN))
    departure = await services.sign_in.start("acme")
    redeem = idp.redeem

    async def slowly(*given, **more):
        await services.sso.save(acme.operator, a_connection(jit_role=meanwhile))
        before.append(await all_rows(database))
        return await redeem(*given, **more)

    before = []
    idp.redeem = slowly
    idp.says = claims(email="new@acme.test")

    if role is None:
        with pytest.raises(SignInRefused) as refusal:
            await services.sign_in.finish("acme", departure.attempt, answer_to(departure), SOMEBODY)
        assert (refusal.value.problem, await all_rows(database)) == ("not_a_member", before[0])
    else:
        arrival = await services.sign_in.finish("acme", departure.attempt, answer_to(departure), SOMEBODY)
        assert arrival.actor.role is role


async def test_an_answer_of_a_provider_that_is_removed_meanwhile_is_refused(services, acme, departure, idp):
    redeem = idp.redeem

    async def slowly(*given, **more):
        await services.sso.remove(acme.operator)
        return await redeem(*given, **more)

    idp.redeem = slowly

    with pytest.raises(SignInRefused) as refusal:
        await services.sign_in.finish("acme", departure.attempt, answer_to(departure), SOMEBODY)

    assert refusal.value.problem == "no_sso"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("acme", "acme"),
        (" ACME ", "acme"),
        ("zoe@acme.test", "acme"),
        ("Zoe@ACME.test", "acme"),
        ("zoe@mail.acme.test", None),
        ("zoe@globex.test", None),
        ("globex", None),
        ("nobody", None),
        ("", None),
        ("@acme.test", None),
        ("zoe@", None),
        ("a" * 5000, None),
    ],
)
async def test_an_organization_is_found_by_its_handle_or_a_proven_domain(services, acme, globex, bo, dns, text, found):
    for actor, domain in ((acme.operator, "acme.test"), (globex.operator, "globex.test")):
        added = await services.login_domains.add(actor, domain)
        dns.records[added.record_name] = [added.challenge]
        await services.login_domains.prove(actor, added.id)

    assert await services.sign_in.find(text) == found


async def test_a_domain_that_is_not_proven_finds_nobody(services, acme, bo):
    await services.login_domains.add(acme.operator, "acme.test")

    assert await services.sign_in.find("zoe@acme.test") is None


async def test_who_came_through_sso_can_sign_out_at_the_provider_too(services, bo, idp):
    actor = (await come_in(services)).actor

    way_out = await services.sign_in.way_out(actor)
    await services.sessions.end(actor)

    assert await way_out.url() == (
        f"{ISSUER}/logout?id_token_hint=id.token.of.00u-bo&post_logout_redirect_uri=https://rollbook.test/sign-in"
    )
    assert await services.sign_in.way_out(actor) is None
    assert "id.token" not in repr(way_out)


async def test_a_provider_that_fails_when_somebody_signs_out_is_left_alone(services, bo, idp, monkeypatch):
    way_out = await services.sign_in.way_out((await come_in(services)).actor)
    idp.failing = True
    assert await way_out.url() is None

    monkeypatch.setattr(signing_out, "TIMEOUT_SECONDS", 0.01)
    monkeypatch.setattr(idp, "sign_out_url", lambda *asked: asyncio.Event().wait())
    assert await way_out.url() is None


async def test_who_came_by_a_link_has_nowhere_else_to_sign_out(services, acme, bo):
    assert await services.sign_in.way_out(await signed_in(services, acme.operator, "a@acme.test")) is None
    with pytest.raises(Forbidden):
        await services.sign_in.way_out(await a_tool(services, acme.operator))


async def test_the_providers_token_is_kept_encrypted_and_no_longer_than_the_session(services, database, bo):
    actor = (await come_in(services)).actor
    (kept,) = [row["id_token"] for row in (await all_rows(database))["sessions"]]

    await services.sessions.end(actor)

    assert kept
    assert b"id.token" not in bytes(kept)
    assert [row["id_token"] for row in (await all_rows(database))["sessions"]] == [None]


async def test_answers_are_forgotten_when_they_are_too_old_to_come_again(services, database, departure, clock):
    await services.sign_in.finish("acme", departure.attempt, answer_to(departure), SOMEBODY)
    await services.sessions.forget()
    clock.move(seconds=ATTEMPT_LIFETIME.total_seconds())
    await services.sessions.forget()
    assert len((await all_rows(database))["spent_answers"]) == 1
    clock.moment += timedelta(hours=1)

    await services.sessions.forget()

    assert (await all_rows(database))["spent_answers"] == []
    assert await refused(services, database, departure.attempt, answer_to(departure)) == "attempt_expired"

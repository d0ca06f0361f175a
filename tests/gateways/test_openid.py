"""How somebody signs in: what the provider is asked, and what is made of its answer."""

import asyncio
import base64
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from rollbook.domain.errors import ProviderFailed
from rollbook.domain.sso import ClientAuthentication, FindingStatus
from rollbook.gateways.guarded_http import GuardedHttp
from rollbook.gateways.openid import HttpOpenIdProvider
from tests.fake_idp import LEFT_OUT, FakeIdp, Reply, somebody

from .browsing import an_authorization, query_of, sign_in


async def test_the_browser_is_sent_with_code_flow_pkce_state_and_nonce(idp, openid):
    authorization = an_authorization()

    url = await openid.authorization_url(idp.party(), authorization, login_hint="ada+1@acme.test")

    challenge = base64.urlsafe_b64encode(hashlib.sha256(authorization.code_verifier.encode()).digest())
    assert url.startswith(f"{idp.issuer}/authorize?")
    assert query_of(url) == {
        "response_type": "code",
        "client_id": "rollbook",
        "redirect_uri": "https://rollbook.test/auth/sso/acme/callback",
        "scope": "openid email profile",
        "state": authorization.state,
        "nonce": authorization.nonce,
        "code_challenge": challenge.rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        "login_hint": "ada+1@acme.test",
    }


async def test_a_step_up_asks_for_the_password_again(idp, openid):
    url = await openid.authorization_url(idp.party(), an_authorization(max_age=True))

    assert query_of(url)["prompt"] == "login"
    assert query_of(url)["max_age"] == "0"
    assert "login_hint" not in query_of(url)


async def test_an_authorization_endpoint_keeps_the_query_that_it_has(idp, openid):
    idp.metadata["authorization_endpoint"] = f"{idp.issuer}/authorize?tenant=7&state=theirs"
    authorization = an_authorization()

    asked = query_of(await openid.authorization_url(idp.party(), authorization))

    assert (asked["tenant"], asked["state"]) == ("7", authorization.state)


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
async def test_who_signed_in_is_told_in_full(idp, openid, algorithm):
    idp.algorithm = algorithm
    idp.signed_in_at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    claims = await sign_in(idp, openid)

    assert (claims.issuer, claims.subject) == (idp.issuer, "subject-of-ada")
    assert (claims.email, claims.email_verified) == ("ada@acme.test", True)
    assert (claims.name, claims.given_name, claims.family_name) == ("Ada Example", "Ada", "Example")
    assert claims.authenticated_at == idp.signed_in_at
    assert claims.id_token.count(".") == 2


async def test_what_is_secret_is_in_no_repr(idp, openid):
    claims = await sign_in(idp, openid)

    assert claims.id_token not in repr(claims)
    assert idp.client_secret not in repr(idp.party())


async def test_the_code_is_redeemed_with_basic_authentication_and_the_verifier(idp, openid):
    authorization = an_authorization()

    await sign_in(idp, openid, authorization=authorization)

    (seen,) = idp.asked("token")
    assert seen.headers["authorization"].startswith("Basic ")
    assert seen.parameters["code_verifier"] == authorization.code_verifier
    assert "client_secret" not in seen.parameters


async def test_the_secret_can_go_in_the_form_instead(idp, openid):
    party = replace(idp.party(), client_authentication=ClientAuthentication.POST)

    claims = await sign_in(idp, openid, party=party)

    (seen,) = idp.asked("token")
    assert claims.subject == "subject-of-ada"
    assert "authorization" not in seen.headers
    assert seen.parameters["client_secret"] == idp.client_secret


async def test_the_moment_of_the_sign_in_is_unknown_if_the_provider_does_not_tell_it(idp, openid):
    idp.tells_auth_time = False

    assert (await sign_in(idp, openid)).authenticated_at is None


async def test_a_clock_that_is_a_little_fast_makes_no_sign_in_of_the_future(idp, openid, clock):
    idp.changes["auth_time"] = int(clock().timestamp()) + 50

    assert (await sign_in(idp, openid)).authenticated_at <= clock()


@pytest.mark.parametrize(
    ("verified", "counts"),
    [(True, True), ("true", True), (False, False), ("false", False), (LEFT_OUT, False), (1, False), ("yes", False)],
)
async def test_an_address_counts_as_verified_only_if_the_provider_says_so(idp, openid, verified, counts):
    idp.changes["email_verified"] = idp.userinfo_changes["email_verified"] = verified

    claims = await sign_in(idp, openid)

    assert (claims.email, claims.email_verified) == ("ada@acme.test", counts)


@pytest.mark.parametrize(
    "address", ["ada", "ada@acme", 7, ["ada@acme.test"], "ada@acme.test\0", "a" * 250 + "@acme.test"]
)
async def test_what_is_no_address_is_none_and_not_verified(idp, openid, address):
    idp.person["email"] = address

    claims = await sign_in(idp, openid)

    assert (claims.email, claims.email_verified) == (None, False)


async def test_names_are_made_fit_to_be_shown(idp, openid):
    idp.person |= {"name": " Ada\n\x07 Example ", "given_name": 7, "family_name": "x" * 1000}

    claims = await sign_in(idp, openid)

    assert (claims.name, claims.given_name, claims.family_name) == ("Ada Example", None, "x" * 256)


@pytest.mark.parametrize(
    ("host", "claim", "counts"),
    [
        ("login.microsoftonline.com", True, True),
        ("login.microsoftonline.com", "1", True),
        ("login.microsoftonline.com", False, False),
        ("login.microsoftonline.com", LEFT_OUT, False),
        ("login.microsoftonline.com.evil.test", True, False),
        ("login.evil.test", True, False),
    ],
)
async def test_the_claim_of_entra_counts_from_entra_only(host, claim, counts):
    idp = FakeIdp(f"https://{host}/tenant/v2.0")
    idp.changes |= {"email_verified": LEFT_OUT, "xms_edov": claim}
    idp.userinfo_changes["email_verified"] = LEFT_OUT

    async def lookup(name: str, port: int) -> list[str]:
        return ["192.0.43.8"]

    transport = httpx.ASGITransport(idp.app)
    openid = HttpOpenIdProvider(GuardedHttp(lookup=lookup, transport=transport))

    claims = await sign_in(idp, openid)

    assert (claims.email, claims.email_verified) == ("ada@acme.test", counts)


async def test_userinfo_is_asked_only_for_an_address_that_the_id_token_lacks(idp, openid):
    await sign_in(idp, openid)
    assert idp.asked("userinfo") == []

    idp.email_in_id_token = False
    claims = await sign_in(idp, openid)

    assert len(idp.asked("userinfo")) == 1
    assert (claims.email, claims.email_verified) == ("ada@acme.test", True)


async def test_an_okta_organization_tells_only_userinfo_that_an_address_is_verified(idp, openid):
    idp.changes["email_verified"] = LEFT_OUT

    claims = await sign_in(idp, openid)

    assert len(idp.asked("userinfo")) == 1
    assert (claims.email, claims.email_verified) == ("ada@acme.test", True)


async def test_userinfo_that_has_no_address_takes_none_away_and_verifies_none(idp, openid):
    idp.changes["email_verified"] = LEFT_OUT
    idp.userinfo_changes["email"] = LEFT_OUT

    claims = await sign_in(idp, openid)

    assert (claims.email, claims.email_verified, claims.name) == ("ada@acme.test", False, "Ada Example")


async def test_whether_an_address_is_verified_is_told_where_the_address_is(idp, openid):
    idp.email_in_id_token = False
    idp.changes["email_verified"] = True
    idp.userinfo_changes["email_verified"] = LEFT_OUT

    assert (await sign_in(idp, openid)).email_verified is False


async def test_without_userinfo_there_is_no_address(idp, openid):
    idp.email_in_id_token = False
    idp.metadata["userinfo_endpoint"] = LEFT_OUT

    assert (await sign_in(idp, openid)).email is None


async def test_userinfo_about_another_person_is_refused(idp, openid):
    idp.email_in_id_token = False
    idp.userinfo_changes["sub"] = "subject-of-grace"

    with pytest.raises(ProviderFailed, match="another person"):
        await sign_in(idp, openid)


async def test_userinfo_that_fails_is_no_answer(idp, openid):
    idp.email_in_id_token = False
    idp.instead["userinfo"] = Reply(500)

    with pytest.raises(ProviderFailed, match="status 500"):
        await sign_in(idp, openid)


async def test_configuration_and_keys_are_asked_once_for_many(idp, openid):
    await asyncio.gather(*(sign_in(idp, openid) for _ in range(5)))

    assert (len(idp.asked("discovery")), len(idp.asked("keys")), len(idp.asked("token"))) == (1, 1, 5)


async def test_configuration_and_keys_are_asked_again_after_a_while(idp, openid, clock):
    await sign_in(idp, openid)

    clock.move(minutes=11)
    await sign_in(idp, openid, authorization=an_authorization(started_at=clock()))
    assert (len(idp.asked("discovery")), len(idp.asked("keys"))) == (1, 2)

    clock.move(minutes=50)
    await sign_in(idp, openid, authorization=an_authorization(started_at=clock()))
    assert (len(idp.asked("discovery")), len(idp.asked("keys"))) == (2, 3)


async def test_a_failure_is_remembered_for_a_moment_but_not_by_the_test_of_a_connection(idp, openid, clock):
    idp.instead["discovery"] = Reply(503)
    with pytest.raises(ProviderFailed, match="status 503"):
        await sign_in(idp, openid)

    del idp.instead["discovery"]
    with pytest.raises(ProviderFailed, match="status 503"):
        await sign_in(idp, openid)
    assert all(finding.status is FindingStatus.PASSED for finding in await openid.examine(idp.party()))

    clock.move(seconds=5)
    assert (await sign_in(idp, openid)).subject == "subject-of-ada"


async def test_keys_without_names_are_tried_one_by_one(idp, openid):
    idp.kid, idp.publishes_kid = None, False

    assert (await sign_in(idp, openid)).subject == "subject-of-ada"


async def test_the_browser_can_sign_out_at_the_provider_too(idp, openid):
    claims = await sign_in(idp, openid)

    url = await openid.sign_out_url(idp.party(), claims.id_token, "https://rollbook.test/sign-in")

    assert url is not None
    assert url.startswith(f"{idp.issuer}/sign-out?")
    assert query_of(url) == {
        "id_token_hint": claims.id_token,
        "client_id": "rollbook",
        "post_logout_redirect_uri": "https://rollbook.test/sign-in",
    }


async def test_a_provider_without_sign_out_has_no_url_for_it(idp, openid):
    idp.metadata["end_session_endpoint"] = LEFT_OUT

    assert await openid.sign_out_url(idp.party(), "token", "https://rollbook.test/sign-in") is None


async def test_another_person_is_another_subject(idp, openid):
    idp.person = somebody("grace")

    assert (await sign_in(idp, openid)).subject == "subject-of-grace"


async def test_a_provider_whose_clock_is_a_minute_off_is_still_believed(idp, openid, clock):
    idp.clock = lambda: clock() - timedelta(seconds=50)
    assert (await sign_in(idp, openid)).subject == "subject-of-ada"

    idp.clock = lambda: clock() + timedelta(seconds=50)
    assert (await sign_in(idp, openid)).subject == "subject-of-ada"

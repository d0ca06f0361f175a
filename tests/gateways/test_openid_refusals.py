"""What is not believed of a provider: each test is one way to let in somebody who should stay outside."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from rollbook.domain.errors import ProviderFailed
from rollbook.gateways.guarded_http import GuardedHttp
from rollbook.gateways.openid import HttpOpenIdProvider
from rollbook.gateways.token_endpoint import TokenRefused, redeem
from tests.fake_idp import LEFT_OUT, Reply, huge, redirecting, serving, slow, somebody

from .browsing import an_authorization, query_of, sign_in

HOUR = 3600


async def refused(idp, openid, match, **how):
    """Sign in, which must be refused with a text that tells nothing secret; returns the text."""
    with pytest.raises(ProviderFailed, match=match) as refusal:
        await sign_in(idp, openid, **how)
    assert idp.client_secret not in refusal.value.message
    return refusal.value.message


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("nonce", "the nonce of another question"),
        ("nonce", LEFT_OUT),
        ("nonce", ""),
        ("nonce", None),
        ("aud", "another client"),
        ("aud", ["another client"]),
        ("aud", []),
        ("aud", LEFT_OUT),
        ("iss", "https://another.test"),
        ("iss", LEFT_OUT),
        ("iss", ["http://127.0.0.1"]),
        ("azp", "another client"),
        ("azp", None),
        ("sub", LEFT_OUT),
        ("sub", ""),
        ("sub", " "),
        ("sub", 7),
        ("sub", "x" * 256),
        ("sub", "ada\0"),
        ("exp", LEFT_OUT),
        ("exp", "tomorrow"),
        ("exp", True),
        ("iat", LEFT_OUT),
        ("iat", "now"),
        ("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"),
        ("at_hash", 7),
        ("auth_time", "now"),
        ("auth_time", True),
        ("auth_time", -1),
        ("auth_time", 10**400),
        ("auth_time", float("nan")),
    ],
    ids=lambda value: repr(value)[:20],
)
async def test_a_claim_that_is_wrong_or_missing_is_refused(idp, openid, claim, value):
    idp.changes[claim] = value

    message = await refused(idp, openid, "ID token")

    assert "x" * 20 not in message


async def test_a_nonce_among_others_is_refused(idp, openid):
    authorization = an_authorization()
    idp.changes["nonce"] = [authorization.nonce, "another"]

    await refused(idp, openid, "'nonce'", authorization=authorization)


async def test_a_token_for_several_needs_to_say_that_it_was_given_to_us(idp, openid):
    idp.changes["aud"] = ["rollbook", "another client"]
    await refused(idp, openid, "'azp'")

    idp.changes["azp"] = "another client"
    await refused(idp, openid, "'azp'")

    idp.changes["azp"] = "rollbook"
    assert (await sign_in(idp, openid)).subject == "subject-of-ada"


@pytest.mark.parametrize("seconds", [-HOUR, -61])
async def test_an_expired_token_is_refused(idp, openid, clock, seconds):
    idp.changes["exp"] = int(clock().timestamp()) + seconds

    await refused(idp, openid, "has expired")


@pytest.mark.parametrize(("claim", "seconds"), [("iat", 90), ("iat", -90), ("nbf", 90), ("auth_time", 90)])
async def test_a_token_of_another_time_is_refused(idp, openid, clock, claim, seconds):
    idp.changes[claim] = int(clock().timestamp()) + seconds

    await refused(idp, openid, f"'{claim}'")


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
@pytest.mark.parametrize("kid", [LEFT_OUT, None])
async def test_a_token_that_anybody_could_have_made_is_refused(idp, openid, algorithm, kid):
    idp.algorithm, idp.kid = algorithm, kid

    await refused(idp, openid, "algorithm")


async def test_a_key_of_another_kind_verifies_nothing(idp, openid):
    idp.kid = "EC-0"  # while it signs by RS256

    await refused(idp, openid, "does not publish")


async def test_a_signature_by_another_key_of_the_same_name_is_refused(idp, openid):
    idp.rotate(published=False)
    idp.kid = "RSA-0"

    await refused(idp, openid, "signature of the ID token is wrong")
    await refused(idp, openid, "signature of the ID token is wrong")


async def test_after_a_rotation_the_keys_are_asked_again_and_the_new_one_is_believed(idp, openid):
    await sign_in(idp, openid)
    idp.rotate()

    assert (await sign_in(idp, openid)).subject == "subject-of-ada"
    assert len(idp.asked("keys")) == 2


@pytest.mark.parametrize("kid", [LEFT_OUT, None])
async def test_an_unknown_key_is_asked_for_once_a_minute_and_never_believed(idp, openid, clock, kid):
    idp.kid = kid
    await sign_in(idp, openid)
    idp.rotate(published=False)

    for _ in range(3):
        await refused(idp, openid, "does not publish", authorization=an_authorization(started_at=clock()))
    assert len(idp.asked("keys")) == 2

    clock.move(seconds=61)
    await refused(idp, openid, "does not publish", authorization=an_authorization(started_at=clock()))
    assert len(idp.asked("keys")) == 3


async def test_a_code_is_worth_one_sign_in(idp, openid):
    party, authorization = idp.party(), an_authorization()
    answer = query_of(idp.visit(await openid.authorization_url(party, authorization)))
    await openid.redeem(party, authorization, answer["code"], answered_as=answer["iss"])

    with pytest.raises(ProviderFailed, match="invalid_grant"):
        await openid.redeem(party, authorization, answer["code"], answered_as=answer["iss"])


async def test_a_code_of_another_browser_is_worth_nothing(idp, openid):
    """The attacker's code is put into the victim's question: neither the verifier nor the nonce is its own."""
    party, mine, theirs = idp.party(), an_authorization(), an_authorization()
    answer = query_of(idp.visit(await openid.authorization_url(party, theirs)))

    with pytest.raises(ProviderFailed, match="invalid_grant") as refusal:
        await openid.redeem(party, mine, answer["code"], answered_as=answer["iss"])

    assert mine.code_verifier not in refusal.value.message
    assert idp.asked("keys") == []


async def test_a_wrong_client_secret_is_told_without_the_secret(idp, openid):
    message = await refused(idp, openid, "invalid_client", party=idp.party(secret="a wrong one"))

    assert "a wrong one" not in message


@pytest.mark.parametrize("answers_as", ["https://another.test", "", "http://127.0.0.1"])
async def test_the_answer_of_another_provider_is_refused_before_it_gets_a_code(idp, openid, answers_as):
    idp.answers_as = answers_as

    await refused(idp, openid, "another provider")

    assert idp.asked("token") == []


async def test_an_announced_issuer_may_not_be_left_out(idp, openid):
    idp.answers_as = None
    await refused(idp, openid, "does not name its issuer")
    assert idp.asked("token") == []

    idp.announces_iss = False
    await refused(idp, openid, "does not name its issuer")  # what was announced is remembered for an hour


async def test_a_provider_that_announces_no_issuer_need_not_name_it(idp, openid):
    idp.answers_as, idp.announces_iss = None, False

    assert (await sign_in(idp, openid)).subject == "subject-of-ada"


async def test_a_provider_that_announces_no_issuer_must_not_name_another(idp, openid):
    idp.answers_as, idp.announces_iss = "https://another.test", False

    await refused(idp, openid, "another provider")


async def test_two_providers_are_not_mixed_up(idp, openid):
    """A provider takes the endpoints of an honest one for its own, and gets the honest one's code to redeem."""
    with serving() as evil:
        evil.person = somebody("mallory")
        evil.metadata["authorization_endpoint"] = idp.url_of("authorization")
        party, authorization = evil.party(), an_authorization()
        answer = query_of(idp.visit(await openid.authorization_url(party, authorization)))

        with pytest.raises(ProviderFailed, match="another provider"):
            await openid.redeem(party, authorization, answer["code"], answered_as=answer["iss"])

        assert evil.asked("token") == []


async def test_a_token_that_another_provider_issued_is_refused(idp, openid):
    with serving() as other:
        idp.metadata["token_endpoint"] = other.url_of("token")
        party, authorization = idp.party(), an_authorization()
        await openid.authorization_url(party, authorization)
        asked = await openid.authorization_url(other.party(), authorization)
        answer = query_of(other.visit(asked))

        with pytest.raises(ProviderFailed, match="'iss'"):
            await openid.redeem(party, authorization, answer["code"], answered_as=idp.issuer)


@pytest.mark.parametrize(
    "issuer", ["http://127.0.0.1", "https://another.test", LEFT_OUT, None, 7, "with a slash", "upper case"]
)
async def test_a_provider_that_calls_itself_otherwise_is_refused(idp, openid, issuer):
    others = {"with a slash": f"{idp.issuer}/", "upper case": idp.issuer.upper()}
    idp.metadata["issuer"] = others.get(issuer, issuer) if isinstance(issuer, str) else issuer

    await refused(idp, openid, "another issuer")


@pytest.mark.parametrize("endpoint", ["discovery", "token", "keys", "userinfo"])
@pytest.mark.parametrize(
    ("instead", "match"),
    [
        (huge(), "more than 256 kB"),
        (redirecting("https://login.example.com/"), "redirect"),
        (Reply(500, b"<html>"), "status 500"),
        (Reply(body=b"<html>"), "not a JSON object"),
        (Reply(body=b"[" * 200_000), "not a JSON object"),
        (Reply(body=b"[]"), "not a JSON object"),
        (Reply(body=b"{}", headers={"Content-Encoding": "gzip"}), "compressed"),
    ],
    ids=["huge", "redirecting", "broken", "a page", "deep", "a list", "compressed"],
)
async def test_an_endpoint_that_misbehaves_ends_the_sign_in(idp, openid, endpoint, instead, match):
    idp.email_in_id_token = False
    idp.instead[endpoint] = instead

    await refused(idp, openid, match)


async def test_an_endpoint_that_takes_too_long_ends_the_sign_in(idp, clock):
    idp.instead["token"] = slow(30)
    impatient = HttpOpenIdProvider(GuardedHttp(idp.private_hosts, seconds=0.3), clock)

    await refused(idp, impatient, r"did not answer within 0\.3 seconds")


@pytest.mark.parametrize("entry", ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"])
@pytest.mark.parametrize(
    "url",
    [
        "http://login.example.com/x",  # plain http, and not listed
        "https://169.254.169.254/latest/meta-data/",
        "https://localhost/x",
        "https://user:password@login.example.com/x",
        "https://login.example.com:25/x",
        "ftp://login.example.com/x",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "/relative",
        "https://login.example.com/x\r\nHost: evil.test",
        7,
    ],
)
async def test_an_endpoint_where_nothing_may_be_asked_ends_the_sign_in(idp, openid, entry, url):
    idp.email_in_id_token = False
    idp.metadata[entry] = url

    with pytest.raises(ProviderFailed):
        await sign_in(idp, openid)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://login.example.com/", "https://169.254.169.254/"])
async def test_the_browser_is_not_sent_to_such_a_place_to_sign_out(idp, openid, url):
    idp.metadata["end_session_endpoint"] = url

    with pytest.raises(ProviderFailed):
        await openid.sign_out_url(idp.party(), "token", "https://rollbook.test/sign-in")


@pytest.mark.parametrize("entry", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
async def test_a_configuration_without_what_is_needed_is_refused(idp, openid, entry):
    idp.metadata[entry] = LEFT_OUT

    await refused(idp, openid, f"does not name {entry}")


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "a.b.c",
        "e30.e30.",
        "bnVsbA.e30.AAAA",
        "eyJhbGciOnt9fQ.e30.AAAA",
        "eyJhbGciOiJSUzI1NiIsImNyaXQiOltdfQ.e30.AAAA",
    ],
)
async def test_what_is_no_token_is_refused(idp, openid, token):
    idp.instead["token"] = Reply(body=b'{"id_token": "%s", "token_type": "Bearer"}' % token.encode())

    await refused(idp, openid, "ID token")


@pytest.mark.parametrize("body", [b"{}", b'{"id_token": 7}', b'{"access_token": "x", "token_type": "Bearer"}'])
async def test_an_answer_without_an_id_token_is_refused(idp, openid, body):
    idp.instead["token"] = Reply(body=body)

    await refused(idp, openid, "no ID token")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"error": "invalid_grant"}', "invalid_grant."),
        (
            b'{"error": "invalid_grant", "error_description": " No\\u0007 such\\n code. "}',
            "invalid_grant: No such code.",
        ),
        (b'{"error": "invalid_grant", "error_description": " "}', "invalid_grant."),
        (b'{"error": "invalid_grant", "error_description": 7}', "invalid_grant."),
        (b'{"error": "invalid_grant", "error_description": "%s"}' % (b"x" * 500), f"invalid_grant: {'x' * 200}."),
        (b'{"error": "invalid_client", "error_description": "not the secret"}', "invalid_client."),
        (b'{"error": "invalid_client", "error_description": "not the code"}', "invalid_client."),
        (b'{"error": "invalid_client", "error_description": "not the verifier"}', "invalid_client."),
    ],
)
async def test_a_refusal_is_told_in_part_and_without_secrets(idp, body, told):
    idp.instead["token"] = Reply(400, body)
    party = replace(idp.party(), client_secret="the secret")

    with pytest.raises(TokenRefused) as refusal:
        await redeem(GuardedHttp(idp.private_hosts), idp.url_of("token"), party, "the code", "the verifier")

    assert refusal.value.told == f"The token endpoint refuses with {told}"


async def test_what_a_provider_says_in_its_own_words_may_name_a_person_and_is_not_in_the_message(idp, openid):
    idp.instead["token"] = Reply(400, b'{"error": "invalid_grant", "error_description": "ada@acme.test is locked"}')
    await refused(idp, openid, r"^The token endpoint refuses with invalid_grant\.$")

    idp.instead["token"] = Reply(400, b'{"error": "<script>", "error_description": "ada@acme.test is locked"}')
    await refused(idp, openid, r"^The token endpoint answers with HTTP status 400\.$")


async def test_a_provider_that_is_not_there_is_told(idp, openid):
    party = replace(idp.party(), issuer="http://127.0.0.1:1")

    with pytest.raises(ProviderFailed, match="could not be connected to"):
        await openid.authorization_url(party, an_authorization())


async def test_the_provider_holds_us_to_our_own_promises(idp):
    """The fake is worth something only if it refuses what a real provider refuses."""
    async with httpx.AsyncClient() as client:
        answer = await client.post(
            idp.url_of("token"),
            data={
                "grant_type": "authorization_code",
                "code": "made up",
                "client_id": idp.client_id,
                "client_secret": idp.client_secret,
            },
        )

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


async def test_an_old_sign_in_is_told_as_old(idp, openid, clock):
    idp.signed_in_at = clock() - timedelta(hours=3)

    claims = await sign_in(idp, openid, authorization=an_authorization(max_age=True))

    assert claims.authenticated_at is not None
    assert clock() - claims.authenticated_at >= timedelta(hours=3)

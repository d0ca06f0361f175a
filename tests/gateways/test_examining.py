"""What the test of a connection finds, and what it advises."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import httpx
import orjson
import pytest

from rollbook.domain.sso import ClientAuthentication, Finding, FindingStatus
from rollbook.domain.sso import TestStep as Step  # pytest would take it for tests
from rollbook.gateways.examining import Examination
from rollbook.gateways.guarded_http import GuardedHttp
from rollbook.gateways.openid import HttpOpenIdProvider
from tests.fake_idp import LEFT_OUT, FakeIdp, Reply, huge, redirecting, slow

FAILED, PASSED, SKIPPED, WARNING = (
    FindingStatus.FAILED,
    FindingStatus.PASSED,
    FindingStatus.SKIPPED,
    FindingStatus.WARNING,
)
CHAIN = [Step.ADDRESS, Step.DISCOVERY, Step.ISSUER, Step.ENDPOINTS]


def by_step(findings: list[Finding]) -> dict[Step, Finding]:
    """The findings, which are one for each step and in the order of the steps."""
    assert [finding.step for finding in findings] == list(Step)
    assert all(finding.detail for finding in findings)
    return {finding.step: finding for finding in findings}


def others(found: Mapping[Step, Finding], but: Step) -> set[FindingStatus]:
    """What the other steps came to."""
    return {finding.status for step, finding in found.items() if step is not but}


async def at_home(
    issuer: str, answers: str | None = None, *, entered: str | None = None, **metadata: Any
) -> dict[Step, Finding]:
    """Examine a provider with a name of the internet. `answers` is the issuer that it names, if not its own."""
    idp = FakeIdp(answers or issuer)
    idp.metadata |= metadata
    host = FakeIdp(issuer) if answers else idp  # where the document is
    host.metadata |= {"issuer": idp.issuer, **metadata}

    async def lookup(name: str, port: int) -> list[str]:
        return ["192.0.43.8"]

    http = GuardedHttp(lookup=lookup, transport=httpx.ASGITransport(host.app))
    return by_step(await Examination(http, replace(idp.party(), issuer=entered or issuer)).findings())


async def test_a_connection_that_works_passes_every_step(idp, openid):
    found = by_step(await openid.examine(idp.party()))

    assert {finding.status for finding in found.values()} == {PASSED}
    assert "id_token" not in str(found)


async def test_every_way_of_showing_the_secret_is_tested_as_it_is_set(idp, openid):
    party = replace(idp.party(), client_authentication=ClientAuthentication.POST)

    assert by_step(await openid.examine(party))[Step.CREDENTIALS].status is PASSED


async def test_nothing_that_is_remembered_is_used(idp, openid):
    assert by_step(await openid.examine(idp.party()))[Step.DISCOVERY].status is PASSED

    idp.instead["discovery"] = Reply(404)
    assert by_step(await openid.examine(idp.party()))[Step.DISCOVERY].status is FAILED


@pytest.mark.parametrize(
    "issuer", ["https://localhost:1", "http://login.example.com", "login.example.com", "https://10.0.0.1", ""]
)
async def test_an_issuer_that_may_not_be_asked_ends_the_test(openid, idp, issuer):
    found = by_step(await openid.examine(replace(idp.party(), issuer=issuer)))

    assert found[Step.ADDRESS].status is FAILED
    assert others(found, Step.ADDRESS) == {SKIPPED}
    assert idp.seen == []


async def test_a_pasted_address_of_the_configuration_is_recognised(idp, openid):
    pasted = replace(idp.party(), issuer=idp.url_of("discovery"))

    found = by_step(await openid.examine(pasted))

    assert found[Step.ADDRESS].status is FAILED
    assert found[Step.ADDRESS].detail.endswith(f"Enter what stands before /.well-known: {idp.issuer}")


@pytest.mark.parametrize("rest", ["?tenant=acme", "#top", "?"])
async def test_an_issuer_with_a_query_or_a_fragment_ends_the_test_at_its_first_step(idp, openid, rest):
    found = by_step(await openid.examine(replace(idp.party(), issuer=f"{idp.issuer}{rest}")))

    assert found[Step.ADDRESS].status is FAILED
    assert found[Step.ADDRESS].detail.endswith(f"Enter what stands before the ? or the #: {idp.issuer}")
    assert others(found, Step.ADDRESS) == {SKIPPED}
    assert idp.seen == []


@pytest.mark.parametrize(
    ("instead", "detail"),
    [
        (Reply(404), "HTTP status 404"),
        (huge(), "more than 256 kB"),
        (redirecting("https://login.example.com"), "redirect"),
        (Reply(body=b"<html>"), "not a JSON object"),
    ],
    ids=["missing", "huge", "redirecting", "a page"],
)
async def test_a_configuration_that_cannot_be_read_ends_the_test(idp, openid, instead, detail):
    idp.instead["discovery"] = instead

    found = by_step(await openid.examine(idp.party()))

    assert found[Step.DISCOVERY].status is FAILED
    assert detail in found[Step.DISCOVERY].detail
    assert found[Step.ADDRESS].status is PASSED
    assert {found[step].status for step in list(Step)[2:]} == {SKIPPED}


async def test_a_slash_too_many_or_too_few_is_recognised(idp, openid):
    idp.metadata["issuer"] = f"{idp.issuer}/"
    found = by_step(await openid.examine(idp.party()))
    assert found[Step.ISSUER].status is FAILED
    assert "with the slash" in found[Step.ISSUER].detail

    idp.metadata["issuer"] = idp.issuer
    found = by_step(await openid.examine(replace(idp.party(), issuer=f"{idp.issuer}/")))
    assert found[Step.ISSUER].status is FAILED
    assert "without the slash" in found[Step.ISSUER].detail


@pytest.mark.parametrize("tenant", ["common", "organizations", "consumers"])
async def test_an_issuer_that_all_of_entra_shares_is_refused_with_the_right_one(tenant):
    found = await at_home(
        f"https://login.microsoftonline.com/{tenant}/v2.0", "https://login.microsoftonline.com/{tenantid}/v2.0"
    )

    assert found[Step.ISSUER].status is FAILED
    assert "any organization of Microsoft's" in found[Step.ISSUER].detail
    assert "https://login.microsoftonline.com/<tenant id>/v2.0" in found[Step.ISSUER].detail


async def test_the_first_version_of_entra_is_recognised():
    found = await at_home("https://login.microsoftonline.com/7f0a", "https://sts.windows.net/7f0a/")
    assert found[Step.ISSUER].status is FAILED
    assert "Use the issuer of version 2" in found[Step.ISSUER].detail

    found = await at_home("https://sts.windows.net/7f0a/")
    assert found[Step.ISSUER].status is WARNING
    assert "/v2.0" in found[Step.ISSUER].detail


async def test_entra_is_told_what_only_it_needs():
    found = await at_home("https://login.microsoftonline.com/7f0a/v2.0", code_challenge_methods_supported=LEFT_OUT)

    assert [found[step].status for step in CHAIN] == [PASSED] * 4
    assert found[Step.ALGORITHMS].status is PASSED
    assert found[Step.CREDENTIALS].status is WARNING
    assert "the first sign-in will tell" in found[Step.CREDENTIALS].detail
    assert found[Step.STEP_UP].status is WARNING
    assert "optional claim auth_time" in found[Step.STEP_UP].detail


@pytest.mark.parametrize(
    ("issuer", "says"),
    [
        ("https://acme.okta.com", "the authorization server of the Okta organization"),
        ("https://acme.okta.com/oauth2/default", "a custom authorization server"),
    ],
)
async def test_okta_has_two_kinds_of_issuers_and_the_reader_is_told_which_it_is(issuer, says):
    found = await at_home(issuer)

    assert {finding.status for finding in found.values()} == {PASSED}
    assert says in found[Step.ISSUER].detail


@pytest.mark.parametrize(
    ("issuer", "advice"),
    [
        ("https://acme-admin.okta.com", "leave out -admin"),
        ("https://acme.okta.com/oauth2/default", "use https://acme.okta.com as the issuer"),
        ("https://acme.okta.com/app", "https://acme.okta.com/oauth2/default"),
        ("https://login.microsoftonline.com", "<tenant id>/v2.0"),
        ("https://login.example.com/realm", "with the path"),
    ],
)
async def test_an_issuer_without_a_configuration_is_met_with_advice(issuer, advice):
    found = await at_home("https://elsewhere.example.com/a/b/c", entered=issuer)

    assert found[Step.DISCOVERY].status is FAILED
    assert advice in found[Step.DISCOVERY].detail


@pytest.mark.parametrize("entry", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize("url", [LEFT_OUT, "", 7, "http://login.example.com/", "https://10.0.0.1/"])
async def test_endpoints_that_are_missing_or_may_not_be_asked_end_the_test(idp, openid, entry, url):
    idp.metadata[entry] = url

    found = by_step(await openid.examine(idp.party()))

    assert found[Step.ENDPOINTS].status is FAILED
    assert {found[step].status for step in list(Step)[4:]} == {SKIPPED}


@pytest.mark.parametrize(
    ("entry", "values", "status"),
    [
        ("response_types_supported", ["id_token"], FAILED),
        ("response_types_supported", LEFT_OUT, PASSED),
        ("id_token_signing_alg_values_supported", ["HS256", "none"], FAILED),
        ("id_token_signing_alg_values_supported", ["HS256", "ES256"], PASSED),
        ("id_token_signing_alg_values_supported", "RS256", PASSED),
        ("code_challenge_methods_supported", ["plain"], FAILED),
        ("code_challenge_methods_supported", LEFT_OUT, WARNING),
    ],
)
async def test_flow_and_signatures_are_looked_at_and_stop_nothing_else(idp, openid, entry, values, status):
    idp.metadata[entry] = values

    found = by_step(await openid.examine(idp.party()))

    assert found[Step.ALGORITHMS].status is status
    assert others(found, Step.ALGORITHMS) == {PASSED}


@pytest.mark.parametrize("keys", [b'{"keys": []}', b'{"keys": [{"kty": "oct", "k": "AAAA"}]}', b'{"keys": 7}', b"[]"])
async def test_keys_that_cannot_be_used_are_told_and_stop_nothing_else(idp, openid, keys):
    idp.instead["keys"] = Reply(body=keys)

    found = by_step(await openid.examine(idp.party()))

    assert found[Step.KEYS].status is FAILED
    assert others(found, Step.KEYS) == {PASSED}


async def test_a_wrong_secret_is_told_without_the_secret(idp, openid):
    found = by_step(await openid.examine(idp.party(secret="a wrong one")))

    assert found[Step.CREDENTIALS].status is FAILED
    assert "invalid_client" in found[Step.CREDENTIALS].detail
    assert "Copy the client id and the secret again" in found[Step.CREDENTIALS].detail
    assert "a wrong one" not in str(found)
    assert others(found, Step.CREDENTIALS) == {PASSED}


@pytest.mark.parametrize(
    ("offered", "advice"),
    [
        (["client_secret_post"], "choose client_secret_post"),
        (["private_key_jwt"], "neither client_secret_basic nor client_secret_post"),
    ],
)
async def test_a_way_of_showing_the_secret_that_is_not_offered_is_told(idp, openid, offered, advice):
    idp.metadata["token_endpoint_auth_methods_supported"] = offered

    found = by_step(await openid.examine(idp.party(secret="a wrong one")))

    assert advice in found[Step.CREDENTIALS].detail


@pytest.mark.parametrize("error", ["invalid_client", "invalid_request"])
async def test_what_the_provider_says_of_the_secret_in_its_own_words_is_repeated(idp, openid, error):
    said = {"error": error, "error_description": "AADSTS7000215: Invalid client secret provided."}
    idp.instead["token"] = Reply(401, orjson.dumps(said))

    found = by_step(await openid.examine(idp.party()))

    assert f"{error}: AADSTS7000215: Invalid client secret provided." in found[Step.CREDENTIALS].detail


async def test_an_answer_that_tells_nothing_of_the_secret_is_a_warning(idp, openid):
    idp.instead["token"] = Reply(400, b'{"error": "invalid_request"}')

    found = by_step(await openid.examine(idp.party()))

    assert found[Step.CREDENTIALS].status is WARNING
    assert "invalid_request" in found[Step.CREDENTIALS].detail


async def test_a_provider_that_redeems_whatever_it_gets_is_not_to_be_trusted(idp, openid):
    idp.instead["token"] = Reply(body=b'{"id_token": "a.b.c"}')

    assert by_step(await openid.examine(idp.party()))[Step.CREDENTIALS].status is FAILED


async def test_whether_a_step_up_is_possible_is_told(idp, openid):
    idp.tells_auth_time = False

    found = by_step(await openid.examine(idp.party()))

    assert found[Step.STEP_UP].status is WARNING
    assert others(found, Step.STEP_UP) == {PASSED}


@pytest.mark.parametrize(("endpoint", "failed"), [("discovery", {Step.DISCOVERY}), ("token", {Step.CREDENTIALS})])
async def test_a_test_ends_in_time_and_keeps_what_it_found(idp, endpoint, failed):
    idp.instead[endpoint] = slow(30)
    examination = Examination(GuardedHttp(idp.private_hosts), idp.party(), seconds=1)

    found = by_step(await examination.findings())

    assert {step for step, finding in found.items() if finding.status is FAILED} == failed
    (step,) = failed
    assert found[step].detail == "This was not done after 1 seconds."
    assert found[Step.ADDRESS].status is PASSED


async def test_a_provider_that_is_not_there_is_told():
    openid = HttpOpenIdProvider(GuardedHttp(frozenset({"127.0.0.1"})))
    party = replace(FakeIdp("http://127.0.0.1:1").party(), issuer="http://127.0.0.1:1")

    found = by_step(await openid.examine(party))

    assert found[Step.DISCOVERY].status is FAILED
    assert "could not be connected to" in found[Step.DISCOVERY].detail

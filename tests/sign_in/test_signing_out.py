"""Signing out, with a provider that has something to say to it."""

import asyncio
from contextlib import suppress

import pytest

from rollbook.domain.audit import AuditAction
from rollbook.domain.errors import ProviderFailed, Unauthenticated
from rollbook.gateways.openid import HttpOpenIdProvider
from rollbook.services import signing_out
from tests.conftest import SESSION_COOKIE
from tests.graphql.client import OWN_PAGE
from tests.sign_in.test_sso import through


async def hangs():
    """What never comes to an end."""
    await asyncio.Event().wait()


async def fails():
    """What a provider that is down comes to."""
    raise ProviderFailed("It is down.")


@pytest.mark.parametrize("answers", [hangs, fails])
async def test_the_session_is_over_before_the_provider_is_asked(http, services, acme, ada, sso, monkeypatch, answers):
    await through(http, sso)
    secret = http.cookies[SESSION_COOKIE]
    live: list[bool] = []

    async def asked(self, party, id_token, return_to):
        with suppress(Unauthenticated):
            live.append(await services.sessions.authenticate(secret) is not None)
        live.append(False)
        await answers()

    monkeypatch.setattr(HttpOpenIdProvider, "sign_out_url", asked)
    monkeypatch.setattr(signing_out, "TIMEOUT_SECONDS", 0.01 if answers is hangs else 60)

    response = await http.post("/auth/sign-out", json={}, headers=OWN_PAGE)

    assert (response.status_code, response.json()) == (200, {"ok": True, "providerUrl": None})
    assert live == [False]
    assert SESSION_COOKIE not in http.cookies
    ended = [e for e in await services.audit.events(acme.operator) if e.action is AuditAction.SESSION_ENDED]
    assert len(ended) == 1


async def test_a_slow_provider_is_given_two_seconds_at_most():
    assert signing_out.TIMEOUT_SECONDS <= 2

"""A browser's way to the provider and back."""

import secrets
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from rollbook.domain.sso import Authorization, Claims, RelyingParty
from rollbook.gateways.openid import HttpOpenIdProvider
from tests.fake_idp import FakeIdp


def an_authorization(*, max_age: bool = False, started_at: datetime | None = None) -> Authorization:
    """A question with secrets of its own."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return Authorization(state, nonce, verifier, started_at or datetime.now(UTC), max_age)


def query_of(url: str) -> dict[str, str]:
    """The parameters of a URL, each of which is there once."""
    return {
        name: value
        for name, (value,) in parse_qs(urlsplit(url).query, keep_blank_values=True, strict_parsing=True).items()
    }


async def sign_in(
    idp: FakeIdp,
    openid: HttpOpenIdProvider,
    *,
    party: RelyingParty | None = None,
    authorization: Authorization | None = None,
) -> Claims:
    """Go to the provider, come back, and redeem what was brought."""
    party, authorization = party or idp.party(), authorization or an_authorization()
    answer = query_of(idp.visit(await openid.authorization_url(party, authorization)))
    assert answer["state"] == authorization.state
    return await openid.redeem(party, authorization, answer["code"], answered_as=answer.get("iss"))

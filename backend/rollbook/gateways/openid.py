"""Speaks OpenID Connect with the providers of organizations: the code flow with PKCE, and every check."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from rollbook.domain.errors import ProviderFailed
from rollbook.domain.sso import Authorization, Claims, Finding, RelyingParty
from rollbook.domain.values import Clock, now
from rollbook.gateways import discovery, token_endpoint
from rollbook.gateways.claims import (
    authenticated_at,
    check_access_token,
    check_claims,
    claims_of,
    says_enough,
    together,
)
from rollbook.gateways.discovery import Configuration
from rollbook.gateways.examining import Examination
from rollbook.gateways.guarded_http import GuardedHttp
from rollbook.gateways.keeping import Keeper
from rollbook.gateways.signatures import UnknownKey, VerificationKey, read_keys, verify
from rollbook.gateways.token_endpoint import Tokens

SCOPE = "openid email profile"

_CONFIGURATION_LIFETIME = timedelta(hours=1)
_KEYS_LIFETIME = timedelta(minutes=10)
_KEYS_REST = timedelta(minutes=1)  # so often at most an unknown key makes the keys be fetched before their time


class HttpOpenIdProvider:
    """`OpenIdProvider` over the network. One of these is enough for all providers; it remembers what they publish."""

    def __init__(self, http: GuardedHttp, clock: Clock = now) -> None:
        self._http = http
        self._clock = clock
        self._configurations = Keeper(self._fetch_configuration, clock, _CONFIGURATION_LIFETIME)
        self._keys = Keeper(self._fetch_keys, clock, _KEYS_LIFETIME)

    async def authorization_url(
        self, party: RelyingParty, authorization: Authorization, *, login_hint: str | None = None
    ) -> str:
        """The authorization endpoint with code flow, PKCE (RFC 7636, S256), state and nonce."""
        configuration = await self._configurations.get(party.issuer)
        challenge = hashlib.sha256(authorization.code_verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": party.client_id,
            "redirect_uri": party.redirect_uri,
            "scope": SCOPE,
            "state": authorization.state,
            "nonce": authorization.nonce,
            "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        if login_hint:
            asked["login_hint"] = login_hint
        if authorization.max_age:
            # each of the two alone is ignored by some provider; max_age also makes auth_time a duty
            asked |= {"prompt": "login", "max_age": "0"}
        return _with_query(configuration.authorization, asked)

    async def redeem(
        self, party: RelyingParty, authorization: Authorization, code: str, *, answered_as: str | None
    ) -> Claims:
        """What the provider says of the person, once the code is redeemed and everything has been checked."""
        configuration = await self._configurations.get(party.issuer)
        _check_who_answered(configuration, answered_as)
        tokens = await token_endpoint.redeem(self._http, configuration.token, party, code, authorization.code_verifier)
        algorithm, claims = await self._verified(configuration, tokens.id_token)
        moment = self._clock()
        check_claims(claims, party, authorization, moment)
        check_access_token(claims, algorithm, tokens.access_token)
        signed_in_at = authenticated_at(claims, moment)
        person = claims if says_enough(claims) else await self._userinfo(configuration, claims, tokens)
        return claims_of(tokens.id_token, claims, person, signed_in_at)

    async def sign_out_url(self, party: RelyingParty, id_token: str, return_to: str) -> str | None:
        """The end-session endpoint (OpenID Connect RP-Initiated Logout 1.0), or None if there is none."""
        configuration = await self._configurations.get(party.issuer)
        if configuration.sign_out is None:
            return None
        asked = {"id_token_hint": id_token, "client_id": party.client_id, "post_logout_redirect_uri": return_to}
        return _with_query(configuration.sign_out, asked)

    async def examine(self, party: RelyingParty) -> list[Finding]:
        """Test a connection from the beginning: nothing that is remembered is used."""
        return await Examination(self._http, party).findings()

    async def _verified(self, configuration: Configuration, id_token: str) -> tuple[str, dict[str, Any]]:
        keys = await self._keys.get(configuration.keys)
        try:
            return verify(id_token, keys)
        except UnknownKey:
            # the provider may have changed its keys since
            keys = await self._keys.newer(configuration.keys, keys, rest=_KEYS_REST)
            return verify(id_token, keys)

    async def _userinfo(
        self, configuration: Configuration, claims: Mapping[str, Any], tokens: Tokens
    ) -> Mapping[str, Any]:
        """What the claims and userinfo (OpenID Connect Core, section 5.3) say of the person together."""
        if configuration.userinfo is None or tokens.access_token is None:
            return claims
        what = "The userinfo endpoint"
        answer = await self._http.get(
            configuration.userinfo, what, headers={"Authorization": f"Bearer {tokens.access_token}"}
        )
        if answer.status != 200:
            raise ProviderFailed(f"{what} answers with HTTP status {answer.status}.")
        person = answer.json("The answer of the userinfo endpoint")
        # section 5.3.2: otherwise it may speak of somebody else, and must not be used
        if person.get("sub") != claims["sub"]:
            raise ProviderFailed(f"{what} speaks of another person than the ID token.")
        return together(claims, person)

    async def _fetch_configuration(self, issuer: str) -> Configuration:
        document = await discovery.fetch_document(self._http, issuer)
        return discovery.read_configuration(self._http, document, issuer)

    async def _fetch_keys(self, url: str) -> tuple[VerificationKey, ...]:
        return read_keys(await discovery.fetch_keys(self._http, url))


def _check_who_answered(configuration: Configuration, answered_as: str | None) -> None:
    """Refuse the answer of another provider (RFC 9207 section 2.4), before it is given a code that is not its own."""
    if answered_as is None:
        if configuration.names_itself:
            raise ProviderFailed("The answer does not name its issuer (iss), although the provider announces that.")
    elif answered_as != configuration.issuer:
        raise ProviderFailed("The answer is another provider's: it names another issuer (iss).")


def _with_query(url: str, parameters: Mapping[str, str]) -> str:
    """The URL with parameters besides those that it has (RFC 6749 section 3.1)."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in parameters]
    return urlunsplit(parts._replace(query=urlencode([*kept, *parameters.items()])))

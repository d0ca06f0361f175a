"""Redeems a code at a provider's token endpoint (RFC 6749 section 4.1.3), and tells what a refusal means."""

import base64
import re
from dataclasses import field
from urllib.parse import quote_plus

import orjson

from rollbook.domain.errors import ProviderFailed
from rollbook.domain.immutable import immutable
from rollbook.domain.sso import ClientAuthentication, RelyingParty
from rollbook.gateways.guarded_http import Answer, GuardedHttp

_MAX_DESCRIPTION = 200
_ERROR_CODE = re.compile(r"[a-z_]{1,60}")


@immutable
class Tokens:
    """What a code was redeemed for."""

    id_token: str = field(repr=False)
    access_token: str | None = field(repr=False)


class TokenRefused(ProviderFailed):
    """The token endpoint refused. `error` is its code (section 5.2), or None if it gave none that is one.

    `description` is what the provider adds in its own words. They are often the only ones that tell what is wrong, such
    as AADSTS7000215 of Entra, and they may name a person: so an admin who tests gets them, and the log, which has the
    message, does not.
    """

    def __init__(self, message: str, error: str | None = None, description: str | None = None) -> None:
        super().__init__(message)
        self.error = error
        self.description = description

    @property
    def told(self) -> str:
        """The message with the description, as one sentence."""
        return self.message if self.description is None else f"{self.message.rstrip('.')}: {self.description}."


async def redeem(http: GuardedHttp, endpoint: str, party: RelyingParty, code: str, code_verifier: str) -> Tokens:
    """Redeem a code. Raises `TokenRefused`, and `ProviderFailed` for everything else that may go wrong."""
    what = "The token endpoint"
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": party.redirect_uri,
        "code_verifier": code_verifier,
    }
    headers = {}
    if party.client_authentication is ClientAuthentication.BASIC:
        # section 2.3.1: each of the two is form-encoded before they are joined
        pair = f"{quote_plus(party.client_id)}:{quote_plus(party.client_secret)}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        form |= {"client_id": party.client_id, "client_secret": party.client_secret}
    answer = await http.post(endpoint, what, form, headers=headers)
    if answer.status != 200:
        raise _refusal(answer, hidden=(party.client_secret, code, code_verifier))
    content = answer.json("The answer of the token endpoint")
    id_token, access_token = content.get("id_token"), content.get("access_token")
    if not isinstance(id_token, str):
        raise ProviderFailed("The token endpoint gave no ID token. Is this client one for OpenID Connect?")
    return Tokens(id_token, access_token if isinstance(access_token, str) and _is_bearer(content) else None)


def _is_bearer(content: dict[str, object]) -> bool:
    kind = content.get("token_type")
    return isinstance(kind, str) and kind.lower() == "bearer"


def _refusal(answer: Answer, *, hidden: tuple[str, ...]) -> TokenRefused:
    try:
        content = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        content = None
    fields = content if isinstance(content, dict) else {}
    error, description = fields.get("error"), fields.get("error_description")
    if not isinstance(error, str) or not _ERROR_CODE.fullmatch(error):
        return TokenRefused(f"The token endpoint answers with HTTP status {answer.status}.")
    message = f"The token endpoint refuses with {error}."
    if not isinstance(description, str) or any(secret in description for secret in hidden):
        return TokenRefused(message, error)
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in description).split())
    return TokenRefused(message, error, plain[:_MAX_DESCRIPTION].rstrip(".") or None)

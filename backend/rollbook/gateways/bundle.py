"""The gateways as one bundle, which the services receive; tests put their own in."""

from typing import Protocol

from rollbook.domain.immutable import immutable
from rollbook.domain.sso import Authorization, Claims, Finding, RelyingParty


class OpenIdProvider(Protocol):
    """Speaks OpenID Connect with the provider of a relying party. Every method raises `ProviderFailed`."""

    async def authorization_url(
        self, party: RelyingParty, authorization: Authorization, *, login_hint: str | None = None
    ) -> str:
        """Where to send the browser: the authorization endpoint with code flow, PKCE, state and nonce."""
        ...

    async def redeem(
        self, party: RelyingParty, authorization: Authorization, code: str, *, answered_as: str | None
    ) -> Claims:
        """What the provider says of the person, verified: the code is redeemed and the ID token checked in full.

        `answered_as` is the `iss` of the redirect (RFC 9207), checked before the code goes anywhere.
        """
        ...

    async def sign_out_url(self, party: RelyingParty, id_token: str, return_to: str) -> str | None:
        """Where to send the browser to sign out at the provider too, or None if it does not offer that."""
        ...

    async def examine(self, party: RelyingParty) -> list[Finding]:
        """What the connection test found, one finding for each of its steps, in their order. Raises nothing."""
        ...


class Resolver(Protocol):
    """Asks DNS."""

    async def txt(self, name: str) -> list[str]:
        """The texts of the TXT records of a name; empty if there are none. Raises `ProviderFailed`."""
        ...


@immutable
class Mail:
    """One message in plain text to one address."""

    to: str
    subject: str
    text: str


class Mailer(Protocol):
    """Sends mail."""

    async def send(self, mail: Mail) -> None:
        """Hand the message to the mail server. Raises `MailFailed` if it does not take it."""
        ...


class MailFailed(Exception):
    """The mail server could not be reached, or refused the message. The text is for an admin and holds no secret."""


@immutable
class Gateways:
    """Every way out. `mailer` is None where no mail server is configured."""

    openid: OpenIdProvider
    resolver: Resolver
    mailer: Mailer | None = None

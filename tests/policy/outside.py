"""The world outside, scripted: a provider that vouches for whom it is told to, and a DNS with records of our own."""

from urllib.parse import urlencode

from rollbook.domain.sso import Authorization, Claims, Finding, FindingStatus, RelyingParty, TestStep
from rollbook.gateways.bundle import Gateways

ISSUER = "https://idp.acme.test"


class Outside:
    """Says whatever was put into it."""

    def __init__(self) -> None:
        self.state = ""
        self.email = ""
        self.texts: list[str] = []

    async def authorization_url(
        self, party: RelyingParty, authorization: Authorization, *, login_hint: str | None = None
    ) -> str:
        """Remembers the state, with which the browser must come back."""
        self.state = authorization.state
        return f"{party.issuer}/authorize?{urlencode({'state': self.state})}"

    async def redeem(
        self, party: RelyingParty, authorization: Authorization, code: str, *, answered_as: str | None
    ) -> Claims:
        """Vouches for who was put in, who has just shown their password."""
        return Claims(
            issuer=party.issuer,
            subject=f"subject of {self.email}",
            email=self.email,
            email_verified=True,
            name=None,
            given_name=None,
            family_name=None,
            authenticated_at=authorization.started_at,
            id_token="an ID token",
        )

    async def sign_out_url(self, party: RelyingParty, id_token: str, return_to: str) -> str | None:
        """Does not offer that."""
        return None

    async def examine(self, party: RelyingParty) -> list[Finding]:
        """Finds nothing wrong."""
        return [Finding(step, FindingStatus.PASSED, "It is right.") for step in TestStep]

    async def txt(self, name: str) -> list[str]:
        """The records that were put in."""
        return self.texts

    def gateways(self) -> Gateways:
        """This, as the services take it."""
        return Gateways(openid=self, resolver=self)

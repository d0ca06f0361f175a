"""Gateways that lead nowhere: for services that nobody gave a way out."""

from rollbook.domain.errors import ProviderFailed
from rollbook.domain.sso import Authorization, Claims, Finding, FindingStatus, RelyingParty, TestStep
from rollbook.gateways.bundle import Gateways

_CLOSED = "This process was started without a way to the outside."


class _Closed:
    async def authorization_url(
        self, party: RelyingParty, authorization: Authorization, *, login_hint: str | None = None
    ) -> str:
        raise ProviderFailed(_CLOSED)

    async def redeem(
        self, party: RelyingParty, authorization: Authorization, code: str, *, answered_as: str | None
    ) -> Claims:
        raise ProviderFailed(_CLOSED)

    async def sign_out_url(self, party: RelyingParty, id_token: str, return_to: str) -> str | None:
        return None

    async def examine(self, party: RelyingParty) -> list[Finding]:
        first, *rest = TestStep
        skipped = [Finding(step, FindingStatus.SKIPPED, "A step before this one failed.") for step in rest]
        return [Finding(first, FindingStatus.FAILED, _CLOSED), *skipped]

    async def txt(self, name: str) -> list[str]:
        raise ProviderFailed(_CLOSED)


def closed_gateways() -> Gateways:
    """A bundle in which every question fails with `ProviderFailed`, and no mail is sent."""
    return Gateways(openid=_Closed(), resolver=_Closed())

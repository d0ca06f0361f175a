"""The way out at the provider, for who came through it."""

import asyncio
import logging
from dataclasses import field

from rollbook.domain.errors import ProviderFailed
from rollbook.domain.immutable import immutable
from rollbook.domain.sso import RelyingParty
from rollbook.gateways.bundle import OpenIdProvider

TIMEOUT_SECONDS = 2.0
"""So long a provider may keep somebody who signs out waiting."""

_log = logging.getLogger(__name__)


@immutable
class WayOut:
    """All that is needed to sign out at the provider once the session, with which it was kept, has ended."""

    openid: OpenIdProvider = field(repr=False)
    party: RelyingParty
    id_token: str = field(repr=False)
    return_to: str
    request_id: str | None

    async def url(self) -> str | None:
        """Where to sign out; None if the provider does not offer it, fails, or is slow to say so."""
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                return await self.openid.sign_out_url(self.party, self.id_token, self.return_to)
        except ProviderFailed as failure:
            _log.info("No sign-out at the provider; request %s: %s", self.request_id, failure.message)
        except TimeoutError:
            _log.info("No sign-out at the provider, which is slow; request %s", self.request_id)
        return None

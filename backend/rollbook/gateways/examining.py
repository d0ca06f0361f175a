"""The test of a connection: what a sign-in would need, tried step by step, and explained for an admin."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from rollbook.domain.errors import ProviderFailed
from rollbook.domain.sso import Finding, FindingStatus, RelyingParty, TestStep
from rollbook.gateways import discovery, hints
from rollbook.gateways.discovery import Configuration
from rollbook.gateways.guarded_http import GuardedHttp
from rollbook.gateways.signatures import ALGORITHMS, read_keys
from rollbook.gateways.token_endpoint import TokenRefused, redeem

TIMEOUT_SECONDS = 8.0
"""So long a whole test may take: whoever waits for it has a limit of their own."""

_SKIPPED = "A step before this one failed."
_CHAIN = (TestStep.ADDRESS, TestStep.DISCOVERY, TestStep.ISSUER, TestStep.ENDPOINTS)


class Examination:
    """One test of one connection."""

    def __init__(self, http: GuardedHttp, party: RelyingParty, seconds: float = TIMEOUT_SECONDS) -> None:
        self._http = http
        self._party = party
        self._seconds = seconds
        self._found: dict[TestStep, Finding] = {}
        self._document: dict[str, Any] = {}
        self._configuration: Configuration | None = None

    async def findings(self) -> list[Finding]:
        """One finding for each step, in their order. Raises nothing."""
        try:
            async with asyncio.timeout(self._seconds):
                for step in _CHAIN:
                    if not await self._take(step):
                        break
                if self._configuration is not None:
                    rest = [step for step in TestStep if step not in _CHAIN]
                    await asyncio.gather(*(self._take(step) for step in rest))
        except TimeoutError:
            unfinished = [step for step in TestStep if step not in self._found]
            slow = unfinished if self._configuration is not None else unfinished[:1]
            for step in slow:
                self._note(step, FindingStatus.FAILED, f"This was not done after {self._seconds:g} seconds.")
        return [self._found.get(step, Finding(step, FindingStatus.SKIPPED, _SKIPPED)) for step in TestStep]

    async def _take(self, step: TestStep) -> bool:
        """Take a step, and tell whether those that build on it may be taken."""
        steps: dict[TestStep, Callable[[], Awaitable[None]]] = {
            TestStep.ADDRESS: self._address,
            TestStep.DISCOVERY: self._discovery,
            TestStep.ISSUER: self._issuer,
            TestStep.ENDPOINTS: self._endpoints,
            TestStep.ALGORITHMS: self._algorithms,
            TestStep.KEYS: self._keys,
            TestStep.CREDENTIALS: self._credentials,
            TestStep.STEP_UP: self._step_up,
        }
        try:
            await steps[step]()
        except ProviderFailed as error:
            hint = hints.for_failure(step, self._party.issuer, self._document)
            self._note(step, FindingStatus.FAILED, f"{error.message} {hint}".rstrip())
        return self._found[step].status is not FindingStatus.FAILED

    def _note(self, step: TestStep, status: FindingStatus, detail: str) -> None:
        self._found[step] = Finding(step, status, detail)

    async def _address(self) -> None:
        if hints.is_discovery_url(self._party.issuer):
            raise ProviderFailed("This is the address of the provider's configuration document, not its issuer.")
        if hints.has_query(self._party.issuer):
            raise ProviderFailed("An issuer has no query and no fragment.")
        await self._http.reach(self._party.issuer, "The issuer")
        self._note(TestStep.ADDRESS, FindingStatus.PASSED, "The issuer is a URL that may be asked.")

    async def _discovery(self) -> None:
        self._document = await discovery.fetch_document(self._http, self._party.issuer)
        where = discovery.discovery_url(self._party.issuer)
        self._note(TestStep.DISCOVERY, FindingStatus.PASSED, f"The configuration document was read: {where}")

    async def _issuer(self) -> None:
        discovery.issuer_of(self._document, self._party.issuer)
        remark = hints.for_issuer(self._party.issuer)
        status = FindingStatus.PASSED if remark is None else remark.status
        detail = "" if remark is None else f" {remark.detail}"
        self._note(TestStep.ISSUER, status, f"The document names exactly this issuer.{detail}")

    async def _endpoints(self) -> None:
        self._configuration = discovery.read_configuration(self._http, self._document, self._party.issuer)
        self._note(TestStep.ENDPOINTS, FindingStatus.PASSED, "The addresses to sign in and to redeem a code are there.")

    async def _algorithms(self) -> None:
        known = self._known
        if known.responses is not None and "code" not in known.responses:
            raise ProviderFailed("The provider does not offer the code flow (response type code).")
        if known.algorithms is not None and not known.algorithms & set(ALGORITHMS):
            raise ProviderFailed(
                f"The provider signs ID tokens in no way that is accepted; accepted are {', '.join(ALGORITHMS)}."
            )
        if known.challenges is not None and "S256" not in known.challenges:
            raise ProviderFailed("The provider offers PKCE without S256, which is the one that is used.")
        if known.challenges is None and not hints.is_entra(known.issuer):  # which does not say that it has it
            self._note(
                TestStep.ALGORITHMS,
                FindingStatus.WARNING,
                "The provider does not say that it knows PKCE. It is used all the same; a provider that does not know "
                "it lets a stolen code be redeemed.",
            )
        else:
            self._note(
                TestStep.ALGORITHMS, FindingStatus.PASSED, "Code flow, PKCE and signatures are as they should be."
            )

    async def _keys(self) -> None:
        keys = read_keys(await discovery.fetch_keys(self._http, self._known.keys))
        if not keys:
            raise ProviderFailed("Among the keys of the provider is none that can verify an accepted signature.")
        self._note(TestStep.KEYS, FindingStatus.PASSED, f"Keys that can be used: {len(keys)}.")

    async def _credentials(self) -> None:
        """Redeem a code that nobody gave: it must be the code that is refused, and not who redeems it."""
        made_up, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        try:
            await redeem(self._http, self._known.token, self._party, made_up, verifier)
        except TokenRefused as refusal:
            status, detail = hints.for_credentials(refusal, self._party, self._known)
            self._note(TestStep.CREDENTIALS, status, detail)
        else:
            raise ProviderFailed("The provider redeemed a code that it never gave. Do not trust it.")

    async def _step_up(self) -> None:
        status, detail = hints.for_step_up(self._known)
        self._note(TestStep.STEP_UP, status, detail)

    @property
    def _known(self) -> Configuration:
        assert self._configuration is not None
        return self._configuration

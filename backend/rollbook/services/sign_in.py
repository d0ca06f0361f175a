"""How people sign in through their organization's identity provider."""

from dataclasses import dataclass, field

from rollbook.domain.actors import Actor
from rollbook.domain.encryption import Vault
from rollbook.domain.sessions import Visitor
from rollbook.domain.sso import Departure, ProviderAnswer
from rollbook.domain.values import Clock
from rollbook.gateways.bundle import Gateways
from rollbook.persistence.database import Database
from rollbook.services.entering import Entrance


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who is signed in: the secret of their new session, who they are, and the path they wanted to go to."""

    secret: str = field(repr=False)
    actor: Actor
    next: str


class SignIn:
    """The operations of the SSO doors. Their refusals are `SignInRefused`, with a problem that the page explains."""

    def __init__(
        self, database: Database, clock: Clock, vault: Vault, entrance: Entrance, gateways: Gateways, base_url: str
    ) -> None:
        self._database = database
        self._clock = clock
        self._vault = vault
        self._entrance = entrance
        self._gateways = gateways
        self._base_url = base_url

    async def find(self, text: str) -> str | None:
        """The handle of the organization with SSO that a text names: its handle, or an address on a proven domain."""
        raise NotImplementedError

    async def start(
        self,
        handle: str,
        *,
        issuer: str | None = None,
        login_hint: str | None = None,
        next_path: str = "/",
        invitation: str | None = None,
    ) -> Departure:
        """Send a browser to the organization's provider. Writes nothing.

        `issuer` is the `iss` of a login that the provider initiates, and must be the connection's. `invitation` is the
        secret of an invitation to join by.
        """
        raise NotImplementedError

    async def start_again(self, actor: Actor, *, next_path: str = "/") -> Departure:
        """Send who is signed in to the provider, to show anew who they are (step-up). Raises `SignInRefused`."""
        raise NotImplementedError

    async def start_linking(self, actor: Actor, *, next_path: str = "/") -> Departure:
        """Send who is signed in to the provider, to sign in through it from then on. Raises `SignInAgain`."""
        raise NotImplementedError

    async def finish(self, handle: str, attempt: str, answer: ProviderAnswer, visitor: Visitor) -> Arrival:
        """Take what the browser brought back. Nobody is let in, and no row is written, unless all of it is right."""
        raise NotImplementedError

    async def sign_out_url(self, actor: Actor) -> str | None:
        """Where who signed in through SSO can sign out at the provider too, or None."""
        raise NotImplementedError

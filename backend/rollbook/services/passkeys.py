"""How people sign in with passkeys, and which they have."""

from dataclasses import dataclass, field

from rollbook.domain.actors import Actor
from rollbook.domain.encryption import Vault
from rollbook.domain.passkeys import Passkey
from rollbook.domain.sessions import Visitor
from rollbook.domain.values import Clock
from rollbook.persistence.database import Database
from rollbook.services.entering import Entrance


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What the page hands to the authenticator (as JSON), and what the browser keeps, encrypted, until its answer."""

    options: str
    ticket: str = field(repr=False)


class Passkeys:
    """The operations on passkeys. They belong to one member of one organization."""

    def __init__(self, database: Database, clock: Clock, vault: Vault, entrance: Entrance, base_url: str) -> None:
        self._database = database
        self._clock = clock
        self._vault = vault
        self._entrance = entrance
        self._base_url = base_url

    async def begin_registration(self, actor: Actor) -> Ceremony:
        """Begin to register a passkey for who is signed in. Raises `SignInAgain`, `TooLarge`, `NotSupported`."""
        raise NotImplementedError

    async def register(self, actor: Actor, ticket: str, answer: str, *, name: str) -> Passkey:
        """Keep the passkey that the authenticator made. Raises `SignInAgain`, `InvalidValue`, `AlreadyExists`."""
        raise NotImplementedError

    async def begin_sign_in(self) -> Ceremony:
        """Begin to sign in with any passkey of this installation. Writes nothing. Raises `NotSupported`."""
        raise NotImplementedError

    async def sign_in(self, ticket: str, answer: str, visitor: Visitor) -> tuple[str, Actor]:
        """Sign in: the secret of a new session, and who is signed in. Also how to show anew who one is.

        Raises `SignInRefused`, also where SSO is enforced and the member is no admin.
        """
        raise NotImplementedError

    async def list(self, actor: Actor) -> list[Passkey]:
        """The passkeys of who is signed in, the newest first."""
        raise NotImplementedError

    async def remove(self, actor: Actor, passkey_id: str) -> None:
        """Remove one of one's own. Raises `SignInAgain`, `NotFound`."""
        raise NotImplementedError

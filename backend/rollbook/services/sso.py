"""What may be done with the organization's SSO connection."""

from rollbook.domain.actors import Actor
from rollbook.domain.encryption import Vault
from rollbook.domain.sso import ConnectionDraft, Finding, SsoConnection
from rollbook.domain.values import Clock
from rollbook.gateways.bundle import Gateways
from rollbook.persistence.database import Database


class Sso:
    """The operations on the SSO connection of the actor's organization."""

    def __init__(self, database: Database, clock: Clock, vault: Vault, gateways: Gateways, base_url: str) -> None:
        self._database = database
        self._clock = clock
        self._vault = vault
        self._gateways = gateways
        self._base_url = base_url

    async def get(self, actor: Actor) -> SsoConnection | None:
        """The connection, or None."""
        raise NotImplementedError

    async def save(self, actor: Actor, draft: ConnectionDraft, *, expected_version: int | None = None) -> SsoConnection:
        """Make the connection, or change it. Another issuer or client has to be passed anew, and is not enforced.

        Raises `SignInAgain`, `InvalidValue`, `VersionMismatch`.
        """
        raise NotImplementedError

    async def remove(self, actor: Actor) -> None:
        """Remove the connection with its identities; sessions that came through it end. Idempotent.

        Raises `SignInAgain`.
        """
        raise NotImplementedError

    async def test(self, actor: Actor, draft: ConnectionDraft | None = None) -> list[Finding]:
        """What a test of the connection, or of what is about to be saved, finds; changes nothing. `NotFound`."""
        raise NotImplementedError

    async def enforce(self, actor: Actor, *, enforced: bool) -> SsoConnection:
        """Close every other door but the break-glass ones, or open them again. Idempotent.

        When it is closed, sessions that came through another door end, but for the actor's and those of admins by
        passkey. Raises `SignInAgain`, `NotFound`, and `InvalidValue` if no admin has passed the connection yet.
        """
        raise NotImplementedError

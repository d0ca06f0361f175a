"""What may be done with the domains of e-mail addresses that an organization says are its own."""

from rollbook.domain.actors import Actor
from rollbook.domain.sso import LoginDomain
from rollbook.domain.values import Clock
from rollbook.gateways.bundle import Gateways
from rollbook.persistence.database import Database


class LoginDomains:
    """The operations on the login domains of the actor's organization."""

    def __init__(self, database: Database, clock: Clock, gateways: Gateways) -> None:
        self._database = database
        self._clock = clock
        self._gateways = gateways

    async def list(self, actor: Actor) -> list[LoginDomain]:
        """The domains, by name."""
        raise NotImplementedError

    async def add(self, actor: Actor, domain: str) -> LoginDomain:
        """A domain to be proven. Raises `SignInAgain`, `InvalidValue`, and `AlreadyExists` for one that is listed."""
        raise NotImplementedError

    async def prove(self, actor: Actor, domain_id: str) -> LoginDomain:
        """Look for the TXT record; the domain with `proven_at` if it is there, without it if not. Idempotent.

        Raises `SignInAgain`, `NotFound`, `ProviderFailed` if DNS does not answer, and `AlreadyExists` for a domain
        that another organization has proven.
        """
        raise NotImplementedError

    async def remove(self, actor: Actor, domain_id: str) -> None:
        """Remove a domain, proven or not; who is a member stays one. Raises `SignInAgain`, `NotFound`."""
        raise NotImplementedError

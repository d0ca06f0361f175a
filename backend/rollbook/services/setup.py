"""How a new installation gets its first organization and its first admin from a browser."""

from rollbook.domain.actors import Actor
from rollbook.domain.sessions import Visitor
from rollbook.domain.values import Clock
from rollbook.persistence.database import Database
from rollbook.services.entering import Entrance


class Setup:
    """The operations of an installation that has no organization yet."""

    def __init__(self, database: Database, clock: Clock, pepper: bytes, entrance: Entrance) -> None:
        self._database = database
        self._clock = clock
        self._pepper = pepper
        self._entrance = entrance

    async def create_link(self) -> str | None:
        """The secret of a one-time set-up link, the only valid one; None if there is an organization already.

        Only the server and the command line offer this, to who has file access to the installation.
        """
        raise NotImplementedError

    async def complete(
        self, link_secret: str, *, handle: str, name: str, admin_email: str, visitor: Visitor
    ) -> tuple[str, Actor]:
        """Make the first organization and its admin: the secret of their session, and who is signed in.

        Raises `Unauthenticated` for a link that is not valid, and `InvalidValue`, which leaves the link valid.
        """
        raise NotImplementedError

"""How a new installation gets its first organization and its first admin from a browser."""

from rollbook.domain.actors import Actor
from rollbook.domain.audit import AuditAction, changes_between
from rollbook.domain.errors import Unauthenticated
from rollbook.domain.organizations import Organization, checked_handle, checked_name
from rollbook.domain.sessions import LINK_LIFETIME, SignInMethod, Visitor
from rollbook.domain.tokens import SecretKind, digest, kind_of, mint
from rollbook.domain.values import Clock, new_id
from rollbook.persistence import organizations, setup_links
from rollbook.persistence.database import Database
from rollbook.services.entering import Entrance
from rollbook.services.founding import found
from rollbook.services.recording import record
from rollbook.services.retrying import once_more
from rollbook.services.sessions import admin_draft

_NO_LINK = (
    "This link is not valid any more: it works once, for 15 minutes, and until there is an organization. "
    "Ask the operator for a new one: rollbook admin login-link"
)


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
        at, secret = self._clock(), mint(SecretKind.SETUP)
        async with self._database.write() as tx:
            await setup_links.hold(tx)
            if await organizations.is_there_any(tx):
                return None
            await setup_links.replace_link(
                tx, link_id=new_id(), digest=self._digest(secret), at=at, expires_at=at + LINK_LIFETIME
            )
        return secret

    async def is_done(self) -> bool:
        """Whether there is an organization; where there is none, the page can tell whoever comes what to do."""
        async with self._database.read() as tx:
            return await organizations.is_there_any(tx)

    async def complete(
        self, link_secret: str, *, handle: str, name: str, admin_email: str, visitor: Visitor
    ) -> tuple[str, Actor]:
        """Make the first organization and its admin: the secret of their session, and who is signed in.

        Raises `Unauthenticated` for a link that is not valid, and `InvalidValue`, which leaves the link valid.
        """
        if kind_of(link_secret) is not SecretKind.SETUP:
            raise Unauthenticated(_NO_LINK)
        return await once_more(lambda: self._complete(link_secret, handle, name, admin_email, visitor))

    async def _complete(
        self, link_secret: str, handle: str, name: str, admin_email: str, visitor: Visitor
    ) -> tuple[str, Actor]:
        at = self._clock()
        async with self._database.write() as tx:
            await setup_links.hold(tx)
            # the link first: to who has none, nothing is said of the values, nor of the installation
            if not await setup_links.use_link(tx, self._digest(link_secret), at=at):
                raise Unauthenticated(_NO_LINK)
            if await organizations.is_there_any(tx):
                raise Unauthenticated(_NO_LINK)
            organization = Organization(new_id(), checked_handle(handle), checked_name(name), at)
            admin = await found(tx, organization, admin_draft(admin_email))
            secret, actor = await self._entrance.begin(
                tx, admin, SignInMethod.SETUP, visitor, at=at, authenticated_at=at
            )
            await record(
                tx,
                actor,
                AuditAction.ORGANIZATION_CREATED,
                organization.handle,
                at=at,
                changes=changes_between(None, admin),
                memberships=[admin.id],
            )
        return secret, actor

    def _digest(self, secret: str) -> bytes:
        return digest(self._pepper, SecretKind.SETUP, secret)

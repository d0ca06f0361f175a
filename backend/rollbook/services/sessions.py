"""How people get into the settings pages, and out again."""

from dataclasses import replace
from datetime import datetime

from rollbook.domain.actors import Actor
from rollbook.domain.audit import AuditAction, Changes, changes_between
from rollbook.domain.errors import AlreadyExists, InvalidValue, NotFound, Unauthenticated
from rollbook.domain.memberships import Membership, MembershipDraft, checked
from rollbook.domain.policy import Permission, require
from rollbook.domain.roles import Role, effective, grants_for
from rollbook.domain.sessions import LINK_LIFETIME, SOMEBODY, SignInMethod, Visitor
from rollbook.domain.tokens import SecretKind, digest, kind_of, mint
from rollbook.domain.values import Clock, is_address, new_id
from rollbook.persistence import memberships, sessions, users
from rollbook.persistence.database import Collision, Database, WriteTx
from rollbook.services.enrolment import join
from rollbook.services.entering import Entrance, signed_in
from rollbook.services.recording import record
from rollbook.services.retrying import once_more

_NO_SESSION = "You are not signed in, or your session has ended. Sign in again."
_NO_LINK = (
    "This link is not valid any more: it works once, for 15 minutes. "
    "Ask the operator for a new one: rollbook admin login-link"
)


class Sessions:
    """The operations on login links and sessions."""

    def __init__(self, database: Database, clock: Clock, pepper: bytes, entrance: Entrance) -> None:
        self._database = database
        self._clock = clock
        self._pepper = pepper
        self._entrance = entrance

    async def create_login_link(self, actor: Actor, email: str) -> str:
        """The secret of a one-time link for an admin, who is made or reactivated as one if need be.

        The operator's way in when nobody else has one. Raises `InvalidValue` if it is not an address.
        """
        require(actor, Permission.OPERATE)
        draft = admin_draft(email)
        try:
            return await self._make_link(actor, draft)
        except (AlreadyExists, Collision):
            return await self._make_link(actor, draft)  # somebody made them a member meanwhile: now they are found

    async def redeem(self, link_secret: str, visitor: Visitor = SOMEBODY) -> tuple[str, Actor]:
        """Use a login link up: the secret of a new session, and who is signed in by it. Raises `Unauthenticated`."""
        if kind_of(link_secret) is not SecretKind.LINK:
            raise Unauthenticated(_NO_LINK)
        return await once_more(lambda: self._redeem(link_secret, visitor))

    async def _redeem(self, link_secret: str, visitor: Visitor) -> tuple[str, Actor]:
        at = self._clock()
        async with self._database.write() as tx:
            member = await self._use_link(tx, self._digest(link_secret), at=at)
            secret, actor = await self._entrance.begin(
                tx, member, SignInMethod.LINK, visitor, at=at, authenticated_at=at
            )
            await record(tx, actor, AuditAction.SESSION_STARTED, member.user_name, at=at, memberships=[member.id])
        return secret, actor

    async def authenticate(self, session_secret: str, *, request_id: str | None = None) -> Actor:
        """Who is signed in by a session, with the role that they have now. Raises `Unauthenticated`."""
        if kind_of(session_secret) is not SecretKind.SESSION:
            raise Unauthenticated(_NO_SESSION)
        async with self._database.read() as tx:
            found = await sessions.find(tx, self._digest(session_secret), at=self._clock())
        if found is None:
            raise Unauthenticated(_NO_SESSION)
        granted = ((Role.ADMIN, found.admin_granted), (Role.USER, found.user_granted))
        role = effective(role for role, held in granted if held)
        if role is None:
            raise Unauthenticated("You have no role in this organization. Ask one of its admins.")
        return signed_in(found.session, found.name, role, request_id)

    async def end(self, actor: Actor) -> None:
        """Sign out: end the actor's own session. Idempotent; does nothing for an actor without one."""
        require(actor, Permission.ORGANIZATION_READ)
        if actor.session_id is None or actor.membership_id is None:
            return
        at = self._clock()
        async with self._database.write() as tx:
            if await sessions.end(tx, actor.organization_id, actor.session_id, at=at):
                await record(tx, actor, AuditAction.SESSION_ENDED, actor.name, at=at, memberships=[actor.membership_id])

    async def _make_link(self, actor: Actor, draft: MembershipDraft) -> str:
        at = self._clock()
        secret = mint(SecretKind.LINK)
        async with self._database.write() as tx:
            admin, changes = await self._admin(tx, actor, draft)
            await sessions.insert_link(
                tx,
                admin.organization_id,
                admin.id,
                link_id=new_id(),
                digest=self._digest(secret),
                at=at,
                expires_at=at + LINK_LIFETIME,
            )
            await record(
                tx,
                actor,
                AuditAction.LOGIN_LINK_CREATED,
                draft.user_name,
                at=at,
                changes=changes,
                memberships=[admin.id],
            )
        return secret

    async def _use_link(self, tx: WriteTx, link: bytes, *, at: datetime) -> Membership:
        """The active member whom the link lets in, who cannot be deactivated before the transaction ends."""
        owner = await sessions.owner_of_link(tx, link)
        if owner is None:
            raise Unauthenticated(_NO_LINK)
        try:
            # the member's row comes before the link's, as in a deactivation, so that neither overtakes the other
            member = await memberships.load_for_update(tx, *owner)
        except NotFound:
            raise Unauthenticated(_NO_LINK) from None
        if not member.active or not await sessions.use_link(tx, link, at=at):
            raise Unauthenticated(_NO_LINK)
        return member

    async def _admin(self, tx: WriteTx, actor: Actor, draft: MembershipDraft) -> tuple[Membership, Changes]:
        """The active admin of this address, and what had to change for it."""
        user = await users.find_by_email(tx, draft.user_name)
        holders = await memberships.holders_for_update(
            tx,
            actor.organization_id,
            external_id=None,
            user_name=draft.user_name,
            email=draft.email,
            user_id=None if user is None else user.id,
        )
        if len(holders) > 1:
            raise InvalidValue(f"Two members match {draft.user_name!r}; use the other's address.", field="email")
        if not holders:
            made, _, _ = await join(tx, actor, draft, at=self._clock())
            return made, changes_between(None, made)
        before = holders[0]
        after = replace(before, active=True, grants=before.grants | grants_for(Role.ADMIN))
        if after == before:
            return before, {}
        saved = await memberships.save(tx, before, after, at=self._clock())
        return saved, changes_between(before, saved)

    def _digest(self, secret: str) -> bytes:
        kind = kind_of(secret)
        assert kind is not None, "only well-formed secrets come here"
        return digest(self._pepper, kind, secret)


def admin_draft(email: str) -> MembershipDraft:
    """An admin known by their address only. Raises `InvalidValue` if it is not one."""
    if not is_address(email):
        raise InvalidValue(f"{email!r} is not an e-mail address.", field="email")
    draft = MembershipDraft(user_name=email, grants=grants_for(Role.ADMIN))
    checked(draft)
    return draft

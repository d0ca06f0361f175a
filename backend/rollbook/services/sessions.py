"""How people get into the settings pages, and out again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from rollbook.domain.actors import Actor
from rollbook.domain.audit import AuditAction, Changes, changes_between
from rollbook.domain.criteria import Page, Slice
from rollbook.domain.errors import AlreadyExists, InvalidValue, NotFound, Unauthenticated
from rollbook.domain.memberships import Membership, MembershipDraft, checked
from rollbook.domain.policy import Permission, may, require
from rollbook.domain.roles import Role, effective, grants_for
from rollbook.domain.sessions import (
    LINK_LIFETIME,
    SEEN_NOTED_EVERY,
    SOMEBODY,
    Session,
    SignInMethod,
    Visitor,
)
from rollbook.domain.tokens import SecretKind, digest, kind_of, mint
from rollbook.domain.values import Clock, is_address, new_id
from rollbook.persistence import login_links, memberships, organizations, sessions, spent_answers, users
from rollbook.persistence.database import Collision, Database, WriteTx
from rollbook.services.authorizing import authorize_ending
from rollbook.services.enrolment import join
from rollbook.services.entering import Entrance, signed_in
from rollbook.services.recording import record
from rollbook.services.retrying import once_more

_NO_SESSION = "You are not signed in, or your session has ended. Sign in again."
_NO_LINK = (
    "This link is not valid any more: it works once, for 15 minutes. "
    "Ask the operator for a new one: rollbook admin login-link"
)

_NOT_THEIRS = "There is no session {session_id!r} that you may end."

MOST_LISTED = 100
"""How many of their own sessions a member sees; all of them can be ended."""

DEVICES_KEPT = timedelta(days=30)
"""How long it is known of an ended session from where it came."""


class Sessions:
    """The operations on login links and sessions."""

    def __init__(self, database: Database, clock: Clock, pepper: bytes, entrance: Entrance) -> None:
        self._database = database
        self._clock = clock
        self._pepper = pepper
        self._entrance = entrance
        self._uses: dict[str, tuple[str, str, datetime]] = {}

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

    async def authenticate(
        self, session_secret: str, *, request_id: str | None = None, counts_as_use: bool = True
    ) -> Actor:
        """Who is signed in by a session, with the role that they have now. Raises `Unauthenticated`.

        What a page asks for while nobody does anything does not count as use, or no session would ever be idle.
        """
        if kind_of(session_secret) is not SecretKind.SESSION:
            raise Unauthenticated(_NO_SESSION)
        at = self._clock()
        async with self._database.read() as tx:
            found = await sessions.find(tx, self._digest(session_secret), at=at)
        if found is None:
            raise Unauthenticated(_NO_SESSION)
        if counts_as_use and at - found.session.last_seen_at >= SEEN_NOTED_EVERY:
            self._uses[found.session.id] = (found.session.organization_id, found.session.id, at)
        granted = ((Role.ADMIN, found.admin_granted), (Role.USER, found.user_granted))
        role = effective(role for role, held in granted if held)
        if role is None:
            raise Unauthenticated("You have no role in this organization. Ask one of its admins.")
        return signed_in(found.session, found.name, role, request_id)

    async def is_elsewhere(self, visitor: Visitor, handle: str) -> bool:
        """Whether the browser is signed in, but to another organization than the one that the handle names."""
        async with self._database.read() as tx:
            session = await self._entrance.present(tx, visitor, at=self._clock())
            if session is None:
                return False
            organization = await organizations.find_by_handle(tx, handle)
        return organization is not None and session.organization_id != organization.id

    async def end(self, actor: Actor) -> None:
        """Sign out: end the actor's own session. Idempotent; does nothing for an actor without one."""
        require(actor, Permission.ORGANIZATION_READ)
        if actor.session_id is None or actor.membership_id is None:
            return
        at = self._clock()
        async with self._database.write() as tx:
            if await sessions.end(tx, actor.organization_id, actor.session_id, at=at):
                await record(tx, actor, AuditAction.SESSION_ENDED, actor.name, at=at, memberships=[actor.membership_id])

    async def list(self, actor: Actor) -> list[Session]:
        """The live sessions of the member who is signed in, the newest first."""
        require(actor, Permission.ACCOUNT)
        async with self._database.read() as tx:
            return await sessions.live_of(tx, actor.organization_id, _own(actor), at=self._clock(), limit=MOST_LISTED)

    async def page(self, actor: Actor, page: Page) -> Slice[Session]:
        """One page of the organization's live sessions, the newest first."""
        require(actor, Permission.MEMBERS_READ)
        async with self._database.read() as tx:
            return Slice.of(await sessions.page(tx, actor.organization_id, page, at=self._clock()), page)

    async def counts_of(self, actor: Actor, membership_ids: Sequence[str]) -> dict[str, int]:
        """How many live sessions each of these members has; who has none is left out. Members see only their own."""
        require(actor, Permission.MEMBERS_READ, or_else=Permission.ACCOUNT)
        visible = [each for each in membership_ids if _may(actor, Permission.MEMBERS_READ, each)]
        async with self._database.read() as tx:
            return await sessions.counts(tx, actor.organization_id, visible, at=self._clock())

    async def get(self, actor: Actor, session_id: str) -> Session:
        """One session that is live, or `NotFound`. Members find their own."""
        require(actor, Permission.MEMBERS_READ, or_else=Permission.ACCOUNT)
        async with self._database.read() as tx:
            found = await sessions.find_live(tx, actor.organization_id, session_id, at=self._clock())
        if found is None or not _may(actor, Permission.MEMBERS_READ, found.membership_id):
            raise NotFound(f"There is no session {session_id!r} that you may see.")
        return found

    async def revoke(self, actor: Actor, session_id: str) -> Session:
        """End a session: one of one's own, or any of the organization's with the right to change members. Idempotent.

        That of another admin takes the right to revoke admin. Raises `NotFound`.
        """
        require(actor, Permission.MEMBERS_WRITE, or_else=Permission.ACCOUNT)
        at = self._clock()
        async with self._database.write() as tx:
            session = await sessions.find_by_id(tx, actor.organization_id, session_id)
            if session is None or not _may(actor, Permission.MEMBERS_WRITE, session.membership_id):
                raise NotFound(_NOT_THEIRS.format(session_id=session_id))
            member = await memberships.find(tx, actor.organization_id, session.membership_id)
            if member is not None:
                authorize_ending(actor, member)
            if await sessions.end(tx, actor.organization_id, session.id, at=at):
                await self._record_revoked(tx, actor, session.membership_id, 1, at=at)
        return session

    async def revoke_all_of(self, actor: Actor, membership_id: str) -> int:
        """End every session of a member, the actor's own too if it is one of them; how many. Idempotent.

        Those of another admin take the right to revoke admin. Raises `NotFound`.
        """
        require(actor, Permission.MEMBERS_WRITE, or_else=Permission.ACCOUNT)
        if not _may(actor, Permission.MEMBERS_WRITE, membership_id):
            raise NotFound(f"There is no member {membership_id!r} whose sessions you may end.")
        at = self._clock()
        async with self._database.write() as tx:
            # locked, so that nobody who is signing in at this moment is left out
            member = await memberships.load_for_update(tx, actor.organization_id, membership_id)
            authorize_ending(actor, member)
            ended = await sessions.end_of_members(tx, actor.organization_id, [member.id], at=at)
            if ended:
                await self._record_revoked(tx, actor, member.id, ended, at=at)
        return ended

    async def revoke_others(self, actor: Actor) -> int:
        """End every session of the member who is signed in but this one; how many. Idempotent."""
        require(actor, Permission.ACCOUNT)
        at = self._clock()
        async with self._database.write() as tx:
            member = await memberships.load_for_update(tx, actor.organization_id, _own(actor))
            ended = await sessions.end_others(tx, actor.organization_id, member.id, actor.session_id, at=at)
            if ended:
                await self._record_revoked(tx, actor, member.id, ended, at=at)
        return ended

    async def keep_uses(self) -> None:
        """Write down what was noted of sessions' uses since the last time; called now and then, not by requests."""
        noted, self._uses = self._uses, {}
        if not noted:
            return
        try:
            async with self._database.write() as tx:
                await sessions.note_uses(tx, (noted[session_id] for session_id in sorted(noted)))
        except BaseException:
            self._uses = noted | self._uses  # for the next time, unless they were used again meanwhile
            raise

    async def forget(self) -> None:
        """End what has lapsed and forget what nobody needs any more; called now and then, not by requests.

        An ended session stays, as the audit trail names it, but not from where it came.
        """
        at = self._clock()
        async with self._database.write() as tx:
            await spent_answers.delete_expired(tx, at=at)
        async with self._database.write() as tx:
            await sessions.end_lapsed(tx, at=at)
            await sessions.forget_devices(tx, until=at - DEVICES_KEPT)

    async def _record_revoked(self, tx: WriteTx, actor: Actor, membership_id: str, ended: int, *, at: datetime) -> None:
        member = await memberships.find(tx, actor.organization_id, membership_id)
        await record(
            tx,
            actor,
            AuditAction.SESSION_REVOKED,
            membership_id if member is None else member.user_name,
            at=at,
            changes={"sessions": (ended, 0)},
            memberships=[membership_id],
        )

    async def _make_link(self, actor: Actor, draft: MembershipDraft) -> str:
        secret = mint(SecretKind.LINK)
        async with self._database.write() as tx:
            admin, changes, at = await self._admin(tx, actor, draft)
            await login_links.insert_link(
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
        owner = await login_links.owner_of(tx, link)
        if owner is None:
            raise Unauthenticated(_NO_LINK)
        try:
            # the member's row comes before the link's, as in a deactivation, so that neither overtakes the other
            member = await memberships.load_for_update(tx, *owner)
        except NotFound:
            raise Unauthenticated(_NO_LINK) from None
        if not member.active or not await login_links.use(tx, link, at=at):
            raise Unauthenticated(_NO_LINK)
        return member

    async def _admin(self, tx: WriteTx, actor: Actor, draft: MembershipDraft) -> tuple[Membership, Changes, datetime]:
        """The active admin of this address, what had to change for it, and when it was."""
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
        at = self._clock()  # not before: each member's changes stand in the order of their times
        if not holders:
            made, _, _ = await join(tx, actor, draft, at=at)
            return made, changes_between(None, made), at
        before = holders[0]
        after = replace(before, active=True, grants=before.grants | grants_for(Role.ADMIN))
        if after == before:
            return before, {}, at
        saved = await memberships.save(tx, before, after, at=at)
        return saved, changes_between(before, saved), at

    def _digest(self, secret: str) -> bytes:
        kind = kind_of(secret)
        assert kind is not None, "only well-formed secrets come here"
        return digest(self._pepper, kind, secret)


def _own(actor: Actor) -> str:
    assert actor.membership_id is not None, "only members have the permission"
    return actor.membership_id


def _may(actor: Actor, permission: Permission, membership_id: str) -> bool:
    return may(actor, permission) or membership_id == actor.membership_id


def admin_draft(email: str) -> MembershipDraft:
    """An admin known by their address only. Raises `InvalidValue` if it is not one."""
    if not is_address(email):
        raise InvalidValue(f"{email!r} is not an e-mail address.", field="email")
    draft = MembershipDraft(user_name=email, grants=grants_for(Role.ADMIN))
    checked(draft)
    return draft

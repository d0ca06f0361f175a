"""What may be done with invitations, and how somebody joins by one."""

from dataclasses import replace
from datetime import timedelta

from rollbook.domain.actors import Actor, ActorKind, Channel
from rollbook.domain.audit import AuditAction, changes_between
from rollbook.domain.criteria import Page, Slice
from rollbook.domain.descriptions import draft
from rollbook.domain.errors import AlreadyExists, InvalidValue, Unauthenticated
from rollbook.domain.invitations import Invitation, InvitationStatus
from rollbook.domain.memberships import Membership, checked
from rollbook.domain.policy import Permission, require
from rollbook.domain.roles import Role
from rollbook.domain.sessions import SOMEBODY, SignInMethod, Visitor
from rollbook.domain.tokens import SecretKind, digest, kind_of, mint
from rollbook.domain.users import User
from rollbook.domain.values import Clock, new_id
from rollbook.persistence import invitations, memberships, users
from rollbook.persistence.database import Collision, Database, UniqueViolation, WriteTx
from rollbook.services.enrolment import admit
from rollbook.services.entering import Entrance
from rollbook.services.recording import record
from rollbook.services.retrying import once_more

_NO_INVITATION = "This invitation is not valid any more: it works once. Ask an admin of the organization for a new one."


class Invitations:
    """The operations on the invitations of the actor's organization."""

    def __init__(self, database: Database, clock: Clock, pepper: bytes, entrance: Entrance) -> None:
        self._database = database
        self._clock = clock
        self._pepper = pepper
        self._entrance = entrance

    async def page(self, actor: Actor, page: Page) -> Slice[Invitation]:
        """One page of the invitations, the newest first, whatever came of them."""
        require(actor, Permission.MEMBERS_READ)
        async with self._database.read() as tx:
            return Slice.of(await invitations.page(tx, actor.organization_id, page), page)

    async def get(self, actor: Actor, invitation_id: str) -> Invitation:
        """One invitation, or `NotFound`."""
        require(actor, Permission.MEMBERS_READ, or_else=Permission.MEMBERS_WRITE)
        async with self._database.read() as tx:
            return await invitations.load(tx, actor.organization_id, invitation_id)

    async def create(
        self, actor: Actor, email: str, role: Role, *, name: str | None = None, lifetime: timedelta
    ) -> tuple[Invitation, str]:
        """A new invitation and its link's secret, which nobody can read again. To invite an admin is to grant admin.

        Raises `InvalidValue`, and `AlreadyExists` for a member, active or not, and for somebody who is invited already.
        """
        require(actor, Permission.MEMBERS_WRITE)
        _require_role(actor, role)
        person = draft(email=email, name=name, role=role)
        checked(person)
        at = self._clock()
        invitation = Invitation(
            id=new_id(),
            organization_id=actor.organization_id,
            email=person.user_name,
            name=None if name is None else person.name,
            role=role,
            invited_by=actor.name,
            membership_id=None,
            created_at=at,
            expires_at=at + lifetime,
            accepted_at=None,
            revoked_at=None,
        )
        return invitation, await once_more(lambda: self._keep(actor, invitation))

    async def resend(self, actor: Actor, invitation_id: str, *, lifetime: timedelta) -> tuple[Invitation, str]:
        """The invitation with a new secret and a new expiry; its old link is dead. An expired one lives again.

        Raises `NotFound`, `InvalidValue` for one that was accepted or revoked, and `AlreadyExists` for a member.
        """
        require(actor, Permission.MEMBERS_WRITE)
        at, secret = self._clock(), mint(SecretKind.INVITE)
        async with self._database.write() as tx:
            before = _open(await invitations.load(tx, actor.organization_id, invitation_id))
            _require_role(actor, before.role)
            # a member's row comes before the invitation's, as in a deactivation
            await _refuse_member(tx, before)
            before = _open(await invitations.load_for_update(tx, actor.organization_id, invitation_id))
            after = replace(before, expires_at=at + lifetime)
            await invitations.renew(tx, after, self._digest(secret), until=after.expires_at)
            await record(
                tx,
                actor,
                AuditAction.INVITATION_RESENT,
                after.email,
                at=at,
                changes={"expiresAt": (before.expires_at, after.expires_at)},
                object_id=after.id,
            )
        return after, secret

    async def revoke(self, actor: Actor, invitation_id: str) -> Invitation:
        """Make the invitation's link worthless at once. Idempotent; one that was accepted or expired stays so.

        Raises `NotFound`.
        """
        require(actor, Permission.MEMBERS_WRITE)
        at = self._clock()
        async with self._database.write() as tx:
            invitation = await invitations.load_for_update(tx, actor.organization_id, invitation_id)
            if invitation.status(at) is not InvitationStatus.PENDING:
                return invitation
            await invitations.revoke(tx, invitation, at=at)
            await record(tx, actor, AuditAction.INVITATION_REVOKED, invitation.email, at=at, object_id=invitation.id)
        return replace(invitation, revoked_at=at)

    async def accept(self, link_secret: str, visitor: Visitor = SOMEBODY) -> tuple[str, Actor]:
        """Join by an invitation: the secret of a new session, and who is signed in by it. Works once.

        An active member whose role is no higher than the invitation's is signed in and changed in nothing. Raises
        `Unauthenticated`, also for whom the organization has deactivated.
        """
        if kind_of(link_secret) is not SecretKind.INVITE:
            raise Unauthenticated(_NO_INVITATION)
        try:
            return await self._accept(link_secret, visitor)
        except (AlreadyExists, Collision):
            # somebody made them a member, or a user, at this moment: now they are found
            return await once_more(lambda: self._accept(link_secret, visitor))

    async def _keep(self, actor: Actor, invitation: Invitation) -> str:
        secret = mint(SecretKind.INVITE)
        at = invitation.created_at
        async with self._database.write() as tx:
            await _refuse_member(tx, invitation)
            former = await invitations.open_for(tx, actor.organization_id, invitation.email)
            if former is not None and former.status(at) is InvitationStatus.PENDING:
                raise _invited(invitation)
            if former is not None:
                await invitations.revoke(tx, former, at=at)  # it has expired, and gives way to the new one
            try:
                await invitations.insert_invitation(tx, invitation, self._digest(secret))
            except UniqueViolation as violation:
                raise _invited(invitation) from violation
            told = {"role": str(invitation.role), "expiresAt": invitation.expires_at}
            await record(
                tx,
                actor,
                AuditAction.INVITATION_CREATED,
                invitation.email,
                at=at,
                changes={name: (None, value) for name, value in told.items()},
                object_id=invitation.id,
            )
        return secret

    async def _accept(self, link_secret: str, visitor: Visitor) -> tuple[str, Actor]:
        at = self._clock()
        async with self._database.write() as tx:
            invitation = await invitations.find_by_digest(tx, self._digest(link_secret))
            if invitation is None or invitation.status(at) is not InvitationStatus.PENDING:
                raise Unauthenticated(_NO_INVITATION)
            # a member's row comes before the invitation's, as in a deactivation, so that neither overtakes the other
            user, member = await _member_of(tx, invitation)
            if member is not None:
                _require_welcome(invitation, member)
            if not await invitations.use(tx, self._digest(link_secret), at=at):
                raise Unauthenticated(_NO_INVITATION)
            person = draft(email=invitation.email, name=invitation.name, role=invitation.role)
            joined = member or await admit(tx, _joining(invitation), user, person, at=at)
            await invitations.accepted_by(tx, invitation, joined.id)
            secret, actor = await self._entrance.begin(
                tx, joined, SignInMethod.INVITATION, visitor, at=at, authenticated_at=at
            )
            changes = {} if member is not None else changes_between(None, joined)
            await record(
                tx,
                actor,
                AuditAction.INVITATION_ACCEPTED,
                invitation.email,
                at=at,
                changes=changes,
                memberships=[joined.id],
            )
        return secret, actor

    def _digest(self, secret: str) -> bytes:
        return digest(self._pepper, SecretKind.INVITE, secret)


async def _member_of(tx: WriteTx, invitation: Invitation) -> tuple[User | None, Membership | None]:
    """The user of the invited address, and the living membership that holds it or is that user's, locked."""
    user = await users.find_by_email(tx, invitation.email)
    holders = await memberships.holders_for_update(
        tx,
        invitation.organization_id,
        external_id=None,
        user_name=invitation.email,
        email=invitation.email,
        user_id=None if user is None else user.id,
    )
    if len(holders) > 1:
        raise AlreadyExists(f"Two members of this organization match {invitation.email!r}.", field="email")
    return user, holders[0] if holders else None


async def _refuse_member(tx: WriteTx, invitation: Invitation) -> None:
    _, member = await _member_of(tx, invitation)
    if member is None:
        return
    advice = "They need no invitation." if member.active else "Reactivate them instead of inviting them."
    status = "an active" if member.active else "an inactive"
    raise AlreadyExists(f"{invitation.email!r} belongs to {status} member. {advice}", field="email")


def _open(invitation: Invitation) -> Invitation:
    """The invitation, or `InvalidValue` if it was accepted or revoked."""
    if invitation.accepted_at is None and invitation.revoked_at is None:
        return invitation
    ended = "was accepted" if invitation.accepted_at is not None else "was revoked"
    raise InvalidValue(f"This invitation {ended}. Invite the person anew.", field="invitationId")


def _require_welcome(invitation: Invitation, member: Membership) -> None:
    """An invitation never opens more than what it was made for, and never undoes a deactivation."""
    if not member.active:
        raise Unauthenticated("Your access to this organization has ended. Ask one of its admins to reactivate you.")
    if member.role is Role.ADMIN and invitation.role is not Role.ADMIN:
        raise Unauthenticated("You are an admin of this organization already. Sign in as you always do.")


def _require_role(actor: Actor, role: Role) -> None:
    if role is Role.ADMIN:
        require(actor, Permission.ROLES_WRITE)


def _joining(invitation: Invitation) -> Actor:
    """The invited person while they are no member yet."""
    return Actor(ActorKind.SESSION, Channel.GRAPHQL, invitation.organization_id, name=invitation.email)


def _invited(invitation: Invitation) -> AlreadyExists:
    return AlreadyExists(
        f"{invitation.email!r} is invited already. Resend that invitation for a new link.", field="email"
    )

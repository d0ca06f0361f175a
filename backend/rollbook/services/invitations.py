"""What may be done with invitations, and how somebody joins by one."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from rollbook.domain.actors import Actor
from rollbook.domain.audit import AuditAction
from rollbook.domain.criteria import Page, Slice
from rollbook.domain.descriptions import draft
from rollbook.domain.errors import AlreadyExists, InvalidValue, Unauthenticated
from rollbook.domain.invitations import Delivery, Invitation, InvitationStatus, MailOutcome
from rollbook.domain.memberships import checked
from rollbook.domain.policy import Permission, require, require_recent_sign_in
from rollbook.domain.roles import Role
from rollbook.domain.sessions import SOMEBODY, SignInMethod, Visitor, link_to
from rollbook.domain.tokens import SecretKind, digest, kind_of, mint
from rollbook.domain.values import Clock, new_id
from rollbook.gateways.bundle import Mailer, MailFailed
from rollbook.persistence import invitations, organizations
from rollbook.persistence.database import Collision, Database, UniqueViolation, WriteTx
from rollbook.services.entering import Entrance
from rollbook.services.invitation_mail import invitation_mail
from rollbook.services.joining import NO_INVITATION, invited, join_by
from rollbook.services.recording import record
from rollbook.services.retrying import once_more

_ENDED_MEANWHILE = "The invitation was sent anew, accepted or revoked at the same moment, so its link is not mailed."

_log = logging.getLogger(__name__)


class Invitations:
    """The operations on the invitations of the actor's organization."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        pepper: bytes,
        entrance: Entrance,
        mailer: Mailer | None,
        base_url: str,
    ) -> None:
        self._database = database
        self._clock = clock
        self._pepper = pepper
        self._entrance = entrance
        self._mailer = mailer
        self._base_url = base_url

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

        Raises `InvalidValue`, `AlreadyExists` for a member, active or not, and for somebody who is invited already,
        and `SignInAgain` where the link would open the door of an admin.
        """
        require(actor, Permission.MEMBERS_WRITE)
        _require_role(actor, role, self._clock())
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

        Raises `NotFound`, `InvalidValue` for one that was accepted or revoked, `AlreadyExists` for a member, and
        `SignInAgain` as `create` does.
        """
        require(actor, Permission.MEMBERS_WRITE)
        at, secret = self._clock(), mint(SecretKind.INVITE)
        async with self._database.write() as tx:
            before = _open(await invitations.load(tx, actor.organization_id, invitation_id))
            _require_role(actor, before.role, at)
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

    async def mail(self, actor: Actor, link_secret: str) -> Delivery:
        """Mail the link of an invitation to the invited person: for who made or resent it, once that is kept.

        The secret is what `create` and `resend` answered. Writes nothing; a mail that fails leaves the link as good as
        it was, to be handed over by other means.
        """
        require(actor, Permission.MEMBERS_WRITE)
        if self._mailer is None:
            return Delivery(MailOutcome.NOT_CONFIGURED)
        async with self._database.read() as tx:
            invitation = await invitations.find_by_digest(tx, self._digest(link_secret))
            organization = await organizations.find(tx, actor.organization_id)
        if invitation is None or organization is None or invitation.organization_id != organization.id:
            return Delivery(MailOutcome.FAILED, _ENDED_MEANWHILE)
        if invitation.status(self._clock()) is not InvitationStatus.PENDING:
            return Delivery(MailOutcome.FAILED, _ENDED_MEANWHILE)
        try:
            await self._mailer.send(
                invitation_mail(invitation, organization.name, link_to(self._base_url, link_secret))
            )
        except MailFailed as failure:
            # what the server said is for the admin: it may hold the address of the person
            kind = type(failure.__cause__ or failure).__name__
            _log.warning("Invitation %s was not mailed (%s); request %s", invitation.id, kind, actor.request_id)
            return Delivery(MailOutcome.FAILED, str(failure))
        return Delivery(MailOutcome.SENT)

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

    async def organization_of(self, link_secret: str) -> str | None:
        """The name of the organization that a link invites to; None for one that is not valid. Uses nothing up."""
        if kind_of(link_secret) is not SecretKind.INVITE:
            return None
        async with self._database.read() as tx:
            invitation = await invitations.find_by_digest(tx, self._digest(link_secret))
            if invitation is None or invitation.status(self._clock()) is not InvitationStatus.PENDING:
                return None
            organization = await organizations.find(tx, invitation.organization_id)
        return None if organization is None else organization.name

    async def accept(self, link_secret: str, visitor: Visitor = SOMEBODY) -> tuple[str, Actor]:
        """Join by an invitation: the secret of a new session, and who is signed in by it. Works once.

        An active member whose role is no higher than the invitation's is signed in and changed in nothing. Raises
        `Unauthenticated`, also for whom the organization has deactivated.
        """
        if kind_of(link_secret) is not SecretKind.INVITE:
            raise Unauthenticated(NO_INVITATION)
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
            joined = await join_by(tx, self._digest(link_secret), at=at)
            secret, actor = await self._entrance.begin(
                tx, joined.member, SignInMethod.INVITATION, visitor, at=at, authenticated_at=at
            )
            await record(
                tx,
                actor,
                AuditAction.INVITATION_ACCEPTED,
                joined.invitation.email,
                at=at,
                changes=joined.changes,
                memberships=[joined.member.id],
            )
        return secret, actor

    def _digest(self, secret: str) -> bytes:
        return digest(self._pepper, SecretKind.INVITE, secret)


async def _refuse_member(tx: WriteTx, invitation: Invitation) -> None:
    _, member = await invited(tx, invitation)
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


def _require_role(actor: Actor, role: Role, at: datetime) -> None:
    """Return if the actor may hand out a link that opens so much: an admin's is a fresh sign-in for whoever has it."""
    if role is Role.ADMIN:
        require(actor, Permission.ROLES_WRITE)
        require_recent_sign_in(actor, at)


def _invited(invitation: Invitation) -> AlreadyExists:
    return AlreadyExists(
        f"{invitation.email!r} is invited already. Resend that invitation for a new link.", field="email"
    )

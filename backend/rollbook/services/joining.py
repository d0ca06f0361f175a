"""The step by which somebody joins by an invitation, through whichever door they come."""

from datetime import datetime

from rollbook.domain.actors import Actor, ActorKind, Channel
from rollbook.domain.audit import Changes, changes_between
from rollbook.domain.descriptions import draft
from rollbook.domain.errors import AlreadyExists, Unauthenticated
from rollbook.domain.immutable import immutable
from rollbook.domain.invitations import Invitation, InvitationStatus
from rollbook.domain.memberships import Membership
from rollbook.domain.roles import Role
from rollbook.domain.users import User
from rollbook.persistence import invitations, memberships, users
from rollbook.persistence.database import WriteTx
from rollbook.services.enrolment import admit
from rollbook.services.entering import require_welcome

NO_INVITATION = "This invitation is not valid any more: it works once. Ask an admin of the organization for a new one."


@immutable
class Joined:
    """Who has accepted an invitation, whether they were a member before, and otherwise what is new of them."""

    invitation: Invitation
    member: Membership
    was_member: bool
    changes: Changes


async def join_by(tx: WriteTx, link: bytes, *, at: datetime) -> Joined:
    """Use up the invitation whose link has this digest; the person is an active member then, and locked.

    Writes no event and begins no session. Raises `Unauthenticated` for a link that is not valid, and for whom the
    organization has deactivated; `AlreadyExists` and `Collision` when somebody made them a member at this moment.
    """
    invitation = await invitations.find_by_digest(tx, link)
    if invitation is None or invitation.status(at) is not InvitationStatus.PENDING:
        raise Unauthenticated(NO_INVITATION)
    # a member's row comes before the invitation's, as in a deactivation, so that neither overtakes the other
    user, member = await invited(tx, invitation)
    if member is not None:
        _require_no_more(invitation, member)
    if not await invitations.use(tx, link, at=at):
        raise Unauthenticated(NO_INVITATION)
    person = draft(email=invitation.email, name=invitation.name, role=invitation.role)
    joined = member or await admit(tx, _joining(invitation), user, person, at=at)
    await invitations.accepted_by(tx, invitation, joined.id)
    was_member = member is not None
    return Joined(invitation, joined, was_member, {} if was_member else changes_between(None, joined))


async def invited(tx: WriteTx, invitation: Invitation) -> tuple[User | None, Membership | None]:
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


def _require_no_more(invitation: Invitation, member: Membership) -> None:
    """An invitation never opens more than what it was made for, and never undoes a deactivation."""
    require_welcome(member)
    if member.role is Role.ADMIN and invitation.role is not Role.ADMIN:
        raise Unauthenticated("You are an admin of this organization already. Sign in as you always do.")


def _joining(invitation: Invitation) -> Actor:
    """The invited person while they are no member yet."""
    return Actor(ActorKind.SESSION, Channel.GRAPHQL, invitation.organization_id, name=invitation.email)

"""Invitations: how they are listed, sent, sent again and revoked."""

import asyncio
from datetime import datetime
from typing import Annotated, Self, TypedDict

import strawberry
from strawberry import relay

from rollbook.domain import invitations, roles
from rollbook.domain.criteria import Position
from rollbook.domain.errors import Busy
from rollbook.domain.invitations import NOT_ASKED, Delivery
from rollbook.domain.sessions import link_to
from rollbook.graphql import ids
from rollbook.graphql.context import Context, Info
from rollbook.graphql.enums import InvitationStatus, MailOutcome, Role
from rollbook.graphql.fields import resolved
from rollbook.graphql.inputs import given
from rollbook.graphql.memberships import Member, find_member
from rollbook.graphql.once import KEY_DESCRIPTION, at_most_once
from rollbook.graphql.pagination import After, Before, Cursors, First, Last, Paged
from rollbook.graphql.user_errors import ConflictError, NotFoundError, Refusal, SignInAgainError
from rollbook.services.idempotency import Outcome

_LINK = (
    "The one-time link that the person opens to join; hand it to them and to nobody else. It is shown in this answer "
    "only. Null when an idempotencyKey was repeated: resend the invitation for a new link."
)
_MAILED = "What has become of the e-mail that brings the link to them. Null when an idempotencyKey was repeated."
_MAIL_PROBLEM = "Why the e-mail failed, written for an admin; null: it did not."
_SEND_EMAIL = "Whether to mail them the link, if the installation has a mail server."
_LIFETIME = "After how many days, 1 to 30, the link stops working. Left out: 7."


MAIL_SECONDS = 5
"""How long an answer waits for the mail server: it is the only one that holds the link, and must not come too late."""


@strawberry.type(description="An invitation to join the organization by a one-time link.")
class Invitation(relay.Node):
    """An invitation of the viewer's organization, without its secret."""

    id: relay.NodeID[str]
    email: str = strawberry.field(description="The address of the invited person.")
    name: str | None = strawberry.field(description="The name that they will have; null: made from the address.")
    role: Role = strawberry.field(description="What they may do once they have joined.")
    status: InvitationStatus = strawberry.field(description="What has become of it.")
    invited_by: str = strawberry.field(description="Who invited the person.")
    created_at: datetime = strawberry.field(description="When the person was invited.")
    expires_at: datetime = strawberry.field(description="When the link stops, or stopped, working.")
    accepted_at: datetime | None = strawberry.field(description="When the person joined by it; null: not yet.")
    membership_id: strawberry.Private[str | None]

    @resolved("The member who joined by it; null if nobody did, or they are no member any more.")
    async def member(self, info: Info) -> Member | None:
        """Read for all invitations of a level at once."""
        return None if self.membership_id is None else await find_member(info.context, self.membership_id)

    @classmethod
    def of(cls, context: Context, invitation: invitations.Invitation) -> Self:
        """The invitation as the API shows it."""
        return cls(
            id=invitation.id,
            email=invitation.email,
            name=invitation.name,
            role=Role[invitation.role.name],
            status=InvitationStatus[invitation.status(context.services.clock()).name],
            invited_by=invitation.invited_by,
            created_at=invitation.created_at,
            expires_at=invitation.expires_at,
            accepted_at=invitation.accepted_at,
            membership_id=invitation.membership_id,
        )


@strawberry.type(description="An invitation in the list, with its place in it.")
class InvitationEdge:
    """One row of a page."""

    cursor: str = strawberry.field(description="The place in the list, good for after and before.")
    node: Invitation = strawberry.field(description="The invitation.")


@strawberry.type(description="One page of the list of invitations.")
class InvitationConnection:
    """Reads its page when a field of it is asked for."""

    page: strawberry.Private[Paged[invitations.Invitation]]

    @resolved("The invitations of the page with their places.")
    async def edges(self, info: Info) -> list[InvitationEdge]:
        """The rows of the page."""
        return [
            InvitationEdge(cursor=cursor, node=Invitation.of(info.context, row))
            for cursor, row in await self.page.placed()
        ]

    @resolved("The invitations of the page, for those who need no cursors.")
    async def nodes(self, info: Info) -> list[Invitation]:
        """The same rows without their edges."""
        return [Invitation.of(info.context, row) for row in await self.page.rows()]

    @resolved("Where the page lies in the list.")
    async def page_info(self) -> relay.PageInfo:
        """Whether there is more, and from where to go on."""
        return await self.page.info()


def list_invitations(
    info: Info,
    first: First = strawberry.UNSET,
    after: After = strawberry.UNSET,
    last: Last = strawberry.UNSET,
    before: Before = strawberry.UNSET,
) -> InvitationConnection:
    """The list that the arguments describe, the newest first. Raises `InvalidValue`, `TooLarge`."""
    context = info.context
    cursors = Cursors(context.services.seal, context.actor, "invitations")
    page = cursors.page(first, after, last, before)
    return InvitationConnection(
        page=Paged(
            lambda: context.services.invitations.page(context.actor, page),
            lambda invitation: cursors.write(Position("", invitation.id)),
        )
    )


async def find_invitation(context: Context, invitation_id: str) -> Invitation | None:
    """The invitation of this id; `NotFound`."""
    return Invitation.of(context, await context.services.invitations.get(context.actor, invitation_id))


@strawberry.input(description="Whom to invite.")
class InviteMemberInput:
    """A person by their address."""

    email: str = strawberry.field(description="The person's e-mail address. It may belong to an account elsewhere.")
    name: str | None = strawberry.field(
        default=strawberry.UNSET, description="The person's name. Left out: one is made from the address."
    )
    role: Role = strawberry.field(
        default=Role.USER,
        description="What they will be allowed to do. ADMIN needs the permission ROLES_WRITE, and a recent sign-in.",
    )
    expires_in_days: int | None = strawberry.field(default=strawberry.UNSET, description=_LIFETIME)
    send_email: bool = strawberry.field(default=True, description=_SEND_EMAIL)
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY_DESCRIPTION)


@strawberry.input(description="Which invitation to send again.")
class ResendInvitationInput:
    """An invitation and its new life."""

    invitation_id: strawberry.ID = strawberry.field(description="The id of the invitation.")
    expires_in_days: int | None = strawberry.field(default=strawberry.UNSET, description=_LIFETIME)
    send_email: bool = strawberry.field(default=True, description=_SEND_EMAIL)
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY_DESCRIPTION)


@strawberry.input(description="Which invitation to revoke.")
class RevokeInvitationInput:
    """An invitation."""

    invitation_id: strawberry.ID = strawberry.field(description="The id of the invitation.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY_DESCRIPTION)


@strawberry.type(description="The person is invited. Unless the e-mail was SENT, hand them the link.")
class InviteMemberSuccess:
    """The only answer that holds this link."""

    invitation: Invitation = strawberry.field(description="The invitation as it is listed.")
    link: str | None = strawberry.field(description=_LINK)
    mail: MailOutcome | None = strawberry.field(description=_MAILED)
    mail_problem: str | None = strawberry.field(description=_MAIL_PROBLEM)


@strawberry.type(description="The invitation has a new link and a new expiry; the old link is dead.")
class ResendInvitationSuccess:
    """The only answer that holds this link."""

    invitation: Invitation = strawberry.field(description="The invitation as it is listed.")
    link: str | None = strawberry.field(description=_LINK)
    mail: MailOutcome | None = strawberry.field(description=_MAILED)
    mail_problem: str | None = strawberry.field(description=_MAIL_PROBLEM)


@strawberry.type(description="Nobody can join by the invitation any more.")
class RevokeInvitationSuccess:
    """Holds the revoked invitation."""

    invitation: Invitation = strawberry.field(
        description="The invitation as it is now; one that was accepted before stays ACCEPTED."
    )


InviteMemberResult = Annotated[
    InviteMemberSuccess | Refusal | ConflictError | SignInAgainError,
    strawberry.union("InviteMemberResult", description="What came of inviting a person."),
]
ResendInvitationResult = Annotated[
    ResendInvitationSuccess | Refusal | ConflictError | NotFoundError | SignInAgainError,
    strawberry.union("ResendInvitationResult", description="What came of sending an invitation again."),
]
RevokeInvitationResult = Annotated[
    RevokeInvitationSuccess | Refusal | NotFoundError,
    strawberry.union("RevokeInvitationResult", description="What came of revoking an invitation."),
]

_Sent = tuple[invitations.Invitation, str]


class _Told(TypedDict):
    """The fields of both answers that hold a link."""

    invitation: Invitation
    link: str | None
    mail: MailOutcome | None
    mail_problem: str | None


async def invite_member(
    info: Info, input: Annotated[InviteMemberInput, strawberry.argument(description="Whom to invite.")]
) -> InviteMemberResult:
    """Make a one-time link by which a person joins."""
    lifetime = invitations.lifetime(given(input.expires_in_days))
    outcome = await at_most_once(
        info,
        input,
        lambda actor: info.context.services.invitations.create(
            actor, input.email, roles.Role[input.role.name], name=given(input.name), lifetime=lifetime
        ),
        lambda sent: sent[0].id,
    )
    return InviteMemberSuccess(**await _told(info, outcome, send_email=input.send_email))


async def resend_invitation(
    info: Info,
    input: Annotated[ResendInvitationInput, strawberry.argument(description="Which invitation to send again.")],
) -> ResendInvitationResult:
    """Give an invitation a new link."""
    lifetime = invitations.lifetime(given(input.expires_in_days))
    invitation_id = _invitation_id(input.invitation_id)
    outcome = await at_most_once(
        info,
        input,
        lambda actor: info.context.services.invitations.resend(actor, invitation_id, lifetime=lifetime),
        lambda sent: sent[0].id,
    )
    return ResendInvitationSuccess(**await _told(info, outcome, send_email=input.send_email))


async def revoke_invitation(
    info: Info, input: Annotated[RevokeInvitationInput, strawberry.argument(description="Which invitation to revoke.")]
) -> RevokeInvitationResult:
    """Make an invitation's link worthless."""
    context = info.context
    invitation_id = _invitation_id(input.invitation_id)
    outcome = await at_most_once(
        info,
        input,
        lambda actor: context.services.invitations.revoke(actor, invitation_id),
        lambda invitation: invitation.id,
    )
    revoked = outcome.now or await context.services.invitations.get(context.actor, invitation_id)
    return RevokeInvitationSuccess(invitation=Invitation.of(context, revoked))


async def _told(info: Info, outcome: Outcome[_Sent], *, send_email: bool) -> _Told:
    """The invitation, its link, and what has become of the e-mail; a repetition finds the invitation alone."""
    context = info.context
    if outcome.now is None:
        found = await context.services.invitations.get(context.actor, outcome.object_id or "")
        return _Told(invitation=Invitation.of(context, found), link=None, mail=None, mail_problem=None)
    invitation, secret = outcome.now
    delivery = await _mailed(context, secret) if send_email else NOT_ASKED
    return _Told(
        invitation=Invitation.of(context, invitation),
        link=link_to(context.base_url, secret),
        mail=MailOutcome[delivery.outcome.name],
        mail_problem=delivery.problem,
    )


async def _mailed(context: Context, secret: str) -> Delivery:
    """What came of mailing the link. The invitation is made whatever that is."""
    try:
        async with asyncio.timeout(MAIL_SECONDS):
            return await context.services.invitations.mail(context.actor, secret)
    except TimeoutError:
        problem = f"The mail server did not answer within {MAIL_SECONDS} s."
    except Busy as refusal:
        problem = refusal.message
    return Delivery(invitations.MailOutcome.FAILED, problem)


def _invitation_id(global_id: str) -> str:
    return ids.inner(global_id, "Invitation", argument="invitationId")

"""Who somebody is for whom a provider vouches: the questions in their order, and how an identity is linked.

Every step takes the membership's lock first, then the connection's, then writes the identity; where the answer is a
refusal nothing has been written.
"""

from dataclasses import replace
from datetime import datetime

from rollbook.domain.actors import Actor, ActorKind, Channel
from rollbook.domain.audit import AuditAction, Changes, changes_between
from rollbook.domain.descriptions import checked_address, draft
from rollbook.domain.errors import InvalidValue, NotFound
from rollbook.domain.immutable import immutable
from rollbook.domain.memberships import Membership, MembershipDraft, Source
from rollbook.domain.roles import Role
from rollbook.domain.sso import Claims, SignInProblem, SsoConnection, SsoIdentity
from rollbook.domain.users import User
from rollbook.domain.values import key
from rollbook.persistence import login_domains, memberships, sso_connections, sso_identities, users
from rollbook.persistence.database import Collision, ReadTx, UniqueViolation, WriteTx
from rollbook.services.enrolment import admit, close_invitations, may_attach
from rollbook.services.entering import require_welcome
from rollbook.services.joining import Joined
from rollbook.services.refusing import INVITE_INSTEAD, refused

P = SignInProblem


@immutable
class Vouched:
    """Whom a connection vouches for, at a moment."""

    connection: SsoConnection
    claims: Claims
    at: datetime

    @property
    def organization_id(self) -> str:
        """The organization whose connection it is."""
        return self.connection.organization_id

    @property
    def address(self) -> str | None:
        """The e-mail address that the provider names, verified or not, or None if it is none."""
        try:
            return checked_address(self.claims.email or "")
        except InvalidValue:
            return None


@immutable
class Identified:
    """The member who the person is: active, with a role, and locked. `changes` tells what is new of them."""

    member: Membership
    changes: Changes
    action: AuditAction = AuditAction.SESSION_STARTED


async def identify(tx: WriteTx, vouched: Vouched) -> Identified:
    """The member whom the identity belongs to, who is linked or made a member where that is allowed.

    Raises `SignInRefused`, `AlreadyExists` and `Collision`; after the latter two, once more gets the true answer.
    """
    known = await _known(tx, vouched)
    if known is not None:
        return await _returning(tx, vouched, known)
    return await _newcomer(tx, vouched)


async def recognize(tx: WriteTx, vouched: Vouched, membership_id: str) -> Identified:
    """The member of that id, if the identity is theirs already. Raises `SignInRefused`."""
    member = await _locked(tx, vouched, membership_id)
    known = await _known(tx, vouched)
    if known is None or known.membership_id != member.id:
        raise refused(P.OTHER_IDENTITY)
    return await _let_in(tx, vouched, member, known)


async def link_invited(tx: WriteTx, vouched: Vouched, joined: Joined) -> Identified:
    """Who has accepted an invitation, linked. Whoever was a member before is not made somebody else's by a link: the
    identity must be theirs already, or the provider must vouch for the invited address. Raises `SignInRefused`.
    """
    if joined.was_member and not _vouches_for(vouched, joined.invitation.email):
        known = await _known(tx, vouched)
        if known is None or known.membership_id != joined.member.id:
            raise refused(P.NOT_LINKED)
    return await link(tx, vouched, joined.member.id)


def _vouches_for(vouched: Vouched, address: str) -> bool:
    told = vouched.address
    return told is not None and vouched.claims.email_verified and key(told) == key(address)


async def link(tx: WriteTx, vouched: Vouched, membership_id: str) -> Identified:
    """The member of that id, to whom the identity belongs from now on, if nobody else has it. Raises `SignInRefused`.

    They have shown otherwise who they are; the address that the provider names plays no part.
    """
    member = await _locked(tx, vouched, membership_id)
    known = await _known(tx, vouched)
    if known is None:
        return await _link_new(tx, vouched, member)
    if known.membership_id == member.id:
        return await _let_in(tx, vouched, member, known)
    if await memberships.user_of(tx, vouched.organization_id, known.membership_id) != member.user_id:
        # also of somebody who has left: who they are at the provider does not become another member
        raise refused(P.OTHER_IDENTITY)
    return await _relink(tx, vouched, member, known)


async def _returning(tx: WriteTx, vouched: Vouched, known: SsoIdentity) -> Identified:
    """The member whose identity it is, or the one that the same person became after an end."""
    try:
        member = await memberships.load_for_update(tx, vouched.organization_id, known.membership_id)
    except NotFound:
        user_id = await memberships.user_of(tx, vouched.organization_id, known.membership_id)
        again = None
        if user_id is not None:
            again = await memberships.of_user_for_update(tx, vouched.organization_id, user_id)
        if again is None:
            raise refused(P.ACCESS_ENDED) from None
        return await _relink(tx, vouched, again, known)
    return await _let_in(tx, vouched, member, known)


async def _newcomer(tx: WriteTx, vouched: Vouched) -> Identified:
    """Somebody whose identity is not known yet: a member by their verified address, or nobody."""
    address = await _verified_address(tx, vouched)
    user = await users.find_by_email(tx, address)
    holders = await memberships.holders_for_update(
        tx,
        vouched.organization_id,
        external_id=None,
        user_name=address,
        email=address,
        user_id=None if user is None else user.id,
    )
    owner = next((each for each in holders if each.email is not None and key(each.email) == key(address)), None)
    if owner is not None:
        return await _link_by_address(tx, vouched, owner, address)
    if not all(each.active for each in holders):
        raise refused(P.ACCESS_ENDED)
    if holders:
        raise refused(P.NOT_LINKED)
    await _refuse_second_address(tx, vouched, address)
    await _refuse_former_member(tx, vouched, user, address)
    return await _join(tx, vouched, user, address)


async def _verified_address(tx: ReadTx, vouched: Vouched) -> str:
    """The address that the provider has verified. Without one, nobody is told more than concerns them."""
    address, jit = vouched.address, vouched.connection.jit_role is not None
    if address is not None and vouched.claims.email_verified:
        return address
    concerned = address is not None and await memberships.ids_with_address(tx, vouched.organization_id, address)
    raise refused(P.EMAIL_NOT_VERIFIED if jit or concerned else P.NOT_A_MEMBER)


async def _link_by_address(tx: WriteTx, vouched: Vouched, owner: Membership, address: str) -> Identified:
    """The member of this address, if provisioning made them or the address is on a proven domain."""
    require_welcome(owner)
    if await _known(tx, vouched) is not None:
        raise _moved()  # linked by another browser of theirs, before the lock was ours
    await _require_unlinked(tx, vouched, owner)
    proven = await login_domains.proven_by(tx, address) == vouched.organization_id
    if owner.source is not Source.SCIM and not proven:
        raise refused(P.NOT_LINKED)
    return await _link_new(tx, vouched, owner)


async def _refuse_second_address(tx: WriteTx, vouched: Vouched, address: str) -> None:
    """A member may have the address beside another one; nobody becomes a second member by it."""
    for membership_id in sorted(await memberships.ids_with_address(tx, vouched.organization_id, address)):
        member = await memberships.find(tx, vouched.organization_id, membership_id)
        if member is not None and member.email is not None and key(member.email) == key(address):
            raise _moved()  # made a member at this moment: once more, and they are found as its owner
        if member is not None:
            raise refused(P.NOT_LINKED if member.active else P.ACCESS_ENDED)


async def _refuse_former_member(tx: WriteTx, vouched: Vouched, user: User | None, address: str) -> None:
    """Whose membership has ended comes back by provisioning or an invitation, never because SSO still knows them."""
    ended = await memberships.find_ended(
        tx, vouched.organization_id, external_id=None, user_name=address, email=address
    )
    if ended or (user is not None and await memberships.was_member(tx, vouched.organization_id, user.id)):
        raise refused(P.ACCESS_ENDED)


async def _join(tx: WriteTx, vouched: Vouched, user: User | None, address: str) -> Identified:
    if vouched.connection.jit_role is None:
        raise refused(P.NOT_A_MEMBER)
    await close_invitations(tx, vouched.organization_id, None if user is None else user.id, [address], at=vouched.at)
    # as it is set now, not as it was when the provider was asked
    role = (await _held(tx, vouched, passes=vouched.connection.passed_at is None)).jit_role
    if role is None:
        raise refused(P.NOT_A_MEMBER)
    if user is not None and not await may_attach(tx, vouched.organization_id, user):
        raise refused(P.NOT_A_MEMBER, INVITE_INSTEAD)
    person = _described(vouched.claims, address, role)
    joining = Actor(ActorKind.SESSION, Channel.GRAPHQL, vouched.organization_id, name=person.name)
    made = await admit(tx, joining, user, person, at=vouched.at, source=Source.SSO)
    linked = await _link_new(tx, vouched, made)
    changes = {**changes_between(None, made), **linked.changes}
    return Identified(made, changes, AuditAction.MEMBERSHIP_CREATED)


def _described(claims: Claims, address: str, role: Role) -> MembershipDraft:
    """The person as the provider describes them; a name that cannot be kept is left out."""
    whole = " ".join(part for part in (claims.given_name, claims.family_name) if part)
    for name in (claims.name, whole):
        if name:
            try:
                return draft(email=address, name=name, role=role)
            except InvalidValue:
                continue
    return draft(email=address, name=None, role=role)


async def _known(tx: ReadTx, vouched: Vouched) -> SsoIdentity | None:
    claims = vouched.claims
    return await sso_identities.find(tx, vouched.organization_id, vouched.connection.id, claims.issuer, claims.subject)


async def _locked(tx: WriteTx, vouched: Vouched, membership_id: str) -> Membership:
    try:
        return await memberships.load_for_update(tx, vouched.organization_id, membership_id)
    except NotFound:
        raise refused(P.ACCESS_ENDED) from None


async def _require_unlinked(tx: ReadTx, vouched: Vouched, member: Membership) -> None:
    """Return if the member is not linked to another identity of this connection."""
    present = await sso_identities.of_membership(tx, vouched.organization_id, member.id)
    if any(identity.connection_id == vouched.connection.id for identity in present):
        raise refused(P.OTHER_IDENTITY)


async def _let_in(tx: WriteTx, vouched: Vouched, member: Membership, known: SsoIdentity) -> Identified:
    require_welcome(member)
    await _hold(tx, vouched, member)
    if not await sso_identities.touch(tx, known, at=vouched.at):
        raise _moved()
    return Identified(member, {})


async def _relink(tx: WriteTx, vouched: Vouched, member: Membership, known: SsoIdentity) -> Identified:
    """The identity of an ended membership passes to the one that the same person has now."""
    require_welcome(member)
    await _require_unlinked(tx, vouched, member)
    await _hold(tx, vouched, member)
    if await sso_identities.relink(tx, known, member.id, at=vouched.at) is None:
        raise _moved()
    return Identified(member, _told(vouched.claims))


async def _link_new(tx: WriteTx, vouched: Vouched, member: Membership) -> Identified:
    require_welcome(member)
    await _require_unlinked(tx, vouched, member)
    await _hold(tx, vouched, member)
    claims = vouched.claims
    identity = SsoIdentity(
        organization_id=member.organization_id,
        connection_id=vouched.connection.id,
        issuer=claims.issuer,
        subject=claims.subject,
        membership_id=member.id,
        created_at=vouched.at,
        last_used_at=vouched.at,
    )
    try:
        await sso_identities.insert_identity(tx, identity)
    except UniqueViolation as violation:
        raise _moved() from violation
    return Identified(member, _told(claims))


async def _hold(tx: WriteTx, vouched: Vouched, member: Membership) -> None:
    """Keep the connection as it was when the provider answered, until the transaction ends.

    That it lets an admin in for the first time is noted. Raises `SignInRefused` if it is another one by now.
    """
    passes = vouched.connection.passed_at is None and member.role is Role.ADMIN
    now = await _held(tx, vouched, passes=passes)
    if passes and now.passed_at is None:
        await sso_connections.save(tx, replace(now, passed_at=vouched.at))


async def _held(tx: WriteTx, vouched: Vouched, *, passes: bool) -> SsoConnection:
    """The connection, which nobody changes until the transaction ends. `passes`: this one may."""
    find = sso_connections.find_for_update if passes else sso_connections.find_held
    now = await find(tx, vouched.organization_id)
    if now is None:
        raise refused(P.NO_SSO)
    if _who(now) != _who(vouched.connection):
        raise refused(P.ATTEMPT_EXPIRED)
    return now


def _who(connection: SsoConnection) -> tuple[str, str, str]:
    return connection.id, connection.issuer, connection.client_id


def _told(claims: Claims) -> Changes:
    return {"issuer": (None, claims.issuer), "subject": (None, claims.subject)}


def _moved() -> Collision:
    return Collision("The identity or its member was changed at this moment. Try again.")

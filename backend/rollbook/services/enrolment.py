"""How a person becomes a member: created, revived, taken back or refused (product rules, section 2)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from rollbook.domain.actors import Actor, ActorKind
from rollbook.domain.audit import AuditAction, changes_between
from rollbook.domain.errors import AlreadyExists
from rollbook.domain.memberships import Membership, MembershipDraft, Source
from rollbook.domain.profiles import addresses_of
from rollbook.domain.roles import Role, grants_for
from rollbook.domain.users import User
from rollbook.domain.values import Clock, key, new_id
from rollbook.persistence import invitations, login_domains, memberships, users
from rollbook.persistence.database import ReadTx, WriteTx
from rollbook.persistence.memberships import Ended
from rollbook.services.authorizing import authorize
from rollbook.services.recording import record

OUTSIDE = (
    "The e-mail address {email!r} belongs to an account outside this organization. "
    "It cannot be attached by provisioning: invite the person to join the organization instead, or prove that the "
    "address's domain is the organization's (Settings, Authentication, Login domains)."
)


async def enrol(tx: WriteTx, actor: Actor, draft: MembershipDraft, clock: Clock) -> Membership:
    """Make the person a member, or revive their inactive membership, with its one audit event.

    Raises `AlreadyExists` for an active member, for two different ones, and for an account outside the organization;
    `Collision` when a concurrent creation decides.
    """
    present = await _present(tx, actor, draft)
    at = clock()  # not before: each member's changes stand in the order of their times
    membership, action, before = await _joined(tx, actor, draft, present, at=at)
    return await _enrolled(tx, actor, membership, action, before, at=at)


async def enrol_newcomer(tx: WriteTx, actor: Actor, draft: MembershipDraft, clock: Clock) -> Membership:
    """The same for somebody of whom nothing is known, as most are: nothing is asked before it is written.

    Raises `Collision` where something is known after all, which `enrol` knows what to do with.
    """
    at = clock()
    await memberships.require_newcomer(tx, actor.organization_id, draft)
    membership = await _insert(tx, actor, await _create_user(tx, actor, draft, at=at), draft, at=at)
    return await _enrolled(tx, actor, membership, AuditAction.MEMBERSHIP_CREATED, None, at=at)


async def _enrolled(
    tx: WriteTx, actor: Actor, membership: Membership, action: AuditAction, before: Membership | None, *, at: datetime
) -> Membership:
    await record(
        tx,
        actor,
        action,
        membership.user_name,
        at=at,
        changes=changes_between(before, membership),
        memberships=[membership.id],
        result=membership,
    )
    return membership


async def join(
    tx: WriteTx, actor: Actor, draft: MembershipDraft, *, at: datetime
) -> tuple[Membership, AuditAction, Membership | None]:
    """The step of `enrol` that writes no event: the membership, what was done, and what was there before."""
    return await _joined(tx, actor, draft, await _present(tx, actor, draft), at=at)


_Present = tuple[User | None, Sequence[Membership]]
"""Who is there already: the user of the person's address, and the memberships of their keys, locked."""


async def _present(tx: WriteTx, actor: Actor, draft: MembershipDraft) -> _Present:
    user = None if draft.email is None else await users.find_by_email(tx, draft.email)
    hits = await memberships.holders_for_update(
        tx,
        actor.organization_id,
        external_id=draft.external_id,
        user_name=draft.user_name,
        email=draft.email,
        user_id=None if user is None else user.id,
    )
    return user, hits


async def _joined(
    tx: WriteTx, actor: Actor, draft: MembershipDraft, present: _Present, *, at: datetime
) -> tuple[Membership, AuditAction, Membership | None]:
    user, hits = present
    if len(hits) > 1:
        raise AlreadyExists(
            f"Two members of this organization match: {hits[0].user_name!r} and {hits[1].user_name!r}. "
            "externalId, userName and e-mail must point to the same person.",
            field=_matching_key(hits[0], draft),
        )
    if hits and hits[0].active:
        raise _active(hits[0], draft)
    if hits:
        await close_invitations(
            tx, actor.organization_id, hits[0].user_id, addresses_of(draft.user_name, draft.profile), at=at
        )
        revived = await _revive(tx, actor, hits[0], draft, at=at)
        return revived, AuditAction.MEMBERSHIP_REVIVED, hits[0]
    owner = await _owner(tx, actor, user, draft)
    await close_invitations(tx, actor.organization_id, owner, addresses_of(draft.user_name, draft.profile), at=at)
    user_id = user.id if user is not None else await _kept_by(tx, actor, owner, draft, at=at)
    return await _insert(tx, actor, user_id, draft, at=at), AuditAction.MEMBERSHIP_CREATED, None


async def close_invitations(
    tx: WriteTx, organization_id: str, user_id: str | None, addresses: Iterable[str], *, at: datetime
) -> None:
    """Revoke what waits for a person who becomes a member by another door, or gets these addresses as one.

    Otherwise whoever has such a link would be let in as them: nobody asks who follows it. It comes before the person
    is written, as in the acceptance of an invitation, so that neither waits for the other.
    """
    await invitations.revoke_for(tx, organization_id, user_id, (key(address) for address in addresses), at=at)


async def admit(
    tx: WriteTx,
    actor: Actor,
    user: User | None,
    draft: MembershipDraft,
    *,
    at: datetime,
    source: Source | None = None,
) -> Membership:
    """Make a person a member who was invited, or for whom their provider vouches, and has no living membership here.

    The user of the address may be anybody's: the caller knows that the person may bring their account along. Raises
    `AlreadyExists` or `Collision` when a concurrent creation was faster. Writes no event.
    """
    if user is None:
        former = await _former_member(tx, actor.organization_id, draft)
        user_id = await _kept_by(tx, actor, former, draft, at=at)
    else:
        user_id = user.id
    return await _insert(tx, actor, user_id, draft, at=at, source=source)


async def may_attach(tx: ReadTx, organization_id: str, user: User) -> bool:
    """Whether an organization may make a member of this account without asking: it has been one here, or its address
    is on a domain that the organization has proven. It opens this organization only, whoever made the account.
    """
    if await memberships.was_member(tx, organization_id, user.id):
        return True
    # the account's own address decides, not one that is only compared as equal to it
    return user.email is not None and await login_domains.proven_by(tx, user.email) == organization_id


async def _insert(
    tx: WriteTx,
    actor: Actor,
    user_id: str,
    draft: MembershipDraft,
    *,
    at: datetime,
    source: Source | None = None,
) -> Membership:
    membership = Membership(
        id=new_id(),
        organization_id=actor.organization_id,
        user_id=user_id,
        user_name=draft.user_name,
        external_id=draft.external_id,
        email=draft.email,
        name=draft.name,
        active=draft.active,
        grants=grants_for(Role.USER) if draft.grants is None else draft.grants,
        source=source or _source(actor),
        profile=draft.profile,
        version=1,
        created_at=at,
        updated_at=at,
    )
    await memberships.insert_membership(tx, membership)
    return membership


async def _owner(tx: WriteTx, actor: Actor, user: User | None, draft: MembershipDraft) -> str | None:
    """Whose membership it will be: the account of the address, or a former member's; None for a newcomer."""
    if user is None:
        return await _former_member(tx, actor.organization_id, draft)
    # The operator may: a membership opens this organization only, and the link goes to the operator.
    if actor.kind is not ActorKind.OPERATOR and not await may_attach(tx, actor.organization_id, user):
        raise AlreadyExists(OUTSIDE.format(email=draft.email), field="emails.value")
    return user.id


async def _kept_by(tx: WriteTx, actor: Actor, former: str | None, draft: MembershipDraft, *, at: datetime) -> str:
    """The former member's user, who follows what is said of them now, or a new one."""
    if former is None:
        return await _create_user(tx, actor, draft, at=at)
    await users.follow(tx, actor.organization_id, former, email=draft.email, name=draft.name)
    return former


async def _former_member(tx: WriteTx, organization_id: str, draft: MembershipDraft) -> str | None:
    """The user who was here before under these keys, whose address is nobody's now; None for a newcomer."""
    ended = await memberships.find_ended(
        tx, organization_id, external_id=draft.external_id, user_name=draft.user_name, email=draft.email
    )
    return next((each.user_id for each in ended if _is_same_person(each, draft)), None)


def _is_same_person(ended: Ended, draft: MembershipDraft) -> bool:
    """externalId and e-mail say who somebody is. A userName may pass to a newcomer, so it counts only for a former
    member of whom nothing else was known."""
    if draft.external_id is not None and ended.external_id is not None:
        return draft.external_id == ended.external_id
    if draft.email is not None and ended.email_key is not None:
        return key(draft.email) == ended.email_key
    known_by_name_only = ended.external_id is None and ended.email_key is None
    return known_by_name_only and key(draft.user_name) == ended.user_name_key


async def _create_user(tx: WriteTx, actor: Actor, draft: MembershipDraft, *, at: datetime) -> str:
    user = User(
        id=new_id(),
        email=draft.email,
        name=draft.name,
        created_by_organization_id=actor.organization_id,
        created_at=at,
    )
    await users.insert_user(tx, user)
    return user.id


async def _revive(tx: WriteTx, actor: Actor, before: Membership, draft: MembershipDraft, *, at: datetime) -> Membership:
    keeps_profile = before.source is Source.SCIM and actor.kind is not ActorKind.SCIM_TOKEN
    after = before.with_active(draft.active)
    if not keeps_profile:
        after = replace(after, source=_source(actor)).described(
            user_name=draft.user_name,
            external_id=draft.external_id if draft.external_id is not None else before.external_id,
            active=draft.active,
            profile=draft.profile,
        )
    # admin is never given back unasked
    after = replace(after, grants=grants_for(Role.USER) if draft.grants is None else draft.grants)
    authorize(actor, before, after)
    saved = await memberships.save(tx, before, after, at=at)
    await follow(tx, before, saved)
    return saved


async def follow(tx: WriteTx, before: Membership, after: Membership) -> None:
    """Let the global sign-in address and name follow a changed membership, where the organization may do that."""
    if (before.email, before.name) != (after.email, after.name):
        await users.follow(tx, after.organization_id, after.user_id, email=after.email, name=after.name)


def _source(actor: Actor) -> Source:
    return Source.SCIM if actor.kind is ActorKind.SCIM_TOKEN else Source.MANUAL


def _active(hit: Membership, draft: MembershipDraft) -> AlreadyExists:
    field = _matching_key(hit, draft)
    said = {"externalId": draft.external_id, "userName": draft.user_name, "emails.value": draft.email}[field]
    return AlreadyExists(
        f"An active member of this organization has the {field} {said!r} already (userName {hit.user_name!r}).",
        field=field,
        membership_id=hit.id,
    )


def _matching_key(hit: Membership, draft: MembershipDraft) -> str:
    if draft.external_id is not None and hit.external_id == draft.external_id:
        return "externalId"
    return "userName" if key(hit.user_name) == key(draft.user_name) else "emails.value"

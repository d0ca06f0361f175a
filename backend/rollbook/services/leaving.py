"""What happens when a membership stops counting: access ends, and an organization keeps an admin."""

from collections.abc import Sequence
from datetime import datetime

from rollbook.domain.actors import Actor, ActorKind, member_principal
from rollbook.domain.audit import AuditAction, changes_between
from rollbook.domain.documents import email_keys
from rollbook.domain.errors import LastAdmin
from rollbook.domain.memberships import Membership
from rollbook.domain.stretches import stretches
from rollbook.persistence import (
    closing,
    invitations,
    jobs,
    login_links,
    memberships,
    passkeys,
    sessions,
    sso_connections,
)
from rollbook.persistence.database import WriteTx
from rollbook.services.recording import record

NO_ADMIN_LEFT = (
    "This was the last active admin of the organization. "
    "The operator can let an admin in again with: rollbook admin login-link"
)
REMEDY = (
    "This would leave the organization without an active admin. "
    "Make another member an admin first, then repeat the change."
)


async def guard_last_admin(tx: WriteTx, actor: Actor, before: Membership, *, leaves: bool) -> str | None:
    """Refuse to take the last active admin away, or answer the warning to record; `leaves`: not only demoted.

    The caller holds the lock of the Admins group. A leaver must lose access, so the identity provider may deactivate
    and delete even the last admin; nobody may demote them. Raises `LastAdmin`.
    """
    if not before.is_active_admin or await memberships.has_other_admin(tx, before.organization_id, before.id):
        return None
    if leaves and actor.kind is ActorKind.SCIM_TOKEN:
        return NO_ADMIN_LEFT
    raise LastAdmin(REMEDY)


async def end_membership(tx: WriteTx, actor: Actor, before: Membership, *, at: datetime) -> None:
    """End a locked membership with all that lets the member in, with its one audit event.

    If it is an admin's, the caller holds the lock of the Admins group. Raises `LastAdmin`.
    """
    warning = await guard_last_admin(tx, actor, before, leaves=True)
    await memberships.end(tx, before, at=at)
    await end_access(tx, before, at=at)
    await passkeys.delete_for(tx, before.organization_id, before.id)
    await record(
        tx,
        actor,
        AuditAction.MEMBERSHIP_REMOVED,
        before.user_name,
        at=at,
        changes=changes_between(before, None),
        memberships=[before.id],
        warning=warning,
        result=before,
    )


async def end_access(tx: WriteTx, before: Membership, *, at: datetime) -> None:
    """End all that lets a member in, or acts for them: sessions, login links, jobs that they began, and invitations to
    any address of theirs. Nothing of it comes back with the member.

    The member is locked, or `memberships.save` comes first and knows that it `ends_access`.
    """
    await _end_what_is_open(tx, before.organization_id, [before.id], at=at)
    addresses = email_keys(before)
    await invitations.revoke_for(tx, before.organization_id, before.user_id, addresses, at=at)


async def end_access_of(tx: WriteTx, organization_id: str, membership_ids: Sequence[str], *, at: datetime) -> None:
    """The same for many members at once, who are locked and stay members, in a few statements."""
    for ids in stretches(membership_ids):
        await _end_what_is_open(tx, organization_id, ids, at=at)
        await invitations.revoke_for_members(tx, organization_id, ids, at=at)


async def end_admins_doors(tx: WriteTx, organization_id: str, membership_ids: Sequence[str], *, at: datetime) -> None:
    """End what came through the doors that are open to admins only, where SSO is enforced: of locked members who are
    no admins any more, every session that did not begin through SSO, and their login links.
    """
    # held, so that an enforcement that begins at this moment sees who is no admin any more
    connection = await sso_connections.find_held(tx, organization_id)
    if connection is not None and connection.enforced:
        for ids in stretches(membership_ids):
            await closing.end_others_of(tx, organization_id, ids, at=at)
            await login_links.void(tx, organization_id, ids, at=at)


async def _end_what_is_open(tx: WriteTx, organization_id: str, membership_ids: Sequence[str], *, at: datetime) -> None:
    await sessions.end_all(tx, organization_id, membership_ids, at=at)
    await login_links.void(tx, organization_id, membership_ids, at=at)
    principals = {member_principal(membership_id) for membership_id in membership_ids}
    await jobs.cancel_begun_by(tx, organization_id, principals, at=at)

"""What happens when a membership stops counting: access ends, and an organization keeps an admin."""

from datetime import datetime

from rollbook.domain.actors import Actor, ActorKind
from rollbook.domain.audit import AuditAction, changes_between
from rollbook.domain.errors import LastAdmin
from rollbook.domain.memberships import Membership
from rollbook.persistence import invitations, memberships, sessions
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
    await record(
        tx,
        actor,
        AuditAction.MEMBERSHIP_REMOVED,
        before.user_name,
        at=at,
        changes=changes_between(before, None),
        memberships=[before.id],
        warning=warning,
    )


async def end_access(tx: WriteTx, before: Membership, *, at: datetime) -> None:
    """End all that lets the member in: sessions, login links, and invitations to any address of theirs."""
    await sessions.end_access(tx, before.organization_id, before.id, at=at)
    addresses = memberships.email_keys(before)
    await invitations.revoke_for(tx, before.organization_id, before.user_id, addresses, at=at)

"""Whether an actor may turn one state of a membership into another; what `require` cannot know before it is read."""

from rollbook.domain.actors import Actor, ActorKind
from rollbook.domain.errors import ManagedBySource
from rollbook.domain.memberships import Membership, Source
from rollbook.domain.policy import Permission, require
from rollbook.domain.roles import Role


def authorize(actor: Actor, before: Membership, after: Membership) -> None:
    """Return if the actor may make the change. Raises `Forbidden`, and `ManagedBySource` for a provisioned profile."""
    admin_granted = [Role.ADMIN in each.grants for each in (before, after)]
    # whoever has an admin's address may sign in as them one day
    readdressed = admin_granted[0] and (before.email, before.user_name) != (after.email, after.user_name)
    if admin_granted[0] != admin_granted[1] or before.is_active_admin != after.is_active_admin or readdressed:
        require(actor, Permission.ROLES_WRITE)
    else:
        require(actor, Permission.MEMBERS_WRITE)
    described = (after.user_name, after.external_id, after.profile)
    managed = before.source is Source.SCIM and actor.kind is not ActorKind.SCIM_TOKEN
    if managed and described != (before.user_name, before.external_id, before.profile):
        raise ManagedBySource(
            "The identity provider manages this member's profile. Change it there; role and status change here.",
            field="profile",
        )


def authorize_ending(actor: Actor, member: Membership) -> None:
    """Return if the actor may end a member's sessions or unlink them: whoever shuts another admin out, if only until
    they sign in again, needs what it takes to revoke admin. Raises `Forbidden`.
    """
    if member.is_active_admin and member.id != actor.membership_id:
        require(actor, Permission.ROLES_WRITE)

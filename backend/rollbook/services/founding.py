"""The step by which an organization begins, whoever asks for it: with its groups and its first admin."""

from rollbook.domain.actors import Actor, ActorKind, Channel
from rollbook.domain.errors import AlreadyExists
from rollbook.domain.memberships import Membership, MembershipDraft
from rollbook.domain.organizations import Organization
from rollbook.persistence import groups, organizations
from rollbook.persistence.database import UniqueViolation, WriteTx
from rollbook.services.enrolment import join


async def found(tx: WriteTx, organization: Organization, draft: MembershipDraft) -> Membership:
    """Keep the new organization with its two groups, and make the person of the draft its member.

    Writes no event. Raises `AlreadyExists` for a taken handle.
    """
    try:
        await organizations.insert_organization(tx, organization)
    except UniqueViolation as violation:
        raise AlreadyExists(
            f"There is an organization with the handle {organization.handle!r} already.", field="handle"
        ) from violation
    await groups.insert_groups(tx, organization.id, organization.created_at)
    admin, _, _ = await join(tx, operator_of(organization), draft, at=organization.created_at)
    return admin


def operator_of(organization: Organization) -> Actor:
    """Whoever has access to the installation itself, acting in the organization."""
    return Actor(ActorKind.OPERATOR, Channel.CLI, organization.id, name="operator")

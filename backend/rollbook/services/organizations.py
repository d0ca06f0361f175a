"""What may be done with organizations, and how the operator at the command line acts in one."""

from rollbook.domain.actors import Actor, ActorKind, Channel
from rollbook.domain.audit import AuditAction, changes_between
from rollbook.domain.errors import AlreadyExists, NotFound
from rollbook.domain.memberships import MembershipDraft
from rollbook.domain.organizations import Organization, checked_handle, checked_name, is_handle
from rollbook.domain.policy import Permission, require
from rollbook.domain.values import Clock, new_id
from rollbook.persistence import groups, organizations
from rollbook.persistence.database import Database, UniqueViolation
from rollbook.services.enrolment import join
from rollbook.services.recording import record
from rollbook.services.retrying import once_more
from rollbook.services.sessions import admin_draft


class Organizations:
    """The operations on organizations."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def get(self, actor: Actor) -> Organization:
        """The actor's organization."""
        require(actor, Permission.ORGANIZATION_READ)
        async with self._database.read() as tx:
            organization = await organizations.find(tx, actor.organization_id)
        if organization is None:
            raise NotFound("This organization does not exist any more.")
        return organization

    async def create(self, handle: str, name: str, admin_email: str) -> Organization:
        """A new organization with its two groups and its first admin. Only the command line offers this.

        Raises `AlreadyExists` for a taken handle, `InvalidValue`.
        """
        organization = Organization(new_id(), checked_handle(handle), checked_name(name), self._clock())
        draft = admin_draft(admin_email)
        await once_more(lambda: self._begin(organization, draft))
        return organization

    async def _begin(self, organization: Organization, draft: MembershipDraft) -> None:
        actor, at = _operator(organization), organization.created_at
        async with self._database.write() as tx:
            try:
                await organizations.insert_organization(tx, organization)
            except UniqueViolation as violation:
                raise AlreadyExists(
                    f"There is an organization with the handle {organization.handle!r} already.", field="handle"
                ) from violation
            await groups.insert_groups(tx, organization.id, at)
            admin, _, _ = await join(tx, actor, draft, at=at)
            await record(
                tx,
                actor,
                AuditAction.ORGANIZATION_CREATED,
                organization.handle,
                at=at,
                changes=changes_between(None, admin),
                memberships=[admin.id],
            )

    async def operator(self, handle: str) -> Actor:
        """The operator, acting in the organization with this handle; `NotFound`. Only for the command line."""
        async with self._database.read() as tx:
            organization = await organizations.find_by_handle(tx, handle) if is_handle(handle) else None
            if organization is None:
                known = [other.handle for other in await organizations.all_of_them(tx)]
                hint = f"There are: {', '.join(known[:20])}." if known else "There is none yet."
                raise NotFound(f"There is no organization with the handle {handle!r}. {hint}")
        return _operator(organization)

    async def list(self) -> list[Organization]:
        """Every organization of the installation, by handle. Only for the command line."""
        async with self._database.read() as tx:
            return await organizations.all_of_them(tx)


def _operator(organization: Organization) -> Actor:
    return Actor(ActorKind.OPERATOR, Channel.CLI, organization.id, name="operator")

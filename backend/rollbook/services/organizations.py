"""What may be done with organizations, and how the operator at the command line acts in one."""

from dataclasses import asdict, replace

from rollbook.domain.actors import Actor
from rollbook.domain.audit import AuditAction, Changes, changes_between
from rollbook.domain.errors import Forbidden, NotFound
from rollbook.domain.groups import GroupId
from rollbook.domain.memberships import MembershipDraft
from rollbook.domain.organizations import (
    Organization,
    OrganizationChange,
    OrganizationSettings,
    checked_handle,
    checked_name,
    checked_settings,
    is_handle,
)
from rollbook.domain.policy import Permission, require
from rollbook.domain.values import Clock, new_id
from rollbook.persistence import deletion, groups, memberships, organizations
from rollbook.persistence.database import Database
from rollbook.services.founding import found, operator_of
from rollbook.services.leaving import end_membership
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
        return _existing(organization)

    async def settings(self, actor: Actor) -> OrganizationSettings:
        """What the actor's organization has decided for itself."""
        require(actor, Permission.SETTINGS_WRITE)
        async with self._database.read() as tx:
            return _existing(await organizations.find(tx, actor.organization_id)).settings

    async def update(
        self, actor: Actor, change: OrganizationChange, *, expected_version: int | None = None
    ) -> Organization:
        """Change the name and the settings by a pure function; a change of nothing leaves no version and no event.

        Raises `VersionMismatch`, `InvalidValue`.
        """
        require(actor, Permission.SETTINGS_WRITE)
        async with self._database.write() as tx:
            before = _existing(await organizations.find_for_update(tx, actor.organization_id))
            wanted = change(before.expect(expected_version))
            after = replace(before, name=checked_name(wanted.name), settings=checked_settings(wanted.settings))
            if after == before:
                return before
            after = replace(after, version=before.version + 1)
            await organizations.save(tx, after)
            await record(
                tx,
                actor,
                AuditAction.ORGANIZATION_UPDATED,
                after.handle,
                at=self._clock(),
                changes=_changes(before, after),
                object_id=after.id,
            )
        return after

    async def leave(self, actor: Actor) -> None:
        """End the membership of the member who is signed in, with everything that lets them in.

        Raises `LastAdmin`, and `Forbidden` for an API token, which has no membership.
        """
        require(actor, Permission.ORGANIZATION_READ)
        if actor.membership_id is None:
            raise Forbidden(
                "Only a member who is signed in can leave; an API token has no membership. Revoke it instead."
            )
        async with self._database.write() as tx:
            # a member may be an admin by the time that the row is read, and this lock comes before it everywhere
            await groups.lock(tx, actor.organization_id, GroupId.ADMINS)
            before = await memberships.load_for_update(tx, actor.organization_id, actor.membership_id)
            await end_membership(tx, actor, before, at=self._clock())

    async def create(self, handle: str, name: str, admin_email: str) -> Organization:
        """A new organization with its two groups and its first admin. Only the command line offers this.

        Raises `AlreadyExists` for a taken handle, `InvalidValue`.
        """
        organization = Organization(new_id(), checked_handle(handle), checked_name(name), self._clock())
        draft = admin_draft(admin_email)
        await once_more(lambda: self._begin(organization, draft))
        return organization

    async def _begin(self, organization: Organization, draft: MembershipDraft) -> None:
        async with self._database.write() as tx:
            admin = await found(tx, organization, draft)
            await record(
                tx,
                operator_of(organization),
                AuditAction.ORGANIZATION_CREATED,
                organization.handle,
                at=organization.created_at,
                changes=changes_between(None, admin),
                memberships=[admin.id],
            )

    async def contents(self, actor: Actor) -> dict[str, int]:
        """How many rows of each table would go with the organization if the operator deleted it."""
        require(actor, Permission.OPERATE)
        async with self._database.read() as tx:
            return await deletion.contents(tx, actor.organization_id)

    async def delete(self, actor: Actor) -> dict[str, int]:
        """Delete the organization for good, its audit trail too, and how many rows of each table went.

        Users go with it whom it created and whom no other organization has, had or invited. It takes several
        transactions, so that others can work meanwhile; after an interruption, a second call goes on from there.
        """
        require(actor, Permission.OPERATE)
        async with self._database.write() as tx:
            going = await deletion.contents(tx, actor.organization_id)
            await deletion.close_doors(tx, actor.organization_id, at=self._clock())
        # a request that was let in before may still write what refers to a row that goes
        await once_more(lambda: deletion.empty(self._database, actor.organization_id))
        await once_more(lambda: self._end(actor.organization_id))
        return going

    async def _end(self, organization_id: str) -> None:
        async with self._database.write() as tx:
            await deletion.delete_organization(tx, organization_id)

    async def operator(self, handle: str) -> Actor:
        """The operator, acting in the organization with this handle; `NotFound`. Only for the command line."""
        async with self._database.read() as tx:
            organization = await organizations.find_by_handle(tx, handle) if is_handle(handle) else None
            if organization is None:
                known = [other.handle for other in await organizations.all_of_them(tx)]
                hint = f"There are: {', '.join(known[:20])}." if known else "There is none yet."
                raise NotFound(f"There is no organization with the handle {handle!r}. {hint}")
        return operator_of(organization)

    async def list(self) -> list[Organization]:
        """Every organization of the installation, by handle. Only for the command line."""
        async with self._database.read() as tx:
            return await organizations.all_of_them(tx)


def _existing(organization: Organization | None) -> Organization:
    if organization is None:
        raise NotFound("This organization does not exist any more.")
    return organization


def _changes(before: Organization, after: Organization) -> Changes:
    old, new = ({"name": each.name} | asdict(each.settings) for each in (before, after))
    return {field: (old[field], new[field]) for field in old if old[field] != new[field]}

"""What may be done with memberships."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from enum import IntEnum

from rollbook.domain.actors import Actor, ActorKind
from rollbook.domain.audit import AuditAction, changes_between
from rollbook.domain.criteria import Criterion, MemberFilter, Order, Page, Place, Slice, SortBy
from rollbook.domain.errors import InvalidValue
from rollbook.domain.facets import Facets, facets_of
from rollbook.domain.groups import GroupId
from rollbook.domain.immutable import immutable
from rollbook.domain.memberships import Change, Membership, MembershipDraft, Source, checked
from rollbook.domain.policy import Permission, may, require, seen_by
from rollbook.domain.profiles import addresses_of
from rollbook.domain.roles import Role
from rollbook.domain.users import User
from rollbook.domain.values import Clock, is_storable, key
from rollbook.persistence import groups, membership_lists, memberships, users
from rollbook.persistence.database import Collision, Database, WriteTx
from rollbook.persistence.walks import Walk, Walks
from rollbook.services.authorizing import authorize
from rollbook.services.enrolment import close_invitations, enrol, enrol_newcomer, follow
from rollbook.services.leaving import end_access, end_admins_doors, end_membership, guard_last_admin
from rollbook.services.recording import record
from rollbook.services.retrying import once_more


@immutable
class MembershipList:
    """A stretch of a list, and how many there are in all.

    `end` is the place of the last row: where the next stretch starts, or None if there is nothing behind it.
    """

    total: int
    memberships: list[Membership]
    end: Place | None


class Memberships:
    """The operations on the memberships of the actor's organization."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._walks = Walks()

    async def create(self, actor: Actor, draft: MembershipDraft) -> Membership:
        """Make a person a member; an inactive member of the same keys is revived under the same id.

        Raises `AlreadyExists` for an active member, a taken key, and an account outside the organization.
        """
        require(actor, Permission.MEMBERS_WRITE)
        if draft.grants is not None and Role.ADMIN in draft.grants:
            require(actor, Permission.ROLES_WRITE)
        checked(draft)
        try:
            membership = await self._enrol(actor, draft, newcomer=True)
        except Collision:
            membership = await once_more(lambda: self._enrol(actor, draft))
        return seen_by(actor, membership)

    async def get(self, actor: Actor, membership_id: str) -> Membership:
        """The member, or `NotFound`."""
        require(actor, Permission.DIRECTORY_READ)
        async with self._database.read() as tx:
            return seen_by(actor, await memberships.load(tx, actor.organization_id, membership_id))

    async def current(self, actor: Actor, membership_id: str) -> Membership:
        """The member whom the actor has changed before, as they are now; `NotFound`. What may not be read is blank."""
        require(actor, Permission.MEMBERS_WRITE, or_else=Permission.ROLES_WRITE)
        async with self._database.read() as tx:
            return seen_by(actor, await memberships.load(tx, actor.organization_id, membership_id))

    async def by_ids(self, actor: Actor, membership_ids: Sequence[str]) -> dict[str, Membership]:
        """The members among these ids, by id; others are absent."""
        require(actor, Permission.DIRECTORY_READ)
        async with self._database.read() as tx:
            found = await memberships.among(tx, actor.organization_id, membership_ids)
        return {membership.id: seen_by(actor, membership) for membership in found}

    async def users(self, actor: Actor, user_ids: Sequence[str]) -> dict[str, User]:
        """The users among these ids who are members of the organization, by id."""
        require(actor, Permission.DIRECTORY_READ)
        async with self._database.read() as tx:
            found = await users.members_among(tx, actor.organization_id, user_ids)
        # what another organization made of the account is its business: here it has the name that the membership has
        known = (
            user if user.created_by_organization_id == actor.organization_id else replace(user, name=name, email=email)
            for user, name, email in found
        )
        # plain members see the membership's own address only
        sees_all = may(actor, Permission.MEMBERS_READ)
        return {user.id: user if sees_all else replace(user, email=None) for user in known}

    async def search(
        self,
        actor: Actor,
        criterion: Criterion,
        sort_by: SortBy | None = None,
        *,
        limit: int,
        offset: int = 0,
        after: Place | None = None,
        total: int | None = None,
    ) -> MembershipList:
        """Members who satisfy the criterion, in the order of their making or of an attribute, and their exact number.

        `total` is that number if the caller knows it from an earlier stretch of the same list. From a place on, a
        stretch costs the same at any depth.
        """
        require(actor, Permission.MEMBERS_READ)
        organization_id = actor.organization_id
        by_offset = after is None
        walk = self._walks.find((organization_id, criterion, sort_by, offset)) if by_offset else None
        if walk is not None:
            after, total = walk.place, walk.known_total
        async with self._database.read() as tx:
            found = await membership_lists.search(
                tx, organization_id, criterion, sort_by, limit=limit + 1, offset=offset, after=after
            )
            shown = found[:limit]
            end = shown[-1][1] if shown and len(found) > limit else None
            if total is None:
                is_whole = after is None and len(found) <= limit and (found or offset == 0)
                total = (
                    offset + len(found) if is_whole else await membership_lists.count(tx, organization_id, criterion)
                )
        if by_offset and end is not None:
            self._walks.remember((organization_id, criterion, sort_by, offset + len(shown)), Walk(end, total))
        return MembershipList(total, [membership for membership, _ in shown], end)

    async def page(self, actor: Actor, member_filter: MemberFilter, order: Order, page: Page) -> Slice[Membership]:
        """One page of a listing. Costs the same at any depth."""
        require(actor, Permission.DIRECTORY_READ)
        member_filter = _searchable(actor, member_filter)
        async with self._database.read() as tx:
            read = await membership_lists.page(tx, actor.organization_id, member_filter, order, page)
        return Slice.of([seen_by(actor, membership) for membership in read], page)

    async def count(self, actor: Actor, member_filter: MemberFilter) -> int:
        """How many members a listing shows in all."""
        require(actor, Permission.DIRECTORY_READ)
        member_filter = _searchable(actor, member_filter)
        async with self._database.read() as tx:
            return await membership_lists.count_listed(tx, actor.organization_id, member_filter)

    async def facets(self, actor: Actor, member_filter: MemberFilter) -> Facets:
        """How many members of each role, status and source a listing shows, or would show if it asked for them."""
        require(actor, Permission.DIRECTORY_READ)
        member_filter = _searchable(actor, member_filter)
        async with self._database.read() as tx:
            tallies = await membership_lists.tallies(tx, actor.organization_id, member_filter)
        return facets_of(tallies, member_filter)

    async def update(
        self, actor: Actor, membership_id: str, change: Change, *, expected_version: int | None = None
    ) -> Membership:
        """Change a member by a pure function, which may run twice; a change of nothing leaves no version, no event.

        Raises `NotFound`, `VersionMismatch`, `AlreadyExists`, `ManagedBySource`, `LastAdmin`, `InvalidValue`.
        """
        require(actor, Permission.MEMBERS_WRITE)
        return await self._changed(actor, membership_id, change, expected_version)

    async def change_role(
        self, actor: Actor, membership_id: str, role: Role, *, expected_version: int | None = None
    ) -> Membership:
        """Give a member a role: ADMIN grants {admin, user}, USER grants {user}.

        Granting or revoking admin needs `roles:write`. Raises as `update` does.
        """
        require(actor, Permission.ROLES_WRITE, or_else=Permission.MEMBERS_WRITE)
        return await self._changed(actor, membership_id, lambda before: before.with_role(role), expected_version)

    async def remove(self, actor: Actor, membership_id: str, *, expected_version: int | None = None) -> None:
        """End a membership: out of every list, its keys free, its id never used again. The user stays.

        Raises `NotFound`, `VersionMismatch`, and `LastAdmin` unless the identity provider asks.
        """
        require(actor, Permission.MEMBERS_WRITE)
        await once_more(lambda: self._remove(actor, membership_id, expected_version))

    async def _remove(self, actor: Actor, membership_id: str, expected_version: int | None) -> None:
        for admins_locked in (False, True):
            async with self._write(actor, admins_locked) as tx:
                before = await memberships.load_for_update(tx, actor.organization_id, membership_id)
                before.expect(expected_version)
                if before.is_active_admin:
                    require(actor, Permission.ROLES_WRITE)
                    if not admins_locked:
                        continue
                await end_membership(tx, actor, before, at=self._clock())
            return

    async def _enrol(self, actor: Actor, draft: MembershipDraft, *, newcomer: bool = False) -> Membership:
        step = enrol_newcomer if newcomer else enrol
        async with self._database.write() as tx:
            return await step(tx, actor, draft, self._clock)

    async def _changed(
        self, actor: Actor, membership_id: str, change: Change, expected_version: int | None
    ) -> Membership:
        async def attempt(held: _Held) -> Membership:
            return await self._change(actor, membership_id, change, expected_version, held)

        try:
            changed = await attempt(_Held.NOTHING)
        except Collision:
            changed = await once_more(lambda: attempt(_Held.MEMBER))
        return seen_by(actor, changed)

    async def _change(
        self, actor: Actor, membership_id: str, change: Change, expected_version: int | None, held: "_Held"
    ) -> Membership:
        # What a change needs held shows when the row is read: then once more
        while True:
            async with self._write(actor, held is _Held.ADMINS) as tx:
                read = memberships.load if held is _Held.NOTHING else memberships.load_for_update
                before = await read(tx, actor.organization_id, membership_id)
                after = _adopted(actor, change(before.expect(expected_version)))
                if after == before:
                    return before
                authorize(actor, before, after)
                checked(after)
                needed = _needed(before, after)
                if needed <= held or tx.is_alone:
                    return await self._keep(tx, actor, before, after)
            held = needed

    async def _keep(self, tx: WriteTx, actor: Actor, before: Membership, after: Membership) -> Membership:
        at = self._clock()
        warning = None
        if not after.is_active_admin:
            warning = await guard_last_admin(tx, actor, before, leaves=not after.active)
        if gained := _gained(before, after):
            await close_invitations(tx, after.organization_id, None, gained, at=at)
        ends_access = before.active and after.role is None
        saved = await memberships.save(tx, before, after, at=at, ends_access=ends_access)
        await follow(tx, before, saved)
        if ends_access:
            await end_access(tx, before, at=at)
        elif before.is_active_admin and not saved.is_active_admin:
            await end_admins_doors(tx, saved.organization_id, [saved.id], at=at)
        await record(
            tx,
            actor,
            AuditAction.MEMBERSHIP_UPDATED,
            saved.user_name,
            at=at,
            changes=changes_between(before, saved),
            memberships=[saved.id],
            warning=warning,
            result=saved,
        )
        return saved

    @asynccontextmanager
    async def _write(self, actor: Actor, admins_locked: bool) -> AsyncIterator[WriteTx]:
        async with self._database.write() as tx:
            if admins_locked:
                await groups.lock(tx, actor.organization_id, GroupId.ADMINS)
            yield tx


class _Held(IntEnum):
    """What is locked while a member is changed. The Admins group comes before a member's row everywhere, so that no two
    operations wait for each other."""

    NOTHING = 0
    """Enough where all that is written is one statement: the row tells whether it is still as it was read, and where
    access ends, whether a session, a login link or a job began for the member meanwhile."""
    MEMBER = 1
    """Where the member gains an address, and who is invited to it must not come in meanwhile."""
    ADMINS = 2
    """Where an admin goes."""


def _needed(before: Membership, after: Membership) -> _Held:
    if before.is_active_admin and not after.is_active_admin:
        return _Held.ADMINS
    return _Held.MEMBER if _gained(before, after) else _Held.NOTHING


def _searchable(actor: Actor, member_filter: MemberFilter) -> MemberFilter:
    """The filter, which finds nobody by what the actor may not read."""
    if member_filter.search is not None and not is_storable(member_filter.search):
        raise InvalidValue("The search contains NUL or a lone surrogate.", field="search")
    return replace(member_filter, search_user_names=may(actor, Permission.MEMBERS_READ))


def _gained(before: Membership, after: Membership) -> set[str]:
    """The addresses that a change gives to a member."""
    if (before.user_name, before.profile) == (after.user_name, after.profile):
        return set()
    were, are = ({key(text) for text in addresses_of(each.user_name, each.profile)} for each in (before, after))
    return are - were


def _adopted(actor: Actor, membership: Membership) -> Membership:
    """A membership that the identity provider changes is its own from then on."""
    if actor.kind is not ActorKind.SCIM_TOKEN or membership.source is Source.SCIM:
        return membership
    return replace(membership, source=Source.SCIM)

"""What may be done with the two groups of an organization."""

from collections.abc import AsyncIterator, Sequence, Set
from functools import partial
from itertools import chain

from rollbook.domain.actors import Actor
from rollbook.domain.audit import AuditAction
from rollbook.domain.errors import InvalidValue, LastAdmin
from rollbook.domain.groups import Group, GroupChange, GroupId, GroupMember, GroupOutcome, parse_group_id
from rollbook.domain.immutable import immutable
from rollbook.domain.policy import Permission, require
from rollbook.domain.stretches import STRETCH, in_order
from rollbook.domain.values import Clock, parse_id
from rollbook.persistence import groups
from rollbook.persistence.database import Database, WriteTx
from rollbook.services.aside import aside
from rollbook.services.leaving import REMEDY, end_access_of, end_admins_doors
from rollbook.services.recording import record
from rollbook.services.retrying import once_more

Batch = list[GroupMember]

BATCH = 1000
"""How many members are read at once when a group is read."""


class Groups:
    """The operations on the groups of the actor's organization."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def list(self, actor: Actor) -> list[Group]:
        """Both groups, by id."""
        require(actor, Permission.DIRECTORY_READ)
        async with self._database.read() as tx:
            return await groups.all_of(tx, actor.organization_id)

    async def get(self, actor: Actor, group_id: str) -> Group:
        """The group, or `NotFound`."""
        require(actor, Permission.DIRECTORY_READ)
        async with self._database.read() as tx:
            return await groups.load(tx, actor.organization_id, parse_group_id(group_id))

    async def members(self, actor: Actor, group_id: str) -> AsyncIterator[Batch]:
        """The group's active members by id, in batches; `NotFound`.

        Nothing is held between two batches, however slowly they are taken. Who is in the group all the while is in
        exactly one of them.
        """
        require(actor, Permission.DIRECTORY_READ)
        group = parse_group_id(group_id)
        after: str | None = None
        while True:
            async with self._database.read() as tx:
                batch = await groups.members_after(tx, actor.organization_id, group, after, limit=BATCH)
            if batch:
                yield batch
            if len(batch) < BATCH:
                return
            after = batch[-1].id

    async def count(self, actor: Actor, group_id: str) -> int:
        """How many active members the group has; `NotFound`."""
        require(actor, Permission.DIRECTORY_READ)
        async with self._database.read() as tx:
            return await groups.count(tx, actor.organization_id, parse_group_id(group_id))

    async def change(
        self, actor: Actor, group_id: str, change: GroupChange, *, expected_version: int | None = None
    ) -> GroupOutcome:
        """Change who is in a group, by rows and under the group's lock; its cost grows with the change.

        Unknown ids are left out and answered, or refused with `InvalidValue` in the strict dialect. Raises `NotFound`
        for the group, `VersionMismatch`, and `LastAdmin` if no active admin would be left: then nothing is changed.
        """
        require(actor, Permission.MEMBERS_WRITE)
        group = parse_group_id(group_id)
        if group is GroupId.ADMINS:
            require(actor, Permission.ROLES_WRITE)
        return await once_more(lambda: self._change(actor, group, change, expected_version))

    async def _change(
        self, actor: Actor, group: GroupId, change: GroupChange, expected_version: int | None
    ) -> GroupOutcome:
        async with self._database.write() as tx:
            await groups.lock(tx, actor.organization_id, group)
            if expected_version is not None:
                (await groups.load(tx, actor.organization_id, group)).expect(expected_version)
            return await self._apply(tx, actor, group, change)

    async def _apply(self, tx: WriteTx, actor: Actor, group: GroupId, change: GroupChange) -> GroupOutcome:
        organization_id = actor.organization_id
        held = [] if change.replace is None else await groups.holders(tx, organization_id, group)
        is_long = _size(change) + len(held) > STRETCH
        wanted = await aside(lambda: _Wanted.of(change, held), is_long=is_long)
        known = await groups.lock_known(tx, organization_id, wanted.ids)
        at = self._clock()  # not before: each member's changes stand in the order of their times
        to_add, to_remove, unknown = await aside(partial(wanted.parts, known), is_long=is_long)
        del wanted  # of a million ids nobody else holds on to; to let go of all at the end takes too long
        if unknown and actor.strict:
            raise InvalidValue(f"members: there is no member {unknown[0]!r} in this organization.", field="members")
        guarded = group is GroupId.ADMINS and await groups.has_an_admin(tx, organization_id)
        removed = await groups.set_granted(tx, organization_id, group, to_remove, granted=False, at=at)
        added = await groups.set_granted(tx, organization_id, group, to_add, granted=True, at=at)
        if guarded and removed and not await groups.has_an_admin(tx, organization_id):
            raise LastAdmin(REMEDY)
        without_role = await groups.without_grant(tx, organization_id, removed)
        if group is GroupId.ADMINS and removed:
            await end_admins_doors(tx, organization_id, removed, at=at)
        if without_role:
            await end_access_of(tx, organization_id, without_role, at=at)
        if actor.exchange is not None:
            actor.exchange.tell_left_out(unknown)
        if added or removed:
            await record(
                tx,
                actor,
                AuditAction.GROUP_MEMBERS_CHANGED,
                str(group),
                at=at,
                changes={"members": (len(removed), len(added))},
                added=added,
                removed=removed,
            )
        return GroupOutcome(added=tuple(added), removed=tuple(removed), unknown=unknown)


@immutable
class _Wanted:
    """Whom to add and whom to remove, and the ids among all of them that can be somebody's, in order.

    Locking the rows in that order keeps two groups' changes from waiting for each other.
    """

    add: Sequence[str]
    remove: Sequence[str]
    ids: Sequence[str]

    @classmethod
    def of(cls, change: GroupChange, held: Sequence[str]) -> "_Wanted":
        """What the change means if these are in the group: an id that is to be removed and then added stays."""
        # each by itself, since there may be very many of them: see `aside`
        add = {member: None for member in change.add}
        remove = {member: None for member in change.remove}
        if change.replace is not None:
            kept = {member: None for member in change.replace if member not in remove}
            add = kept | add
            remove = {member: None for member in held}
        left = [member for member in remove if member not in add]
        ids = in_order([each for each in chain(add, left) if parse_id(each)])
        return cls(list(add), left, ids)

    def parts(self, known: Set[str]) -> tuple[list[str], list[str], tuple[str, ...]]:
        """Whom to add and whom to remove of the members that are known, and who is to be added and is not."""
        return (
            [member for member in self.add if member in known],
            [member for member in self.remove if member in known],
            tuple([member for member in self.add if member not in known]),  # as it is answered: see `aside`
        )


def _size(change: GroupChange) -> int:
    return len(change.add) + len(change.remove) + len(change.replace or ())

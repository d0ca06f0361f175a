"""What can be done with members: the mutations, their inputs and their results."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import strawberry

from rollbook.domain import roles
from rollbook.domain.actors import Actor
from rollbook.domain.descriptions import described_anew, draft
from rollbook.domain.errors import InvalidValue
from rollbook.domain.memberships import Change, Membership
from rollbook.graphql import ids
from rollbook.graphql.context import Info
from rollbook.graphql.enums import Role
from rollbook.graphql.inputs import given
from rollbook.graphql.memberships import Member
from rollbook.graphql.once import KEY_DESCRIPTION, at_most_once
from rollbook.graphql.user_errors import ChangeRefusal, ConflictError, LastAdminError, ManagedBySourceError, Refusal

_EXPECTED_VERSION = "Refuse the change if the member is not at this version any more. Left out: whatever the version."
_MEMBER_ID = "The id of the member."


@strawberry.input(description="Whom to add.")
class AddMemberInput:
    """A person by their address."""

    email: str = strawberry.field(description="The person's e-mail address; it becomes their userName too.")
    name: str | None = strawberry.field(
        default=strawberry.UNSET, description="The person's name. Left out: one is made from the address."
    )
    role: Role = strawberry.field(
        default=Role.USER, description="What they may do. Adding an ADMIN needs the permission ROLES_WRITE."
    )
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY_DESCRIPTION)


@strawberry.input(description="Whose role to set.")
class SetMemberRoleInput:
    """A member and a role."""

    member_id: strawberry.ID = strawberry.field(description=_MEMBER_ID)
    role: Role = strawberry.field(description="What they may do from now on.")
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=_EXPECTED_VERSION)
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY_DESCRIPTION)


@strawberry.input(description="Whose profile to update, and how. What is left out stays as it is.")
class UpdateMemberInput:
    """A member and what shall be different."""

    member_id: strawberry.ID = strawberry.field(description=_MEMBER_ID)
    name: strawberry.Maybe[str | None] = strawberry.field(description="The new name. Left out: unchanged.")
    email: strawberry.Maybe[str | None] = strawberry.field(
        description="The new e-mail address; a userName that equals the old one follows. Left out: unchanged."
    )
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=_EXPECTED_VERSION)
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY_DESCRIPTION)


@strawberry.input(description="Whom to deactivate.")
class DeactivateMemberInput:
    """A member."""

    member_id: strawberry.ID = strawberry.field(description=_MEMBER_ID)
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=_EXPECTED_VERSION)
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY_DESCRIPTION)


@strawberry.input(description="Whom to reactivate.")
class ReactivateMemberInput:
    """A member."""

    member_id: strawberry.ID = strawberry.field(description=_MEMBER_ID)
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=_EXPECTED_VERSION)
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY_DESCRIPTION)


@strawberry.input(description="Whom to remove.")
class RemoveMemberInput:
    """A member."""

    member_id: strawberry.ID = strawberry.field(description=_MEMBER_ID)
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=_EXPECTED_VERSION)
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY_DESCRIPTION)


@strawberry.type(description="The person is a member.")
class AddMemberSuccess:
    """Holds the new, or the revived, member."""

    member: Member = strawberry.field(description="The member; one who was inactive keeps their id.")


@strawberry.type(description="The member has the role.")
class SetMemberRoleSuccess:
    """Holds the changed member."""

    member: Member = strawberry.field(description="The member as they are now.")


@strawberry.type(description="The profile is updated.")
class UpdateMemberSuccess:
    """Holds the changed member."""

    member: Member = strawberry.field(description="The member as they are now.")


@strawberry.type(description="The member is inactive, and their sessions have ended.")
class DeactivateMemberSuccess:
    """Holds the changed member."""

    member: Member = strawberry.field(description="The member as they are now.")


@strawberry.type(description="The member is active again.")
class ReactivateMemberSuccess:
    """Holds the changed member."""

    member: Member = strawberry.field(description="The member as they are now.")


@strawberry.type(description="The membership has ended. The person stays known to other organizations.")
class RemoveMemberSuccess:
    """Holds the id that is no member's any more."""

    member_id: strawberry.ID = strawberry.field(description="The id of the removed member; it is never used again.")


AddMemberResult = Annotated[
    AddMemberSuccess | Refusal | ConflictError,
    strawberry.union("AddMemberResult", description="What came of adding a member."),
]
SetMemberRoleResult = Annotated[
    SetMemberRoleSuccess | ChangeRefusal | LastAdminError,
    strawberry.union("SetMemberRoleResult", description="What came of setting a member's role."),
]
UpdateMemberResult = Annotated[
    UpdateMemberSuccess | ChangeRefusal | ConflictError | ManagedBySourceError,
    strawberry.union("UpdateMemberResult", description="What came of updating a member's profile."),
]
DeactivateMemberResult = Annotated[
    DeactivateMemberSuccess | ChangeRefusal | LastAdminError,
    strawberry.union("DeactivateMemberResult", description="What came of deactivating a member."),
]
ReactivateMemberResult = Annotated[
    ReactivateMemberSuccess | ChangeRefusal,
    strawberry.union("ReactivateMemberResult", description="What came of reactivating a member."),
]
RemoveMemberResult = Annotated[
    RemoveMemberSuccess | ChangeRefusal | LastAdminError,
    strawberry.union("RemoveMemberResult", description="What came of removing a member."),
]


async def add_member(
    info: Info, input: Annotated[AddMemberInput, strawberry.argument(description="Whom to add.")]
) -> AddMemberResult:
    """Create a membership, or revive an inactive one."""
    person = draft(email=input.email, name=given(input.name), role=roles.Role[input.role.name])
    memberships = info.context.services.memberships
    return AddMemberSuccess(member=await _once(info, input, lambda actor: memberships.create(actor, person)))


async def set_member_role(
    info: Info, input: Annotated[SetMemberRoleInput, strawberry.argument(description="Whose role to set.")]
) -> SetMemberRoleResult:
    """Grant or revoke admin."""
    membership_id, role = _member_id(input.member_id), roles.Role[input.role.name]

    async def operation(actor: Actor) -> Membership:
        return await info.context.services.memberships.change_role(
            actor, membership_id, role, expected_version=given(input.expected_version)
        )

    return SetMemberRoleSuccess(member=await _once(info, input, operation))


async def update_member(
    info: Info,
    input: Annotated[UpdateMemberInput, strawberry.argument(description="Whose profile to update, and how.")],
) -> UpdateMemberResult:
    """Change the name or the e-mail of a member who is looked after here."""
    change = described_anew(email=_kept_or_new("email", input.email), name=_kept_or_new("name", input.name))
    return UpdateMemberSuccess(member=await _changed(info, input, change))


async def deactivate_member(
    info: Info, input: Annotated[DeactivateMemberInput, strawberry.argument(description="Whom to deactivate.")]
) -> DeactivateMemberResult:
    """Take access away and keep the membership."""
    return DeactivateMemberSuccess(member=await _changed(info, input, lambda before: before.with_active(False)))


async def reactivate_member(
    info: Info, input: Annotated[ReactivateMemberInput, strawberry.argument(description="Whom to reactivate.")]
) -> ReactivateMemberResult:
    """Give access back, with the grants that the member kept."""
    return ReactivateMemberSuccess(member=await _changed(info, input, lambda before: before.with_active(True)))


async def remove_member(
    info: Info, input: Annotated[RemoveMemberInput, strawberry.argument(description="Whom to remove.")]
) -> RemoveMemberResult:
    """End the membership."""
    membership_id = _member_id(input.member_id)

    async def operation(actor: Actor) -> str:
        memberships = info.context.services.memberships
        await memberships.remove(actor, membership_id, expected_version=given(input.expected_version))
        return membership_id

    await at_most_once(info, input, operation, lambda removed: removed)
    return RemoveMemberSuccess(member_id=input.member_id)


async def _changed(info: Info, input: Any, change: Change) -> Member:
    membership_id = _member_id(input.member_id)

    async def operation(actor: Actor) -> Membership:
        return await info.context.services.memberships.update(
            actor, membership_id, change, expected_version=given(input.expected_version)
        )

    return await _once(info, input, operation)


async def _once(info: Info, input: Any, operation: Callable[[Actor], Awaitable[Membership]]) -> Member:
    """The member whom the operation changed, now or when it was called with the same key before."""
    outcome = await at_most_once(info, input, operation, lambda membership: membership.id)
    if outcome.now is not None:
        return Member.of(outcome.now)
    return Member.of(await info.context.services.memberships.current(info.context.actor, outcome.object_id or ""))


def _kept_or_new(field: str, value: strawberry.Some[str | None] | None) -> str | None:
    """The new value, or None for what was left out. Null is refused: a member always has both."""
    if value is None:
        return None
    if value.value is None:
        raise InvalidValue(f"{field} cannot be null. Leave it out to keep it.", field=field)
    return value.value


def _member_id(global_id: str) -> str:
    return ids.inner(global_id, "Member", argument="memberId")

"""What can be done with the organization: the mutations, their inputs and their results."""

from dataclasses import replace
from typing import Annotated

import strawberry

from rollbook.domain import organizations
from rollbook.domain.errors import InvalidValue
from rollbook.graphql.context import Info
from rollbook.graphql.inputs import given
from rollbook.graphql.once import KEY_DESCRIPTION, at_most_once
from rollbook.graphql.organizations import Organization, read_organization
from rollbook.graphql.user_errors import LastAdminError, NotFoundError, OrganizationConflictError, Refusal


@strawberry.input(description="How to change the organization. What is left out stays as it is.")
class UpdateOrganizationInput:
    """What shall be different."""

    name: str | None = strawberry.field(default=strawberry.UNSET, description="What to call it from now on.")
    token_max_lifetime_days: strawberry.Maybe[int | None] = strawberry.field(
        description="Within how many days, 1 to 3650, a new token must expire; null: it need not. Left out: unchanged."
    )
    provisioning_log_retention_days: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="After how many days, 1 to 3650, an entry of the provisioning log is deleted.",
    )
    provisioning_log_max_megabytes: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="How many megabytes, 1 to 100000, the provisioning log may hold.",
    )
    expected_version: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="Refuse the change if the organization is not at this version any more. "
        "Left out: whatever the version.",
    )
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY_DESCRIPTION)


@strawberry.input(description="Which organization you leave.")
class LeaveOrganizationInput:
    """The organization by name, since leaving cannot be undone by who has left."""

    handle: str = strawberry.field(description="The handle of the organization in which you act, to be sure.")


@strawberry.type(description="The organization is changed.")
class UpdateOrganizationSuccess:
    """Holds the changed organization."""

    organization: Organization = strawberry.field(description="The organization as it is now.")


@strawberry.type(description="Your membership has ended, and every session of yours in the organization.")
class LeaveOrganizationSuccess:
    """Names what was left."""

    handle: str = strawberry.field(description="The handle of the organization that you left.")


UpdateOrganizationResult = Annotated[
    UpdateOrganizationSuccess | Refusal | NotFoundError | OrganizationConflictError,
    strawberry.union("UpdateOrganizationResult", description="What came of changing the organization."),
]
LeaveOrganizationResult = Annotated[
    LeaveOrganizationSuccess | Refusal | NotFoundError | LastAdminError,
    strawberry.union("LeaveOrganizationResult", description="What came of leaving the organization."),
]


async def update_organization(
    info: Info, input: Annotated[UpdateOrganizationInput, strawberry.argument(description="What to change.")]
) -> UpdateOrganizationResult:
    """Change the name and the settings."""
    context = info.context
    outcome = await at_most_once(
        info,
        input,
        lambda actor: context.services.organizations.update(
            actor, _change(input), expected_version=given(input.expected_version)
        ),
        lambda organization: organization.id,
    )
    if outcome.now is None:
        return UpdateOrganizationSuccess(organization=await read_organization(context))
    return UpdateOrganizationSuccess(organization=Organization.of(outcome.now))


async def leave_organization(
    info: Info, input: Annotated[LeaveOrganizationInput, strawberry.argument(description="Which organization.")]
) -> LeaveOrganizationResult:
    """End the membership of who is signed in."""
    context = info.context
    organization = await context.services.organizations.get(context.actor)
    if input.handle != organization.handle:
        raise InvalidValue(f"You act in {organization.handle!r}, so only that one can be left here.", field="handle")
    await context.services.organizations.leave(context.actor)
    return LeaveOrganizationSuccess(handle=organization.handle)


def _change(input: UpdateOrganizationInput) -> organizations.OrganizationChange:
    name, retention = given(input.name), given(input.provisioning_log_retention_days)
    megabytes = given(input.provisioning_log_max_megabytes)

    def change(before: organizations.Organization) -> organizations.Organization:
        settings = before.settings
        if input.token_max_lifetime_days is not None:
            settings = replace(settings, token_max_lifetime_days=input.token_max_lifetime_days.value)
        if retention is not None:
            settings = replace(settings, provisioning_log_retention_days=retention)
        if megabytes is not None:
            settings = replace(settings, provisioning_log_max_megabytes=megabytes)
        return replace(before, name=before.name if name is None else name, settings=settings)

    return change

"""What can be done with many members at once: the mutations that begin a job."""

from typing import Annotated, Any

import strawberry

from rollbook.domain import jobs, roles
from rollbook.graphql import ids
from rollbook.graphql.context import Info
from rollbook.graphql.enums import BulkChange, Role
from rollbook.graphql.inputs import given
from rollbook.graphql.jobs import Job
from rollbook.graphql.once import KEY_DESCRIPTION, at_most_once
from rollbook.graphql.user_errors import Refusal
from rollbook.services.idempotency import Outcome

_DRY_RUN = "Only try: the job's rows tell what would come of each of them on its own, and nothing is changed."


@strawberry.input(description="Whom to change, and how.")
class BulkUpdateMembersInput:
    """Members and one change for all of them."""

    member_ids: list[strawberry.ID] = strawberry.field(description="The ids of 1 to 500 members; each counts once.")
    change: BulkChange = strawberry.field(description="What to do with each of them.")
    role: Role | None = strawberry.field(
        default=strawberry.UNSET,
        description="The role that SET_ROLE sets; goes with no other change. ADMIN needs the permission ROLES_WRITE.",
    )
    dry_run: bool = strawberry.field(default=False, description=_DRY_RUN)
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY_DESCRIPTION)


@strawberry.input(description="Whom to add.")
class ImportMembersInput:
    """People in a CSV text."""

    csv: str = strawberry.field(
        description="CSV text of up to 10000 rows below a header line. Its columns are email, and if you like name and "
        "role (admin or user), in any order; comma, semicolon or tab separates."
    )
    dry_run: bool = strawberry.field(default=False, description=_DRY_RUN)
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY_DESCRIPTION)


@strawberry.type(description="The job is waiting for its turn, which comes at once if no other is under way.")
class BulkUpdateMembersSuccess:
    """Holds the new job."""

    job: Job = strawberry.field(description="The job; read it again by its id to see how far it is.")


@strawberry.type(description="The job is waiting for its turn, which comes at once if no other is under way.")
class ImportMembersSuccess:
    """Holds the new job."""

    job: Job = strawberry.field(description="The job; read it again by its id to see how far it is.")


BulkUpdateMembersResult = Annotated[
    BulkUpdateMembersSuccess | Refusal,
    strawberry.union("BulkUpdateMembersResult", description="What came of asking for a bulk change."),
]
ImportMembersResult = Annotated[
    ImportMembersSuccess | Refusal,
    strawberry.union("ImportMembersResult", description="What came of asking for an import."),
]


async def bulk_update_members(
    info: Info,
    input: Annotated[BulkUpdateMembersInput, strawberry.argument(description="Whom to change, and how.")],
) -> BulkUpdateMembersResult:
    """Begin a job that does the same with each of the members."""
    membership_ids = [ids.inner(member_id, "Member", argument="memberIds") for member_id in input.member_ids]
    role = given(input.role)
    outcome = await at_most_once(
        info,
        input,
        lambda actor: info.context.services.jobs.change_members(
            actor,
            membership_ids,
            jobs.BulkChange[input.change.name],
            role=None if role is None else roles.Role[role.name],
            dry_run=input.dry_run,
        ),
        lambda job: job.id,
    )
    return BulkUpdateMembersSuccess(job=await _job(info, outcome))


async def import_members(
    info: Info, input: Annotated[ImportMembersInput, strawberry.argument(description="Whom to add.")]
) -> ImportMembersResult:
    """Begin a job that adds each of the people."""
    outcome = await at_most_once(
        info,
        input,
        lambda actor: info.context.services.jobs.import_members(actor, input.csv, dry_run=input.dry_run),
        lambda job: job.id,
    )
    return ImportMembersSuccess(job=await _job(info, outcome))


async def _job(info: Info, outcome: Outcome[Any]) -> Job:
    context = info.context
    return Job.of(outcome.now or await context.services.jobs.get(context.actor, outcome.object_id or ""))

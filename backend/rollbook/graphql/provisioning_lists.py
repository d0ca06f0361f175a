"""Lists of the provisioning log: of the organization and of a member, and how many requests came to what."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Annotated, TypeVar

import strawberry

from rollbook.domain import provisioning, series, values
from rollbook.domain.criteria import Page, Position, Slice
from rollbook.domain.errors import TooLarge
from rollbook.domain.provisioning import ProvisioningFilter
from rollbook.graphql import ids
from rollbook.graphql.context import Context, Info
from rollbook.graphql.inputs import given, line
from rollbook.graphql.log_enums import ProvisioningClient, ProvisioningOutcome
from rollbook.graphql.pagination import After, Before, Cursors, First, Last, Paged
from rollbook.graphql.provisioning_requests import ProvisioningRequestConnection
from rollbook.graphql.series import Bucket, Since, TimeBucket, Until

Choice = TypeVar("Choice")

MOST_CHOICES = 20
"""How many values a condition may name."""


@strawberry.input(description="Which provisioning requests a list shows. Every given condition must hold.")
class ProvisioningRequestFilter:
    """The conditions; one left out, empty or null sets none."""

    search: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="A part of whom or what it was about, such as a userName, in any case; or a whole request id.",
    )
    outcome: list[ProvisioningOutcome] | None = strawberry.field(
        default=strawberry.UNSET, description="Requests of one of these outcomes."
    )
    client: list[ProvisioningClient] | None = strawberry.field(
        default=strawberry.UNSET, description="Requests of one of these clients."
    )
    method: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="Requests with one of these methods, such as PATCH."
    )
    status: list[int] | None = strawberry.field(
        default=strawberry.UNSET, description="Requests that were answered with one of these HTTP statuses."
    )
    scim_type: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="Refusals with one of these words of SCIM, such as uniqueness."
    )
    token: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Requests that came with this token."
    )
    member: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Requests about this member, whose membership may have ended."
    )
    has_notes: bool | None = strawberry.field(
        default=strawberry.UNSET,
        description="True: those of which something was ignored, repaired or left out. False: all others.",
    )
    since: datetime | None = strawberry.field(
        default=strawberry.UNSET, description="Requests at this moment or after it."
    )
    until: datetime | None = strawberry.field(default=strawberry.UNSET, description="Requests before this moment.")


Filter = Annotated[
    ProvisioningRequestFilter | None,
    strawberry.argument(name="filter", description="Which requests to show; by default all."),
]


@strawberry.type(description="How many provisioning requests came to what, in one stretch of time.")
class ProvisioningResultPoint:
    """One point of a chart."""

    start: datetime = strawberry.field(
        description="When its stretch of time begins: a midnight in UTC, of a Monday for WEEK, of a first for MONTH."
    )
    succeeded: int = strawberry.field(description="How many were done or answered.")
    unchanged: int = strawberry.field(description="How many found all as they wanted it.")
    refused: int = strawberry.field(description="How many were refused.")
    failed: int = strawberry.field(description="How many failed, or asked for what Rollbook does not do.")


def list_provisioning_requests(
    info: Info,
    first: First = strawberry.UNSET,
    after: After = strawberry.UNSET,
    last: Last = strawberry.UNSET,
    before: Before = strawberry.UNSET,
    request_filter: Filter = strawberry.UNSET,
) -> ProvisioningRequestConnection:
    """The list that the arguments describe; nothing is read yet. Raises `InvalidValue`, `TooLarge`."""
    context = info.context
    wanted = _wanted(given(request_filter) or ProvisioningRequestFilter())
    page = _cursors(context).page(first, after, last, before)
    return _connection(context, lambda: context.loaders.log_pages.load((wanted, page)))


def list_member_requests(
    context: Context, membership_id: str, first: int | None, after: str | None, last: int | None, before: str | None
) -> ProvisioningRequestConnection:
    """The entries about a member; nothing is read yet. Raises `InvalidValue`, `TooLarge`."""
    page: Page = _cursors(context).page(first, after, last, before)
    return _connection(context, lambda: context.loaders.member_requests.load((membership_id, page)))


async def provisioning_results(
    info: Info,
    since: Since,
    until: Until = strawberry.UNSET,
    bucket: Bucket = TimeBucket.DAY,
) -> list[ProvisioningResultPoint] | None:
    """A point for each bucket. Raises `InvalidValue`, `TooLarge`."""
    outcome = provisioning.ProvisioningOutcome
    found = await info.context.services.provisioning_log.results(
        info.context.actor, since, given(until) or values.now(), series.Bucket[bucket.name]
    )
    return [
        ProvisioningResultPoint(
            start=series.midnight(start),
            succeeded=counted.get(outcome.SUCCEEDED, 0),
            unchanged=counted.get(outcome.UNCHANGED, 0),
            refused=counted.get(outcome.REFUSED, 0),
            failed=counted.get(outcome.FAILED, 0),
        )
        for start, counted in found
    ]


def _connection(
    context: Context, read: Callable[[], Awaitable[Slice[provisioning.ProvisioningRequest]]]
) -> ProvisioningRequestConnection:
    cursors = _cursors(context)
    return ProvisioningRequestConnection(page=Paged(read, lambda row: cursors.write(Position(row.id, row.id))))


def _cursors(context: Context) -> Cursors:
    return Cursors(context.services.seal, context.actor, "provisioning_requests")


def _wanted(asked: ProvisioningRequestFilter) -> ProvisioningFilter:
    token, member, search = given(asked.token), given(asked.member), given(asked.search)
    return ProvisioningFilter(
        outcomes=_chosen(
            "outcome", [provisioning.ProvisioningOutcome[each.name] for each in given(asked.outcome) or ()]
        ),
        clients=_chosen("client", [provisioning.ProvisioningClient[each.name] for each in given(asked.client) or ()]),
        methods=_chosen("method", [line(each, field="method").upper() for each in given(asked.method) or ()]),
        scim_types=_chosen("scimType", [line(each, field="scimType") for each in given(asked.scim_type) or ()]),
        statuses=_chosen("status", given(asked.status) or ()),
        token_id=None if token is None else ids.inner(token, "ScimToken", argument="token"),
        membership_id=None if member is None else ids.inner(member, "Member", argument="member"),
        noted=given(asked.has_notes),
        since=given(asked.since),
        until=given(asked.until),
        search=line(search, field="search") if search and search.strip() else None,
    )


def _chosen(argument: str, values: Iterable[Choice]) -> frozenset[Choice]:
    chosen = frozenset(values)
    if len(chosen) > MOST_CHOICES:
        raise TooLarge(f"{argument} names more than {MOST_CHOICES} values.", limit=MOST_CHOICES)
    return chosen

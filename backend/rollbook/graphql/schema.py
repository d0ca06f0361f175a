"""The schema: queries, mutations, subscriptions and how they run, and the text in which the schema is published."""

import re
from datetime import UTC, datetime

import strawberry
from graphql import GraphQLError, build_schema, lexicographic_sort_schema, print_schema
from strawberry.extensions import MaxTokensLimiter, ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.types.execution import ExecutionContext

from rollbook.domain.values import rfc3339
from rollbook.graphql.authority import with_present_authority
from rollbook.graphql.errors import HANDLERS
from rollbook.graphql.limits import MAX_TOKENS, OperationLimits
from rollbook.graphql.mutations import Mutation
from rollbook.graphql.plain_fields import PlanningExecutor
from rollbook.graphql.queries import Query
from rollbook.graphql.subscriptions import Subscription

_CACHED_DOCUMENTS = 256


class _Schema(strawberry.Schema):
    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Log nothing here: `errors.safe_errors` logs what is a bug, and only that."""


_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
"""A moment by RFC 3339, section 5.6; Python's own reading also takes weeks, and text without a zone."""


def _date_time(value: object) -> datetime:
    if not isinstance(value, str) or not _RFC_3339.fullmatch(value):
        raise ValueError("a moment is RFC 3339 text with a time zone, such as 2026-11-24T09:30:00.000Z")
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise ValueError(f"there is no such moment: {error}") from None


schema = _Schema(
    query=Query,
    mutation=with_present_authority(Mutation),
    subscription=Subscription,
    exception_handlers=HANDLERS,
    execution_context_class=PlanningExecutor,
    extensions=[
        lambda: MaxTokensLimiter(MAX_TOKENS),
        lambda: ParserCache(_CACHED_DOCUMENTS),
        OperationLimits,
        lambda: ValidationCache(_CACHED_DOCUMENTS),
    ],
    # never sort_schema: in this Strawberry it breaks every enum and union at run time
    config=StrawberryConfig(
        scalar_map={
            datetime: strawberry.scalar(
                name="DateTime",
                description="A moment as RFC 3339 text in UTC with milliseconds, e.g. 2026-11-24T09:30:00.000Z.",
                serialize=rfc3339,
                parse_value=_date_time,
            )
        }
    ),
)


def sdl() -> str:
    """The schema in SDL, sorted, with descriptions; what `schema.graphql` holds."""
    # read back before it is sorted: the sorter cannot take the enums that Strawberry makes
    return print_schema(lexicographic_sort_schema(build_schema(schema.as_str()))) + "\n"

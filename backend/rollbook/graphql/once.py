"""Mutations that a caller may repeat under one idempotencyKey without doing the thing twice."""

from collections.abc import Awaitable, Callable
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, TypeVar

import orjson
import strawberry

from rollbook.domain.actors import Actor
from rollbook.domain.idempotency import Once
from rollbook.graphql.context import Info
from rollbook.graphql.inputs import given
from rollbook.services.idempotency import Outcome

T = TypeVar("T")

KEY_DESCRIPTION = (
    "A key of your own, best a UUID. Within 24 hours the same call with the same key does nothing more and answers "
    "with the present state of what it did; with another input it is refused. A refused call may be repeated."
)


async def at_most_once(
    info: Info, input: Any, operation: Callable[[Actor], Awaitable[T]], object_id_of: Callable[[T], str]
) -> Outcome[T]:
    """Run the mutation's operation, once for the input's `idempotency_key` if it has one.

    `Outcome.now` is what came of it, or None for a repetition; then `object_id` says of what to answer.
    """
    key = given(input.idempotency_key)
    context = info.context
    if key is None:
        return Outcome(await operation(context.actor))
    # an input may hold a secret, of which nothing is to be found out from what is kept
    told = context.services.seal.fingerprint(f"once:{info.field_name}", orjson.dumps(_told(input)))
    once = Once(key, info.field_name, told)
    return await context.services.idempotency.run(context.actor, once, operation, object_id_of)


def _told(value: Any) -> Any:
    """The input in JSON's values; what was left out is not in it, and neither is the key."""
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, list):
        return [_told(each) for each in value]
    if isinstance(value, strawberry.Some):
        return [_told(value.value)]  # a given null differs from what was left out
    if is_dataclass(value):
        told = ((field.name, getattr(value, field.name)) for field in fields(value))
        return {name: _told(each) for name, each in told if each is not strawberry.UNSET and name != "idempotency_key"}
    return value

"""Fields that are resolved by a method, always with a description."""

from collections.abc import Callable
from typing import Any, TypeVar

import strawberry

Resolver = TypeVar("Resolver", bound=Callable[..., Any])


ROWS = "rows"
"""Under this name a field's metadata say as how many objects its list counts."""


def resolved(description: str, *, rows: int | None = None) -> Callable[[Resolver], Resolver]:
    """`strawberry.field` as a decorator that keeps the method's type; the description is for the API's users.

    `rows`: as how many objects the list that it answers with counts in the measure of an operation's size.
    """
    metadata = {} if rows is None else {ROWS: rows}
    field: Callable[[Resolver], Resolver] = strawberry.field(description=description, metadata=metadata)
    return field

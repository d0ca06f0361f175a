"""Fields that are resolved by a method, always with a description."""

from collections.abc import Callable
from typing import Any, TypeVar

import strawberry

Resolver = TypeVar("Resolver", bound=Callable[..., Any])


def resolved(description: str) -> Callable[[Resolver], Resolver]:
    """`strawberry.field` as a decorator that keeps the method's type; the description is for the API's users."""
    field: Callable[[Resolver], Resolver] = strawberry.field(description=description)
    return field

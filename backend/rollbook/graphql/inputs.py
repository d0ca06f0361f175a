"""What every input shares: telling an absent value from a given one, and refusing text that cannot be kept."""

from typing import TypeVar

import strawberry

from rollbook.domain.texts import line

__all__ = ["given", "line"]

Value = TypeVar("Value")


def given(value: Value | None) -> Value | None:
    """The value, or None where the client left it out."""
    return None if value is strawberry.UNSET else value

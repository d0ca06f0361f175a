"""What every input shares: telling an absent value from a given one, and refusing text that cannot be kept."""

import unicodedata
from typing import TypeVar

import strawberry

from rollbook.domain.errors import InvalidValue

Value = TypeVar("Value")


def given(value: Value | None) -> Value | None:
    """The value, or None where the client left it out."""
    return None if value is strawberry.UNSET else value


def line(text: str, *, field: str, longest: int = 256) -> str:
    """The text without outer spaces; `InvalidValue` unless 1 to `longest` characters, none of control, are left."""
    trimmed = text.strip()
    if not 1 <= len(trimmed) <= longest or any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in trimmed):
        raise InvalidValue(f"{field} has 1 to {longest} characters and no control characters.", field=field)
    return trimmed

"""One line of text as a person types it: trimmed, and without what cannot be kept or shown."""

import unicodedata

from rollbook.domain.errors import InvalidValue


def line(text: str, *, field: str, longest: int = 256) -> str:
    """The text without outer spaces; `InvalidValue` unless 1 to `longest` characters, none of control, are left."""
    trimmed = text.strip()
    if not 1 <= len(trimmed) <= longest or any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in trimmed):
        raise InvalidValue(f"{field} has 1 to {longest} characters and no control characters.", field=field)
    return trimmed

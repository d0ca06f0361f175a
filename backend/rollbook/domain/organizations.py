"""An organization: the tenant, and one provisioning domain."""

import re
from dataclasses import dataclass
from datetime import datetime

from rollbook.domain.errors import InvalidValue

_HANDLE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
MAX_NAME = 128


@dataclass(frozen=True, slots=True)
class Organization:
    """The tenant. `handle` is its short name in links and on the command line, unique and lower case."""

    id: str
    handle: str
    name: str
    created_at: datetime


def is_handle(text: str) -> bool:
    """Whether a text can be a handle: a DNS label in lower case."""
    return _HANDLE.fullmatch(text) is not None


def checked_handle(handle: str) -> str:
    """The handle, or `InvalidValue` if it cannot be one."""
    if not is_handle(handle):
        raise InvalidValue(
            f"{handle!r} is not a handle: use 1 to 63 lower-case letters, digits and inner hyphens.", field="handle"
        )
    return handle


def checked_name(name: str) -> str:
    """The name without outer spaces, or `InvalidValue` if nothing or too much is left."""
    trimmed = name.strip()
    if not 1 <= len(trimmed) <= MAX_NAME or not trimmed.isprintable():
        raise InvalidValue(f"A name has 1 to {MAX_NAME} printable characters.", field="name")
    return trimmed

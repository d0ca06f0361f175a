"""Idempotency keys: by them a caller repeats a call without doing the thing twice."""

from datetime import timedelta

from rollbook.domain.errors import InvalidValue
from rollbook.domain.immutable import immutable

MAX_KEY = 128

REMEMBERED = timedelta(hours=24)
"""How long a key stands for what was done with it."""


@immutable
class Once:
    """A caller's key under which one operation happens at most once, and a digest of what it was asked with."""

    key: str
    mutation: str
    input_digest: bytes


def checked_key(key: str) -> str:
    """The key, or `InvalidValue` if it cannot be one."""
    if not 1 <= len(key) <= MAX_KEY or not key.isascii() or not key.isprintable():
        raise InvalidValue(
            f"idempotencyKey has 1 to {MAX_KEY} printable ASCII characters; a UUID is best.", field="idempotencyKey"
        )
    return key

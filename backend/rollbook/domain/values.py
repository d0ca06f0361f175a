"""Small values that every noun shares: ids, times, and the keys by which text is compared."""

import re
import unicodedata
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import uuid_utils

Clock = Callable[[], datetime]
"""Tells the time, aware and in UTC. Injected, so that a test can hold it still."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MILLISECOND = 2**48 - 1

_CANONICAL = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


def new_id() -> str:
    """A new UUIDv7 in canonical text. Later ids sort after earlier ones."""
    return str(uuid_utils.uuid7())


def first_id(at: datetime, *, later_by: timedelta = timedelta()) -> str:
    """The smallest UUIDv7 that can be made at a moment, or so much later (or earlier, if less than none)."""
    milliseconds = (at - _EPOCH + later_by) // timedelta(milliseconds=1)
    return str(uuid.UUID(int=min(max(milliseconds, 0), _LAST_MILLISECOND) << 80 | 0x7 << 76 | 0x2 << 62))


def parse_id(text: str) -> str | None:
    """The canonical form of a UUID, or None for any other text (then there is no such object; O-15)."""
    # id is caseExact (RFC 7643 section 3.1), so another spelling is another id
    return text if _CANONICAL.fullmatch(text) else None


def now() -> datetime:
    """The present moment, aware and in UTC."""
    return datetime.now(UTC)


def rfc3339(moment: datetime) -> str:
    """A moment as RFC 3339 text in UTC with milliseconds and ``Z`` (RFC 7643 section 2.3.5)."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    # twice for each User of a list: isoformat() asks the time zone first and takes almost twice as long
    return "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ" % (  # noqa: UP031
        moment.year,
        moment.month,
        moment.day,
        moment.hour,
        moment.minute,
        moment.second,
        moment.microsecond // 1000,
    )


def key(text: str) -> str:
    """The form in which case-insensitive text is compared, the same on every database."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def is_storable(text: str) -> bool:
    """Whether both databases can hold a text: without NUL and without lone surrogates."""
    return "\0" not in text and (text.isascii() or not any(0xD800 <= ord(character) <= 0xDFFF for character in text))


def is_address(text: str) -> bool:
    """Whether a text has the shape of an e-mail address; says nothing of delivery."""
    return _ADDRESS.fullmatch(text) is not None

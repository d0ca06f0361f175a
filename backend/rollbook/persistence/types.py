"""Column types that mean the same on SQLite and PostgreSQL.

What a value costs on its way is paid for each column of each row. So a type gives the driver's value as it is wherever
the driver understands it, and otherwise one plain function.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import ARRAY, CHAR, JSON, Dialect, Text, TypeDecorator, Uuid
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.types import TypeEngine

Carry = Callable[[Any], Any] | None
"""How a value is carried over, or None: as it is."""


class _NativeUuid(Uuid[str]):
    """PostgreSQL's UUID: the driver takes canonical text, and answers an object of its own."""

    def __init__(self) -> None:
        super().__init__(as_uuid=False)

    def bind_processor(self, dialect: Dialect) -> Carry:
        return None

    def result_processor(self, dialect: Dialect, coltype: object) -> Carry:
        return _text


class Id(TypeDecorator[str]):
    """A UUID, canonical text outside; native on PostgreSQL, text on SQLite. Both sort UUIDv7 by creation."""

    impl = CHAR
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column type on this database."""
        return dialect.type_descriptor(_NativeUuid() if dialect.name == "postgresql" else CHAR(36))


class IdList(TypeDecorator[list[str]]):
    """A bound list of ids: an array on PostgreSQL, a JSON text on SQLite. For `one_of` only."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The parameter's type on this database."""
        return dialect.type_descriptor(ARRAY(_NativeUuid()) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> Any:
        """The value that the driver takes."""
        return value if dialect.name == "postgresql" or value is None else orjson.dumps(value).decode()


class TextList(IdList):
    """The same for texts that are no ids."""

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The parameter's type on this database."""
        return dialect.type_descriptor(ARRAY(Text()) if dialect.name == "postgresql" else Text())


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. Naive values are refused, since SQLite would lose their zone."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column type on this database."""
        return dialect.type_descriptor(TIMESTAMP(timezone=True) if dialect.name == "postgresql" else Text())

    def bind_processor(self, dialect: Dialect) -> Carry:
        """The value that the driver takes."""
        return _in_utc if dialect.name == "postgresql" else _utc_text

    def result_processor(self, dialect: Dialect, coltype: object) -> Carry:
        """The moment, aware and in UTC."""
        return None if dialect.name == "postgresql" else _moment  # asyncpg answers aware UTC moments


class Json(TypeDecorator[Any]):
    """A JSON document that statements look into: jsonb on PostgreSQL, text on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column type on this database."""
        return dialect.type_descriptor(JSONB() if dialect.name == "postgresql" else JSON())


class Key(TypeDecorator[str]):
    """Text that is compared and ordered by its code points, on PostgreSQL whatever the database's locale is."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column type on this database."""
        return dialect.type_descriptor(Text(collation="C") if dialect.name == "postgresql" else Text())


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _in_utc(moment: datetime | None) -> datetime | None:
    if moment is None or moment.tzinfo is UTC:
        return moment
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC)


def _utc_text(moment: datetime | None) -> str | None:
    utc = _in_utc(moment)
    return None if utc is None else _written(utc)


@lru_cache(64)
def _written(utc: datetime) -> str:
    # one moment stands in most rows of a write, and strftime() takes twice as long
    return "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ" % (  # noqa: UP031
        utc.year,
        utc.month,
        utc.day,
        utc.hour,
        utc.minute,
        utc.second,
        utc.microsecond,
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)

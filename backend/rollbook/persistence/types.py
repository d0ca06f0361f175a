"""Column types that mean the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import ARRAY, CHAR, JSON, Dialect, Text, TypeDecorator, Uuid
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.types import TypeEngine


class Id(TypeDecorator[str]):
    """A UUID, canonical text outside; native on PostgreSQL, text on SQLite. Both sort UUIDv7 by creation."""

    impl = CHAR
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column type on this database."""
        return dialect.type_descriptor(Uuid(as_uuid=False) if dialect.name == "postgresql" else CHAR(36))


class IdList(TypeDecorator[list[str]]):
    """A bound list of ids: an array on PostgreSQL, a JSON text on SQLite. For `one_of` only."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The parameter's type on this database."""
        return dialect.type_descriptor(ARRAY(Uuid(as_uuid=False)) if dialect.name == "postgresql" else Text())

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

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """The value that the driver takes."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """The moment, aware and in UTC."""
        if value is None or dialect.name == "postgresql":
            return value  # type: ignore[no-any-return]  # asyncpg answers aware UTC moments
        return datetime.fromisoformat(value)


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

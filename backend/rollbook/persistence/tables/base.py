"""What all tables have in common, and those of the installation itself."""

from typing import Any

from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table, Text

from rollbook.persistence.types import Id, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

IN_ITS_KEY: dict[str, Any] = {"sqlite_with_rowid": False}
"""Of a table of short rows: on SQLite they stand in the tree of its key, one tree less for each write to reach into."""

installation = Table(
    "installation",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""Facts of the whole installation, such as the fingerprint of its secrets."""

organizations = Table(
    "organizations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("handle", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("settings", Text, nullable=False, server_default="{}"),
    Column("version", Integer, nullable=False, server_default="1"),
)
"""`settings` is a JSON object of those that differ from the default."""


def organization_id() -> Column[str]:
    """The column by which a tenant's table begins."""
    return Column("organization_id", Id, ForeignKey("organizations.id"), primary_key=True)

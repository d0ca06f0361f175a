"""Users, memberships and groups."""

from sqlalchemy import Boolean, Column, ForeignKey, ForeignKeyConstraint, Index, Integer, Table, Text, text

from rollbook.persistence.tables.base import IN_ITS_KEY, metadata, organization_id
from rollbook.persistence.types import Id, Json, Key, UtcDateTime

users = Table(
    "users",
    metadata,
    Column("id", Id, primary_key=True),
    Column("email", Text),
    Column("email_key", Key, unique=True),
    Column("name", Text, nullable=False),
    Column("created_by_organization_id", Id, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    **IN_ITS_KEY,
)

memberships = Table(
    "memberships",
    metadata,
    organization_id(),
    Column("id", Id, primary_key=True),
    Column("user_id", Id, ForeignKey("users.id"), nullable=False),
    Column("user_name", Text, nullable=False),
    Column("user_name_key", Key, nullable=False),
    Column("external_id", Key),
    Column("email", Text),
    Column("email_key", Key),
    Column("email_order", Key, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_key", Key, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("admin_granted", Boolean, nullable=False),
    Column("user_granted", Boolean, nullable=False),
    Column("source", Text, nullable=False),
    Column("profile", Text, nullable=False),
    Column("searchable", Json, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
)
"""`profile` is what was sent, as text; `searchable` is the same with its case-insensitive values as keys.

`email_order` is `email_key`, or an empty text: a list by e-mail has a place for everyone.
"""

_living = text("ended_at IS NULL")
_column = memberships.c

# An ended membership stays as a tombstone, so every key is unique among the living ones only.
for _name in ("user_name_key", "external_id", "email_key", "user_id"):
    Index(
        f"uq_memberships_{_name}",
        _column.organization_id,
        _column[_name],
        unique=True,
        postgresql_where=_living,
        sqlite_where=_living,
    )
Index("ix_memberships_living", _column.organization_id, _column.id, postgresql_where=_living, sqlite_where=_living)
for _name in ("name_key", "email_order"):
    Index(
        f"ix_memberships_by_{_name}",
        _column.organization_id,
        _column.active,
        _column[_name],
        _column.id,
        postgresql_where=_living,
        sqlite_where=_living,
    )
for _columns in (("active",), ("user_granted", "active")):
    Index(
        f"ix_memberships_by_{_columns[0]}",
        _column.organization_id,
        *(_column[_name] for _name in _columns),
        _column.id,
        postgresql_where=_living,
        sqlite_where=_living,
    )
# of admins only: they are few, and everybody else would be one more entry to write. Who looks for them says
# `admin_granted.is_(True)`: the bare column is `= 1` on SQLite, of which it does not know that it is the same
Index(
    "ix_memberships_by_admin_granted",
    _column.organization_id,
    _column.active,
    _column.id,
    postgresql_where=text("ended_at IS NULL AND admin_granted IS TRUE"),
    sqlite_where=text("ended_at IS NULL AND admin_granted IS 1"),
)
for _name in ("external_id", "user_name_key", "email_key"):
    Index(
        f"ix_memberships_ended_{_name}",
        _column.organization_id,
        _column[_name],
        postgresql_where=text("ended_at IS NOT NULL"),
        sqlite_where=text("ended_at IS NOT NULL"),
    )
Index("ix_memberships_user_id", _column.user_id)
Index("ix_memberships_created_at", _column.organization_id, _column.created_at, _column.source)
# the source before the moment, so that no lookup of one ended membership takes this index for the better one
Index(
    "ix_memberships_ended_at",
    _column.organization_id,
    _column.source,
    _column.ended_at,
    postgresql_where=text("ended_at IS NOT NULL"),
    sqlite_where=text("ended_at IS NOT NULL"),
)

membership_emails = Table(
    "membership_emails",
    metadata,
    organization_id(),
    Column("email_key", Key, primary_key=True),
    Column("membership_id", Id, primary_key=True),
    ForeignKeyConstraint(["organization_id", "membership_id"], ["memberships.organization_id", "memberships.id"]),
    Index("ix_membership_emails_membership_id", "organization_id", "membership_id"),
    **IN_ITS_KEY,
)
"""Every e-mail address of a living member, so that whoever has it is found by an index."""

groups = Table(
    "groups",
    metadata,
    organization_id(),
    Column("id", Text, primary_key=True),
    Column("created_at", UtcDateTime, nullable=False),
)
"""The rows that changes of a group's members lock; who is in a group stands in `memberships`."""

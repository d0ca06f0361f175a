"""What opens a door: tokens and invitations."""

from sqlalchemy import Column, Index, LargeBinary, Table, Text, text

from rollbook.persistence.tables.base import metadata, organization_id
from rollbook.persistence.types import Id, Key, UtcDateTime

tokens = Table(
    "tokens",
    metadata,
    organization_id(),
    Column("id", Id, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("hint", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("dialect", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_by_membership_id", Id),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("first_used_at", UtcDateTime),
    Column("last_used_at", UtcDateTime),
    Column("last_used_by", Text),
    Column("revoked_at", UtcDateTime),
    Column("revoked_by", Text),
    Column("replaces_token_id", Id),
    Index("uq_tokens_replaces_token_id", "organization_id", "replaces_token_id", unique=True),
)
"""`created_by_membership_id` is the member who made it while signed in, if one did.

`replaces_token_id` is the token that this one was generated to take over from; a token has one successor.
"""

invitations = Table(
    "invitations",
    metadata,
    organization_id(),
    Column("id", Id, primary_key=True),
    Column("email", Text, nullable=False),
    Column("email_key", Key, nullable=False),
    Column("name", Text),
    Column("role", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("invited_by", Text, nullable=False),
    Column("membership_id", Id),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("accepted_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    Index("ix_invitations_email_key", "email_key"),
    Index(
        "uq_invitations_open",
        "organization_id",
        "email_key",
        unique=True,
        postgresql_where=text("accepted_at IS NULL AND revoked_at IS NULL"),
        sqlite_where=text("accepted_at IS NULL AND revoked_at IS NULL"),
    ),
)
"""At most one to an address is neither accepted nor revoked; an expired one gives way to the next."""

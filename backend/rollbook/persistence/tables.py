"""The tables. Every tenant's table leads its keys with the organization; no relationships, no behaviour."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)

from rollbook.persistence.types import Id, Json, Key, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

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


def _organization_id() -> Column[str]:
    return Column("organization_id", Id, ForeignKey("organizations.id"), primary_key=True)


users = Table(
    "users",
    metadata,
    Column("id", Id, primary_key=True),
    Column("email", Text),
    Column("email_key", Key, unique=True),
    Column("name", Text, nullable=False),
    Column("created_by_organization_id", Id, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

memberships = Table(
    "memberships",
    metadata,
    _organization_id(),
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
for _name in ("active", "admin_granted", "user_granted"):
    Index(
        f"ix_memberships_by_{_name}",
        _column.organization_id,
        _column[_name],
        *(() if _name == "active" else (_column.active,)),
        _column.id,
        postgresql_where=_living,
        sqlite_where=_living,
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
    _organization_id(),
    Column("email_key", Key, primary_key=True),
    Column("membership_id", Id, primary_key=True),
    ForeignKeyConstraint(["organization_id", "membership_id"], ["memberships.organization_id", "memberships.id"]),
    Index("ix_membership_emails_membership_id", "organization_id", "membership_id"),
)
"""Every e-mail address of a living member, so that whoever has it is found by an index."""

groups = Table(
    "groups",
    metadata,
    _organization_id(),
    Column("id", Text, primary_key=True),
    Column("created_at", UtcDateTime, nullable=False),
)
"""The rows that changes of a group's members lock; who is in a group stands in `memberships`."""

tokens = Table(
    "tokens",
    metadata,
    _organization_id(),
    Column("id", Id, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("hint", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("dialect", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created_by", Text, nullable=False),
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
"""`replaces_token_id` is the token that this one was generated to take over from; a token has one successor."""

login_links = Table(
    "login_links",
    metadata,
    _organization_id(),
    Column("id", Id, primary_key=True),
    Column("membership_id", Id, nullable=False),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    ForeignKeyConstraint(["organization_id", "membership_id"], ["memberships.organization_id", "memberships.id"]),
)

sessions = Table(
    "sessions",
    metadata,
    _organization_id(),
    Column("id", Id, primary_key=True),
    Column("membership_id", Id, nullable=False),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    ForeignKeyConstraint(["organization_id", "membership_id"], ["memberships.organization_id", "memberships.id"]),
    Index("ix_sessions_membership_id", "organization_id", "membership_id"),
)

invitations = Table(
    "invitations",
    metadata,
    _organization_id(),
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

audit_events = Table(
    "audit_events",
    metadata,
    _organization_id(),
    Column("id", Id, primary_key=True),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("action", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("actor_kind", Text, nullable=False),
    Column("actor_id", Text),
    Column("actor_name", Text, nullable=False),
    Column("request_id", Text),
    Column("target", Text, nullable=False),
    Column("changes", Text, nullable=False),
    Column("warning", Text),
    Column("position", BigInteger, nullable=False, server_default="0"),
    Index("ix_audit_events_position", "organization_id", "position", "id"),
    Index("ix_audit_events_action", "organization_id", "action", "id"),
    Index("ix_audit_events_actor_id", "organization_id", "actor_id", "id"),
    Index("ix_audit_events_channel", "organization_id", "channel", "id", "occurred_at", "action"),
)
"""By `position`, then `id`, events stand in the order in which they became visible (docs/decisions/0009)."""

audit_targets = Table(
    "audit_targets",
    metadata,
    _organization_id(),
    Column("membership_id", Id, primary_key=True),
    Column("event_id", Id, primary_key=True),
    Column("gained", Boolean),
    Index("ix_audit_targets_event_id", "organization_id", "event_id", "membership_id"),
)
"""One row for each membership that an event touched; `gained`: a group got it (true) or lost it (false)."""

provisioning_requests = Table(
    "provisioning_requests",
    metadata,
    _organization_id(),
    Column("id", Id, primary_key=True),
    Column("token_id", Id),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("method", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("request_id", Text),
    Column("notes", Text, nullable=False),
    Index("ix_provisioning_requests_occurred_at", "organization_id", "occurred_at"),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    _organization_id(),
    Column("principal", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("mutation", Text, nullable=False),
    Column("input_digest", LargeBinary, nullable=False),
    Column("object_id", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_idempotency_keys_created_at", "created_at"),
)
"""What a caller's key stood for: the mutation, its input, and the object that came of it. Never a secret."""

_unfinished = text("finished_at IS NULL")

jobs = Table(
    "jobs",
    metadata,
    _organization_id(),
    Column("id", Id, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("dry_run", Boolean, nullable=False),
    Column("input", Text, nullable=False),
    Column("principal", Text, nullable=False),
    Column("actor_id", Text),
    Column("created_by", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Column("cancelled_at", UtcDateTime),
    Column("leased_until", UtcDateTime),
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("failure", Text),
    Index("ix_jobs_unfinished", "created_at", postgresql_where=_unfinished, sqlite_where=_unfinished),
)
"""Work that outlasts a request. `principal` says with whose authority, which is read anew for each row.

`input` is JSON, and empty when the job has ended. Whoever runs the job holds it by the `leased_until` that they wrote.
"""

job_rows = Table(
    "job_rows",
    metadata,
    _organization_id(),
    Column("job_id", Id, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("about", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("membership_id", Id),
    Column("code", Text),
    Column("message", Text),
    ForeignKeyConstraint(["organization_id", "job_id"], ["jobs.organization_id", "jobs.id"]),
)
"""What came of each row of a job: as soon as it is here, the row is done."""

"""What happened, and the work that outlasts a request."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    false,
    text,
)

from rollbook.persistence.tables.base import IN_ITS_KEY, metadata, organization_id
from rollbook.persistence.types import Id, Key, UtcDateTime

audit_events = Table(
    "audit_events",
    metadata,
    organization_id(),
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
    organization_id(),
    Column("membership_id", Id, primary_key=True),
    Column("event_id", Id, primary_key=True),
    Column("gained", Boolean),
    Index("ix_audit_targets_event_id", "organization_id", "event_id", "membership_id"),
    **IN_ITS_KEY,
)
"""One row for each membership that an event touched; `gained`: a group got it (true) or lost it (false)."""

_of_a_member = text("membership_id IS NOT NULL")

provisioning_requests = Table(
    "provisioning_requests",
    metadata,
    organization_id(),
    Column("id", Id, primary_key=True),
    Column("token_id", Id),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("method", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("request_id", Text),
    Column("notes", Text, nullable=False),
    Column("outcome", Text, nullable=False, server_default="succeeded"),
    Column("client", Text, nullable=False, server_default="other"),
    Column("user_agent", Text),
    Column("query", Text),
    Column("about", Text, nullable=False, server_default=""),
    Column("about_key", Key, nullable=False, server_default=""),
    Column("membership_id", Id),
    Column("event_id", Id),
    Column("code", Text),
    Column("scim_type", Text),
    Column("detail", Text),
    Column("duration_microseconds", BigInteger, nullable=False, server_default="0"),
    Column("size", Integer, nullable=False, server_default="0"),
    Column("shortened", Boolean, nullable=False, server_default=false()),
    Column("request_body", Text),
    Column("response_body", Text),
    Index("ix_provisioning_requests_outcome", "organization_id", "outcome", "id", "occurred_at", "status"),
    Index("ix_provisioning_requests_token_id", "organization_id", "token_id", "id"),
    Index(
        "ix_provisioning_requests_membership_id",
        "organization_id",
        "membership_id",
        "id",
        postgresql_where=_of_a_member,
        sqlite_where=_of_a_member,
    ),
)
"""The provisioning log. `size` is about how many bytes an entry takes, by which the log is cut.

The bodies come last: a listing that does not ask for them need not read them.
"""

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    organization_id(),
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
    organization_id(),
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
    organization_id(),
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

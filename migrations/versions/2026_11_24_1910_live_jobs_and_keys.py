"""Positions of events, jobs and their rows, idempotency keys, settings, rotated tokens, names of the invited."""

import sqlalchemy as sa
from alembic import op

from rollbook.persistence import types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organizations", sa.Column("settings", sa.Text(), nullable=False, server_default="{}"))
    op.add_column("organizations", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("tokens", sa.Column("replaces_token_id", types.Id(), nullable=True))
    op.create_index("uq_tokens_replaces_token_id", "tokens", ["organization_id", "replaces_token_id"], unique=True)
    op.create_index("ix_provisioning_requests_occurred_at", "provisioning_requests", ["organization_id", "occurred_at"])
    op.add_column("audit_events", sa.Column("position", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_index("ix_audit_events_position", "audit_events", ["organization_id", "position", "id"])
    op.create_index("ix_audit_events_action", "audit_events", ["organization_id", "action", "id"])
    op.create_index("ix_audit_events_actor_id", "audit_events", ["organization_id", "actor_id", "id"])
    op.create_index(
        "ix_audit_events_channel", "audit_events", ["organization_id", "channel", "id", "occurred_at", "action"]
    )
    op.create_index("ix_audit_targets_event_id", "audit_targets", ["organization_id", "event_id", "membership_id"])
    op.create_index("ix_memberships_created_at", "memberships", ["organization_id", "created_at", "source"])
    ended = sa.text("ended_at IS NOT NULL")
    op.create_index(
        "ix_memberships_ended_at",
        "memberships",
        ["organization_id", "source", "ended_at"],
        postgresql_where=ended,
        sqlite_where=ended,
    )
    op.add_column("invitations", sa.Column("name", sa.Text(), nullable=True))
    is_open = sa.text("accepted_at IS NULL AND revoked_at IS NULL")
    op.create_index(
        "uq_invitations_open",
        "invitations",
        ["organization_id", "email_key"],
        unique=True,
        postgresql_where=is_open,
        sqlite_where=is_open,
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("mutation", sa.Text(), nullable=False),
        sa.Column("input_digest", sa.LargeBinary(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name="fk_idempotency_keys_organization_id_organizations"
        ),
        sa.PrimaryKeyConstraint("organization_id", "principal", "key", name="pk_idempotency_keys"),
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"])
    op.create_table(
        "jobs",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("input", sa.Text(), nullable=False),
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("started_at", types.UtcDateTime(), nullable=True),
        sa.Column("finished_at", types.UtcDateTime(), nullable=True),
        sa.Column("cancelled_at", types.UtcDateTime(), nullable=True),
        sa.Column("leased_until", types.UtcDateTime(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name="fk_jobs_organization_id_organizations"
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name="pk_jobs"),
    )
    unfinished = sa.text("finished_at IS NULL")
    op.create_index("ix_jobs_unfinished", "jobs", ["created_at"], postgresql_where=unfinished, sqlite_where=unfinished)
    op.create_table(
        "job_rows",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("job_id", types.Id(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("membership_id", types.Id(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "job_id"],
            ["jobs.organization_id", "jobs.id"],
            name="fk_job_rows_organization_id_job_id_jobs",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name="fk_job_rows_organization_id_organizations"
        ),
        sa.PrimaryKeyConstraint("organization_id", "job_id", "number", name="pk_job_rows"),
    )


def downgrade() -> None:
    op.drop_table("job_rows")
    op.drop_table("jobs")
    op.drop_table("idempotency_keys")
    op.drop_index("uq_invitations_open", table_name="invitations")
    op.drop_column("invitations", "name")
    op.drop_index("ix_memberships_ended_at", table_name="memberships")
    op.drop_index("ix_memberships_created_at", table_name="memberships")
    op.drop_index("ix_audit_targets_event_id", table_name="audit_targets")
    for name in ("channel", "actor_id", "action", "position"):
        op.drop_index(f"ix_audit_events_{name}", table_name="audit_events")
    op.drop_column("audit_events", "position")
    op.drop_index("ix_provisioning_requests_occurred_at", table_name="provisioning_requests")
    op.drop_index("uq_tokens_replaces_token_id", table_name="tokens")
    op.drop_column("tokens", "replaces_token_id")
    op.drop_column("organizations", "version")
    op.drop_column("organizations", "settings")

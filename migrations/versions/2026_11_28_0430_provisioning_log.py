"""The whole of the provisioning log, and which member made a token."""

import sqlalchemy as sa
from alembic import op

from rollbook.persistence import types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_OF_A_MEMBER = sa.text("membership_id IS NOT NULL")


def upgrade() -> None:
    with op.batch_alter_table("provisioning_requests") as batch_op:
        batch_op.drop_index("ix_provisioning_requests_occurred_at")
        batch_op.add_column(sa.Column("outcome", sa.Text(), server_default="succeeded", nullable=False))
        batch_op.add_column(sa.Column("client", sa.Text(), server_default="other", nullable=False))
        batch_op.add_column(sa.Column("user_agent", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("query", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("about", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("about_key", types.Key(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("membership_id", types.Id(), nullable=True))
        batch_op.add_column(sa.Column("event_id", types.Id(), nullable=True))
        batch_op.add_column(sa.Column("code", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("scim_type", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("detail", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("duration_microseconds", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("size", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("shortened", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("request_body", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("response_body", sa.Text(), nullable=True))
        batch_op.create_index(
            "ix_provisioning_requests_outcome",
            ["organization_id", "outcome", "id", "occurred_at", "status"],
            unique=False,
        )
        batch_op.create_index("ix_provisioning_requests_token_id", ["organization_id", "token_id", "id"], unique=False)
        batch_op.create_index(
            "ix_provisioning_requests_membership_id",
            ["organization_id", "membership_id", "id"],
            unique=False,
            postgresql_where=_OF_A_MEMBER,
            sqlite_where=_OF_A_MEMBER,
        )
    # of what was kept before, the status is known
    op.execute("UPDATE provisioning_requests SET outcome = 'refused' WHERE status BETWEEN 400 AND 499")
    op.execute("UPDATE provisioning_requests SET outcome = 'failed' WHERE status >= 500")

    with op.batch_alter_table("tokens") as batch_op:
        batch_op.add_column(sa.Column("created_by_membership_id", types.Id(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("tokens") as batch_op:
        batch_op.drop_column("created_by_membership_id")

    with op.batch_alter_table("provisioning_requests") as batch_op:
        batch_op.drop_index(
            "ix_provisioning_requests_membership_id", postgresql_where=_OF_A_MEMBER, sqlite_where=_OF_A_MEMBER
        )
        batch_op.drop_index("ix_provisioning_requests_token_id")
        batch_op.drop_index("ix_provisioning_requests_outcome")
        for name in (
            "response_body",
            "request_body",
            "shortened",
            "size",
            "duration_microseconds",
            "detail",
            "scim_type",
            "code",
            "event_id",
            "membership_id",
            "about_key",
            "about",
            "query",
            "user_agent",
            "client",
            "outcome",
        ):
            batch_op.drop_column(name)
        batch_op.create_index("ix_provisioning_requests_occurred_at", ["organization_id", "occurred_at"], unique=False)

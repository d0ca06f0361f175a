"""The index of the admins among the members holds nobody else."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NAME = "ix_memberships_by_admin_granted"


def upgrade() -> None:
    op.drop_index(NAME, "memberships")
    op.create_index(
        NAME,
        "memberships",
        ["organization_id", "active", "id"],
        postgresql_where=sa.text("ended_at IS NULL AND admin_granted IS TRUE"),
        sqlite_where=sa.text("ended_at IS NULL AND admin_granted IS 1"),
    )


def downgrade() -> None:
    op.drop_index(NAME, "memberships")
    living = sa.text("ended_at IS NULL")
    op.create_index(
        NAME,
        "memberships",
        ["organization_id", "admin_granted", "active", "id"],
        postgresql_where=living,
        sqlite_where=living,
    )

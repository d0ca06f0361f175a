"""On SQLite, tables of short rows are kept in the tree of their key, and not in one of their own besides."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.sql.base import SchemaEventTarget

from rollbook.persistence import types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _rebuild({"sqlite_with_rowid": False})


def downgrade() -> None:
    _rebuild({})


def _rebuild(options: dict[str, bool]) -> None:
    if op.get_context().dialect.name != "sqlite":
        return
    for name, parts in _parts().items():
        # references to it by name stay: its place is taken by a table of the same name
        table = sa.Table(name, sa.MetaData(), *parts)
        with op.batch_alter_table(name, recreate="always", copy_from=table, table_kwargs=options):
            pass


def _parts() -> dict[str, list[SchemaEventTarget]]:
    return {
        "users": [
            sa.Column("id", types.Id(), nullable=False),
            sa.Column("email", sa.Text(), nullable=True),
            sa.Column("email_key", types.Key(), nullable=True),
            sa.Column("name", sa.Text(), nullable=False),
            sa.Column("created_by_organization_id", types.Id(), nullable=False),
            sa.Column("created_at", types.UtcDateTime(), nullable=False),
            sa.PrimaryKeyConstraint("id", name="pk_users"),
            sa.UniqueConstraint("email_key", name="uq_users_email_key"),
        ],
        "audit_targets": [
            sa.Column("organization_id", types.Id(), nullable=False),
            sa.Column("membership_id", types.Id(), nullable=False),
            sa.Column("event_id", types.Id(), nullable=False),
            sa.Column("gained", sa.Boolean(), nullable=True),
            sa.ForeignKeyConstraint(
                ["organization_id"], ["organizations.id"], name="fk_audit_targets_organization_id_organizations"
            ),
            sa.PrimaryKeyConstraint("organization_id", "membership_id", "event_id", name="pk_audit_targets"),
            sa.Index("ix_audit_targets_event_id", "organization_id", "event_id", "membership_id"),
        ],
        "membership_emails": [
            sa.Column("organization_id", types.Id(), nullable=False),
            sa.Column("email_key", types.Key(), nullable=False),
            sa.Column("membership_id", types.Id(), nullable=False),
            sa.ForeignKeyConstraint(
                ["organization_id", "membership_id"],
                ["memberships.organization_id", "memberships.id"],
                name="fk_membership_emails_organization_id_membership_id_memberships",
            ),
            sa.ForeignKeyConstraint(
                ["organization_id"], ["organizations.id"], name="fk_membership_emails_organization_id_organizations"
            ),
            sa.PrimaryKeyConstraint("organization_id", "email_key", "membership_id", name="pk_membership_emails"),
            sa.Index("ix_membership_emails_membership_id", "organization_id", "membership_id"),
        ],
    }

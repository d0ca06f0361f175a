"""Single sign-on, login domains, identities and passkeys; set-up links; by what, where and when sessions were used."""

import sqlalchemy as sa
from alembic import op

from rollbook.persistence import types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "setup_links",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.Column("used_at", types.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_setup_links"),
        sa.UniqueConstraint("digest", name="uq_setup_links_digest"),
    )
    op.create_table(
        "spent_answers",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_spent_answers"),
    )
    with op.batch_alter_table("spent_answers") as batch_op:
        batch_op.create_index("ix_spent_answers_expires_at", ["expires_at"], unique=False)

    op.create_table(
        "login_domains",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("challenge", sa.Text(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("checked_at", types.UtcDateTime(), nullable=True),
        sa.Column("proven_at", types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name="fk_login_domains_organization_id_organizations"
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name="pk_login_domains"),
    )
    with op.batch_alter_table("login_domains") as batch_op:
        batch_op.create_index("uq_login_domains_domain", ["organization_id", "domain"], unique=True)
        batch_op.create_index(
            "uq_login_domains_proven",
            ["domain"],
            unique=True,
            postgresql_where=sa.text("proven_at IS NOT NULL"),
            sqlite_where=sa.text("proven_at IS NOT NULL"),
        )

    op.create_table(
        "sso_connections",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("client_secret", sa.LargeBinary(), nullable=False),
        sa.Column("client_authentication", sa.Text(), nullable=False),
        sa.Column("jit_role", sa.Text(), nullable=True),
        sa.Column("enforced", sa.Boolean(), nullable=False),
        sa.Column("secret_set_at", types.UtcDateTime(), nullable=False),
        sa.Column("passed_at", types.UtcDateTime(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name="fk_sso_connections_organization_id_organizations"
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name="pk_sso_connections"),
    )
    with op.batch_alter_table("sso_connections") as batch_op:
        batch_op.create_index("uq_sso_connections_organization_id", ["organization_id"], unique=True)

    op.create_table(
        "passkeys",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("membership_id", types.Id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", sa.Text(), nullable=False),
        sa.Column("backed_up", sa.Boolean(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("last_used_at", types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "membership_id"],
            ["memberships.organization_id", "memberships.id"],
            name="fk_passkeys_organization_id_membership_id_memberships",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name="fk_passkeys_organization_id_organizations"
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name="pk_passkeys"),
        sa.UniqueConstraint("credential_id", name="uq_passkeys_credential_id"),
    )
    with op.batch_alter_table("passkeys") as batch_op:
        batch_op.create_index("ix_passkeys_membership_id", ["organization_id", "membership_id"], unique=False)

    op.create_table(
        "sso_identities",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("connection_id", types.Id(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("membership_id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("last_used_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "connection_id"],
            ["sso_connections.organization_id", "sso_connections.id"],
            name="fk_sso_identities_organization_id_connection_id_sso_connections",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "membership_id"],
            ["memberships.organization_id", "memberships.id"],
            name="fk_sso_identities_organization_id_membership_id_memberships",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name="fk_sso_identities_organization_id_organizations"
        ),
        sa.PrimaryKeyConstraint("organization_id", "connection_id", "issuer", "subject", name="pk_sso_identities"),
    )
    with op.batch_alter_table("sso_identities") as batch_op:
        batch_op.create_index("ix_sso_identities_membership_id", ["organization_id", "membership_id"], unique=False)

    with op.batch_alter_table("sessions") as batch_op:
        batch_op.add_column(sa.Column("method", sa.Text(), server_default="link", nullable=False))
        batch_op.add_column(sa.Column("authenticated_at", types.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("last_seen_at", types.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("user_agent", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("address", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("id_token", sa.LargeBinary(), nullable=True))
        batch_op.create_index(
            "ix_sessions_open",
            ["organization_id", "id"],
            unique=False,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )
    # a session that was there is taken for used at its start
    op.execute("UPDATE sessions SET last_seen_at = created_at")


def downgrade() -> None:
    with op.batch_alter_table("sessions") as batch_op:
        batch_op.drop_index(
            "ix_sessions_open", postgresql_where=sa.text("ended_at IS NULL"), sqlite_where=sa.text("ended_at IS NULL")
        )
        batch_op.drop_column("id_token")
        batch_op.drop_column("address")
        batch_op.drop_column("user_agent")
        batch_op.drop_column("last_seen_at")
        batch_op.drop_column("authenticated_at")
        batch_op.drop_column("method")

    with op.batch_alter_table("sso_identities") as batch_op:
        batch_op.drop_index("ix_sso_identities_membership_id")

    op.drop_table("sso_identities")
    with op.batch_alter_table("passkeys") as batch_op:
        batch_op.drop_index("ix_passkeys_membership_id")

    op.drop_table("passkeys")
    with op.batch_alter_table("sso_connections") as batch_op:
        batch_op.drop_index("uq_sso_connections_organization_id")

    op.drop_table("sso_connections")
    with op.batch_alter_table("login_domains") as batch_op:
        batch_op.drop_index(
            "uq_login_domains_proven",
            postgresql_where=sa.text("proven_at IS NOT NULL"),
            sqlite_where=sa.text("proven_at IS NOT NULL"),
        )
        batch_op.drop_index("uq_login_domains_domain")

    op.drop_table("login_domains")
    with op.batch_alter_table("spent_answers") as batch_op:
        batch_op.drop_index("ix_spent_answers_expires_at")

    op.drop_table("spent_answers")
    op.drop_table("setup_links")

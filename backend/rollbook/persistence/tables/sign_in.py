"""How people sign in: links, sessions, connections, identities, domains and passkeys."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKeyConstraint, Index, Integer, LargeBinary, Table, Text, text

from rollbook.persistence.tables.base import metadata, organization_id
from rollbook.persistence.types import Id, UtcDateTime

login_links = Table(
    "login_links",
    metadata,
    organization_id(),
    Column("id", Id, primary_key=True),
    Column("membership_id", Id, nullable=False),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    ForeignKeyConstraint(["organization_id", "membership_id"], ["memberships.organization_id", "memberships.id"]),
)

_not_ended = text("ended_at IS NULL")

sessions = Table(
    "sessions",
    metadata,
    organization_id(),
    Column("id", Id, primary_key=True),
    Column("membership_id", Id, nullable=False),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("method", Text, nullable=False, server_default="link"),
    Column("authenticated_at", UtcDateTime),
    Column("last_seen_at", UtcDateTime),
    Column("user_agent", Text),
    Column("address", Text),
    Column("id_token", LargeBinary),
    ForeignKeyConstraint(["organization_id", "membership_id"], ["memberships.organization_id", "memberships.id"]),
    Index("ix_sessions_membership_id", "organization_id", "membership_id"),
    Index("ix_sessions_open", "organization_id", "id", postgresql_where=_not_ended, sqlite_where=_not_ended),
)
"""`id_token` is the provider's, encrypted, for the sign-out there."""

setup_links = Table(
    "setup_links",
    metadata,
    Column("id", Id, primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)
"""Links that make the first organization of an installation, with its first admin."""

spent_answers = Table(
    "spent_answers",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("expires_at", UtcDateTime, nullable=False),
    Index("ix_spent_answers_expires_at", "expires_at"),
)
"""What a browser brought back from a provider or an authenticator, by digest: each is taken once."""

sso_connections = Table(
    "sso_connections",
    metadata,
    organization_id(),
    Column("id", Id, primary_key=True),
    Column("provider", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("client_secret", LargeBinary, nullable=False),
    Column("client_authentication", Text, nullable=False),
    Column("jit_role", Text),
    Column("enforced", Boolean, nullable=False),
    Column("secret_set_at", UtcDateTime, nullable=False),
    Column("passed_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),
    Index("uq_sso_connections_organization_id", "organization_id", unique=True),
)
"""`client_secret` is encrypted. An organization has one connection, which identities name, as there may be more."""

sso_identities = Table(
    "sso_identities",
    metadata,
    organization_id(),
    Column("connection_id", Id, primary_key=True),
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("membership_id", Id, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_used_at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(
        ["organization_id", "connection_id"], ["sso_connections.organization_id", "sso_connections.id"]
    ),
    ForeignKeyConstraint(["organization_id", "membership_id"], ["memberships.organization_id", "memberships.id"]),
    Index("ix_sso_identities_membership_id", "organization_id", "membership_id"),
)
"""Whom a provider means. One of an ended membership stays: it tells that this person was here and may not return."""

login_domains = Table(
    "login_domains",
    metadata,
    organization_id(),
    Column("id", Id, primary_key=True),
    Column("domain", Text, nullable=False),
    Column("challenge", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("checked_at", UtcDateTime),
    Column("proven_at", UtcDateTime),
    Index("uq_login_domains_domain", "organization_id", "domain", unique=True),
    Index(
        "uq_login_domains_proven",
        "domain",
        unique=True,
        postgresql_where=text("proven_at IS NOT NULL"),
        sqlite_where=text("proven_at IS NOT NULL"),
    ),
)
"""`domain` is in lower case and in its ASCII form."""

passkeys = Table(
    "passkeys",
    metadata,
    organization_id(),
    Column("id", Id, primary_key=True),
    Column("membership_id", Id, nullable=False),
    Column("name", Text, nullable=False),
    Column("credential_id", LargeBinary, nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("transports", Text, nullable=False),
    Column("backed_up", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_used_at", UtcDateTime),
    ForeignKeyConstraint(["organization_id", "membership_id"], ["memberships.organization_id", "memberships.id"]),
    Index("ix_passkeys_membership_id", "organization_id", "membership_id"),
)

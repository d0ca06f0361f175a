"""The tables. Every tenant's table leads its keys with the organization; no relationships, no behaviour."""

from rollbook.persistence.tables.access import invitations, tokens
from rollbook.persistence.tables.base import installation, metadata, organizations
from rollbook.persistence.tables.history import (
    audit_events,
    audit_targets,
    idempotency_keys,
    job_rows,
    jobs,
    provisioning_requests,
)
from rollbook.persistence.tables.members import groups, membership_emails, memberships, users
from rollbook.persistence.tables.sign_in import (
    login_domains,
    login_links,
    passkeys,
    sessions,
    setup_links,
    spent_answers,
    sso_connections,
    sso_identities,
)

__all__ = [
    "audit_events",
    "audit_targets",
    "groups",
    "idempotency_keys",
    "installation",
    "invitations",
    "job_rows",
    "jobs",
    "login_domains",
    "login_links",
    "membership_emails",
    "memberships",
    "metadata",
    "organizations",
    "passkeys",
    "provisioning_requests",
    "sessions",
    "setup_links",
    "spent_answers",
    "sso_connections",
    "sso_identities",
    "tokens",
    "users",
]

"""Who acts, through which door, and in which one organization."""

from collections.abc import Awaitable, Callable
from dataclasses import field
from datetime import datetime
from enum import StrEnum

from rollbook.domain.exchanges import Exchange
from rollbook.domain.idempotency import Once
from rollbook.domain.immutable import immutable
from rollbook.domain.jobs import Step
from rollbook.domain.roles import Role


class ActorKind(StrEnum):
    """What kind of credential the actor showed."""

    API_TOKEN = "api_token"
    OPERATOR = "operator"
    SCIM_TOKEN = "scim_token"
    SESSION = "session"


class Channel(StrEnum):
    """The door through which an operation came; kept in the audit trail."""

    CLI = "cli"
    GRAPHQL = "graphql"
    SCIM = "scim"


@immutable
class Actor:
    """Someone who acts in exactly one organization; services take the organization from here.

    `id` is the token's, the session's membership's, or None for the operator at the command line.
    `role` is the role of a session's member, read from the database for this call.
    `authenticated_at` is when a session's member last showed who they are.
    `once`: what the operation writes is written together with this key, at most once.
    `rehearses`: the operation is tried and nothing of it is kept (`recording.Rehearsed`).
    `step`: the row of a job that the operation does; that it is done is kept together with it.
    `exchange`: the request of a provisioning client that asks for the operation; its entry in the log is kept together
    with what it writes.
    """

    kind: ActorKind
    channel: Channel
    organization_id: str
    name: str
    id: str | None = None
    membership_id: str | None = None
    session_id: str | None = None
    role: Role | None = None
    authenticated_at: datetime | None = None
    scopes: frozenset[str] = frozenset()
    strict: bool = False
    request_id: str | None = None
    once: Once | None = None
    rehearses: bool = False
    step: Step | None = None
    exchange: Exchange | None = field(default=None, compare=False, repr=False)

    @property
    def principal(self) -> str:
        """Who stands behind the credential: the member of a session, the token, or the operator."""
        if self.kind is ActorKind.SESSION:
            return member_principal(self.membership_id)
        return f"{self.kind}:{self.id or ''}"


def member_principal(membership_id: str | None) -> str:
    """The principal of every session of a member."""
    return f"member:{membership_id}"


Reauthenticate = Callable[[], Awaitable[Actor]]
"""Answers who the actor is now, with the authority that they have now. Raises `Unauthenticated`."""

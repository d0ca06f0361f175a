"""Who acts, through which door, and in which one organization."""

from dataclasses import dataclass
from enum import StrEnum

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


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone who acts in exactly one organization; services take the organization from here.

    `id` is the token's, the session's membership's, or None for the operator at the command line.
    `role` is the role of a session's member, read from the database for this call.
    """

    kind: ActorKind
    channel: Channel
    organization_id: str
    name: str
    id: str | None = None
    membership_id: str | None = None
    session_id: str | None = None
    role: Role | None = None
    scopes: frozenset[str] = frozenset()
    strict: bool = False
    request_id: str | None = None

"""What a provisioning client sent and what it was answered, kept so that an admin can read it."""

from datetime import datetime
from enum import StrEnum

from rollbook.domain.immutable import immutable

NOT_KEPT = "LEFT_OUT"
"""The code of an entry that is no request: it tells how many were refused at that moment and could not be kept."""


class ProvisioningOutcome(StrEnum):
    """What came of a request."""

    FAILED = "failed"  # 5xx: a fault of ours, or something that is not supported
    REFUSED = "refused"  # 4xx
    SUCCEEDED = "succeeded"
    UNCHANGED = "unchanged"  # a write that succeeded and found everything as it asked for


class ProvisioningClient(StrEnum):
    """Whose product sent a request, as far as its User-Agent tells."""

    ENTRA = "entra"
    OKTA = "okta"
    OTHER = "other"


@immutable
class ProvisioningRequest:
    """One SCIM request in the provisioning log.

    `notes` say in plain words what was ignored, repaired or left out. `about` names in a word who or what it was about:
    a userName or a group; `membership_id` is the one member whom it was about, if it was one. `event_id` is the event
    of the audit trail that it left, `code` the code of the refusal (`DomainError.code`, or the scimType's own word),
    `detail` the text that the client was told. The bodies are JSON without secrets, and `shortened` when some of
    them was left out; personal values are in them only if the request was about one member, for those who may ask for
    that member's own record.
    """

    id: str
    organization_id: str
    token_id: str | None
    occurred_at: datetime
    method: str
    path: str
    status: int
    request_id: str | None
    notes: tuple[str, ...] = ()
    outcome: ProvisioningOutcome = ProvisioningOutcome.SUCCEEDED
    client: ProvisioningClient = ProvisioningClient.OTHER
    user_agent: str | None = None
    query: str | None = None
    about: str = ""
    membership_id: str | None = None
    event_id: str | None = None
    code: str | None = None
    scim_type: str | None = None
    detail: str | None = None
    duration_microseconds: int = 0
    shortened: bool = False
    request_body: str | None = None
    response_body: str | None = None

    @property
    def client_name(self) -> str:
        """What to call the client: the product, or what its User-Agent begins with."""
        named = _CLIENT_NAMES.get(self.client)
        return named or (self.user_agent or "").partition("/")[0].strip() or "Unknown client"


_CLIENT_NAMES = {ProvisioningClient.ENTRA: "Microsoft Entra ID", ProvisioningClient.OKTA: "Okta"}


@immutable
class ProvisioningFilter:
    """Which entries a listing of the log shows; an empty set means all, None sets no condition.

    `search` looks in `about` regardless of case, and for a whole request id. `noted`: only those with notes, or those
    without.
    """

    outcomes: frozenset[ProvisioningOutcome] = frozenset()
    clients: frozenset[ProvisioningClient] = frozenset()
    methods: frozenset[str] = frozenset()
    scim_types: frozenset[str] = frozenset()
    statuses: frozenset[int] = frozenset()
    token_id: str | None = None
    membership_id: str | None = None
    noted: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    search: str | None = None

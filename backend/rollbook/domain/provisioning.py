"""What a provisioning client sent and what it was answered, kept so that an admin can read it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ProvisioningRequest:
    """One SCIM request. `notes` say in plain words what was ignored, repaired or left out."""

    id: str
    organization_id: str
    token_id: str | None
    occurred_at: datetime
    method: str
    path: str
    status: int
    request_id: str | None
    notes: tuple[str, ...]

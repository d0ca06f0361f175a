"""Entries of the provisioning log as a test says them, put where they are kept."""

from datetime import UTC, datetime, timedelta
from typing import Any

from rollbook.domain.provisioning import ProvisioningRequest
from rollbook.domain.values import first_id
from rollbook.persistence import provisioning
from rollbook.persistence.database import Database

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def an_entry(organization_id: str, *, minutes: float = 0, **given: Any) -> ProvisioningRequest:
    """An entry of so many minutes after `MOMENT`, by which its id is made; whatever is not said is plain."""
    at = MOMENT + timedelta(minutes=minutes)
    plain: dict[str, Any] = {"method": "GET", "path": "/Users", "status": 200, "request_id": None, "token_id": None}
    return ProvisioningRequest(id=first_id(at), organization_id=organization_id, occurred_at=at, **plain | given)


async def keep(database: Database, *entries: ProvisioningRequest) -> None:
    """Put the entries into the log."""
    async with database.write() as tx:
        for entry in entries:
            await provisioning.append(tx, entry)

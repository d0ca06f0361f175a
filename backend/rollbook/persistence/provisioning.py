"""The provisioning log, as it is kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.types import Integer

from rollbook.domain.provisioning import ProvisioningClient, ProvisioningOutcome, ProvisioningRequest
from rollbook.domain.values import first_id, key
from rollbook.persistence.database import ReadTx, WriteTx
from rollbook.persistence.statements import Row, Statement
from rollbook.persistence.tables import provisioning_requests
from rollbook.persistence.types import Id

_column = provisioning_requests.c
_SEARCHED = ("about_key", "size")
"""Columns that a value of the domain has no field for."""

COLUMNS = [column for column in _column if column.name not in _SEARCHED]
"""What `from_row` reads."""

_INSERT = Statement(insert(provisioning_requests))
_NEWEST = Statement(
    select(*COLUMNS)
    .where(_column.organization_id == bindparam("organization_id"))
    .order_by(_column.id.desc())
    .limit(bindparam("limit", type_=Integer()))
)

_here = _column.organization_id == bindparam("organization_id")
_FORGET = Statement(
    delete(provisioning_requests)
    .where(
        _here,
        _column.id.in_(
            select(_column.id)
            .where(_here, _column.id < bindparam("until", type_=Id()))
            .order_by(_column.id)
            .limit(bindparam("limit", type_=Integer()))
        ),
    )
    .returning(_column.id),
    scans=True,
)


async def append(tx: WriteTx, request: ProvisioningRequest) -> None:
    """Keep an entry."""
    values: dict[str, Any] = {column.name: getattr(request, column.name) for column in COLUMNS}
    values |= {
        "notes": orjson.dumps(request.notes).decode(),
        "outcome": str(request.outcome),
        "client": str(request.client),
        "about_key": key(request.about),
        "size": len(request.request_body or "") + len(request.response_body or ""),
    }
    await tx.execute(_INSERT, **values)


async def newest(tx: ReadTx, organization_id: str, *, limit: int) -> list[ProvisioningRequest]:
    """The newest entries of the organization, the newest first."""
    return [from_row(row) for row in await tx.all(_NEWEST, organization_id=organization_id, limit=limit)]


def from_row(row: Sequence[Any] | Row) -> ProvisioningRequest:
    """The entry in a row of `COLUMNS`."""
    values = dict(zip((column.name for column in COLUMNS), row, strict=False))
    values["notes"] = tuple(orjson.loads(values["notes"]))
    values["outcome"] = ProvisioningOutcome(values["outcome"])
    values["client"] = ProvisioningClient(values["client"])
    values["shortened"] = bool(values["shortened"])
    return ProvisioningRequest(**values)


async def forget(tx: WriteTx, organization_id: str, *, until: datetime, limit: int) -> int:
    """Delete the oldest entries from before that moment, at most so many; how many it were."""
    return len(await tx.all(_FORGET, organization_id=organization_id, until=first_id(until), limit=limit))

"""Provisioning requests, as they are kept."""

from datetime import datetime

import orjson
from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.types import Integer

from rollbook.domain.provisioning import ProvisioningRequest
from rollbook.persistence.database import ReadTx, WriteTx
from rollbook.persistence.statements import Row, Statement
from rollbook.persistence.tables import provisioning_requests

_column = provisioning_requests.c
_INSERT = Statement(insert(provisioning_requests))
_NEWEST = Statement(
    select(
        _column.id,
        _column.organization_id,
        _column.token_id,
        _column.occurred_at,
        _column.method,
        _column.path,
        _column.status,
        _column.request_id,
        _column.notes,
    )
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
            .where(_here, _column.occurred_at < bindparam("until", type_=_column.occurred_at.type))
            .order_by(_column.occurred_at)
            .limit(bindparam("limit", type_=Integer()))
        ),
    )
    .returning(_column.id),
    scans=True,
)


async def append(tx: WriteTx, request: ProvisioningRequest) -> None:
    """Keep a request."""
    await tx.execute(
        _INSERT,
        organization_id=request.organization_id,
        id=request.id,
        token_id=request.token_id,
        occurred_at=request.occurred_at,
        method=request.method,
        path=request.path,
        status=request.status,
        request_id=request.request_id,
        notes=orjson.dumps(list(request.notes)).decode(),
    )


async def newest(tx: ReadTx, organization_id: str, *, limit: int) -> list[ProvisioningRequest]:
    """The newest requests of the organization, the newest first."""
    rows = await tx.all(_NEWEST, organization_id=organization_id, limit=limit)
    return [_request(row) for row in rows]


async def forget(tx: WriteTx, organization_id: str, *, until: datetime, limit: int) -> int:
    """Delete the oldest requests from before that moment, at most so many; how many it were."""
    return len(await tx.all(_FORGET, organization_id=organization_id, until=until, limit=limit))


def _request(row: Row) -> ProvisioningRequest:
    values = list(row)
    values[8] = tuple(orjson.loads(row[8]))
    return ProvisioningRequest(*values)

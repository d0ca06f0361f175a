"""Idempotency keys, as they are kept: what a caller's key stood for."""

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select

from rollbook.domain.idempotency import REMEMBERED
from rollbook.domain.immutable import immutable
from rollbook.persistence.database import ReadTx, WriteTx
from rollbook.persistence.statements import Statement
from rollbook.persistence.tables import idempotency_keys

_column = idempotency_keys.c
_FIND = Statement(
    select(_column.mutation, _column.input_digest, _column.object_id).where(
        _column.organization_id == bindparam("organization_id"),
        _column.principal == bindparam("principal"),
        _column.key == bindparam("key"),
        _column.created_at > bindparam("since", type_=_column.created_at.type),
    )
)
_INSERT = Statement(insert(idempotency_keys))
_FORGET_ONE = Statement(
    delete(idempotency_keys).where(
        _column.organization_id == bindparam("organization_id"),
        _column.principal == bindparam("principal"),
        _column.key == bindparam("key"),
        _column.created_at <= bindparam("until", type_=_column.created_at.type),
    )
)
_FORGET = Statement(
    delete(idempotency_keys).where(_column.created_at <= bindparam("until", type_=_column.created_at.type)), scans=True
)


@immutable
class Done:
    """The mutation that a key stood for, a digest of its input, and the id of what came of it."""

    mutation: str
    input_digest: bytes
    object_id: str | None


async def find(tx: ReadTx, organization_id: str, principal: str, key: str, *, since: datetime) -> Done | None:
    """What the principal's key stood for, if it was used since then."""
    row = await tx.one(_FIND, organization_id=organization_id, principal=principal, key=key, since=since)
    return None if row is None else Done(row[0], bytes(row[1]), row[2])


async def insert_key(tx: WriteTx, organization_id: str, principal: str, key: str, done: Done, *, at: datetime) -> None:
    """Keep what the key stands for. Raises `UniqueViolation` if it stands for something already."""
    await tx.execute(_FORGET_ONE, organization_id=organization_id, principal=principal, key=key, until=at - REMEMBERED)
    await tx.execute(
        _INSERT,
        organization_id=organization_id,
        principal=principal,
        key=key,
        mutation=done.mutation,
        input_digest=done.input_digest,
        object_id=done.object_id,
        created_at=at,
    )


async def forget(tx: WriteTx, *, until: datetime) -> None:
    """Forget the keys of every organization that were used until then."""
    await tx.execute(_FORGET, until=until)

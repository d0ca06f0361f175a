"""What browsers brought back from a provider or an authenticator, by digest: each answer is taken once."""

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select

from rollbook.persistence.database import ReadTx, WriteTx
from rollbook.persistence.statements import Statement
from rollbook.persistence.tables import spent_answers

_column = spent_answers.c
_FIND = Statement(select(_column.expires_at).where(_column.digest == bindparam("digest")))
_INSERT = Statement(insert(spent_answers))
_DELETE_EXPIRED = Statement(
    delete(spent_answers).where(_column.expires_at <= bindparam("at", type_=_column.expires_at.type))
)


async def is_spent(tx: ReadTx, digest: bytes) -> bool:
    """Whether an answer was taken. A `False` may be outdated at once; `insert_answer` decides."""
    return await tx.one(_FIND, digest=digest) is not None


async def insert_answer(tx: WriteTx, digest: bytes, expires_at: datetime) -> None:
    """Take an answer, which would be refused for itself after `expires_at`. Raises `UniqueViolation` if it was taken.

    Of two that take it at once, the second waits until the first one's transaction ends.
    """
    await tx.execute(_INSERT, digest=digest, expires_at=expires_at)


async def delete_expired(tx: WriteTx, *, at: datetime) -> None:
    """Forget the answers that are too old to be taken anyway."""
    await tx.execute(_DELETE_EXPIRED, at=at)

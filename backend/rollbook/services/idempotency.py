"""Operations that a caller may repeat without doing them twice."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Generic, TypeVar

from rollbook.domain.actors import Actor
from rollbook.domain.errors import Busy, DomainError, KeyReused
from rollbook.domain.idempotency import REMEMBERED, Once, checked_key
from rollbook.domain.immutable import immutable
from rollbook.domain.policy import Permission, require
from rollbook.domain.values import Clock
from rollbook.persistence import idempotency
from rollbook.persistence.database import Database
from rollbook.services.recording import DoneBefore, keep_key

T = TypeVar("T")


@immutable
class Outcome(Generic[T]):
    """What came of an operation now, or the id of what came of it when it was done before."""

    now: T | None
    object_id: str | None = None


class Idempotency:
    """Runs an operation at most once for each key of each principal."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def run(
        self,
        actor: Actor,
        once: Once,
        operation: Callable[[Actor], Awaitable[T]],
        object_id_of: Callable[[T], str],
    ) -> Outcome[T]:
        """The operation's outcome; if the key was used in the last 24 hours, only the id of what came of it then.

        The key is kept in the transaction of the operation. A refused operation keeps none and may be repeated.
        Raises `KeyReused` for a key of another mutation or input, and what the operation raises.
        """
        require(actor, Permission.ORGANIZATION_READ)
        checked_key(once.key)
        done = await self._done(actor, once)
        if done is not None:
            return Outcome(None, done.object_id)
        try:
            result = await operation(replace(actor, once=once))
            with suppress(Busy):  # it is done, and the one answer that may hold a secret must not be lost
                await self._keep_unless_kept(replace(actor, once=once), object_id_of(result))
        except (DoneBefore, DomainError) as error:
            # whoever was faster with the same key has changed what this one met, so its refusal says nothing
            done = await self._done(actor, once)
            if done is None and isinstance(error, DomainError):
                raise
            return Outcome(None, None if done is None else done.object_id)
        return Outcome(result)

    async def forget(self) -> None:
        """Forget the keys that stand for nothing any more; called now and then, not by requests."""
        async with self._database.write() as tx:
            await idempotency.forget(tx, until=self._clock() - REMEMBERED)

    async def _done(self, actor: Actor, once: Once) -> idempotency.Done | None:
        since = self._clock() - REMEMBERED
        async with self._database.read() as tx:
            done = await idempotency.find(tx, actor.organization_id, actor.principal, once.key, since=since)
        if done is not None and (done.mutation, done.input_digest) != (once.mutation, once.input_digest):
            raise KeyReused(
                "This idempotencyKey was used in the last 24 hours for another mutation or another input. "
                "Use a new key for each thing that you want done."
            )
        return done

    async def _keep_unless_kept(self, actor: Actor, object_id: str) -> None:
        """An operation that found nothing to change has written no event, and its key neither."""
        assert actor.once is not None
        if await self._done(actor, actor.once) is None:
            async with self._database.write() as tx:
                await keep_key(tx, actor, object_id, at=self._clock())

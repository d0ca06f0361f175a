"""The order in which the operations of a bulk request are done, since they refer to each other's resources.

They are done as they come; one that refers to what a later one creates waits for it. Where some wait for each other,
one is created without the attributes that refer to the rest, and completed by a PATCH (RFC 7644 section 3.7.1).
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from typing import Any

import orjson

from rollbook.domain.immutable import immutable
from rollbook.scim.bulk_message import BulkMessage, BulkOperation
from rollbook.scim.bulk_references import divided, id_at, references, resolved, resolved_path
from rollbook.scim.errors import ScimError, invalid_value
from rollbook.scim.patch_message import PATCH_URN
from rollbook.scim.reading import shown


@immutable
class Outcome:
    """How an operation ended: its status, its resource's address and version, and the body of an error.

    `refusal` is the error of an operation that was refused here, before or after what its endpoint said.
    """

    status: int
    location: str | None = None
    version: str | None = None
    error: bytes | None = None
    refusal: ScimError | None = None

    @classmethod
    def of(cls, refusal: ScimError) -> "Outcome":
        """The outcome of an operation that was refused."""
        return cls(refusal.status, error=refusal.body(), refusal=refusal)


Perform = Callable[[BulkOperation], Awaitable[Outcome]]
"""Does one operation without references, as if it came alone."""


@dataclass(slots=True)
class _Task:
    """An operation on its way. `open` are the bulkIds that it waits for.

    `created` is the outcome of a POST that was done without the attributes in `later`.
    """

    at: int
    operation: BulkOperation
    references: Sequence[str] = ()
    open: dict[str, None] = field(default_factory=dict)
    created: Outcome | None = None
    later: dict[str, Any] = field(default_factory=dict)


class Job:
    """One bulk request being done; used once."""

    def __init__(self, message: BulkMessage, perform: Perform) -> None:
        self._perform = perform
        self._tasks = [_Task(at, each) for at, each in enumerate(message.operations)]
        self._creators = {task.operation.bulk_id: task for task in self._tasks if task.operation.creates}
        self._pending = set(self._creators)
        self._locations: dict[str, str] = {}
        self._waiters: dict[str, list[_Task]] = defaultdict(list)
        self._outcomes: dict[int, Outcome] = {}
        self._errors_left = message.fail_on_errors

    async def outcomes(self) -> Mapping[int, Outcome]:
        """Do the operations; the outcome of each that was tried, by its place in the request."""
        for task in self._tasks:
            if self._is_over:
                break
            await asyncio.sleep(0)  # a long request lets others pass
            if task.operation.refusal is None:
                task.references = references(task.operation)
            task.open = {name: None for name in task.references if name in self._pending}
            for name in task.open:
                self._waiters[name].append(task)
            if not task.open:
                await self._go_on_with(task)
        while self._pending and not self._is_over:
            await self._go_on_with(self._first_of_a_circle())
        for task in self._tasks:
            if task.created is not None and task.at not in self._outcomes:
                self._outcomes[task.at] = _incomplete(task.created, self._refusal(task) or _stopped())
        return self._outcomes

    @property
    def _is_over(self) -> bool:
        return self._errors_left == 0

    async def _go_on_with(self, first: _Task) -> None:
        """Do a task, and after it those that waited for nothing else, the earliest of them first."""
        ready = [first.at]
        while ready and not self._is_over:
            task = self._tasks[heappop(ready)]
            await self._do(task)
            name = task.operation.bulk_id
            if name is None or name not in self._pending or not task.operation.creates:
                continue
            self._pending.discard(name)
            for waiter in self._waiters.pop(name, ()):
                del waiter.open[name]
                if not waiter.open:
                    heappush(ready, waiter.at)

    async def _do(self, task: _Task) -> None:
        if task.created is not None:
            outcome = await self._completed(task, task.created)
        elif (refusal := self._refusal(task)) is not None:
            outcome = Outcome.of(refusal)
        elif task.open:
            outcome = await self._created_in_part(task)
        else:
            outcome = await self._perform(self._resolved(task.operation))
        if outcome.error is None and outcome.location is not None and task.operation.creates:
            self._locations[task.operation.bulk_id or ""] = outcome.location
        if task.created is not None and task.open:
            return  # the rest of it follows
        self._outcomes[task.at] = outcome
        if outcome.error is not None and self._errors_left is not None:
            self._errors_left -= 1

    def _refusal(self, task: _Task) -> ScimError | None:
        """Why the operation cannot be done, whatever the endpoint would say."""
        if task.operation.refusal is not None:
            return task.operation.refusal
        for name in task.references:
            if name not in self._creators:
                return invalid_value(f"bulkId:{shown(name)}: no operation of this request creates it.")
            if name not in self._locations and name not in self._pending:
                return ScimError(409, f"bulkId:{shown(name)}: the operation that should have created it failed.")
        return None

    def _resolved(self, operation: BulkOperation) -> BulkOperation:
        return replace(
            operation,
            path=resolved_path(operation.path, self._locations),
            data=resolved(operation.data, self._locations),
        )

    def _first_of_a_circle(self) -> _Task:
        """The earliest of some operations that wait for each other. Everything that is left waits for such ones."""
        task = next(task for task in self._creators.values() if task.operation.bulk_id in self._pending)
        walked: dict[int, _Task] = {}
        while task.at not in walked:
            walked[task.at] = task
            task = self._creators[next(iter(task.open))]
        places = list(walked)
        return self._tasks[min(places[places.index(task.at) :])]

    async def _created_in_part(self, task: _Task) -> Outcome:
        data = task.operation.data
        now, task.later = divided(data, task.open) if isinstance(data, dict) else (data, {})
        outcome = await self._perform(self._resolved(replace(task.operation, data=now)))
        if outcome.error is None:
            task.created = outcome
        return outcome

    async def _completed(self, task: _Task, created: Outcome) -> Outcome:
        """The outcome of the whole creation, after the PATCH that adds what had to wait and can be added."""
        added, _ = divided(task.later, [name for name in task.references if name not in self._locations])
        if added:
            operation = {"op": "add", "value": resolved(added, self._locations)}
            path = f"{task.operation.path}/{id_at(created.location or '')}"
            patch = BulkOperation("PATCH", path, data={"schemas": [PATCH_URN], "Operations": [operation]})
            outcome = await self._perform(patch)
            if outcome.error is not None:
                return _incomplete(created, ScimError(outcome.status, orjson.loads(outcome.error)["detail"]))
            created = replace(created, version=outcome.version)
        refusal = self._refusal(task)
        return created if refusal is None else _incomplete(created, refusal)


def _incomplete(created: Outcome, refusal: ScimError) -> Outcome:
    """The resource is there, and the client must learn both that it is and what it lacks."""
    told = ScimError(
        refusal.status,
        f"Created, but not with all that refers to other operations: {refusal.detail}",
        scim_type=refusal.scim_type,
    )
    return Outcome(told.status, created.location, created.version, told.body(), told)


def _stopped() -> ScimError:
    return ScimError(409, "the request was ended by failOnErrors before these were created.")

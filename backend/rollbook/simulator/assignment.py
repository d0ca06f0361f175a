"""Who is assigned, and work on many of them at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from urllib.parse import quote

from rollbook.simulator.people import Person

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class Before(StrEnum):
    """What the server knew of a person before the simulation."""

    ABSENT = "absent"
    INACTIVE = "inactive"
    ACTIVE = "active"


@dataclass(slots=True)
class Assigned:
    """A person who is assigned, and the id by which the identity provider remembers them."""

    person: Person
    id: str
    before: Before = Before.ABSENT

    @property
    def path(self) -> str:
        """Where the user is, below the base URL."""
        return f"/Users/{quote(self.id, safe='')}"


async def in_parallel(
    workers: int, items: Iterable[_Item], work: Callable[[_Item], Awaitable[_Result]]
) -> list[_Result]:
    """What ``work`` gives for each item, in the order of the items; so many are worked on at a time.

    Raises the first exception that ``work`` raises, and ends the others.
    """
    results: dict[int, _Result] = {}
    waiting = iter(enumerate(items))

    async def run() -> None:
        for index, item in waiting:
            results[index] = await work(item)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(workers):
                group.create_task(run())
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None
    return [results[index] for index in sorted(results)]

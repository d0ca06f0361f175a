"""What both conversations have in common: steps, workers, and who may be deactivated."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import TypeVar

from rollbook.simulator.assignment import Assigned, Before, in_parallel
from rollbook.simulator.client import ProvisioningClient
from rollbook.simulator.people import Person
from rollbook.simulator.report import Report

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class Conversation:
    """A conversation about these people, led with so many workers."""

    def __init__(self, client: ProvisioningClient, report: Report, people: Sequence[Person], workers: int) -> None:
        self.client = client
        self.note = report.note
        self._report = report
        self._people = people
        self._workers = workers

    def begin(self, step: str) -> None:
        """The exchanges from here on belong to this step."""
        self.client.step = step
        self._report.begin(step)

    async def each(self, items: Iterable[_Item], work: Callable[[_Item], Awaitable[_Result]]) -> list[_Result]:
        """Works on all items, with the workers; the results are in the order of the items."""

        async def counted(item: _Item) -> _Result:
            result = await work(item)
            self._report.advance()
            return result

        return await in_parallel(self._workers, items, counted)

    async def assign_everybody(self, assign: Callable[[Person], Awaitable[Assigned | None]]) -> list[Assigned]:
        """Whoever of the people could be assigned; if nobody could, that is noted."""
        assigned = [one for one in await self.each(self._people, assign) if one]
        if not assigned:
            self.note("The rest was not played, because nobody could be assigned.")
        return assigned

    def cast(self, assigned: Sequence[Assigned], admins: Collection[str]) -> tuple[Assigned | None, Assigned | None]:
        """Who ends deactivated, and who is deactivated and restored meanwhile; a part that nobody can play is noted.

        No admin plays either. Who was active before is never left deactivated, so that no run takes anything away.
        """
        order = (Before.ACTIVE, Before.INACTIVE, Before.ABSENT)
        able = [one for before in order for one in assigned if one.before is before and one.id not in admins]
        subject = able[-1] if able else None
        leaving = subject if subject and subject.before is not Before.ACTIVE and len(assigned) > 1 else None
        if subject is None:
            self.note("Nobody was deactivated, because all the people are admins of the server.")
        if leaving is None:
            self.note("Nobody was left deactivated: there is nobody else who was not active before.")
        return leaving, subject

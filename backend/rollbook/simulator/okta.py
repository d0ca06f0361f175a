"""The conversation that Okta leads with a SCIM server, from the test of the credentials to the push of groups."""

import asyncio
import uuid
from collections.abc import Container, Iterable, Sequence

import httpx
from rich.console import Console

from rollbook.simulator.checks import Walk, answered, listed, matches, readable, refused
from rollbook.simulator.client import ProvisioningClient, users_by_name
from rollbook.simulator.messages import Dialect
from rollbook.simulator.okta_groups import Linked, OktaGroups, import_all
from rollbook.simulator.okta_users import Assigned, Before, OktaUsers
from rollbook.simulator.people import Person
from rollbook.simulator.report import Report, Verdict

_STEPS = 10


async def simulate_okta(
    base_url: str,
    token: str,
    *,
    people: Sequence[Person],
    dialect: Dialect,
    console: Console,
    workers: int = 1,
    quiet: bool = False,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Verdict:
    """Plays Okta against the SCIM server at ``base_url`` and says how it did. May be repeated on the same server.

    The people end up assigned and active, in the group Users if there is one, the first of them in Admins; somebody who
    was not active before ends up deactivated. Raises ServerUnreachable, and ValueError for an unusable address.
    """
    report = Report(console, quiet=quiet)
    limits = httpx.Limits(max_connections=workers)
    # the wait for a free connection has no limit: it ends when another request has its answer
    async with httpx.AsyncClient(transport=transport, limits=limits, timeout=httpx.Timeout(30, pool=None)) as http:
        client = ProvisioningClient(http, base_url, token, report.record)
        with report.running(len(people) + _STEPS):
            await _Conversation(client, report, people, dialect, workers).lead()
    return report.verdict


class _Conversation:
    """The steps, in their order, and who plays which part in them."""

    def __init__(
        self, client: ProvisioningClient, report: Report, people: Sequence[Person], dialect: Dialect, workers: int
    ) -> None:
        self._client = client
        self._report = report
        self._people = people
        self._workers = workers
        self._users = OktaUsers(client, dialect)
        self._groups = OktaGroups(client, dialect, report.note)

    async def lead(self) -> None:
        """Leads the whole conversation; ends early when nothing could come of the rest."""
        self._begin("test credentials")
        if not await self._test_credentials():
            self._report.note("The rest was not played, because /Users could not be listed.")
            return
        self._begin("link groups")
        linked = await self._groups.link(["Admins", "Users"])
        self._begin("assign")
        assigned = await self._assign_everybody()
        if not assigned:
            self._report.note("The rest was not played, because nobody could be assigned.")
            return
        admins = linked["Admins"].before if "Admins" in linked else {}
        leaver = _leaver(assigned, admins)
        await self._change(assigned, leaver or _last(one for one in assigned if one.id not in admins))
        self._begin("import users")
        await self._import(assigned)
        self._begin("push groups")
        await self._push_groups(assigned, linked)
        self._begin("unassign")
        if leaver and len(assigned) > 1:
            await self._users.set_active(leaver, False)
        else:
            self._report.note("Nobody was left deactivated: there is nobody else who was not active before.")

    def _begin(self, step: str) -> None:
        self._client.step = step
        self._report.begin(step)

    async def _test_credentials(self) -> bool:
        get = self._client.get
        ok = answered(200, remedy="Check the base URL and the token; if they are right, answer 200 with a list.")
        accepted = await get("/Users?startIndex=1&count=2", "O-10", "test the credentials", ok, listed(count=2))
        if accepted is None:
            return False
        await get("/Groups?startIndex=1&count=100", "O-11", "test the credentials on groups", listed())
        nobody = f"nobody.{uuid.uuid4().hex}@acme.test"
        await get(users_by_name(nobody), "O-14", "find nobody", listed(), matches(nobody, ids=[]))
        unknown = refused(404, "Answer 404 for every id that does not exist, whatever its form.")
        await get("/Users/010101001010101011001010101011", "O-15", "read an unknown id", unknown)
        wrong = refused(401, "Refuse a wrong token with 401, before anything else.")
        await get(users_by_name(nobody), "O-21", "use a wrong token", wrong, authorization="non-token")
        return True

    async def _assign_everybody(self) -> list[Assigned]:
        """Assigns with as many workers as wanted; the result is in the order of the people."""
        assigned: dict[int, Assigned] = {}
        waiting = iter(enumerate(self._people))

        async def work() -> None:
            for index, person in waiting:
                one = await self._users.assign(person)
                if one:
                    assigned[index] = one
                self._report.advance()

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._workers):
                    group.create_task(work())
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from None
        return [assigned[index] for index in sorted(assigned)]

    async def _change(self, assigned: Sequence[Assigned], subject: Assigned | None) -> None:
        self._begin("duplicate")
        await self._users.duplicate(assigned[0])
        self._begin("update")
        await self._users.update(assigned[1 % len(assigned)])
        self._begin("rename")
        await self._users.rename(assigned[2 % len(assigned)])
        self._begin("deactivate and reactivate")
        if subject:
            await self._users.cycle(subject)
        else:
            self._report.note("Nobody was deactivated, because all the people are admins of the server.")

    async def _import(self, assigned: Sequence[Assigned]) -> None:
        await import_all(self._client, "/Users", "O-41", "import users", Walk(one.id for one in assigned))
        await self._client.get(
            "/Users?count=1&startIndex=1", "O-12", "read the first user", listed(count=1), readable()
        )

    async def _push_groups(self, assigned: Sequence[Assigned], linked: dict[str, Linked]) -> None:
        if "Users" in linked:
            await self._groups.push(linked["Users"], assigned)
        if "Admins" in linked:
            await self._groups.add(linked["Admins"], assigned[0])
        created = await self._groups.create()
        if created:
            try:
                await self._groups.push(created, assigned)
            finally:
                await self._groups.delete(created)


def _leaver(assigned: Sequence[Assigned], admins: Container[str]) -> Assigned | None:
    """Who is deactivated in the end: never somebody who was active before, so that no run takes anything away."""
    for before in (Before.ABSENT, Before.INACTIVE):
        if one := _last(one for one in assigned if one.before is before and one.id not in admins):
            return one
    return None


def _last(some: Iterable[Assigned]) -> Assigned | None:
    return next(reversed(list(some)), None)

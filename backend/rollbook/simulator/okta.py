"""The conversation that Okta leads with a SCIM server, from the test of the credentials to the push of groups."""

import uuid
from collections.abc import Sequence

import httpx
from rich.console import Console

from rollbook.simulator.assignment import Assigned, in_parallel, last, leaver
from rollbook.simulator.checks import answered, listed, matches, readable, refused
from rollbook.simulator.client import Manner, ProvisioningClient, provisioning_client
from rollbook.simulator.groups import Linked
from rollbook.simulator.okta_groups import OktaGroups
from rollbook.simulator.okta_messages import OktaDialect, users_by_name
from rollbook.simulator.okta_users import OktaUsers
from rollbook.simulator.people import Person
from rollbook.simulator.report import Report, Verdict
from rollbook.simulator.walk import Walk

# O-02, O-03: a GET carries a content type too, and a write is plain JSON
_AGENT = {"User-Agent": "Okta SCIM Client 1.0.0"}
_MANNER = Manner(
    reading=_AGENT
    | {
        "Accept": "application/scim+json",
        "Accept-Charset": "utf-8",
        "Content-Type": "application/scim+json; charset=utf-8",
    },
    writing=_AGENT | {"Accept": "application/scim+json; charset=utf-8", "Content-Type": "application/json"},
)
_STEPS = 10


async def simulate_okta(
    base_url: str,
    token: str,
    *,
    people: Sequence[Person],
    dialect: OktaDialect,
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
    async with provisioning_client(
        base_url, token, _MANNER, report.record, connections=workers, transport=transport
    ) as client:
        with report.running(len(people) + _STEPS):
            await _Conversation(client, report, people, dialect, workers).lead()
    return report.verdict


class _Conversation:
    """The steps, in their order, and who plays which part in them."""

    def __init__(
        self, client: ProvisioningClient, report: Report, people: Sequence[Person], dialect: OktaDialect, workers: int
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
        leaving = leaver(assigned, admins)
        await self._change(assigned, leaving or last(one for one in assigned if one.id not in admins))
        self._begin("import users")
        await self._import(assigned)
        self._begin("push groups")
        await self._push_groups(assigned, linked)
        self._begin("unassign")
        if leaving and len(assigned) > 1:
            await self._users.set_active(leaving, False)
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

        async def assign(person: Person) -> Assigned | None:
            one = await self._users.assign(person)
            self._report.advance()
            return one

        return [one for one in await in_parallel(self._workers, self._people, assign) if one]

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
        await Walk(one.id for one in assigned).take(self._client, "/Users", "O-41", "import users")
        await self._client.get(
            "/Users?count=1&startIndex=1", "O-12", "read the first user", listed(count=1), readable()
        )

    async def _push_groups(self, assigned: Sequence[Assigned], linked: dict[str, Linked]) -> None:
        if "Users" in linked:
            await self._groups.push(linked["Users"], assigned)
        if "Admins" in linked:
            await self._groups.add(linked["Admins"], assigned[0])
        await self._groups.push_new(assigned)

"""The conversation that Okta leads with a SCIM server, from the test of the credentials to the push of groups."""

import uuid
from collections.abc import Sequence

import httpx
from rich.console import Console

from rollbook.simulator.assignment import Assigned
from rollbook.simulator.checks import answered, listed, matches, readable, refused
from rollbook.simulator.client import Manner, ProvisioningClient, provisioning_client
from rollbook.simulator.conversation import Conversation
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
            await _OktaConversation(client, report, people, workers, dialect).lead()
    return report.verdict


class _OktaConversation(Conversation):
    """The steps, in their order, and who plays which part in them."""

    def __init__(
        self, client: ProvisioningClient, report: Report, people: Sequence[Person], workers: int, dialect: OktaDialect
    ) -> None:
        super().__init__(client, report, people, workers)
        self._users = OktaUsers(client, dialect)
        self._groups = OktaGroups(client, dialect, self.note)

    async def lead(self) -> None:
        """Leads the whole conversation; ends early when nothing could come of the rest."""
        self.begin("test credentials")
        if not await self._test_credentials():
            self.note("The rest was not played, because /Users could not be listed.")
            return
        self.begin("link groups")
        linked = await self._groups.link(["Admins", "Users"])
        self.begin("assign")
        assigned = await self.assign_everybody(self._users.assign)
        if not assigned:
            return
        leaving, subject = self.cast(assigned, linked["Admins"].before if "Admins" in linked else ())
        await self._change(assigned, subject)
        self.begin("import users")
        await self._import(assigned)
        self.begin("push groups")
        await self._push_groups(assigned, linked)
        self.begin("unassign")
        if leaving:
            await self._users.set_active(leaving, False)

    async def _test_credentials(self) -> bool:
        get = self.client.get
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

    async def _change(self, assigned: Sequence[Assigned], subject: Assigned | None) -> None:
        self.begin("duplicate")
        await self._users.duplicate(assigned[0])
        self.begin("update")
        await self._users.update(assigned[1 % len(assigned)])
        self.begin("rename")
        await self._users.rename(assigned[2 % len(assigned)])
        self.begin("deactivate and reactivate")
        if subject:
            await self._users.cycle(subject)

    async def _import(self, assigned: Sequence[Assigned]) -> None:
        await Walk(one.id for one in assigned).take(self.client, "/Users", "O-41", "import users")
        await self.client.get("/Users?count=1&startIndex=1", "O-12", "read the first user", listed(count=1), readable())

    async def _push_groups(self, assigned: Sequence[Assigned], linked: dict[str, Linked]) -> None:
        if "Users" in linked:
            await self._groups.push(linked["Users"], assigned)
        if "Admins" in linked:
            await self._groups.add(linked["Admins"], assigned[0])
        await self._groups.push_new(assigned)

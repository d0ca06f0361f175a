"""The conversation that Microsoft Entra leads with a SCIM server: the test of the connection, then its cycles."""

import uuid
from collections.abc import Sequence

import httpx
from rich.console import Console

from rollbook.simulator.assignment import Assigned
from rollbook.simulator.checks import Wrongs, answered, judge, listed, matches
from rollbook.simulator.client import Manner, ProvisioningClient, provisioning_client
from rollbook.simulator.conversation import Conversation
from rollbook.simulator.entra_groups import EntraGroups
from rollbook.simulator.entra_messages import COMPLIANT_FLAG, EntraDialect, Matching, lookup
from rollbook.simulator.entra_schemas import discoverable
from rollbook.simulator.entra_trial import EntraTrial
from rollbook.simulator.entra_users import EntraUsers
from rollbook.simulator.exchange import Answer, Check
from rollbook.simulator.groups import Linked
from rollbook.simulator.messages import equals
from rollbook.simulator.people import Person
from rollbook.simulator.report import Report, Verdict
from rollbook.simulator.walk import Walk

_STEPS = 10
_MEDIA_TYPE = "application/scim+json"


async def simulate_entra(
    base_url: str,
    token: str,
    *,
    people: Sequence[Person],
    dialect: EntraDialect,
    matching: Matching = Matching.USER_NAME,
    console: Console,
    workers: int = 5,
    quiet: bool = False,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Verdict:
    """Plays Entra against the SCIM server at ``base_url`` and says how it did. May be repeated on the same server.

    The people end up assigned and active, in the group Users if there is one, the first of them in Admins; somebody who
    was not active before ends up deactivated. One person is made and deleted again. Raises ServerUnreachable, and
    ValueError for an unusable address.
    """
    report = Report(console, quiet=quiet)
    headers = {"User-Agent": "Rollbook simulation of Microsoft Entra", "Accept": _MEDIA_TYPE}
    manner = Manner(
        reading=headers,
        writing=headers | {"Content-Type": f"{_MEDIA_TYPE}; charset=utf-8"},  # E-02
        flag=COMPLIANT_FLAG if dialect is EntraDialect.COMPLIANT else "",
    )
    async with provisioning_client(
        base_url, token, manner, report.record, connections=workers, transport=transport
    ) as client:
        # the first of the people has no manager to set
        with report.running(2 * len(people) - 1 + _STEPS):
            await _EntraConversation(client, report, people, workers, dialect, matching).lead()
    return report.verdict


class _EntraConversation(Conversation):
    """The steps, in their order, and who plays which part in them."""

    def __init__(
        self,
        client: ProvisioningClient,
        report: Report,
        people: Sequence[Person],
        workers: int,
        dialect: EntraDialect,
        matching: Matching,
    ) -> None:
        super().__init__(client, report, people, workers)
        self._matching = matching.value
        self._users = EntraUsers(client, dialect, matching)
        self._groups = EntraGroups(client, dialect, self.note, workers)
        self._trial = EntraTrial(client, self._users, dialect, self.note)

    async def lead(self) -> None:
        """Leads the whole conversation; ends early when nothing could come of the rest."""
        self.begin("test connection")
        if not await self._test_connection():
            self.note("The rest was not played, because /Users could not be searched.")
            return
        self.begin("discover schemas")
        await self.client.get("/Schemas", "E-20", "discover the schemas", listed(paged=False), discoverable())
        self.begin("first cycle, users")
        assigned = await self.assign_everybody(self._users.provision)
        if not assigned:
            return
        self.begin("first cycle, managers")
        boss, *others = assigned
        await self.each(enumerate(others), lambda pair: self._users.set_manager(pair[1], boss, form=pair[0]))
        self.begin("first cycle, groups")
        linked = await self._push_groups(assigned)
        leaving, subject = self.cast(assigned, linked["Admins"].before if "Admins" in linked else ())
        self.begin("delta cycles")
        await self._users.update(assigned[1 % len(assigned)])
        self.begin("soft delete and restore")
        if subject:
            await self._cycle(subject, linked.get("Users"))
        self.begin("single attributes")
        await self._trial.play(boss)
        self.begin("account discovery")
        await self._discover_accounts(assigned)
        self.begin("unassign")
        if leaving:
            await self._users.set_active(leaving, False, "E-70")

    async def _test_connection(self) -> bool:
        get, nobody = self.client.get, str(uuid.uuid4())
        by = self._matching
        users = lookup("Users", equals(by, nobody))
        none = matches(nobody, attribute=by, ids=[])
        ok = answered(200, remedy="Check the base URL and the token; if they are right, answer 200 with an empty list.")
        if await get(users, "E-10", "test the connection", ok, listed(paged=False), none, _typed()) is None:
            return False
        groups = lookup("Groups", equals("displayName", nobody), before="excludedAttributes=members&")
        none = matches(nobody, attribute="displayName", ids=[])
        await get(groups, "E-11", "test the connection on groups", ok, listed(paged=False), none)
        unknown = answered(404, remedy="Answer 404 for every id that does not exist.")
        await get(f"/Users/{nobody}", "E-17", "read an unknown id", unknown)
        wrong = answered(401, remedy="Refuse a wrong token with 401.")
        await get(users, "E-09", "use a wrong token", wrong, authorization="Bearer wrong")
        return True

    async def _push_groups(self, assigned: Sequence[Assigned]) -> dict[str, Linked]:
        linked = await self._groups.link(["Admins", "Users"])
        if "Users" in linked:
            await self._groups.push(linked["Users"], assigned)
        if "Admins" in linked:
            await self._groups.add(linked["Admins"], assigned[0])
        await self._groups.push_new(assigned)
        return linked

    async def _cycle(self, one: Assigned, group: Linked | None) -> None:
        """Disables and restores; the groups are not sent again and must have been kept (E-71)."""
        try:
            await self._users.set_active(one, False, "E-41")
        finally:
            await self._users.set_active(one, True, "E-71")
        if group:
            purpose = f"{one.person.user_name} is in {group.name} again"
            await self._groups.has(group, one, purpose, wanted=True, fact="E-71")

    async def _discover_accounts(self, assigned: Sequence[Assigned]) -> None:
        await Walk(size=5).take(self.client, "/Users", "E-21", "page through users", pages=3)
        await Walk(size=5).take(self.client, "/Groups", "E-21", "page through groups", pages=3)
        await Walk(one.id for one in assigned).take(self.client, "/Users", "E-22", "discover accounts")


def _typed() -> Check:
    """The answer has the media type of SCIM (E-02)."""

    def wrongs(answer: Answer) -> Wrongs:
        if answer.media_type != _MEDIA_TYPE:
            yield f"Content-Type {_MEDIA_TYPE}", answer.media_type

    return judge(f"Answer with Content-Type {_MEDIA_TYPE}.", wrongs)

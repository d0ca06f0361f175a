"""What Entra asks and changes about groups: found by name, each member in a PATCH of its own, several at a time."""

from collections.abc import Callable, Iterable, Sequence

from rollbook.simulator.assignment import Assigned, in_parallel
from rollbook.simulator.checks import Wrongs, answered, judge, listed, matches, members_of, resources
from rollbook.simulator.client import ProvisioningClient
from rollbook.simulator.entra_messages import EntraDialect, lookup, new_group, object_id
from rollbook.simulator.exchange import Answer, Check
from rollbook.simulator.groups import Groups, Linked
from rollbook.simulator.messages import equals

NEW_GROUP = "Entra provisioning test"
"""The group that the simulation tries to create, and deletes again."""

_MOST_REMOVED = 20
_WITHOUT_MEMBERS = "excludedAttributes=members&"
_REMEDY = (
    "Change just the members that the operation names, as rows and under a lock: up to five of these requests come at "
    "once. Where the group's name or externalId is fixed, leave it as it is and answer as if it was changed."
)


class EntraGroups(Groups):
    """Entra's requests to ``/Groups``. In the end all members of before are there."""

    def __init__(
        self, client: ProvisioningClient, dialect: EntraDialect, note: Callable[[str], None], workers: int
    ) -> None:
        super().__init__(client, note, _REMEDY)
        self._dialect = dialect
        self._workers = workers

    async def link(self, names: Iterable[str]) -> dict[str, Linked]:
        """Finds the groups by name, whatever the capitals, and without reading their members (E-16, E-18)."""
        linked = {}
        for name in names:
            found = await self._find(name, "E-18", f"find the group {name}")
            if found is None:
                continue
            if not resources(found):
                self._note(f"The server has no group {name} to link to.")
                continue
            group = Linked(resources(found)[0]["id"], resources(found)[0]["displayName"])
            await self._find(name.upper(), "E-16", f"find the group {name.upper()}", ids=[group.id])
            ok = answered(200, remedy="Answer GET /Groups/{id} also with excludedAttributes.")
            where = f"{group.path}?excludedAttributes=members"
            await self._client.get(where, "E-18", f"read {group.name} without members", ok, _without_members())
            if await self.adopt(group, "E-17"):
                linked[name] = group
        return linked

    async def has(
        self, group: Linked, one: Assigned, purpose: str, *, wanted: bool | None = None, fact: str = "E-19"
    ) -> bool | None:
        """The reference check: whether the group has the member (E-19). None when a check failed."""
        condition = f"{equals('id', group.id)} and {equals('members', one.id)}"
        ids = None if wanted is None else [group.id] if wanted else []
        hit = matches(group.id, attribute="id", exact=True, ids=ids)
        path = lookup("Groups", condition, before="attributes=id&")
        answer = await self._client.get(path, fact, purpose, listed(paged=False), hit)
        return bool(resources(answer)) if answer else None

    async def add(self, group: Linked, one: Assigned) -> None:
        """Adds one member, unless they are in the group already."""
        name = one.person.user_name
        if await self.has(group, one, f"is {name} in {group.name}?") is False:
            await self._add(group, one)
            await self.has(group, one, f"{name} is in {group.name}", wanted=True)
            await self.verify(group, "E-45", f"{name} added", [*group.before, one.id], only=False)

    async def push(self, group: Linked, people: Sequence[Assigned]) -> None:
        """Takes members out and puts all these people in. In the end they and the earlier members are there."""
        found = await self.read(group, "E-17")
        if found is None:
            return
        whole = group.before | members_of(found) | {one.id: {} for one in people}
        try:
            await self._rename(group)
            await self._add_all(group, people)
            if await self.verify(group, "E-67", "everybody added", whole):
                await self._add(group, people[0], again=True)
                out = people[: 1 + _MOST_REMOVED]
                if await self._take_out(group, out, set(whole)):
                    await self._add_all(group, out)
        finally:
            if not await self.verify(group, "E-67", "everybody there", whole):
                await self.patch(group, self._dialect.add_members(whole), "E-66", "restore")
                await self.verify(group, "E-66", "restored", whole)

    async def push_new(self, people: Sequence[Assigned]) -> None:
        """Pushes a new group and deletes it again (E-35), if the server creates any."""
        body = new_group(NEW_GROUP)
        created = await self.create(body, "E-35", "groups are found by their names")
        if created:
            try:
                taken = answered(409, remedy="Refuse with 409 to create a group whose displayName is taken.")
                await self._client.send("POST", "/Groups", body, "E-36", f"create {NEW_GROUP} again", taken)
                await self.push(created, people)
            finally:
                await self.delete(created, "E-69")

    async def _find(self, name: str, fact: str, purpose: str, *, ids: list[str] | None = None) -> Answer | None:
        path = lookup("Groups", equals("displayName", name), before=_WITHOUT_MEMBERS)
        hit = matches(name, attribute="displayName", ids=ids)
        return await self._client.get(path, fact, purpose, listed(paged=False), hit, _without_members())

    async def _add_all(self, group: Linked, people: Sequence[Assigned]) -> None:
        await in_parallel(self._workers, people, lambda one: self._add(group, one))

    async def _add(self, group: Linked, one: Assigned, *, again: bool = False) -> bool:
        """Adds one member (E-67), who may be one already (E-65)."""
        fact, how = ("E-65", "again to") if again else ("E-67", "to")
        what = f"add {one.person.user_name} {how}"
        return await self.patch(group, self._dialect.add_members([one.id]), fact, what)

    async def _rename(self, group: Linked) -> None:
        """Sends another name and an externalId (E-46, E-47); a name that the server took is changed back."""
        renamed, found = f"{group.name} renamed", None
        if await self.patch(
            group, self._dialect.update({"displayName": renamed}), "E-46", f"send the name {renamed} to"
        ):
            try:
                found = await self.read(group, "E-46", f"read {group.name}, renamed or as it was")
            finally:
                if found is None or found.get("displayName") != group.name:
                    body = self._dialect.update({"displayName": group.name})
                    await self.patch(group, body, "E-46", "give back its name to")
        body = self._dialect.update({"externalId": object_id(group.name)})
        await self.patch(group, body, "E-47", "send the externalId of")

    async def _take_out(self, group: Linked, people: Sequence[Assigned], whole: set[str]) -> bool:
        """Takes one member out, twice, then the others at once; whoever is not named stays (E-44, E-65, E-66)."""
        first, others = people[0], [one.id for one in people[1:]]
        name, left = first.person.user_name, whole - {first.id}
        for fact, what in (("E-44", f"take {name} out of"), ("E-65", f"take {name} again out of")):
            body = self._dialect.remove_members([first.id])
            if not await self.patch(group, body, fact, what):
                return False
            if not await self.verify(group, fact, f"{name} taken out", left):
                return False
        await self.has(group, first, f"{name} is not in {group.name}", wanted=False)
        if not others:
            return True
        body = self._dialect.remove_members(others)
        await self.patch(group, body, "E-66", f"take {len(others)} at once out of")
        return await self.verify(group, "E-66", f"{len(others)} taken out", left - set(others))


def _without_members() -> Check:
    """No group in the answer lists its members (E-18)."""

    def wrongs(answer: Answer) -> Wrongs:
        for group in resources(answer) if "Resources" in answer.resource else [answer.resource]:
            if "members" in group:
                yield "no members", f"members of {group.get('displayName')}"

    return judge("Leave out members when they are excluded, and do not read them.", wrongs)

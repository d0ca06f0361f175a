"""Okta's Group Push: groups are linked by import, then their members are pushed in every form of the dialect."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from rollbook.simulator import messages
from rollbook.simulator.checks import Walk, answered, listed, members, members_of, refused
from rollbook.simulator.client import ProvisioningClient
from rollbook.simulator.exchange import Answer, Failure
from rollbook.simulator.messages import UNKNOWN_MEMBER, Dialect, Resource
from rollbook.simulator.okta_users import Assigned

NEW_GROUP = "Okta push test"
"""The group that the simulation tries to create, and deletes again."""

_READABLE = answered(200, remedy="Answer GET /Groups/{id} with the group and its members.")
_LENIENT = (
    "Apply the push, ignore its read-only id, and skip members you do not know: Okta never repeats what got a 400."
)


@dataclass(slots=True)
class Linked:
    """A group of the server that Okta pushes to. ``before`` holds the members from before the simulation, by id."""

    id: str
    name: str
    before: dict[str, Resource] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Where the group is, below the base URL."""
        return f"/Groups/{quote(self.id, safe='')}"


class OktaGroups:
    """Okta's requests to ``/Groups``. No push leaves out a member who was there before the simulation."""

    def __init__(self, client: ProvisioningClient, dialect: Dialect, note: Callable[[str], None]) -> None:
        self._client = client
        self._note = note
        self._puts_all = dialect is Dialect.CUSTOM_APP

    async def link(self, names: Iterable[str]) -> dict[str, Linked]:
        """Imports the groups and links to those of these names whose members can be read (O-51, O-52)."""
        walk = Walk()
        if not await import_all(self._client, "/Groups", "O-51", "import groups", walk):
            return {}
        by_name = {str(one.get("displayName")).casefold(): str(one.get("id")) for one in walk.resources}
        linked = {}
        for name in names:
            if name.casefold() not in by_name:
                self._note(f"The server has no group {name} to link to.")
                continue
            group = Linked(by_name[name.casefold()], name)
            found = await self._read(group)
            if found and isinstance(found.get("members"), list):
                group.before = members_of(found)
                linked[name] = group
            else:
                self._note(f"Nothing is pushed to {name}: it does not list its members, and a push could remove some.")
        return linked

    async def create(self) -> Linked | None:
        """Pushes a new group (O-50). None when the server has only groups of its own, and says so with 501."""
        remedy = "Create the group and answer 201 with its id, or 501 when groups can only be linked."

        def check(answer: Answer) -> Failure | None:
            if answer.status == 501:
                return refused(501, remedy)(answer)
            if answer.status == 201 and not isinstance(answer.resource.get("id"), str):
                return Failure("an id in the body", "none", remedy)
            return answered(201, remedy=remedy)(answer)

        body = {"schemas": [messages.GROUP], "displayName": NEW_GROUP, "members": []}
        answer = await self._client.send("POST", "/Groups", body, "O-50", f"push the new group {NEW_GROUP}", check)
        if answer and answer.status == 501:
            self._note("The server creates no groups (501), so groups are linked by import.")
        return Linked(answer.resource["id"], NEW_GROUP) if answer and answer.status == 201 else None

    async def delete(self, group: Linked) -> None:
        """Unlinks a group and deletes it (O-57)."""
        ok = answered(204, remedy="Delete the group and answer 204.")
        await self._client.send("DELETE", group.path, None, "O-57", f"delete {group.name}", ok)

    async def add(self, group: Linked, one: Assigned) -> None:
        """Adds one member and takes nobody out."""
        found = await self._read(group)
        if found is None:
            return
        whole = group.before | members_of(found) | _of([one])
        name = one.person.user_name
        if self._puts_all:
            await self._push_whole(group, whole.values(), f"with {name}")
        else:
            await self._patch(group, messages.patch(messages.add_members([whole[one.id]])), "O-54", f"add {name} to")
        await self._verify(group, f"read {group.name}, {name} added", whole, only=False)

    async def push(self, group: Linked, people: Sequence[Assigned]) -> None:
        """Pushes all these people in every form. In the end they and the earlier members are there, come what may."""
        found = await self._read(group)
        if found is None:
            return
        whole = group.before | members_of(found) | _of(people)
        try:
            if not self._puts_all:
                await self._patch(
                    group, messages.rename_group(group.id, group.name), "O-53", "send the name and the id of"
                )
            await self._push_whole(group, whole.values(), "with all members")
            await self._verify(group, f"read {group.name}, whole", whole)
            if len(people) > 1:
                first, last = people[0].id, people[-1].id
                await self._swap(group, whole, out=last, back=first)
                await self._swap(group, whole, out=first, back=last)
            await self._push_whole(group, [*whole.values(), UNKNOWN_MEMBER], "with an unknown member", "O-59")
        finally:
            if not await self._verify(group, f"read {group.name}, everybody there", whole):
                await self._restore(group, whole)

    async def _swap(self, group: Linked, whole: dict[str, Resource], *, out: str, back: str) -> None:
        """Takes one member out and puts another in, in one request (O-54, O-56)."""
        left = {id: member for id, member in whole.items() if id != out}
        if self._puts_all:
            await self._push_whole(group, left.values(), "with one member fewer")
        else:
            operations = messages.remove_member(out), messages.add_members([whole[back]])
            await self._patch(group, messages.patch(*operations), "O-54", "remove one member and add one in")
        await self._verify(group, f"read {group.name}, one out and one in", left)

    async def _push_whole(self, group: Linked, whole: Iterable[Resource], how: str, fact: str = "") -> None:
        if not self._puts_all:
            await self._patch(group, messages.replace_members(whole), fact or "O-55", f"push {how} to")
            return
        body, purpose = messages.whole_group(group.id, group.name, whole), f"push {group.name} {how}"
        await self._client.send("PUT", group.path, body, fact or "O-56", purpose, answered(200, remedy=_LENIENT))

    async def _patch(self, group: Linked, body: Resource, fact: str, what: str) -> None:
        ok = answered(200, 204, remedy=_LENIENT)
        await self._client.send("PATCH", group.path, body, fact, f"{what} {group.name}", ok)

    async def _restore(self, group: Linked, whole: dict[str, Resource]) -> None:
        if self._puts_all:
            await self._push_whole(group, whole.values(), "with all members again")
        else:
            body = messages.patch(messages.add_members(whole.values()))
            await self._patch(group, body, "O-54", "restore the members of")

    async def _read(self, group: Linked) -> Resource | None:
        answer = await self._client.get(group.path, "O-52", f"read {group.name}", _READABLE)
        return answer.resource if answer else None

    async def _verify(self, group: Linked, purpose: str, wanted: Collection[str], *, only: bool = True) -> bool:
        check = members(include=wanted, only=only)
        return await self._client.get(group.path, "O-52", purpose, _READABLE, check) is not None


async def import_all(client: ProvisioningClient, path: str, fact: str, purpose: str, walk: Walk) -> bool:
    """Reads every page of a list into ``walk``, as an import does (O-41). False when a check failed."""
    for start in walk.starts():
        page = f"{path}?startIndex={start}&count=100"
        if await client.get(page, fact, f"{purpose} from {start}", listed(), walk.page(start)) is None:
            return False
    return True


def _of(people: Iterable[Assigned]) -> dict[str, Resource]:
    return {one.id: {"value": one.id, "display": one.person.user_name} for one in people}

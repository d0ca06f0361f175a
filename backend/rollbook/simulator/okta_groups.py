"""Okta's Group Push: groups are linked by import, then their members are pushed in every form of the dialect."""

from collections.abc import Callable, Iterable, Sequence

from rollbook.simulator import okta_messages
from rollbook.simulator.assignment import Assigned
from rollbook.simulator.checks import answered, members_of
from rollbook.simulator.client import ProvisioningClient
from rollbook.simulator.groups import Groups, Linked
from rollbook.simulator.messages import GROUP, Resource, patch
from rollbook.simulator.okta_messages import UNKNOWN_MEMBER, OktaDialect
from rollbook.simulator.walk import Walk

NEW_GROUP = "Okta push test"
"""The group that the simulation tries to create, and deletes again."""

_LENIENT = (
    "Apply the push, ignore its read-only id, and skip members you do not know: Okta never repeats what got a 400."
)


class OktaGroups(Groups):
    """Okta's requests to ``/Groups``. No push leaves out a member who was there before the simulation."""

    def __init__(self, client: ProvisioningClient, dialect: OktaDialect, note: Callable[[str], None]) -> None:
        super().__init__(client, note, _LENIENT)
        self._puts_all = dialect is OktaDialect.CUSTOM_APP

    async def link(self, names: Iterable[str]) -> dict[str, Linked]:
        """Imports the groups and links to those of these names whose members can be read (O-51, O-52)."""
        walk = Walk()
        if not await walk.take(self._client, "/Groups", "O-51", "import groups"):
            return {}
        by_name = {str(one.get("displayName")).casefold(): str(one.get("id")) for one in walk.resources}
        linked = {}
        for name in names:
            if name.casefold() not in by_name:
                self._note(f"The server has no group {name} to link to.")
                continue
            group = Linked(by_name[name.casefold()], name)
            if await self.adopt(group, "O-52"):
                linked[name] = group
        return linked

    async def push_new(self, people: Sequence[Assigned]) -> None:
        """Pushes a new group and deletes it again (O-50, O-57), if the server creates any."""
        body: Resource = {"schemas": [GROUP], "displayName": NEW_GROUP, "members": []}
        created = await self.create(body, "O-50", "groups are linked by import")
        if created:
            try:
                await self.push(created, people)
            finally:
                await self.delete(created, "O-57")

    async def add(self, group: Linked, one: Assigned) -> None:
        """Adds one member and takes nobody out."""
        found = await self.read(group, "O-52")
        if found is None:
            return
        whole = group.before | members_of(found) | _of([one])
        name = one.person.user_name
        if self._puts_all:
            await self._push_whole(group, whole.values(), f"with {name}")
        else:
            await self.patch(group, patch(okta_messages.add_members([whole[one.id]])), "O-54", f"add {name} to")
        await self.verify(group, "O-52", f"{name} added", whole, only=False)

    async def push(self, group: Linked, people: Sequence[Assigned]) -> None:
        """Pushes all these people in every form. In the end they and the earlier members are there, come what may."""
        found = await self.read(group, "O-52")
        if found is None:
            return
        whole = group.before | members_of(found) | _of(people)
        try:
            if not self._puts_all:
                await self.patch(
                    group, okta_messages.rename_group(group.id, group.name), "O-53", "send the name and the id of"
                )
            await self._push_whole(group, whole.values(), "with all members")
            await self.verify(group, "O-52", "whole", whole)
            if len(people) > 1:
                first, last = people[0].id, people[-1].id
                await self._swap(group, whole, out=last, back=first)
                await self._swap(group, whole, out=first, back=last)
            await self._push_whole(group, [*whole.values(), UNKNOWN_MEMBER], "with an unknown member", "O-59")
        finally:
            if not await self.verify(group, "O-52", "everybody there", whole):
                await self._restore(group, whole)

    async def _swap(self, group: Linked, whole: dict[str, Resource], *, out: str, back: str) -> None:
        """Takes one member out and puts another in, in one request (O-54, O-56)."""
        left = {id: member for id, member in whole.items() if id != out}
        if self._puts_all:
            await self._push_whole(group, left.values(), "with one member fewer")
        else:
            operations = okta_messages.remove_member(out), okta_messages.add_members([whole[back]])
            await self.patch(group, patch(*operations), "O-54", "remove one member and add one in")
        await self.verify(group, "O-52", "one out and one in", left)

    async def _push_whole(self, group: Linked, whole: Iterable[Resource], how: str, fact: str = "") -> None:
        if not self._puts_all:
            await self.patch(group, okta_messages.replace_members(whole), fact or "O-55", f"push {how} to")
            return
        body, purpose = okta_messages.whole_group(group.id, group.name, whole), f"push {group.name} {how}"
        await self._client.send("PUT", group.path, body, fact or "O-56", purpose, answered(200, remedy=_LENIENT))

    async def _restore(self, group: Linked, whole: dict[str, Resource]) -> None:
        if self._puts_all:
            await self._push_whole(group, whole.values(), "with all members again")
        else:
            body = patch(okta_messages.add_members(whole.values()))
            await self.patch(group, body, "O-54", "restore the members of")


def _of(people: Iterable[Assigned]) -> dict[str, Resource]:
    return {one.id: {"value": one.id, "display": one.person.user_name} for one in people}

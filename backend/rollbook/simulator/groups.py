"""A group of the server as a provisioning client knows it, and the requests that every client makes about one."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from urllib.parse import quote

from rollbook.simulator.checks import answered, members, members_of, refused
from rollbook.simulator.client import ProvisioningClient
from rollbook.simulator.exchange import Answer, Check, Failure
from rollbook.simulator.messages import Resource

_READABLE = answered(200, remedy="Answer GET /Groups/{id} with the group and its members.")


@dataclass(slots=True)
class Linked:
    """A group of the server that is pushed to. ``before`` holds the members from before the simulation, by id."""

    id: str
    name: str
    before: dict[str, Resource] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Where the group is, below the base URL."""
        return f"/Groups/{quote(self.id, safe='')}"


class Groups:
    """Requests to ``/Groups``. ``note`` keeps what could not be played; ``remedy`` helps where a PATCH failed."""

    def __init__(self, client: ProvisioningClient, note: Callable[[str], None], remedy: str) -> None:
        self._client = client
        self._note = note
        self._remedy = remedy

    async def adopt(self, group: Linked, fact: str) -> bool:
        """Remembers the members of before. False, and a note, when the group does not list them."""
        found = await self.read(group, fact)
        if found and isinstance(found.get("members"), list):
            group.before = members_of(found)
            return True
        self._note(f"Nothing is pushed to {group.name}: it does not list its members, and a push could remove some.")
        return False

    async def create(self, body: Resource, fact: str, otherwise: str) -> Linked | None:
        """Creates a group. None, and a note, when the server has only groups of its own, and says so with 501."""
        remedy = "Create the group and answer 201 with its id, or 501 when groups can only be linked."

        def check(answer: Answer) -> Failure | None:
            if answer.status == 501:
                return refused(501, remedy)(answer)
            if answer.status == 201 and not isinstance(answer.resource.get("id"), str):
                return Failure("an id in the body", "none", remedy)
            return answered(201, remedy=remedy)(answer)

        name = body["displayName"]
        answer = await self._client.send("POST", "/Groups", body, fact, f"create the new group {name}", check)
        if answer and answer.status == 501:
            self._note(f"The server creates no groups (501), so {otherwise}.")
        return Linked(answer.resource["id"], name) if answer and answer.status == 201 else None

    async def delete(self, group: Linked, fact: str) -> None:
        """Deletes a group that the simulation created."""
        ok = answered(204, remedy="Delete the group and answer 204.")
        await self._client.send("DELETE", group.path, None, fact, f"delete {group.name}", ok)

    async def patch(self, group: Linked, body: Resource, fact: str, what: str) -> bool:
        """Changes a group."""
        ok = answered(200, 204, remedy=self._remedy)
        return await self._client.send("PATCH", group.path, body, fact, f"{what} {group.name}", ok) is not None

    async def read(self, group: Linked, fact: str, purpose: str = "", *checks: Check) -> Resource | None:
        """The group with its members, or None when a check failed."""
        answer = await self._client.get(group.path, fact, purpose or f"read {group.name}", _READABLE, *checks)
        return answer.resource if answer else None

    async def verify(
        self, group: Linked, fact: str, purpose: str, wanted: Collection[str], *, only: bool = True
    ) -> bool:
        """Whether these are its members, and with ``only`` no others."""
        check = members(include=wanted, only=only)
        return await self.read(group, fact, f"read {group.name}, {purpose}", check) is not None

"""Every way to lose or keep a wrong member of a group, or to misname it, is seen; the members are put back."""

import asyncio

import pytest

from rollbook.simulator.entra_messages import EntraDialect
from tests.simulator.fake_entra import EntraServer
from tests.simulator.fake_server import Refusal

DIALECTS = list(EntraDialect)
BOSS = "user 2"
"""Who is in the group Users before the simulation."""


class NoGroups(EntraServer):
    def answer(self, method, path, query, body):
        if path.startswith("/Groups"):
            raise Refusal(404, "No groups here.")
        return super().answer(method, path, query, body)


class MembersAlways(EntraServer):
    def without_members(self, answer):
        return answer


class NamesOfGroupsFixed(EntraServer):
    def apply(self, group, operation):
        if operation["path"] == "displayName":
            raise Refusal(400, "The name cannot be changed.", "mutability")
        super().apply(group, operation)


class NoRemovalOfAbsent(EntraServer):
    def remove_members(self, group, ids):
        if not set(ids) <= set(group["members"]):
            raise Refusal(404, "No such member.")
        super().remove_members(group, ids)


class NoAddingAgain(EntraServer):
    def add_members(self, group, ids):
        if set(ids) & set(group["members"]):
            raise Refusal(409, "A member already.")
        super().add_members(group, ids)


class ForgettingOnDisable(EntraServer):
    def change_user(self, method, user, body):
        status, changed = super().change_user(method, user, body)
        for group in self.groups.values():
            if not changed["active"] and changed["id"] in group["members"]:
                group["members"].remove(changed["id"])
        return status, changed


class WholeListRemoved(EntraServer):
    def apply(self, group, operation):
        if operation["op"].lower() == "remove" and operation["path"] == "members":
            group["members"] = []
        else:
            super().apply(group, operation)


class Racing(EntraServer):
    """Reads the list of members and writes it back, as long as another request takes."""

    async def __call__(self, scope, receive, send):
        pushed = scope["method"] == "PATCH" and "/Groups/" in scope["path"]
        read = {id: list(group["members"]) for id, group in self.groups.items()} if pushed else {}
        await asyncio.sleep(0)
        for id, members in read.items():
            self.groups[id]["members"] = members
        await super().__call__(scope, receive, send)


@pytest.fixture
def populated():
    """A server of this kind with somebody in its group Users."""

    def populated(kind: type[EntraServer]) -> EntraServer:
        server = kind("Users")
        server.group("Users")["members"].append(server.add_user("boss@x.test")["id"])
        return server

    return populated

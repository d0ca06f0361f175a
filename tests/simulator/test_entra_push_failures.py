"""Every way to lose or keep a wrong member of a group, or to misname it, is seen; the members are put back."""

import asyncio

import pytest

from rollbook.simulator.entra_messages import EntraDialect
from rollbook.simulator.people import sample_people
from tests.simulator.conftest import Simulate, failures
from tests.simulator.fake_entra import EntraServer
from tests.simulator.fake_server import Refusal

DIALECTS = list(EntraDialect)
NAMES = [person.user_name for person in sample_people(4)]
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


class NeverListing(EntraServer):
    def rendered(self, group):
        return self.without_members(super().rendered(group))


class Doubling(EntraServer):
    def create_group(self, body):
        return 201, self.add_group(body["displayName"])


class Racing(EntraServer):
    """Reads the list of members and writes it back, as long as another request takes."""

    async def __call__(self, scope, receive, send):
        pushed = scope["method"] == "PATCH" and "/Groups/" in scope["path"]
        read = {id: list(group["members"]) for id, group in self.groups.items()} if pushed else {}
        await asyncio.sleep(0)
        for id, members in read.items():
            self.groups[id]["members"] = members
        await super().__call__(scope, receive, send)


def populated(kind: type[EntraServer]) -> EntraServer:
    """A server of this kind with the boss in its group Users."""
    server = kind("Users")
    server.group("Users")["members"].append(server.add_user("boss@x.test")["id"])
    return server


LACKING = ("E-67", "nobody missing", "\"missing: ['user 3']\"")


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (NamesOfGroupsFixed, [("E-46", "status 200 or 204", 'status 400, "The name cannot be changed."')]),
        (NoRemovalOfAbsent, [("E-65", "status 200 or 204", 'status 404, "No such member."'), LACKING]),
        (NoAddingAgain, [("E-65", "status 200 or 204", 'status 409, "A member already."')]),
        (ForgettingOnDisable, [("E-71", 'the ids ["group 1"]', "[0]")]),
    ],
)
async def test_a_server_that_fails_a_push_is_seen_and_ends_with_all_members(
    entra: Simulate, kind: type[EntraServer], expected: list[tuple[str, str, str]], dialect: EntraDialect
):
    server = populated(kind)

    verdict = await entra(server, dialect)

    assert failures(verdict) == expected
    lost = {server.user(NAMES[3])["id"]} if kind is ForgettingOnDisable else set()
    assert set(server.group("Users")["members"]) == set(server.users) - lost


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_members_who_are_lost_when_several_are_added_at_once_are_seen_and_put_back(
    entra: Simulate, dialect: EntraDialect
):
    server = populated(Racing)

    verdict = await entra(server, dialect)

    found = failures(verdict)
    assert found == [("E-67", "nobody missing", "\"missing: ['user 3', 'user 4', 'user 5']\"")] * 2
    assert set(server.group("Users")["members"]) == set(server.users)


async def test_one_worker_at_a_time_loses_nobody_even_there(entra: Simulate):
    verdict = await entra(populated(Racing), workers=1)

    assert failures(verdict) == []


async def test_a_removal_with_a_list_that_empties_the_group_is_seen_and_everybody_put_back(entra: Simulate):
    server = populated(WholeListRemoved)

    legacy = await entra(server)
    members = set(server.group("Users")["members"])
    compliant = await entra(server, EntraDialect.COMPLIANT)

    ids = ["user 2", "user 4", "user 5", "user 6"]
    lacking = "\"missing: ['user 2', 'user 3', 'user 4', 'user 5', 'user 6']\""
    assert failures(legacy) == [
        ("E-44", "nobody missing", f'"missing: {ids}"'),
        ("E-67", "nobody missing", lacking),
    ]
    assert members == set(server.users)
    assert failures(compliant) == []


async def test_a_group_that_lists_members_where_they_are_excluded_is_not_pushed_to(entra: Simulate):
    server = populated(MembersAlways)

    verdict = await entra(server)

    assert failures(verdict) == [("E-18", "no members", '"members of Users"')]
    assert server.group("Users")["members"] == [BOSS]


async def test_a_group_that_does_not_show_its_members_is_not_pushed_to(entra: Simulate):
    server = populated(NeverListing)

    verdict = await entra(server)

    assert verdict.passed
    assert server.group("Users")["members"] == [BOSS]
    said = "Nothing is pushed to Users: it does not list its members, and a push could remove some."
    assert said in verdict.notes


async def test_a_server_without_groups_fails_the_test_of_the_connection(entra: Simulate):
    verdict = await entra(NoGroups())

    assert failures(verdict)[0] == ("E-11", "status 200", 'status 404, "No groups here."')
    assert {fact for fact, _, _ in failures(verdict)} == {"E-11", "E-18", "E-35", "E-21"}


async def test_a_second_group_of_one_name_that_is_created_fails(entra: Simulate):
    verdict = await entra(Doubling(creates_groups=True))

    assert failures(verdict) == [("E-36", "status 409", "status 201")]

"""What Entra sends in its two dialects, and what a simulation leaves behind on a server that does all it needs."""

import asyncio
import copy
import itertools
from typing import Any
from urllib.parse import parse_qs

import pytest

from rollbook.simulator.entra_messages import EntraDialect, Matching, object_id
from rollbook.simulator.okta_messages import OktaDialect
from rollbook.simulator.people import sample_people
from tests.simulator.conftest import Simulate, failures
from tests.simulator.fake_entra import ENTERPRISE, USER, EntraServer
from tests.simulator.fake_server import BASE, TOKEN

DIALECTS = list(EntraDialect)
NAMES = [person.user_name for person in sample_people(4)]
PATCH_OP = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}
TRIAL = "o'neil+c#&d.trial@acme.test"


def bodies(server: EntraServer, method: str, path: str) -> list[Any]:
    return [body for asked, where, _, body in server.requests if asked == method and where.partition("?")[0] == path]


def state(server: EntraServer) -> tuple[list[Any], list[Any]]:
    groups = [group | {"members": set(group["members"])} for group in server.groups.values()]
    return copy.deepcopy(list(server.users.values())), groups


@pytest.mark.parametrize("matching", list(Matching))
@pytest.mark.parametrize("dialect", DIALECTS)
async def test_the_people_end_up_assigned_and_all_but_one_active(
    entra: Simulate, dialect: EntraDialect, matching: Matching
):
    server = EntraServer("Admins", "Users")

    verdict = await entra(server, dialect, matching)

    assert failures(verdict) == []
    assert verdict.passed
    active = {user["userName"]: user["active"] for user in server.users.values()}
    assert active == {NAMES[0]: True, NAMES[1]: True, NAMES[2]: True, NAMES[3]: False}
    boss = server.user(NAMES[0])
    assert set(server.group("Users")["members"]) == set(server.users)
    assert server.group("Admins")["members"] == [boss["id"]]
    managers = [server.user(name)[ENTERPRISE].get("manager", {}).get("value") for name in NAMES]
    assert managers == [None, boss["id"], boss["id"], boss["id"]]
    assert [server.user(name)["externalId"] for name in NAMES] == [object_id(name) for name in NAMES]


@pytest.mark.parametrize(("first", "second"), [*itertools.product(DIALECTS, DIALECTS)])
@pytest.mark.parametrize("matching", list(Matching))
async def test_a_second_simulation_finds_the_people_and_ends_the_same(
    entra: Simulate, first: EntraDialect, second: EntraDialect, matching: Matching
):
    server = EntraServer("Admins", "Users")
    await entra(server, first)
    before = state(server)
    server.requests.clear()

    verdict = await entra(server, second, matching)

    assert failures(verdict) == []
    assert state(server) == before
    # only the trial's person is new, and only who was deactivated needs a change
    cycle = [exchange for exchange in verdict.exchanges if exchange.step.startswith("first cycle, ")]
    writes = [(one.method, one.purpose) for one in cycle if one.method != "GET" and one.path.startswith("/Users")]
    assert writes == [("PATCH", f"update {NAMES[3]}")]
    assert [body["userName"] for body in bodies(server, "POST", "/Users")] == [TRIAL, TRIAL]


@pytest.mark.parametrize("matching", list(Matching))
@pytest.mark.parametrize("dialect", DIALECTS)
async def test_people_whom_okta_assigned_keep_their_ids(
    simulate: Simulate, entra: Simulate, dialect: EntraDialect, matching: Matching
):
    server = EntraServer("Admins", "Users")
    assert (await simulate(server, OktaDialect.CUSTOM_APP)).passed
    ids = list(server.users)

    verdict = await entra(server, dialect, matching)

    assert failures(verdict) == []
    assert list(server.users) == ids
    assert [user["externalId"] for user in server.users.values()] == [object_id(name) for name in NAMES]


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_members_of_before_stay_and_strangers_are_not_touched(entra: Simulate, dialect: EntraDialect):
    server = EntraServer()
    boss, other = server.add_user("boss@x.test"), server.add_user("other@x.test")
    server.add_group("Admins", boss["id"])
    server.add_group("Users", boss["id"], other["id"])
    server.add_group("Ops", other["id"])
    strangers = copy.deepcopy([boss, other])

    verdict = await entra(server, dialect)

    assert failures(verdict) == []
    assert [boss, other] == strangers
    assert server.group("Admins")["members"] == [boss["id"], server.user(NAMES[0])["id"]]
    assert set(server.group("Users")["members"]) == set(server.users)
    assert server.group("Ops")["members"] == [other["id"]]


async def test_nobody_is_left_deactivated_who_was_active_before(entra: Simulate):
    server = EntraServer("Users")
    for name in NAMES:
        server.add_user(name.upper(), externalId="other")

    verdict = await entra(server)

    assert failures(verdict) == []
    assert [user["active"] for user in server.users.values()] == [True] * 4
    assert "Nobody was left deactivated: there is nobody else who was not active before." in verdict.notes


async def test_an_admin_of_before_is_never_deactivated(entra: Simulate):
    server = EntraServer("Users")
    server.add_group("Admins", *(server.add_user(name)["id"] for name in NAMES))

    verdict = await entra(server)

    assert failures(verdict) == []
    assert [exchange for exchange in verdict.exchanges if exchange.fact in ("E-41", "E-70", "E-71")] == []
    assert "Nobody was deactivated, because all the people are admins of the server." in verdict.notes


async def test_the_legacy_dialect_has_capitals_texts_and_lists(entra: Simulate):
    server = EntraServer("Users")

    await entra(server)

    group, (ada, zoe, sean, lukasz) = server.group("Users")["id"], list(server.users)[:4]
    pushed = bodies(server, "PATCH", f"/Groups/{group}")
    assert pushed[0] == operations({"op": "Replace", "path": "displayName", "value": "Users renamed"})
    assert (
        pushed[3] == pushed[7] == operations({"op": "Add", "path": "members", "value": [{"$ref": None, "value": ada}]})
    )
    out = {"op": "Remove", "path": "members"}
    assert pushed[8] == pushed[9] == operations(out | {"value": [{"$ref": None, "value": ada}]})
    assert pushed[10] == operations(out | {"value": [{"$ref": None, "value": id} for id in (zoe, sean, lukasz)]})
    disable = operations({"op": "Replace", "path": "active", "value": "False"})
    restore = operations({"op": "Replace", "path": "active", "value": "True"})
    assert bodies(server, "PATCH", f"/Users/{lukasz}")[1:] == [disable, restore, disable]
    change = bodies(server, "PATCH", f"/Users/{zoe}")[1]
    assert change == operations(
        {"op": "Replace", "path": "displayName", "value": "Zoë Updated Brontë-Hale"},
        {"op": "Replace", "path": "name.formatted", "value": "Zoë Updated Brontë-Hale"},
        {"op": "Replace", "path": "name.givenName", "value": "Zoë Updated"},
        {"op": "Replace", "path": f"{ENTERPRISE}:department", "value": "Engineering Updated"},
    )


async def test_the_compliant_dialect_has_booleans_filters_and_one_object_without_a_path(entra: Simulate):
    server = EntraServer("Users")

    await entra(server, EntraDialect.COMPLIANT)

    group, (ada, zoe, sean, lukasz) = server.group("Users")["id"], list(server.users)[:4]
    pushed = bodies(server, "PATCH", f"/Groups/{group}")
    assert pushed[0] == operations({"op": "replace", "path": "displayName", "value": "Users renamed"})
    assert (
        pushed[3] == pushed[7] == operations({"op": "add", "path": "members", "value": [{"$ref": None, "value": ada}]})
    )
    assert pushed[8] == pushed[9] == operations({"op": "remove", "path": f'members[value eq "{ada}"]'})
    several = ({"op": "remove", "path": f'members[value eq "{id}"]'} for id in (zoe, sean, lukasz))
    assert pushed[10] == operations(*several)
    disable = operations({"op": "replace", "path": "active", "value": False})
    restore = operations({"op": "replace", "path": "active", "value": True})
    assert bodies(server, "PATCH", f"/Users/{lukasz}")[1:] == [disable, restore, disable]
    changes = {
        "displayName": "Zoë Updated Brontë-Hale",
        "name.formatted": "Zoë Updated Brontë-Hale",
        "name.givenName": "Zoë Updated",
        f"{ENTERPRISE}:department": "Engineering Updated",
    }
    assert bodies(server, "PATCH", f"/Users/{zoe}")[1] == operations({"op": "replace", "value": changes})


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_manager_is_set_in_three_forms_after_both_are_there(entra: Simulate, dialect: EntraDialect):
    server = EntraServer()

    await entra(server, dialect)

    ada, *others = list(server.users)[:4]
    value = [{"$ref": f"http://fake.test{BASE}/Users/user%201", "value": ada}]
    op = "Add" if dialect is EntraDialect.LEGACY else "add"
    assert [bodies(server, "PATCH", f"/Users/{id}")[0] for id in others] == [
        operations({"op": op, "path": "manager", "value": value}),
        operations({"op": op, "path": f"{ENTERPRISE}:manager", "value": ada}),
        operations({"op": op, "path": f"{ENTERPRISE}:manager", "value": {"value": ada}}),
    ]
    methods = [method for method, path, _, _ in server.requests if path.startswith("/Users") and method != "GET"]
    assert methods[:4] == ["POST"] * 4


async def test_a_create_carries_what_entra_sends(entra: Simulate):
    server = EntraServer()

    await entra(server, people=sample_people(1))

    created, trial, again = bodies(server, "POST", "/Users")
    assert created == {
        "schemas": [USER, ENTERPRISE],
        "userName": NAMES[0],
        "externalId": object_id(NAMES[0]),
        "active": True,
        "displayName": "Ada Lindqvist",
        "name": {"formatted": "Ada Lindqvist", "givenName": "Ada", "familyName": "Lindqvist"},
        "emails": [{"type": "work", "value": NAMES[0], "primary": True}],
        "title": "Head of Platform",
        ENTERPRISE: {"department": "Engineering"},
        "addresses": None,
        "manager": None,
        "roles": [],
        "meta": {"resourceType": "User"},
    }
    assert trial["schemas"] == [USER, ENTERPRISE, "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"]
    assert trial["phoneNumbers"] == [{"type": "work", "value": "+1 (425) 555-01 00", "primary": "True"}]
    assert again["userName"] == trial["userName"] == TRIAL


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_headers_and_queries_are_those_of_entra(entra: Simulate, dialect: EntraDialect):
    server = EntraServer("Users")

    await entra(server, dialect)

    for method, path, headers, _ in server.requests:
        assert headers["accept"] == "application/scim+json"
        content_type = None if method == "GET" else "application/scim+json; charset=utf-8"
        assert headers.get("content-type") == content_type
        flagged = path.partition("?")[2].split("&")[0] == "aadOptscim062020"
        assert flagged is (dialect is EntraDialect.COMPLIANT)
    tokens = [headers["authorization"] for _, _, headers, _ in server.requests]
    assert tokens.count("Bearer wrong") == 1
    assert tokens.count(f"Bearer {TOKEN}") == len(tokens) - 1
    queries = [path.partition("?")[2].removeprefix("aadOptscim062020&") for _, path, _, _ in server.requests]
    assert "filter=userName%20eq%20%22o%27neil%2Bc%23%26d.trial%40acme.test%22" in queries
    assert "filter=userName+eq+%22o%27neil%2Bc%23%26d.trial%40acme.test%22" in queries
    assert "filter=emails%5Btype%20eq%20%22work%22%5D.value%20eq%20%22Trial%2BEntra%40ACME.test%22" in queries
    assert "filter=externalId%20eq%20entratrial" in queries
    assert "excludedAttributes=members&filter=displayName%20eq%20%22Users%22" in queries


@pytest.mark.parametrize("matching", list(Matching))
async def test_people_are_looked_up_by_the_matching_attribute_first(entra: Simulate, matching: Matching):
    server = EntraServer()

    await entra(server, matching=matching)

    filters = [parse_qs(path.partition("?")[2]).get("filter", [""])[0] for _, path, _, _ in server.requests]
    test_connection = filters[0].partition(" ")[0]
    assert test_connection == matching.value
    by_external_id, by_name = (f'externalId eq "{object_id(NAMES[0])}"', f'userName eq "{NAMES[0]}"')
    lookups = [by_external_id, by_name] if matching is Matching.EXTERNAL_ID else [by_name]
    assert [text for text in filters if text in (by_external_id, by_name)][: len(lookups)] == lookups


async def test_five_members_are_added_at_the_same_time_each_in_a_request_of_its_own(entra: Simulate):
    class Slow(EntraServer):
        at_once = most = 0

        async def __call__(self, scope, receive, send) -> None:
            pushed = scope["method"] == "PATCH" and "/Groups/" in scope["path"]
            self.at_once += pushed
            self.most = max(self.most, self.at_once)
            await asyncio.sleep(0)
            await super().__call__(scope, receive, send)
            self.at_once -= pushed

    server = Slow("Users")

    verdict = await entra(server, people=sample_people(30))

    assert failures(verdict) == []
    assert server.most == 5
    assert len(server.group("Users")["members"]) == 30
    added = [one for one in verdict.exchanges if one.purpose.startswith("add ") and one.fact == "E-67"]
    assert len(added) == 30 + 21


async def test_all_accounts_are_discovered_and_the_first_pages_walked_in_fives(entra: Simulate):
    server = EntraServer()
    for number in range(150):
        server.add_user(f"{number}@x.test")

    verdict = await entra(server)

    assert failures(verdict) == []
    pages = [one.path for one in verdict.exchanges if one.fact in ("E-21", "E-22") and one.path.startswith("/Users")]
    assert pages == [
        *(f"/Users?startIndex={start}&count=5" for start in (1, 6, 11)),
        *(f"/Users?startIndex={start}&count=100" for start in (1, 101)),
    ]


async def test_a_server_that_creates_groups_gets_one_pushed_and_deleted(entra: Simulate):
    server = EntraServer(creates_groups=True)

    verdict = await entra(server)

    assert failures(verdict) == []
    created, again = bodies(server, "POST", "/Groups")
    assert created == again
    assert created["schemas"][1] == "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
    assert "members" not in created
    assert server.groups == {}


@pytest.mark.parametrize("user_name", [TRIAL, "renamed.o'neil+c#&d@acme.test"])
async def test_whom_an_interrupted_run_left_behind_is_deleted(entra: Simulate, user_name: str):
    server = EntraServer()
    left = server.add_user(user_name, externalId="entratrial")

    verdict = await entra(server)

    assert failures(verdict) == []
    assert left["id"] not in server.users
    assert len(server.users) == 4


async def test_somebody_else_of_the_name_for_the_trial_is_let_alone(entra: Simulate):
    server = EntraServer()
    stranger = server.add_user(TRIAL.upper(), externalId="somebody")
    before = copy.deepcopy(stranger)

    verdict = await entra(server)

    assert verdict.passed
    assert server.users[stranger["id"]] == before
    assert f"The trial of single attributes was not played, because there is a {TRIAL} already." in verdict.notes


async def test_one_person_alone_is_enough_and_stays_active(entra: Simulate):
    server = EntraServer("Admins", "Users")

    verdict = await entra(server, people=sample_people(1))

    assert failures(verdict) == []
    assert [user["active"] for user in server.users.values()] == [True]


def operations(*some: dict[str, Any]) -> dict[str, Any]:
    return PATCH_OP | {"Operations": list(some)}

"""What Okta sends in its two dialects, and what a simulation leaves behind on a server that does all it needs."""

import asyncio

import pytest

from rollbook.simulator.okta_messages import OktaDialect
from rollbook.simulator.people import sample_people
from tests.simulator.conftest import Simulate
from tests.simulator.fake_server import TOKEN, FakeServer, Refusal

DIALECTS = list(OktaDialect)
PATCH_OP = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}


def writes(server: FakeServer, kind: str) -> set[str]:
    return {method for method, path, _, _ in server.requests if path.startswith(f"/{kind}") and method != "GET"}


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_the_people_end_up_assigned_and_all_but_one_active(simulate: Simulate, dialect: OktaDialect):
    server = FakeServer("Admins", "Users")

    verdict = await simulate(server, dialect)

    assert [(exchange.purpose, exchange.failure) for exchange in verdict.failures] == []
    assert verdict.passed
    active = {user["userName"]: user["active"] for user in server.users.values()}
    names = [person.user_name for person in sample_people(4)]
    assert active == {names[0]: True, names[1]: True, names[2]: True, names[3]: False}
    assert set(server.group("Users")["members"]) == set(server.users)
    assert server.group("Admins")["members"] == [server.user(names[0])["id"]]
    assert [user["name"]["givenName"] for user in server.users.values()] == ["Ada", "Zoë", "Seán", "Łukasz"]


@pytest.mark.parametrize("first", DIALECTS)
@pytest.mark.parametrize("second", DIALECTS)
async def test_a_second_simulation_finds_the_people_and_ends_the_same(
    simulate: Simulate, first: OktaDialect, second: OktaDialect
):
    server = FakeServer("Admins", "Users")
    await simulate(server, first)
    users, groups = [{**user} for user in server.users.values()], [{**group} for group in server.groups.values()]

    verdict = await simulate(server, second)

    assert [(exchange.purpose, exchange.failure) for exchange in verdict.failures] == []
    assert list(server.users.values()) == users
    assert [sorted(group["members"]) for group in server.groups.values()] == [sorted(g["members"]) for g in groups]


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_members_of_before_stay_in_their_groups_and_strangers_are_not_touched(
    simulate: Simulate, dialect: OktaDialect
):
    server = FakeServer()
    boss, other = server.add_user("boss@x.test"), server.add_user("other@x.test")
    server.add_group("Admins", boss["id"])
    server.add_group("users", boss["id"], other["id"])
    server.add_group("Ops", other["id"])
    strangers = [{**boss}, {**other}]

    verdict = await simulate(server, dialect)

    assert verdict.passed
    assert [boss, other] == strangers
    assert server.group("Admins")["members"] == [boss["id"], server.user("ada.lindqvist@acme.test")["id"]]
    assert set(server.group("users")["members"]) == set(server.users)
    assert server.group("Ops")["members"] == [other["id"]]


async def test_nobody_is_left_deactivated_who_was_active_before(simulate: Simulate):
    server = FakeServer("Users")
    for person in sample_people(4):
        server.add_user(person.user_name.upper(), externalId="other")

    verdict = await simulate(server)

    assert verdict.passed
    assert [user["active"] for user in server.users.values()] == [True] * 4
    assert "Nobody was left deactivated: there is nobody else who was not active before." in verdict.notes


async def test_an_admin_of_before_is_never_deactivated(simulate: Simulate):
    server = FakeServer("Users")
    admins = [server.add_user(person.user_name)["id"] for person in sample_people(2)]
    server.add_group("Admins", *admins)

    verdict = await simulate(server, people=sample_people(2))

    assert verdict.passed
    deactivations = [path for method, path, _, _ in server.requests if method == "PATCH" and path.startswith("/Users")]
    assert deactivations == []
    assert "Nobody was deactivated, because all the people are admins of the server." in verdict.notes


async def test_the_catalog_dialect_puts_profiles_and_patches_the_rest(simulate: Simulate):
    server = FakeServer("Users")

    await simulate(server)

    assert writes(server, "Users") == {"POST", "PUT", "PATCH"}
    assert writes(server, "Groups") == {"POST", "PATCH"}
    group = server.group("Users")
    ids = list(server.users)
    ada, zoe, sean, lukasz = (
        {"value": id, "display": person.user_name} for id, person in zip(ids, sample_people(4), strict=True)
    )
    unknown = {"value": "00000000-0000-4000-8000-000000000000", "display": "never.provisioned@acme.test"}
    everybody = {"op": "replace", "path": "members", "value": [ada, zoe, sean, lukasz]}
    pushes = [
        body for method, path, _, body in server.requests if (method, path) == ("PATCH", f"/Groups/{group['id']}")
    ]
    assert pushes == [
        PATCH_OP | {"Operations": [{"op": "replace", "value": {"id": group["id"], "displayName": "Users"}}]},
        PATCH_OP | {"Operations": [everybody]},
        PATCH_OP
        | {
            "Operations": [
                {"op": "remove", "path": f'members[value eq "{ids[3]}"]'},
                {"op": "add", "path": "members", "value": [ada]},
            ]
        },
        PATCH_OP
        | {
            "Operations": [
                {"op": "remove", "path": f'members[value eq "{ids[0]}"]'},
                {"op": "add", "path": "members", "value": [lukasz]},
            ]
        },
        PATCH_OP | {"Operations": [everybody | {"value": [ada, zoe, sean, lukasz, unknown]}]},
    ]


async def test_the_custom_app_dialect_puts_everything(simulate: Simulate):
    server = FakeServer("Users")

    await simulate(server, OktaDialect.CUSTOM_APP)

    assert writes(server, "Users") == writes(server, "Groups") == {"POST", "PUT"}


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_put_returns_what_the_server_gave_but_for_the_change(simulate: Simulate, dialect: OktaDialect):
    server = FakeServer()
    extra = {"nickName": "Z", "urn:x:unknown": {"a": [1]}, "emails": [{"value": "zoe@home.test", "type": "home"}]}
    server.add_user("zoe.hale@acme.test", **extra)

    await simulate(server, dialect, people=sample_people(2)[1:])

    sent = next(body for method, _, _, body in server.requests if method == "PUT")
    assert sent is not None
    assert sent["nickName"] == "Z"
    assert sent["urn:x:unknown"] == {"a": [1]}
    work = {"primary": True, "value": "zoe.hale@acme.test", "type": "work"}
    assert sent["emails"] == [work, {"value": "zoe@home.test", "type": "home"}]
    assert sent["name"] == {"givenName": "Zoë", "familyName": "Brontë-Hale"}


async def test_a_create_carries_what_okta_sends(simulate: Simulate):
    server = FakeServer()

    await simulate(server)

    created = next(body for method, path, _, body in server.requests if (method, path) == ("POST", "/Users"))
    assert created is not None
    password, external_id = created.pop("password"), created.pop("externalId")
    assert password
    assert external_id.startswith("00u")
    assert len(external_id) == 20
    assert created == {
        "schemas": [
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        ],
        "userName": "ada.lindqvist@acme.test",
        "name": {"givenName": "Ada", "familyName": "Lindqvist"},
        "displayName": "Ada Lindqvist",
        "emails": [{"primary": True, "value": "ada.lindqvist@acme.test", "type": "work"}],
        "locale": "en-US",
        "title": "Head of Platform",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Engineering"},
        "groups": [],
        "active": True,
    }


async def test_headers_and_queries_are_those_of_okta(simulate: Simulate):
    server = FakeServer()

    await simulate(server)

    for method, _, headers, _ in server.requests:
        assert headers["user-agent"] == "Okta SCIM Client 1.0.0"
        if method == "GET":
            assert headers["accept"] == "application/scim+json"
            assert headers["accept-charset"] == "utf-8"
            assert headers["content-type"] == "application/scim+json; charset=utf-8"
        else:
            assert headers["accept"] == "application/scim+json; charset=utf-8"
            assert headers["content-type"] == "application/json"
    tokens = [headers["authorization"] for _, _, headers, _ in server.requests]
    assert tokens.count("non-token") == 1
    assert tokens.count(f"Bearer {TOKEN}") == len(tokens) - 1
    paths = [path for _, path, _, _ in server.requests]
    assert paths[:2] == ["/Users?startIndex=1&count=2", "/Groups?startIndex=1&count=100"]
    assert "/Users?filter=userName%20eq%20%22ada.lindqvist%40acme.test%22&startIndex=1&count=100" in paths


async def test_an_import_reads_every_page_of_a_hundred(simulate: Simulate):
    server = FakeServer()
    for number in range(250):
        server.add_user(f"{number}@x.test")

    verdict = await simulate(server)

    assert verdict.passed
    pages = [exchange.path for exchange in verdict.exchanges if exchange.fact == "O-41"]
    assert pages == [f"/Users?startIndex={start}&count=100" for start in (1, 101, 201)]


async def test_a_server_that_creates_groups_gets_one_pushed_and_deleted(simulate: Simulate):
    server = FakeServer(creates_groups=True)

    verdict = await simulate(server)

    assert verdict.passed
    assert [exchange.fact for exchange in verdict.exchanges if exchange.method in ("POST", "DELETE")][-2:] == [
        "O-50",
        "O-57",
    ]
    assert server.groups == {}


async def test_workers_assign_at_the_same_time_and_lose_nobody(simulate: Simulate):
    class Slow(FakeServer):
        at_once = most = 0

        async def __call__(self, scope, receive, send) -> None:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
            await asyncio.sleep(0)
            await super().__call__(scope, receive, send)
            self.at_once -= 1

    server = Slow("Users")

    verdict = await simulate(server, people=sample_people(60), workers=4)

    assert verdict.passed
    assert server.most == 4
    assert len(server.users) == 60


async def test_a_busy_server_is_asked_again_after_the_time_it_wants(simulate: Simulate):
    class Busy(FakeServer):
        refusals = 3

        def answer(self, method, path, query, body):
            if method == "POST" and self.refusals:
                self.refusals -= 1
                raise Refusal(429, "Too many requests.")
            return super().answer(method, path, query, body)

    server = Busy()

    verdict = await simulate(server)

    assert verdict.passed
    assert server.refusals == 0
    assert len(server.users) == 4


async def test_one_person_alone_is_enough_and_stays_active(simulate: Simulate):
    server = FakeServer("Admins", "Users")

    verdict = await simulate(server, people=sample_people(1))

    assert verdict.passed
    assert [user["active"] for user in server.users.values()] == [True]

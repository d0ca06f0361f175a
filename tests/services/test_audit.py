"""Every command leaves exactly one event when it succeeds and none when it does not; secrets are in none of them."""

import inspect
from dataclasses import replace

import pytest

from rollbook.domain.actors import Channel
from rollbook.domain.errors import DomainError, Forbidden
from rollbook.domain.groups import GroupChange
from rollbook.domain.policy import Permission
from rollbook.domain.roles import Role
from rollbook.services import Services
from tests.builders import NOBODY, a_draft, a_tool, okta, signed_in
from tests.conftest import BASE_URL
from tests.services.commands import COMMANDS, WITHOUT_AN_EVENT, A, a_world, deactivated
from tests.services.conftest import PEPPER
from tests.services.facts import everything_in
from tests.services.outside import Outside
from tests.services.sso_commands import a_world_with_sso


@pytest.fixture
def outside():
    return Outside()


@pytest.fixture
async def services(database, clock, outside):
    return Services(database, PEPPER, clock, base_url=BASE_URL, gateways=outside.gateways())


@pytest.fixture
async def world(services, acme, database, outside):
    return await a_world_with_sso(await a_world(services, acme), services, database, outside.dns)


async def events_of_all(services):
    """Every event of every organization, the newest first."""
    events = []
    for organization in await services.organizations.list():
        operator = await services.organizations.operator(organization.handle)
        events += await services.audit.events(operator, limit=1000)
    return sorted(events, key=lambda event: event.id, reverse=True)


def test_the_walk_knows_every_method_of_every_service(services):
    methods = {name for name, _ in inspect.getmembers(services, inspect.ismethod) if not name.startswith("_")}
    for service_name, service in vars(services).items():
        if not service_name.startswith("_") and service_name != "seal":  # a key, which does nothing
            methods |= {
                f"{service_name}.{name}"
                for name, _ in inspect.getmembers(service, inspect.ismethod)
                if not name.startswith("_")
            }

    assert methods == {name.partition(" ")[0] for name in COMMANDS} | WITHOUT_AN_EVENT.keys()


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_success_is_exactly_one_event(services, world, command):
    action, succeed, _, _ = COMMANDS[command]
    before = await events_of_all(services)

    await succeed(services, world)

    event, *rest = await events_of_all(services)
    assert rest == before
    assert event.action is action


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_refusal_is_no_event(services, world, command):
    _, _, refuse, _ = COMMANDS[command]
    before = await events_of_all(services)

    with pytest.raises(DomainError):
        await refuse(services, world)

    assert await events_of_all(services) == before


@pytest.mark.parametrize("command", [name for name, calls in COMMANDS.items() if calls[3]])
async def test_what_changes_nothing_is_no_event(services, world, command):
    _, _, _, repeat = COMMANDS[command]
    before = await events_of_all(services)

    await repeat(services, world)

    assert await events_of_all(services) == before


async def test_no_secret_is_in_the_trail(services, world, database):
    secrets = []
    for _, succeed, _, _ in COMMANDS.values():
        outcome = await succeed(services, world)
        outcomes = outcome if isinstance(outcome, tuple) else (outcome,)
        secrets += [each for each in outcomes if isinstance(each, str) and each.startswith("rollbook_")]
    secrets += [world.link, world.used, world.invited]

    kept = await everything_in(database, "audit_events", "audit_targets", "provisioning_requests")

    assert len(secrets) == 11
    for secret in secrets:
        assert secret.rpartition("_")[2] not in kept
        assert secret.rpartition("_")[2][-10:] not in kept


async def test_an_event_tells_who_acted_through_which_door_and_when(services, acme, world, clock):
    clock.move(hours=1)
    actor = replace(world.idp, request_id="r1")

    await services.memberships.update(actor, world.bo.id, deactivated)

    event = (await services.audit.events(acme.operator))[0]
    assert (event.organization_id, event.occurred_at) == (acme.organization.id, clock.moment)
    assert (event.channel, event.actor_kind, event.actor_id, event.actor_name, event.request_id) == (
        Channel.SCIM,
        "scim_token",
        world.idp.id,
        "Okta",
        "r1",
    )
    assert (event.target, event.changes, event.warning) == ("bo@acme.test", {"active": (True, False)}, None)


async def test_a_session_and_a_tool_are_told_apart(services, acme, world):
    tool = await a_tool(services, acme.operator)
    for actor, role in ((world.session, Role.ADMIN), (tool, Role.USER), (acme.operator, Role.ADMIN)):
        await services.memberships.change_role(actor, world.bo.id, role)

    told = [(e.channel, e.actor_kind, e.actor_id) for e in (await services.audit.events(acme.operator, limit=3))]
    assert told == [
        (Channel.CLI, "operator", None),
        (Channel.GRAPHQL, "api_token", tool.id),
        (Channel.GRAPHQL, "session", world.session.session_id),
    ]


async def test_the_events_of_a_member_are_those_that_touched_them(services, acme):
    idp = await okta(services, acme.operator)
    bo = await services.memberships.create(idp, a_draft("bo@acme.test"))
    cy = await services.memberships.create(idp, a_draft("cy@acme.test"))
    await services.groups.change(idp, "admins", GroupChange(add=(bo.id, cy.id)))
    await services.memberships.update(idp, bo.id, deactivated)
    await services.memberships.remove(idp, bo.id)

    of_bo = await services.audit.events(acme.operator, membership_id=bo.id)
    of_cy = await services.audit.events(acme.operator, membership_id=cy.id, limit=1)

    assert [event.action for event in of_bo] == [
        A.MEMBERSHIP_REMOVED,
        A.MEMBERSHIP_UPDATED,
        A.GROUP_MEMBERS_CHANGED,
        A.MEMBERSHIP_CREATED,
    ]
    assert [event.action for event in of_cy] == [A.GROUP_MEMBERS_CHANGED]
    assert await services.audit.events(acme.operator, membership_id=NOBODY) == []


async def test_the_trail_is_for_those_who_may_read_it(services, acme):
    auditor = await a_tool(services, acme.operator, frozenset({Permission.AUDIT_READ}))
    admin = await signed_in(services, acme.operator, "a@acme.test")
    user = await signed_in(services, acme.operator, "eve@acme.test", Role.USER)

    for actor in (auditor, admin):
        assert len(await services.audit.events(actor, limit=2)) == 2
    for actor in (
        user,
        await okta(services, acme.operator),
        await a_tool(services, acme.operator, frozenset({Permission.SETTINGS_WRITE})),
    ):
        with pytest.raises(Forbidden):
            await services.audit.events(actor)

"""Organizations that are renamed, that decide things for themselves, and that people leave."""

import asyncio
from dataclasses import replace

import pytest

from rollbook.domain.audit import AuditAction
from rollbook.domain.errors import Forbidden, InvalidValue, LastAdmin, NotFound, Unauthenticated, VersionMismatch
from rollbook.domain.organizations import OrganizationSettings
from rollbook.domain.policy import API_SCOPES, Permission
from rollbook.domain.roles import Role
from rollbook.services import Services
from rollbook.services.provisioning import STRETCH
from tests.builders import a_session, a_tool, every_member, okta, signed_in
from tests.log import log, note
from tests.services.conftest import PEPPER


@pytest.fixture
async def services(database, clock):
    return Services(database, PEPPER, clock)


def named(name):
    return lambda before: replace(before, name=name)


def decided(**settings):
    return lambda before: replace(before, settings=replace(before.settings, **settings))


async def test_an_admin_renames_the_organization(services, acme, clock):
    admin = await signed_in(services, acme.operator, "a@acme.test")

    renamed = await services.organizations.update(admin, named(" Acme & Söhne "), expected_version=1)

    assert renamed == replace(acme.organization, name="Acme & Söhne")
    assert renamed.version == 2
    kept = await services.organizations.get(admin)
    assert (kept, kept.version) == (renamed, 2)
    event = (await services.audit.events(acme.operator))[0]
    assert (event.action, event.target, event.changes, event.occurred_at) == (
        AuditAction.ORGANIZATION_UPDATED,
        "acme",
        {"name": ("Acme", "Acme & Söhne")},
        clock.moment,
    )


async def test_settings_differ_from_their_defaults_until_they_are_set_back(services, acme):
    assert await services.organizations.settings(acme.operator) == OrganizationSettings(None, 90)

    await services.organizations.update(acme.operator, decided(token_max_lifetime_days=30))
    await services.organizations.update(acme.operator, decided(provisioning_log_retention_days=7))
    assert await services.organizations.settings(acme.operator) == OrganizationSettings(30, 7)

    back = await services.organizations.update(
        acme.operator, decided(token_max_lifetime_days=None, provisioning_log_retention_days=90)
    )
    assert (back, back.version) == (acme.organization, 4)


async def test_a_change_of_nothing_leaves_no_version_and_no_event(services, acme):
    events = await services.audit.events(acme.operator)

    same = await services.organizations.update(acme.operator, named("Acme"), expected_version=1)

    assert (same, same.version) == (acme.organization, 1)
    assert await services.audit.events(acme.operator) == events


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (named(" "), "name"),
        (named("x" * 129), "name"),
        (decided(token_max_lifetime_days=0), "tokenMaxLifetimeDays"),
        (decided(token_max_lifetime_days=3651), "tokenMaxLifetimeDays"),
        (decided(provisioning_log_retention_days=0), "provisioningLogRetentionDays"),
    ],
)
async def test_what_cannot_be_is_refused(services, acme, change, field):
    events = await services.audit.events(acme.operator)

    with pytest.raises(InvalidValue) as refusal:
        await services.organizations.update(acme.operator, change)

    assert refusal.value.field == field
    assert await services.organizations.get(acme.operator) == acme.organization
    assert await services.audit.events(acme.operator) == events


async def test_a_stale_version_is_refused(services, acme):
    await services.organizations.update(acme.operator, named("Newer"))

    with pytest.raises(VersionMismatch) as refusal:
        await services.organizations.update(acme.operator, named("Older"), expected_version=1)

    assert (refusal.value.current, refusal.value.membership_id) == (2, None)
    assert (await services.organizations.get(acme.operator)).name == "Newer"


async def test_changes_at_the_same_moment_are_all_kept(services, acme):
    await asyncio.gather(
        services.organizations.update(acme.operator, named("Other")),
        services.organizations.update(acme.operator, decided(token_max_lifetime_days=30)),
        services.organizations.update(acme.operator, decided(provisioning_log_retention_days=7)),
    )

    kept = await services.organizations.get(acme.operator)
    assert (kept.name, kept.settings, kept.version) == ("Other", OrganizationSettings(30, 7), 4)


async def test_settings_are_the_business_of_those_who_may_change_them(services, acme):
    tool = await a_tool(services, acme.operator, frozenset({Permission.SETTINGS_WRITE}))
    assert (await services.organizations.update(tool, named("By a tool"))).name == "By a tool"

    for actor in (
        await okta(services, acme.operator),
        await a_tool(services, acme.operator, API_SCOPES - {Permission.SETTINGS_WRITE}),
        await signed_in(services, acme.operator, "eve@acme.test", Role.USER),
    ):
        for work in (services.organizations.settings(actor), services.organizations.update(actor, named("Mine"))):
            with pytest.raises(Forbidden):
                await work
    assert (await services.organizations.get(acme.operator)).name == "By a tool"


def _path(days):
    return f"/Users/01900000-0000-7000-8000-00000000000{days}"


async def test_the_notes_of_provisioning_are_forgotten_when_the_organization_wants(services, acme, globex, clock):
    acmes, globexs = await okta(services, acme.operator), await okta(services, globex.operator)
    await services.organizations.update(acme.operator, decided(provisioning_log_retention_days=7))

    for days in (0, 3, 4):
        clock.move(days=days)
        for idp in (acmes, globexs):
            await note(services, idp, _path(days))
    clock.move(seconds=1)
    await services.provisioning.forget()

    kept = [[request.path for request in await log(services, each)] for each in (acme, globex)]
    assert kept == [[_path(4), _path(3)], [_path(4), _path(3), _path(0)]]


async def test_many_notes_are_forgotten_in_stretches(services, acme, clock):
    idp = await okta(services, acme.operator)
    for number in range(STRETCH + 2):
        await note(services, idp, f"/{number}")
    clock.move(days=91)

    await services.provisioning.forget()

    assert await log(services, acme) == []


async def test_a_member_leaves(services, acme):
    secret = await a_session(services, acme.operator, "bo@acme.test", Role.USER)
    bo = await services.sessions.authenticate(secret)

    await services.organizations.leave(bo)

    assert await every_member(services, acme.operator) == [acme.admin]
    with pytest.raises(Unauthenticated):
        await services.sessions.authenticate(secret)
    event = (await services.audit.events(acme.operator))[0]
    assert (event.action, event.target, event.actor_kind) == (
        AuditAction.MEMBERSHIP_REMOVED,
        "bo@acme.test",
        "session",
    )
    with pytest.raises(NotFound):
        await services.organizations.leave(bo)


async def test_the_last_admin_cannot_leave(services, acme):
    admin = await signed_in(services, acme.operator, "a@acme.test")
    events = await services.audit.events(acme.operator)

    with pytest.raises(LastAdmin):
        await services.organizations.leave(admin)

    assert await every_member(services, acme.operator) == [acme.admin]
    assert await services.audit.events(acme.operator) == events


async def test_of_two_admins_who_leave_at_once_one_stays(services, acme):
    admins = [await signed_in(services, acme.operator, email) for email in ("a@acme.test", "b@acme.test")]

    outcomes = await asyncio.gather(*(services.organizations.leave(admin) for admin in admins), return_exceptions=True)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["LastAdmin", "NoneType"]
    assert len(await every_member(services, acme.operator)) == 1


async def test_only_who_is_signed_in_can_leave(services, acme):
    for actor in (await a_tool(services, acme.operator), await okta(services, acme.operator), acme.operator):
        with pytest.raises(Forbidden):
            await services.organizations.leave(actor)

    assert await every_member(services, acme.operator) == [acme.admin]

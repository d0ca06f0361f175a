"""Deleting an organization: all of it goes, and nothing of any other."""

import asyncio

import pytest

from rollbook.domain.errors import Busy, Forbidden, NotFound, Unauthenticated
from rollbook.domain.groups import GroupChange
from rollbook.domain.sessions import SignInMethod
from rollbook.domain.tokens import TokenKind
from rollbook.persistence import deletion
from rollbook.services import Services
from tests.builders import a_draft, a_session, a_tool, okta, signed_in
from tests.log import note
from tests.services.conftest import PEPPER
from tests.services.connections import a_connection, a_passkey, inside, linked
from tests.services.rows import all_rows, mentions, without


@pytest.fixture
async def services(database, clock):
    return Services(database, PEPPER, clock)


async def a_full_life(services, organization, domain):
    """Something in each table that a service can fill."""
    idp = await okta(services, organization.operator)
    bo = await services.memberships.create(idp, a_draft(f"bo@{domain}", f"bo.work@{domain}", displayName="Bo Derek"))
    gone = await services.memberships.create(idp, a_draft(f"gone@{domain}"))
    await services.memberships.remove(idp, gone.id)
    await services.groups.change(idp, "admins", GroupChange(add=(bo.id,)))
    await note(services, idp, "/Users")
    await services.sessions.create_login_link(organization.operator, f"bo@{domain}")
    secret = await a_session(services, organization.operator, f"bo@{domain}")
    token, api = await services.tokens.issue(organization.operator, TokenKind.API, "Tools")
    await services.tokens.rotate(organization.operator, token.id)
    return secret, api


async def ways_in(services, organization, database, clock, domain):
    """A connection with an identity, a passkey, a session through SSO, and a domain."""
    connection = await services.sso.save(organization.operator, a_connection())
    await linked(database, connection, organization.admin, clock())
    await a_passkey(database, organization.admin, clock())
    await services.login_domains.add(organization.operator, domain)
    return (await inside(database, organization.admin, SignInMethod.SSO, clock()))[0]


async def test_everything_of_the_organization_goes_and_nothing_of_another(services, acme, globex, database, clock):
    session, api = await a_full_life(services, acme, "acme.test")
    await a_full_life(services, globex, "globex.test")
    through_sso = await ways_in(services, acme, database, clock, "acme.test")
    await ways_in(services, globex, database, clock, "globex.test")
    before = await all_rows(database)
    counted = await services.organizations.contents(acme.operator)

    deleted = await services.organizations.delete(acme.operator)

    after = await all_rows(database)
    assert mentions(after, acme.organization.id, "acme.test") == []
    kept = without(before, acme.organization.id)
    kept["users"] = [row for row in kept["users"] if row["created_by_organization_id"] != acme.organization.id]
    assert after == kept
    assert deleted == counted
    assert counted == {name: gone for name in counted if (gone := len(before[name]) - len(after[name]))}
    assert {name for name in counted if counted[name]} == {
        name for name in before if len(before[name]) != len(after[name])
    }
    for secret in (session, through_sso):
        with pytest.raises(Unauthenticated):
            await services.sessions.authenticate(secret)
    with pytest.raises(Unauthenticated):
        await services.tokens.authenticate(api, TokenKind.API)
    with pytest.raises(NotFound, match="There are: globex"):
        await services.organizations.operator("acme")


async def test_a_user_on_whom_somebody_else_relies_stays(services, acme, globex):
    shared = await services.memberships.create(acme.operator, a_draft("both@acme.test"))
    former = await services.memberships.create(acme.operator, a_draft("former@acme.test"))
    for user_name in ("both@acme.test", "former@acme.test"):
        there = await services.memberships.create(globex.operator, a_draft(user_name))
    await services.memberships.remove(globex.operator, there.id)
    counted = await services.organizations.contents(acme.operator)

    await services.organizations.delete(acme.operator)

    assert counted["users"] == 1
    users = await services.memberships.users(globex.operator, [shared.user_id, former.user_id])
    assert [user.email for user in users.values()] == ["both@acme.test"]
    again = await services.memberships.create(globex.operator, a_draft("former@acme.test"))
    assert again.user_id == former.user_id


async def test_a_member_whom_another_organization_created_stays(services, acme, globex):
    there = await services.memberships.create(globex.operator, a_draft("guest@globex.test"))
    await services.memberships.create(acme.operator, a_draft("guest@globex.test"))

    await services.organizations.delete(acme.operator)

    users = await services.memberships.users(globex.operator, [there.user_id])
    assert [user.email for user in users.values()] == ["guest@globex.test"]


async def test_its_handle_and_its_addresses_are_free_again(services, acme):
    await services.organizations.delete(acme.operator)

    again = await services.organizations.create("acme", "Acme", "a@acme.test")

    assert again.id != acme.organization.id


async def test_what_was_interrupted_is_gone_on_with(services, acme, globex, database, monkeypatch):
    await a_full_life(services, acme, "acme.test")
    monkeypatch.setattr(deletion, "STRETCH", 1)  # so that there is something to interrupt
    before = without(await all_rows(database), acme.organization.id)["memberships"]
    async with database.write() as tx:
        await deletion.close_doors(tx, acme.organization.id, at=acme.organization.created_at)
    half = await all_rows(database)
    doors = ("tokens", "sessions", "login_links", "passkeys", "sso_identities", "sso_connections")
    assert [half[table] for table in doors] == [[]] * 6
    assert len(half["memberships"]) > len(before)

    operator = await services.organizations.operator("acme")
    await services.organizations.delete(operator)

    assert mentions(await all_rows(database), acme.organization.id, "acme.test") == []
    assert (await all_rows(database))["memberships"] == before


async def test_counting_changes_nothing(services, acme, database):
    await a_full_life(services, acme, "acme.test")
    before = await all_rows(database)

    await services.organizations.contents(acme.operator)

    assert await all_rows(database) == before


async def test_only_the_operator_deletes(services, acme, database):
    actors = (
        await a_tool(services, acme.operator),
        await okta(services, acme.operator),
        await signed_in(services, acme.operator, "a@acme.test"),
    )
    before = await all_rows(database)

    for actor in actors:
        for work in (services.organizations.contents(actor), services.organizations.delete(actor)):
            with pytest.raises(Forbidden):
                await work
    assert await all_rows(database) == before


def test_every_tenants_table_is_known():
    names = {table.name for table in deletion.TENANT_TABLES}

    assert {"audit_events", "memberships", "tokens"} < names
    assert names == {
        table.name
        for table in deletion.metadata.sorted_tables
        if "organization_id" in table.c and table.name != "users"
    }


async def test_a_write_that_comes_too_late_is_told_to_try_again(services, acme):
    idp = await okta(services, acme.operator)
    await services.organizations.delete(acme.operator)

    with pytest.raises(Busy):
        await services.memberships.create(idp, a_draft("late@acme.test"))

    with pytest.raises(NotFound):
        await services.organizations.operator("acme")


async def test_a_job_that_is_running_stops_and_nothing_of_it_is_left(services, acme, globex, database):
    before = without(await all_rows(database), acme.organization.id)
    csv = "email\n" + "\n".join(f"u{number}@acme.test" for number in range(500))
    await services.jobs.import_members(acme.operator, csv)
    running = asyncio.create_task(services.job_runner.turn())
    async with asyncio.timeout(30):
        while (await services.organizations.contents(acme.operator))["memberships"] < 10:  # noqa: ASYNC110
            await asyncio.sleep(0.001)

    deleted = await services.organizations.delete(acme.operator)
    await running

    after = await all_rows(database)
    assert 10 <= deleted["memberships"] < 501
    assert mentions(after, acme.organization.id, "acme.test") == []
    assert after["memberships"] == before["memberships"]

"""Where SSO is enforced, the doors for admins who are locked out close to whoever is no admin any more."""

import asyncio

import pytest

from rollbook.domain.errors import SignInRefused, Unauthenticated
from rollbook.domain.groups import GroupChange
from rollbook.domain.roles import Role
from rollbook.domain.sessions import SignInMethod
from rollbook.services import Services
from tests.builders import ADMIN_AND_USER, a_draft, okta
from tests.services.conftest import PEPPER
from tests.services.connections import a_connection, inside, is_live, passed
from tests.services.facts import opened
from tests.services.rows import all_rows

BREAK_GLASS = (SignInMethod.PASSKEY, SignInMethod.LINK)


@pytest.fixture
async def services(database, clock):
    return Services(database, PEPPER, clock)


@pytest.fixture
async def elsewhere_too(services, settings, clock):
    """Services over a second connection to the same database, as another process has them."""
    database = await opened(settings)
    yield Services(database, PEPPER, clock)
    await database.close()


@pytest.fixture
async def connection(services, acme, database, clock):
    return await passed(database, await services.sso.save(acme.operator, a_connection()), clock())


@pytest.fixture
async def enforced(services, acme, connection):
    return await services.sso.enforce(acme.operator, enforced=True)


@pytest.fixture
async def cy(services, acme):
    """Another admin."""
    return await services.memberships.create(acme.operator, a_draft("cy@acme.test", grants=ADMIN_AND_USER))


async def by_role(services, acme, member):
    await services.memberships.change_role(acme.operator, member.id, Role.USER)


async def by_group(services, acme, member):
    idp = await okta(services, acme.operator)
    await services.groups.change(idp, "admins", GroupChange(remove=(member.id,)))


async def by_replacing_the_group(services, acme, member):
    idp = await okta(services, acme.operator)
    await services.groups.change(idp, "admins", GroupChange(replace=(acme.admin.id,)))


WAYS = pytest.mark.parametrize("demote", [by_role, by_group, by_replacing_the_group], ids=lambda way: way.__name__)


async def sessions_of(database, member, clock, methods):
    return {method: (await inside(database, member, method, clock()))[0] for method in methods}


@WAYS
async def test_a_demoted_admin_keeps_only_what_came_through_the_provider(
    services, acme, globex, database, enforced, cy, clock, demote
):
    theirs = await sessions_of(database, cy, clock, (*BREAK_GLASS, SignInMethod.SSO))
    others = await sessions_of(database, acme.admin, clock, BREAK_GLASS)
    elsewhere, _ = await inside(database, globex.admin, SignInMethod.LINK, clock())
    link = await services.sessions.create_login_link(acme.operator, "cy@acme.test")
    of_another = await services.sessions.create_login_link(acme.operator, "a@acme.test")

    await demote(services, acme, cy)

    live = {method: await is_live(services, secret) for method, secret in theirs.items()}
    assert live == {SignInMethod.PASSKEY: False, SignInMethod.LINK: False, SignInMethod.SSO: True}
    assert [await is_live(services, secret) for secret in (*others.values(), elsewhere)] == [True] * 3
    before = await all_rows(database)
    for method in BREAK_GLASS:
        with pytest.raises(SignInRefused) as refusal:
            await inside(database, cy, method, clock())
        assert refusal.value.problem == "sso_required"
    with pytest.raises(Unauthenticated):
        await services.sessions.redeem(link)
    assert await all_rows(database) == before
    await services.memberships.change_role(acme.operator, cy.id, Role.ADMIN)
    with pytest.raises(Unauthenticated):
        await services.sessions.redeem(link)
    assert (await services.sessions.redeem(of_another))[1].role is Role.ADMIN


@WAYS
async def test_where_it_is_not_enforced_a_demoted_admin_stays_signed_in(
    services, acme, database, connection, cy, clock, demote
):
    theirs = await sessions_of(database, cy, clock, (*BREAK_GLASS, SignInMethod.SSO))
    link = await services.sessions.create_login_link(acme.operator, "cy@acme.test")

    await demote(services, acme, cy)

    assert [await is_live(services, secret) for secret in theirs.values()] == [True] * 3
    assert (await services.sessions.redeem(link))[1].role is Role.USER


@WAYS
async def test_an_enforcement_at_the_moment_of_a_demotion_leaves_no_other_door(
    services, elsewhere_too, acme, database, connection, clock, demote
):
    for at in range(4):
        member = await services.memberships.create(acme.operator, a_draft(f"c{at}@acme.test", grants=ADMIN_AND_USER))
        theirs = await sessions_of(database, member, clock, BREAK_GLASS)

        await asyncio.gather(services.sso.enforce(acme.operator, enforced=True), demote(elsewhere_too, acme, member))

        assert [await is_live(services, secret) for secret in theirs.values()] == [False, False]
        await services.sso.enforce(acme.operator, enforced=False)

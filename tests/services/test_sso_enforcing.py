"""SSO that is enforced: which doors close and which stay open, and which members are linked to the provider."""

import pytest

from rollbook.domain.audit import AuditAction
from rollbook.domain.errors import Forbidden, InvalidValue, NotFound, SignInRefused
from rollbook.domain.policy import Permission
from rollbook.domain.roles import Role
from rollbook.domain.sessions import SignInMethod
from rollbook.domain.sso import SignInProblem
from rollbook.persistence import sso_identities
from rollbook.services import Services
from tests.builders import NOBODY, a_draft, a_tool, signed_in
from tests.services.conftest import PEPPER
from tests.services.connections import ISSUER, a_connection, inside, is_live, linked, passed
from tests.services.rows import all_rows


@pytest.fixture
async def services(database, clock):
    return Services(database, PEPPER, clock)


@pytest.fixture
async def admin(services, acme):
    return await signed_in(services, acme.operator, "a@acme.test")


@pytest.fixture
async def bo(services, acme):
    return await services.memberships.create(acme.operator, a_draft("bo@acme.test"))


@pytest.fixture
async def cy(services, acme):
    """Another admin."""
    member = await services.memberships.create(acme.operator, a_draft("cy@acme.test"))
    return await services.memberships.change_role(acme.operator, member.id, Role.ADMIN)


@pytest.fixture
async def connection(services, admin, database, clock):
    """A connection that an admin has passed."""
    return await passed(database, await services.sso.save(admin, a_connection()), clock())


async def test_it_is_enforced_only_after_an_admin_has_passed_it(services, acme, admin, database):
    with pytest.raises(NotFound):
        await services.sso.enforce(admin, enforced=True)
    await services.sso.save(admin, a_connection())
    before = await all_rows(database)

    with pytest.raises(InvalidValue, match="once an admin has signed in") as caught:
        await services.sso.enforce(admin, enforced=True)

    assert caught.value.field == "enforced"
    assert await all_rows(database) == before


async def test_sessions_through_other_doors_end_but_the_actors_and_admins_passkeys(
    services, acme, globex, admin, connection, database, clock, bo, cy
):
    made = {
        (name, method): (await inside(database, member, method, clock()))[0]
        for name, member in (("bo", bo), ("cy", cy))
        for method in SignInMethod
    }
    elsewhere, _ = await inside(database, globex.admin, SignInMethod.INVITATION, clock())
    mine, me = await inside(database, acme.admin, SignInMethod.LINK, clock())

    after = await services.sso.enforce(me, enforced=True)

    assert (after.enforced, after.version) == (True, connection.version + 1)
    live = {each for each, secret in made.items() if await is_live(services, secret)}
    assert live == {("bo", SignInMethod.SSO), ("cy", SignInMethod.SSO), ("cy", SignInMethod.PASSKEY)}
    assert await is_live(services, mine)
    assert await is_live(services, elsewhere)
    told = (await services.audit.events(acme.operator, limit=1))[0]
    assert (told.action, told.target) == (AuditAction.SSO_ENFORCED, ISSUER)
    assert told.changes == {"enforced": (False, True)}


async def test_while_it_is_enforced_only_the_break_glass_doors_are_open_beside_it(
    services, admin, connection, database, clock, bo, cy
):
    await services.sso.enforce(admin, enforced=True)
    before = await all_rows(database)

    for member, method in ((bo, SignInMethod.PASSKEY), (bo, SignInMethod.INVITATION), (cy, SignInMethod.INVITATION)):
        with pytest.raises(SignInRefused) as caught:
            await inside(database, member, method, clock())
        assert caught.value.problem == SignInProblem.SSO_REQUIRED
    assert await all_rows(database) == before

    for member, method in ((bo, SignInMethod.SSO), (cy, SignInMethod.PASSKEY), (cy, SignInMethod.LINK)):
        secret, _ = await inside(database, member, method, clock())
        assert await is_live(services, secret)


async def test_when_it_is_released_every_door_is_open_again_and_twice_is_once(
    services, acme, admin, connection, database, clock, bo
):
    await services.sso.enforce(admin, enforced=True)
    enforced = await all_rows(database)
    await services.sso.enforce(admin, enforced=True)
    assert await all_rows(database) == enforced

    released = await services.sso.enforce(admin, enforced=False)
    rows = await all_rows(database)
    assert await services.sso.enforce(admin, enforced=False) == released

    assert await all_rows(database) == rows
    assert (await services.audit.events(acme.operator, limit=1))[0].action is AuditAction.SSO_RELEASED
    secret, _ = await inside(database, bo, SignInMethod.PASSKEY, clock())
    assert await is_live(services, secret)


async def test_an_api_token_enforces_it_and_no_session_is_spared(services, acme, connection, database, clock):
    secret, _ = await inside(database, acme.admin, SignInMethod.LINK, clock())

    await services.sso.enforce(await a_tool(services, acme.operator), enforced=True)

    assert not await is_live(services, secret)


async def test_admins_see_who_is_linked_and_members_only_themselves(
    services, acme, globex, admin, connection, database, clock, bo, cy
):
    of_bo = await linked(database, connection, bo, clock(), "00u-bo")
    of_cy = await linked(database, connection, cy, clock(), "00u-cy")
    ids = [acme.admin.id, bo.id, cy.id, globex.admin.id, NOBODY, "no id"]
    member = await signed_in(services, acme.operator, "bo@acme.test", Role.USER)
    stranger = await signed_in(services, globex.operator, "g@globex.test")

    assert await services.sso.identities_of(admin, ids) == {bo.id: of_bo, cy.id: of_cy}
    assert await services.sso.identities_of(member, ids) == {bo.id: of_bo}
    assert await services.sso.identities_of(stranger, ids) == {}
    assert "00u-bo" not in repr(of_bo)


async def test_unlinking_ends_what_came_through_the_provider_and_nothing_else(
    services, acme, admin, connection, database, clock, bo, cy
):
    await linked(database, connection, bo, clock(), "00u-bo")
    await linked(database, connection, cy, clock(), "00u-cy")
    through_sso, _ = await inside(database, bo, SignInMethod.SSO, clock())
    by_passkey, _ = await inside(database, bo, SignInMethod.PASSKEY, clock())
    of_another, _ = await inside(database, cy, SignInMethod.SSO, clock())

    assert await services.sso.unlink(admin, bo.id) == bo
    rows = await all_rows(database)
    assert await services.sso.unlink(admin, bo.id) == bo

    assert await all_rows(database) == rows
    assert [row["subject"] for row in rows["sso_identities"]] == ["00u-cy"]
    assert [await is_live(services, each) for each in (through_sso, by_passkey, of_another)] == [False, True, True]
    told = (await services.audit.events(acme.operator, membership_id=bo.id, limit=1))[0]
    assert (told.action, told.target) == (AuditAction.IDENTITY_UNLINKED, "bo@acme.test")
    assert told.changes == {"issuer": (ISSUER, None), "subject": ("00u-bo", None)}


async def test_nobody_is_unlinked_by_a_member_or_from_elsewhere(
    services, acme, globex, admin, connection, database, clock, bo
):
    await linked(database, connection, bo, clock())
    member = await signed_in(services, acme.operator, "bo@acme.test", Role.USER)
    stranger = await signed_in(services, globex.operator, "g@globex.test")
    before = await all_rows(database)

    with pytest.raises(Forbidden):
        await services.sso.unlink(member, bo.id)
    for membership_id in (bo.id, NOBODY, "no id"):
        with pytest.raises(NotFound):
            await services.sso.unlink(stranger, membership_id)
    assert await all_rows(database) == before


async def test_an_identity_that_was_unlinked_or_moved_lets_nobody_in(
    services, acme, admin, connection, database, clock, bo, cy
):
    identity = await linked(database, connection, bo, clock())
    clock.move(minutes=1)
    async with database.write() as tx:
        assert await sso_identities.touch(tx, identity, at=clock())
        moved = await sso_identities.relink(tx, identity, cy.id, at=clock())
        assert not await sso_identities.touch(tx, identity, at=clock())
        assert await sso_identities.relink(tx, identity, bo.id, at=clock()) is None
        assert moved is not None
        assert (moved.membership_id, moved.created_at, moved.last_used_at) == (cy.id, identity.created_at, clock())
        assert await sso_identities.of_membership(tx, cy.organization_id, cy.id) == [moved]
    await services.sso.unlink(admin, cy.id)
    async with database.write() as tx:
        assert not await sso_identities.touch(tx, moved, at=clock())
        assert await sso_identities.relink(tx, moved, bo.id, at=clock()) is None
    assert (await all_rows(database))["sso_identities"] == []


async def test_another_admin_is_unlinked_only_with_the_right_to_revoke_admin(
    services, acme, connection, database, clock, bo, cy
):
    for member, subject in ((bo, "00u-bo"), (cy, "00u-cy")):
        await linked(database, connection, member, clock(), subject)
    tool = await a_tool(services, acme.operator, frozenset({Permission.MEMBERS_WRITE}))
    stronger = await a_tool(services, acme.operator, frozenset({Permission.MEMBERS_WRITE, Permission.ROLES_WRITE}))
    before = await all_rows(database)

    with pytest.raises(Forbidden):
        await services.sso.unlink(tool, cy.id)

    assert await all_rows(database) == before
    await services.sso.unlink(tool, bo.id)
    await services.sso.unlink(stronger, cy.id)
    assert (await all_rows(database))["sso_identities"] == []

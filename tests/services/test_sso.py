"""The SSO connection of an organization: made, changed, tested and removed, and its secret never seen again."""

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from rollbook.domain.audit import AuditAction
from rollbook.domain.encryption import Vault
from rollbook.domain.errors import Forbidden, InvalidValue, NotFound, ProviderFailed, SignInAgain, VersionMismatch
from rollbook.domain.policy import Permission
from rollbook.domain.roles import Role
from rollbook.domain.sessions import SignInMethod
from rollbook.domain.sso import ClientAuthentication, Provider
from rollbook.persistence import sso_connections
from rollbook.services import Services
from tests.builders import a_draft, a_tool, okta, signed_in
from tests.services.conftest import PEPPER
from tests.services.connections import ISSUER, SECRET, a_connection, inside, is_live, linked, passed
from tests.services.facts import opened
from tests.services.outside import PASSED, Outside
from tests.services.rows import all_rows, mentions

BASE_URL = "https://rollbook.test"


@pytest.fixture
def outside():
    return Outside()


@pytest.fixture
async def services(database, clock, outside):
    return Services(database, PEPPER, clock, base_url=BASE_URL, gateways=outside.gateways())


@pytest.fixture
async def admin(services, acme):
    return await signed_in(services, acme.operator, "a@acme.test")


async def test_a_connection_is_made_as_it_was_entered(services, admin, clock):
    assert await services.sso.get(admin) is None

    made = await services.sso.save(
        admin,
        a_connection(issuer=f" {ISSUER}\n", client_secret=f"{SECRET}\n", jit_role=Role.USER),
    )

    assert await services.sso.get(admin) == made
    assert (made.provider, made.issuer, made.client_id) == (Provider.OKTA, ISSUER, "0oa1")
    assert (made.client_authentication, made.jit_role) == (ClientAuthentication.BASIC, Role.USER)
    assert (made.enforced, made.passed_at, made.version) == (False, None, 1)
    assert made.secret_set_at == made.created_at == made.updated_at == clock()


async def test_the_secret_is_kept_encrypted_and_is_nowhere_else(services, admin, database):
    made = await services.sso.save(admin, a_connection())

    rows = await all_rows(database)
    (row,) = rows["sso_connections"]
    assert SECRET.encode() not in row["client_secret"]
    assert mentions(rows, SECRET) == []
    assert SECRET not in repr(made) + repr(a_connection())
    assert Vault(b"another installation").open(f"sso_client_secret:{made.id}", row["client_secret"]) is None
    assert Vault(PEPPER).open("sso_client_secret:another connection", row["client_secret"]) is None
    assert Vault(PEPPER).open(f"sso_client_secret:{made.id}", row["client_secret"]) == SECRET.encode()


async def test_what_is_saved_is_told_in_the_audit_trail_without_the_secret(services, acme, admin, clock):
    made = await services.sso.save(admin, a_connection())
    clock.move(minutes=1)
    await services.sso.save(admin, a_connection(client_secret="another", jit_role=Role.USER))

    changed, created = await services.audit.events(acme.operator, limit=2)
    assert (created.action, created.target) == (AuditAction.SSO_CONNECTION_SAVED, ISSUER)
    assert created.changes["client_id"] == (None, "0oa1")
    assert set(changed.changes) == {"jit_role", "secret_set_at"}
    assert changed.changes["jit_role"] == (None, "user")
    assert made.version == 1


async def test_saving_the_same_again_changes_nothing(services, admin, database, clock):
    made = await services.sso.save(admin, a_connection())
    before = await all_rows(database)
    clock.move(minutes=1)

    again = await services.sso.save(admin, a_connection(client_secret=None))

    assert (again, again.version) == (made, 1)
    assert await all_rows(database) == before


async def test_without_a_secret_the_kept_one_stays(services, acme, admin, outside):
    await services.sso.save(admin, a_connection())

    after = await services.sso.save(
        admin, a_connection(client_secret=None, client_authentication=ClientAuthentication.POST)
    )
    await services.sso.test(admin)

    assert after.version == 2
    (party,) = outside.examiner.parties
    assert (party.client_secret, party.client_authentication) == (SECRET, ClientAuthentication.POST)
    assert party.redirect_uri == f"{BASE_URL}/auth/sso/acme/callback"


@pytest.mark.parametrize("other", [{"issuer": "https://elsewhere.test"}, {"client_id": "0oa2"}])
async def test_another_issuer_or_client_never_gets_the_kept_secret(services, admin, database, outside, other):
    await services.sso.save(admin, a_connection())
    before = await all_rows(database)

    for work in (services.sso.save, services.sso.test):
        with pytest.raises(InvalidValue, match="needs its client secret") as caught:
            await work(admin, a_connection(client_secret=None, **other))
        assert caught.value.field == "clientSecret"

    assert outside.examiner.parties == []
    assert await all_rows(database) == before


async def test_a_new_connection_needs_a_secret(services, admin, database):
    before = await all_rows(database)

    with pytest.raises(InvalidValue) as caught:
        await services.sso.save(admin, a_connection(client_secret=None))

    assert caught.value.field == "clientSecret"
    assert await all_rows(database) == before


@pytest.mark.parametrize("other", [{"issuer": "https://elsewhere.test"}, {"client_id": "0oa2"}])
async def test_another_issuer_or_client_has_to_be_passed_anew_by_people_who_are_linked_anew(
    services, acme, admin, database, clock, other
):
    made = await passed(database, await services.sso.save(admin, a_connection(jit_role=Role.USER)), clock())
    await services.sso.enforce(admin, enforced=True)
    bo = await services.memberships.create(acme.operator, a_draft("bo@acme.test"))
    gone = await services.memberships.create(acme.operator, a_draft("gone@acme.test"))
    await linked(database, made, bo, clock(), "00u-bo")
    await linked(database, made, gone, clock(), "00u-gone")
    await services.memberships.remove(acme.operator, gone.id)
    theirs, _ = await inside(database, bo, SignInMethod.SSO, clock())
    mine, me = await inside(database, acme.admin, SignInMethod.SSO, clock())

    after = await services.sso.save(me, a_connection(**other))

    assert (after.id, after.passed_at, after.enforced) == (made.id, None, False)
    assert [row["subject"] for row in (await all_rows(database))["sso_identities"]] == ["00u-gone"]
    assert not await is_live(services, theirs)
    assert await is_live(services, mine)


async def test_another_secret_or_role_leaves_everybody_where_they_are(services, acme, admin, database, clock):
    made = await passed(database, await services.sso.save(admin, a_connection()), clock())
    await services.sso.enforce(admin, enforced=True)
    await linked(database, made, acme.admin, clock())
    theirs, _ = await inside(database, acme.admin, SignInMethod.SSO, clock())

    after = await services.sso.save(admin, a_connection(client_secret="another", jit_role=Role.USER))

    assert (after.passed_at, after.enforced) == (made.passed_at, True)
    assert len((await all_rows(database))["sso_identities"]) == 1
    assert await is_live(services, theirs)


async def test_a_version_that_was_not_the_last_is_refused(services, admin, database):
    with pytest.raises(VersionMismatch, match="removed"):
        await services.sso.save(admin, a_connection(), expected_version=1)
    await services.sso.save(admin, a_connection())
    await services.sso.save(admin, a_connection(jit_role=Role.USER), expected_version=1)
    before = await all_rows(database)

    with pytest.raises(VersionMismatch) as caught:
        await services.sso.save(admin, a_connection(jit_role=None), expected_version=1)

    assert caught.value.current == 2
    assert await all_rows(database) == before


async def test_removing_it_takes_the_identities_and_the_sessions_that_came_through_it(
    services, acme, globex, database, clock
):
    theirs = await signed_in(services, globex.operator, "g@globex.test")
    there = await services.sso.save(theirs, a_connection())
    await linked(database, there, globex.admin, clock())
    elsewhere, _ = await inside(database, globex.admin, SignInMethod.SSO, clock())
    admin = await signed_in(services, acme.operator, "a@acme.test")
    made = await services.sso.save(admin, a_connection())
    bo = await services.memberships.create(acme.operator, a_draft("bo@acme.test"))
    await linked(database, made, bo, clock())
    through_sso, _ = await inside(database, bo, SignInMethod.SSO, clock())
    by_passkey, _ = await inside(database, bo, SignInMethod.PASSKEY, clock())
    mine, me = await inside(database, acme.admin, SignInMethod.SSO, clock())

    await services.sso.remove(me)
    after = await all_rows(database)
    await services.sso.remove(me)

    assert await services.sso.get(admin) is None
    assert await all_rows(database) == after
    for table in ("sso_connections", "sso_identities"):
        assert [row["organization_id"] for row in after[table]] == [globex.organization.id]
    live = [await is_live(services, secret) for secret in (through_sso, by_passkey, mine, elsewhere)]
    assert live == [False, True, True, True]
    # the provider's token is kept no longer than the session that it came with
    kept = {row["id_token"] is not None for row in after["sessions"] if row["ended_at"] is not None}
    assert kept == {False}
    removed = (await services.audit.events(acme.operator, limit=1))[0]
    assert (removed.action, removed.target) == (AuditAction.SSO_CONNECTION_REMOVED, ISSUER)


async def test_a_test_examines_what_was_entered_and_changes_nothing(services, admin, database, outside):
    before = await all_rows(database)

    found = await services.sso.test(admin, a_connection(issuer="http://not-even-https/.well-known/x"))

    assert found == PASSED
    assert outside.examiner.parties[0].issuer == "http://not-even-https/.well-known/x"
    assert await all_rows(database) == before
    with pytest.raises(NotFound):
        await services.sso.test(admin)


async def test_a_secret_that_cannot_be_read_any_more_is_told_and_can_be_entered_anew(services, admin, database):
    made = await services.sso.save(admin, a_connection())
    async with database.write() as tx:
        await sso_connections.save(tx, made, b"from another installation")

    with pytest.raises(ProviderFailed, match="Enter it again"):
        await services.sso.test(admin)

    await services.sso.save(admin, a_connection())
    assert await services.sso.test(admin) == PASSED


async def test_who_signed_in_too_long_ago_changes_nothing_and_an_api_token_needs_no_sign_in(
    services, acme, admin, database, clock
):
    connection = await services.sso.save(admin, a_connection())
    await linked(database, connection, acme.admin, clock())
    clock.move(minutes=11)
    before = await all_rows(database)

    for work in (
        services.sso.save(admin, a_connection(jit_role=Role.USER)),
        services.sso.enforce(admin, enforced=True),
        services.sso.unlink(admin, acme.admin.id),
        services.sso.remove(admin),
    ):
        with pytest.raises(SignInAgain):
            await work
    assert await all_rows(database) == before

    tool = await a_tool(services, acme.operator)
    assert (await services.sso.save(tool, a_connection(jit_role=Role.USER))).version == 2


async def test_only_who_may_change_settings_and_grant_admin_decides_which_provider_is_believed(
    services, acme, database
):
    member = await signed_in(services, acme.operator, "bo@acme.test", Role.USER)
    half = await a_tool(services, acme.operator, frozenset({Permission.SETTINGS_WRITE}))
    idp = await okta(services, acme.operator)
    before = await all_rows(database)

    for actor in (member, half, idp):
        with pytest.raises(Forbidden):
            await services.sso.save(actor, a_connection())
    for actor in (member, idp):
        for work in (
            services.sso.get(actor),
            services.sso.test(actor, a_connection()),
            services.sso.enforce(actor, enforced=True),
            services.sso.remove(actor),
        ):
            with pytest.raises(Forbidden):
                await work
    assert await all_rows(database) == before


async def test_of_many_who_make_it_at_once_one_makes_it_and_the_others_change_it(services, settings, acme, clock):
    other = await opened(settings)
    try:
        both = [services, Services(other, PEPPER, clock, base_url=BASE_URL)]
        operator = acme.operator
        outcomes = await asyncio.gather(
            *(both[number % 2].sso.save(operator, a_connection(client_id=f"0oa{number}")) for number in range(6)),
            return_exceptions=True,
        )
    finally:
        await other.close()

    assert Counter(type(outcome).__name__ for outcome in outcomes) == {"SsoConnection": 6}
    assert sorted(outcome.version for outcome in outcomes) == [1, 2, 3, 4, 5, 6]
    assert len({outcome.id for outcome in outcomes}) == 1
    kept = await services.sso.get(operator)
    assert kept == max(outcomes, key=lambda outcome: outcome.version)
    assert replace(kept, version=0) == kept

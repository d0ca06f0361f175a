"""Settings of SSO that change at the moment at which somebody signs in, in one process and in two."""

import asyncio
from collections import Counter

import pytest

from rollbook.domain.encryption import Vault
from rollbook.domain.sessions import SOMEBODY, SignInMethod
from rollbook.persistence import memberships, sso_connections, sso_identities
from rollbook.persistence.database import Collision
from rollbook.services import Services
from rollbook.services.entering import Entrance
from tests.builders import a_draft
from tests.services.conftest import PEPPER
from tests.services.connections import a_connection, inside, is_live, linked, passed
from tests.services.facts import opened
from tests.services.outside import Outside
from tests.services.rows import all_rows

ROUNDS = 8


@pytest.fixture
def outside():
    return Outside()


@pytest.fixture
async def services(database, clock, outside):
    return Services(database, PEPPER, clock, gateways=outside.gateways())


@pytest.fixture
async def other_database(settings):
    """A second connection to the same database, as another process has it."""
    database = await opened(settings)
    yield database
    await database.close()


@pytest.fixture
async def bo(services, acme):
    return await services.memberships.create(acme.operator, a_draft("bo@acme.test"))


async def together(*work):
    """What came of it, all started at once; nothing may take long enough to be a deadlock."""
    async with asyncio.timeout(60):
        return await asyncio.gather(*work, return_exceptions=True)


async def signs_in(database, member, subject, at):
    """What a sign-in does: the membership, the connection, the identity and then the session; None if it is refused."""
    entrance = Entrance(PEPPER, Vault(PEPPER))
    async with database.write() as tx:
        locked = await memberships.load_for_update(tx, member.organization_id, member.id)
        connection = await sso_connections.find_held(tx, member.organization_id)
        if connection is None:
            return None
        known = await sso_identities.find(tx, member.organization_id, connection.id, connection.issuer, subject)
        if known is None or not await sso_identities.touch(tx, known, at=at):
            return None
        secret, _ = await entrance.begin(tx, locked, SignInMethod.SSO, SOMEBODY, at=at, authenticated_at=at)
        return secret


@pytest.mark.parametrize("act", ["remove", "replace", "unlink"])
async def test_who_signs_in_while_their_identity_goes_is_not_signed_in_afterwards(
    services, acme, bo, database, other_database, clock, act
):
    for _ in range(ROUNDS):
        connection = await services.sso.save(acme.operator, a_connection())
        await linked(database, connection, bo, clock(), "00u-bo")
        change = {
            "remove": lambda: services.sso.remove(acme.operator),
            "replace": lambda: services.sso.save(acme.operator, a_connection(client_id="another")),
            "unlink": lambda: services.sso.unlink(acme.operator, bo.id),
        }[act]

        secret, changed = await together(signs_in(other_database, bo, "00u-bo", clock()), change())

        assert not isinstance(changed, BaseException)
        assert secret is None or isinstance(secret, str)
        assert secret is None or not await is_live(services, secret)
        assert (await all_rows(database))["sso_identities"] == []
        await services.sso.remove(acme.operator)


async def test_who_comes_in_by_another_door_while_sso_is_enforced_is_not_inside_afterwards(
    services, acme, bo, database, other_database, clock
):
    await passed(database, await services.sso.save(acme.operator, a_connection()), clock())
    for _ in range(ROUNDS):
        came, enforced = await together(
            inside(other_database, bo, SignInMethod.PASSKEY, clock()),
            services.sso.enforce(acme.operator, enforced=True),
        )

        assert enforced.enforced
        if isinstance(came, BaseException):
            assert type(came).__name__ == "SignInRefused"
        else:
            assert not await is_live(services, came[0])
        await services.sso.enforce(acme.operator, enforced=False)


async def test_an_identity_that_two_members_take_at_once_is_linked_to_one(
    services, acme, bo, database, other_database, clock
):
    connection = await services.sso.save(acme.operator, a_connection())

    outcomes = await together(
        linked(database, connection, bo, clock(), "00u"), linked(other_database, connection, acme.admin, clock(), "00u")
    )

    assert Counter(type(outcome).__name__ for outcome in outcomes) == {"SsoIdentity": 1, "UniqueViolation": 1}
    assert len((await all_rows(database))["sso_identities"]) == 1


async def test_of_two_organizations_that_prove_a_domain_at_once_one_has_it(
    services, acme, globex, outside, database, other_database, clock
):
    elsewhere = Services(other_database, PEPPER, clock, gateways=outside.gateways())
    for number in range(ROUNDS):
        ours = await services.login_domains.add(acme.operator, f"d{number}.example")
        theirs = await services.login_domains.add(globex.operator, f"d{number}.example")
        outside.dns.records[ours.record_name] = [ours.challenge, theirs.challenge]

        outcomes = await together(
            services.login_domains.prove(acme.operator, ours.id),
            elsewhere.login_domains.prove(globex.operator, theirs.id),
        )

        assert Counter(type(outcome).__name__ for outcome in outcomes) == {"LoginDomain": 1, "AlreadyExists": 1}
    rows = (await all_rows(database))["login_domains"]
    assert len([row for row in rows if row["proven_at"] is not None]) == ROUNDS


async def test_of_many_who_add_a_domain_at_once_one_adds_it(services, acme, other_database, clock):
    elsewhere = Services(other_database, PEPPER, clock)

    outcomes = await together(
        *(each.login_domains.add(acme.operator, "acme.example") for each in [services, elsewhere] * 3)
    )

    assert Counter(type(outcome).__name__ for outcome in outcomes) == {"LoginDomain": 1, "AlreadyExists": 5}


async def test_an_organization_that_goes_while_somebody_is_linked_is_gone(
    services, acme, bo, database, other_database, clock
):
    connection = await services.sso.save(acme.operator, a_connection())

    linking, gone = await together(
        linked(other_database, connection, bo, clock()), services.organizations.delete(acme.operator)
    )

    assert not isinstance(gone, BaseException)
    assert not isinstance(linking, BaseException) or isinstance(linking, Collision)
    rows = await all_rows(database)
    assert (rows["sso_identities"], rows["sso_connections"], rows["organizations"]) == ([], [], [])

"""Sign-ins at the moment at which something else happens: in one process and in two, on both databases."""

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from rollbook.domain.errors import AlreadyExists, SignInRefused
from rollbook.domain.groups import GroupChange
from rollbook.domain.roles import Role
from rollbook.domain.sessions import SOMEBODY, Visitor
from rollbook.gateways.closed import closed_gateways
from rollbook.persistence import sso_identities
from rollbook.services import Services
from tests.builders import a_draft, every_member, okta
from tests.services.conftest import PEPPER
from tests.services.connections import a_connection, is_live
from tests.services.facts import opened
from tests.services.idp import Idp, answer_to, claims, come_in

ROUNDS = 8


@pytest.fixture
def idp():
    return Idp(says=claims())


@pytest.fixture
def gateways(idp):
    return replace(closed_gateways(), openid=idp)


@pytest.fixture
async def services(database, clock, gateways):
    return Services(database, PEPPER, clock, gateways=gateways)


@pytest.fixture
async def elsewhere_too(settings, clock, gateways):
    """Services over a second connection to the same database, as another process has them."""
    database = await opened(settings)
    yield Services(database, PEPPER, clock, gateways=gateways)
    await database.close()


@pytest.fixture
async def scim(services, acme):
    await services.sso.save(acme.operator, a_connection(jit_role=Role.USER))
    return await okta(services, acme.operator)


async def together(*work):
    """What came of it, all started at once; nothing may take long enough to be a deadlock."""
    async with asyncio.timeout(60):
        return await asyncio.gather(*work, return_exceptions=True)


def counted(outcomes):
    """How many successes, and how many refusals of each kind."""
    told = (getattr(o, "problem", type(o).__name__) if isinstance(o, BaseException) else "success" for o in outcomes)
    return Counter(str(each) for each in told)


def deactivate(services, scim, bo):
    return services.memberships.update(scim, bo.id, lambda before: before.with_active(False))


def remove(services, scim, bo):
    return services.memberships.remove(scim, bo.id)


def out_of_the_groups(services, scim, bo):
    return services.groups.change(scim, "users", GroupChange(remove=(bo.id,)))


@pytest.mark.parametrize("linked_before", [True, False])
@pytest.mark.parametrize("leaves", [deactivate, remove, out_of_the_groups])
async def test_who_comes_in_while_access_ends_is_not_in_afterwards(
    services, elsewhere_too, acme, scim, idp, leaves, linked_before
):
    for at in range(ROUNDS):
        idp.says = claims(f"00u-{at}", f"b{at}@acme.test")
        bo = await services.memberships.create(scim, a_draft(f"b{at}@acme.test"))
        if linked_before:
            await come_in(services)
        departure = await services.sign_in.start("acme")

        arrival, left = await together(
            services.sign_in.finish("acme", departure.attempt, answer_to(departure), SOMEBODY),
            leaves(elsewhere_too, scim, bo),
        )

        assert not isinstance(left, BaseException)
        if isinstance(arrival, BaseException):
            assert arrival.problem in {"access_ended", "no_role"}
        else:
            assert await is_live(services, arrival.secret) is False
            if leaves is deactivate:  # and it is not the status alone that keeps them out
                await services.memberships.update(scim, bo.id, lambda before: before.with_active(True))
                assert await is_live(services, arrival.secret) is False


async def test_an_answer_that_comes_ten_times_at_once_is_taken_once(services, elsewhere_too, acme, scim):
    await services.memberships.create(scim, a_draft("bo@acme.test"))
    departure = await services.sign_in.start("acme")

    outcomes = await together(
        *(
            each.sign_in.finish("acme", departure.attempt, answer_to(departure), SOMEBODY)
            for each in [services, elsewhere_too] * 5
        )
    )

    assert counted(outcomes) == {"success": 1, "attempt_expired": 9}
    (arrival,) = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
    assert len(await services.sessions.list(arrival.actor)) == 1


async def test_a_newcomer_who_comes_from_ten_browsers_at_once_becomes_one_member(services, elsewhere_too, acme, scim):
    departures = [await services.sign_in.start("acme") for _ in range(10)]

    outcomes = await together(
        *(
            [services, elsewhere_too][at % 2].sign_in.finish("acme", each.attempt, answer_to(each), SOMEBODY)
            for at, each in enumerate(departures)
        )
    )

    assert counted(outcomes) == {"success": 10}
    assert len({outcome.actor.membership_id for outcome in outcomes}) == 1
    assert len(await every_member(services, acme.operator)) == 2


async def test_a_newcomer_who_is_provisioned_at_the_same_moment_becomes_one_member(
    services, elsewhere_too, database, acme, scim, idp
):
    for at in range(ROUNDS):
        idp.says = claims(f"00u-{at}", f"b{at}@acme.test")
        departure = await services.sign_in.start("acme")

        arrival, made = await together(
            services.sign_in.finish("acme", departure.attempt, answer_to(departure), SOMEBODY),
            elsewhere_too.memberships.create(scim, a_draft(f"b{at}@acme.test", external_id=f"00u-{at}")),
        )

        assert not isinstance(arrival, BaseException)
        assert isinstance(made, AlreadyExists) or made.id == arrival.actor.membership_id
        assert len(await every_member(services, acme.operator)) == at + 2
        async with database.read() as tx:
            found = await sso_identities.of_membership(tx, acme.organization.id, arrival.actor.membership_id)
        assert [identity.subject for identity in found] == [f"00u-{at}"]


async def test_of_two_identities_of_one_address_at_once_one_is_linked(services, elsewhere_too, database, scim, idp):
    for at in range(ROUNDS):
        bo = await services.memberships.create(scim, a_draft(f"b{at}@acme.test"))
        departures = [await services.sign_in.start("acme") for _ in range(2)]
        redeem = idp.redeem

        async def each_another(*given, redeem=redeem, at=at, **more):
            number = len(idp.redeemed) % 2
            await redeem(*given, **more)
            return claims(f"00u-{at}-{number}", f"b{at}@acme.test")

        idp.redeem = each_another
        outcomes = await together(
            *(
                each.sign_in.finish("acme", departure.attempt, answer_to(departure), SOMEBODY)
                for each, departure in zip([services, elsewhere_too], departures, strict=True)
            )
        )
        idp.redeem = redeem

        assert counted(outcomes) == {"success": 1, "other_identity": 1}
        async with database.read() as tx:
            assert len(await sso_identities.of_membership(tx, bo.organization_id, bo.id)) == 1


async def test_a_step_up_in_a_session_that_is_revoked_at_that_moment_leaves_no_second_session(
    services, elsewhere_too, acme, scim, idp, clock
):
    idp.says = claims(authenticated_at=clock.moment)
    await services.memberships.create(scim, a_draft("bo@acme.test"))
    for _ in range(ROUNDS):
        inside = await come_in(services)
        departure = await services.sign_in.start_again(inside.actor)

        arrival, revoked = await together(
            services.sign_in.finish(
                "acme", departure.attempt, answer_to(departure), Visitor(session_secret=inside.secret)
            ),
            elsewhere_too.sessions.revoke(acme.operator, inside.actor.session_id),
        )

        assert revoked.id == inside.actor.session_id
        assert await is_live(services, inside.secret) is False
        if isinstance(arrival, SignInRefused):
            assert arrival.problem == "attempt_expired"
        else:
            await services.sessions.end(arrival.actor)


async def test_admins_who_pass_a_connection_at_once_do_not_wait_for_each_other(
    services, elsewhere_too, acme, idp, clock
):
    for at in range(ROUNDS):
        await services.sso.save(acme.operator, a_connection(client_id=f"0oa{at}"))
        departures = []
        scim = await okta(services, acme.operator)
        for number in range(4):
            email = f"a{at}-{number}@acme.test"
            made = await services.memberships.create(scim, a_draft(email, external_id=email))
            await services.memberships.change_role(acme.operator, made.id, Role.ADMIN)
            departures.append((await services.sign_in.start("acme"), claims(email, email)))
        redeem = idp.redeem

        async def by_code(party, authorization, code, *, departures=departures, answered_as=None):
            return departures[int(code)][1]

        idp.redeem = by_code
        outcomes = await together(
            *(
                [services, elsewhere_too][number % 2].sign_in.finish(
                    "acme", departure.attempt, answer_to(departure, code=str(number)), SOMEBODY
                )
                for number, (departure, _) in enumerate(departures)
            )
        )
        idp.redeem = redeem

        assert counted(outcomes) == {"success": 4}
        assert (await services.sso.get(acme.operator)).passed_at == clock.moment

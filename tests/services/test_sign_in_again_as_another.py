"""Somebody whom provisioning made anew, whom nothing tells from another person, at the account of a former member."""

from dataclasses import replace

import pytest

from rollbook.gateways.closed import closed_gateways
from rollbook.services import Services
from tests.builders import a_draft, okta
from tests.services.conftest import PEPPER
from tests.services.connections import a_connection, linked
from tests.services.idp import Idp, claims, come_in, turned_away

BEFORE, AFTER = "bo@acme.test", "bo.new@acme.test"


@pytest.fixture
def idp():
    return Idp(says=claims(email=AFTER))


@pytest.fixture
async def services(database, clock, idp):
    return Services(database, PEPPER, clock, gateways=replace(closed_gateways(), openid=idp))


@pytest.fixture
async def scim(services, acme):
    return await okta(services, acme.operator)


@pytest.fixture
async def again(services, database, acme, scim, clock):
    """Whom SCIM made under another name, after a member who was added by hand and had signed in was removed."""
    connection = await services.sso.save(acme.operator, a_connection())
    bo = await services.memberships.create(acme.operator, a_draft(BEFORE))
    await linked(database, connection, bo, clock(), "00u-bo")
    await services.memberships.remove(acme.operator, bo.id)
    return await services.memberships.create(scim, a_draft(AFTER, external_id="00u-bo"))


async def test_a_former_members_account_is_not_another_members_and_unlinking_does_not_change_that(
    services, database, acme, again
):
    assert await turned_away(services, database) == "access_ended"
    await services.sso.unlink(acme.operator, again.id)

    assert await turned_away(services, database) == "access_ended"


async def test_provisioned_under_the_former_address_they_are_themselves_again(services, scim, again):
    await services.memberships.remove(scim, again.id)
    themselves = await services.memberships.create(scim, a_draft(BEFORE, external_id="00u-bo"))
    profile = a_draft(AFTER).profile
    await services.memberships.update(
        scim,
        themselves.id,
        lambda before: before.described(user_name=AFTER, external_id="00u-bo", active=True, profile=profile),
    )

    assert (await come_in(services)).actor.membership_id == themselves.id


async def test_a_new_account_at_the_provider_is_theirs(services, idp, again):
    idp.says = claims("00u-bo-again", AFTER)

    assert (await come_in(services)).actor.membership_id == again.id


async def test_when_the_former_person_is_erased_the_account_is_free(services, again):
    await services.erasure.erase(BEFORE)

    assert (await come_in(services)).actor.membership_id == again.id

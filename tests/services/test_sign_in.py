"""Who is let in through SSO: by the identity, never by an address alone, and nobody whose access has ended."""

from dataclasses import replace

import pytest

from rollbook.domain.audit import AuditAction
from rollbook.domain.errors import SignInRefused
from rollbook.domain.memberships import Source
from rollbook.domain.roles import Role
from rollbook.domain.sessions import Device, SignInMethod, Visitor
from rollbook.gateways.closed import closed_gateways
from rollbook.persistence import sso_identities
from rollbook.services import Services
from tests.builders import ADMIN_AND_USER, a_draft, every_member, okta
from tests.services.conftest import PEPPER
from tests.services.connections import ISSUER, a_connection, is_live, linked
from tests.services.idp import Idp, answer_to, claims, come_in, turned_away
from tests.services.outside import Dns


@pytest.fixture
def idp():
    return Idp(says=claims())


@pytest.fixture
def dns():
    return Dns()


@pytest.fixture
async def services(database, clock, idp, dns):
    gateways = replace(closed_gateways(), openid=idp, resolver=dns)
    return Services(database, PEPPER, clock, gateways=gateways)


@pytest.fixture
async def connection(services, acme):
    return await services.sso.save(acme.operator, a_connection())


@pytest.fixture
async def scim(services, acme):
    return await okta(services, acme.operator)


@pytest.fixture
async def provisioned(services, scim, connection):
    """Bo, as the identity provider has provisioned him."""
    return await services.memberships.create(scim, a_draft("bo", "Bo@acme.test", external_id="00u-bo"))


async def proven(services, actor, dns, domain="acme.test"):
    """A domain of the organization, proven."""
    added = await services.login_domains.add(actor, domain)
    dns.records[added.record_name] = [added.challenge]
    return await services.login_domains.prove(actor, added.id)


async def with_jit(services, acme, role=Role.USER):
    return await services.sso.save(acme.operator, a_connection(jit_role=role))


async def identities(database, membership):
    async with database.read() as tx:
        found = await sso_identities.of_membership(tx, membership.organization_id, membership.id)
    return [(each.issuer, each.subject, each.last_used_at) for each in found]


def deactivated(before):
    return before.with_active(False)


async def test_who_was_provisioned_first_is_linked_at_the_first_sign_in(services, database, acme, provisioned, clock):
    arrival = await come_in(services, Visitor(Device("Firefox", "192.0.2.1"), request_id="r1"))

    (event, *_) = await services.audit.events(acme.operator)
    (session,) = await services.sessions.list(arrival.actor)
    assert (arrival.next, arrival.actor.membership_id, arrival.actor.role) == ("/members", provisioned.id, Role.USER)
    assert (session.method, session.device) == (SignInMethod.SSO, Device("Firefox", "192.0.2.1"))
    assert session.authenticated_at is arrival.actor.authenticated_at is None
    assert await identities(database, provisioned) == [(ISSUER, "00u-bo", clock.moment)]
    assert (event.action, event.request_id) == (AuditAction.SESSION_STARTED, "r1")
    assert event.changes == {"issuer": (None, ISSUER), "subject": (None, "00u-bo")}
    assert await services.sessions.authenticate(arrival.secret) == replace(arrival.actor, request_id=None)


async def test_the_next_sign_in_asks_for_the_identity_only(services, database, acme, provisioned, idp, clock):
    first = await come_in(services)
    clock.move(days=1)
    idp.says = claims(email="somebody.else@evil.test", email_verified=False)

    second = await come_in(services)

    (event, *_) = await services.audit.events(acme.operator)
    assert second.actor.membership_id == first.actor.membership_id == provisioned.id
    assert [used for _, _, used in await identities(database, provisioned)] == [clock.moment]
    assert (event.action, event.changes) == (AuditAction.SESSION_STARTED, {})


async def test_a_sign_in_begins_a_new_session_in_the_place_of_the_browsers_former_one(services, provisioned):
    first = await come_in(services)

    second = await come_in(services, Visitor(session_secret=first.secret))

    assert (await is_live(services, first.secret), await is_live(services, second.secret)) == (False, True)
    assert len(await services.sessions.list(second.actor)) == 1


async def test_when_the_person_showed_who_they_are_is_what_the_provider_says(services, provisioned, idp, clock):
    seen = clock.moment.replace(hour=9)
    idp.says = claims(authenticated_at=seen)

    assert (await come_in(services)).actor.authenticated_at == seen


async def test_a_provider_whose_clock_is_ahead_lends_no_time(services, provisioned, idp, clock):
    idp.says = claims(authenticated_at=clock.moment.replace(year=2030))

    assert (await come_in(services)).actor.authenticated_at == clock.moment


async def test_the_first_admin_who_comes_through_has_passed_the_connection(services, acme, provisioned, idp, clock):
    await come_in(services)
    assert (await services.sso.get(acme.operator)).passed_at is None
    await services.memberships.change_role(acme.operator, provisioned.id, Role.ADMIN)

    await come_in(services)
    passed = await services.sso.get(acme.operator)
    clock.move(days=1)
    await come_in(services)

    assert passed.passed_at == clock.moment.replace(day=1)
    assert await services.sso.get(acme.operator) == passed


async def test_a_manual_member_is_linked_where_the_domain_is_proven(services, database, acme, connection, dns):
    bo = await services.memberships.create(acme.operator, a_draft("bo@acme.test"))
    assert await turned_away(services, database) == "not_linked"

    await proven(services, acme.operator, dns)

    assert (await come_in(services)).actor.membership_id == bo.id


async def test_a_domain_that_another_organization_has_proven_links_nobody(
    services, database, acme, globex, connection, dns
):
    await services.memberships.create(acme.operator, a_draft("bo@acme.test"))
    await proven(services, globex.operator, dns)

    assert await turned_away(services, database) == "not_linked"


@pytest.mark.parametrize("jit", [False, True])
async def test_an_address_that_nobody_has_verified_links_nobody(services, database, acme, provisioned, idp, jit):
    if jit:
        await with_jit(services, acme)
    idp.says = claims(email_verified=False)

    assert await turned_away(services, database) == "email_not_verified"


@pytest.mark.parametrize("email", ["nobody@acme.test", "no address", None])
async def test_who_concerns_nobody_is_no_member_whatever_is_verified(services, database, provisioned, idp, email):
    idp.says = claims(email=email, email_verified=False)

    assert await turned_away(services, database) == "not_a_member"


@pytest.mark.parametrize("email", ["nobody@acme.test", "no address", None])
async def test_with_just_in_time_a_newcomer_needs_a_verified_address(services, database, acme, idp, email):
    await with_jit(services, acme)
    idp.says = claims(email=email, email_verified=email != "nobody@acme.test")

    assert await turned_away(services, database) == "email_not_verified"


async def test_the_same_address_with_another_subject_is_somebody_else(services, database, provisioned, idp):
    await come_in(services)
    idp.says = claims("00u-another-bo")

    assert await turned_away(services, database) == "other_identity"


async def test_a_newcomer_is_no_member_without_just_in_time(services, database, connection):
    assert await turned_away(services, database) == "not_a_member"


async def test_with_just_in_time_a_newcomer_becomes_a_member(services, database, acme, connection, idp, clock):
    await with_jit(services, acme)

    arrival = await come_in(services)

    _, bo = await every_member(services, acme.operator)
    (event, *_) = await services.audit.events(acme.operator, membership_id=bo.id)
    assert (bo.user_name, bo.email, bo.name, bo.source) == ("bo@acme.test", "bo@acme.test", "Bo Ek", Source.SSO)
    assert (bo.role, arrival.actor.membership_id, arrival.actor.role) == (Role.USER, bo.id, Role.USER)
    assert await identities(database, bo) == [(ISSUER, "00u-bo", clock.moment)]
    assert (event.action, event.actor_id) == (AuditAction.MEMBERSHIP_CREATED, arrival.actor.session_id)
    assert {"source": (None, "sso"), "subject": (None, "00u-bo")}.items() <= event.changes.items()
    assert len(await services.audit.events(acme.operator, membership_id=bo.id)) == 1


@pytest.mark.parametrize("name", [None, "", "\x00\x07", "B" * 1000])
async def test_a_name_that_cannot_be_kept_is_left_out(services, acme, connection, idp, name):
    await with_jit(services, acme)
    idp.says = claims(name=name, given_name=None, family_name=None)

    await come_in(services)

    assert (await every_member(services, acme.operator))[1].name == "Bo"


async def test_provisioning_finds_who_signed_in_first_and_adopts_them(services, acme, connection, scim):
    await with_jit(services, acme)
    arrival = await come_in(services)
    bo = (await services.memberships.get(acme.operator, arrival.actor.membership_id)).id

    await services.memberships.update(scim, bo, lambda before: replace(before, external_id="00u-bo"))
    await services.memberships.update(scim, bo, deactivated)

    assert await is_live(services, arrival.secret) is False
    assert (await services.memberships.get(acme.operator, bo)).source is Source.SCIM


@pytest.mark.parametrize("jit", [False, True])
async def test_who_is_deactivated_is_refused_linked_or_not(services, database, acme, scim, provisioned, idp, jit):
    if jit:
        await with_jit(services, acme, Role.ADMIN)
    await services.memberships.update(scim, provisioned.id, deactivated)
    assert await turned_away(services, database) == "access_ended"
    await services.memberships.update(scim, provisioned.id, lambda before: before.with_active(True))
    first = await come_in(services)

    await services.memberships.update(scim, provisioned.id, deactivated)

    assert await turned_away(services, database) == "access_ended"
    idp.says = claims("00u-another-bo")
    assert await turned_away(services, database) == "access_ended"
    assert await is_live(services, first.secret) is False


@pytest.mark.parametrize("signed_in_before", [False, True])
@pytest.mark.parametrize("jit", [False, True])
async def test_who_was_removed_does_not_come_back_through_sso(
    services, database, acme, scim, provisioned, jit, signed_in_before
):
    if jit:
        await with_jit(services, acme)
    if signed_in_before:
        await come_in(services)

    await services.memberships.remove(scim, provisioned.id)

    assert await turned_away(services, database) == "access_ended"


@pytest.mark.parametrize("kept", ["userName", "a second address"])
async def test_a_deactivated_members_other_names_are_no_way_back(services, database, acme, connection, scim, kept):
    await with_jit(services, acme)
    draft = a_draft(
        "bo@acme.test" if kept == "userName" else "bo",
        emails=[{"value": "b.ek@acme.test", "primary": True}, {"value": "bo@acme.test", "type": "home"}][
            : 1 if kept == "userName" else 2
        ],
    )
    bo = await services.memberships.create(scim, draft)
    assert await turned_away(services, database) == "not_linked"

    await services.memberships.update(scim, bo.id, deactivated)

    assert await turned_away(services, database) == "access_ended"


async def test_who_is_provisioned_again_after_an_end_has_their_identity_again(
    services, database, acme, scim, provisioned, clock
):
    await come_in(services)
    await services.memberships.remove(scim, provisioned.id)
    again = await services.memberships.create(scim, a_draft("bo", "bo@acme.test", external_id="00u-bo"))
    clock.move(hours=1)

    arrival = await come_in(services)

    assert (arrival.actor.membership_id, again.id == provisioned.id) == (again.id, False)
    assert await identities(database, again) == [(ISSUER, "00u-bo", clock.moment)]
    assert await identities(database, provisioned) == []


async def test_an_old_identity_does_not_take_the_place_of_a_new_one(
    services, database, scim, provisioned, idp, connection, clock
):
    await come_in(services)
    await services.memberships.remove(scim, provisioned.id)
    again = await services.memberships.create(scim, a_draft("bo", "bo@acme.test", external_id="00u-bo"))
    await linked(database, connection, again, clock.moment, "00u-new-bo")

    assert await turned_away(services, database) == "other_identity"


async def test_who_was_provisioned_again_and_deactivated_again_is_refused(services, database, scim, provisioned):
    await come_in(services)
    await services.memberships.remove(scim, provisioned.id)
    again = await services.memberships.create(scim, a_draft("bo", "bo@acme.test", external_id="00u-bo"))
    await services.memberships.update(scim, again.id, deactivated)

    assert await turned_away(services, database) == "access_ended"


@pytest.mark.parametrize("signed_in_before", [False, True])
async def test_a_member_without_a_role_is_refused(services, database, scim, provisioned, signed_in_before):
    if signed_in_before:
        await come_in(services)
    await services.memberships.update(scim, provisioned.id, lambda before: replace(before, grants=frozenset()))

    assert await turned_away(services, database) == "no_role"


async def test_just_in_time_takes_no_account_from_outside_without_a_proven_domain(
    services, database, acme, globex, connection, dns
):
    await with_jit(services, acme)
    theirs = await services.memberships.create(globex.operator, a_draft("bo@acme.test"))
    assert await turned_away(services, database) == "not_a_member"

    await proven(services, acme.operator, dns)
    arrival = await come_in(services)

    ours = await services.memberships.get(acme.operator, arrival.actor.membership_id)
    assert (ours.user_id, arrival.actor.organization_id) == (theirs.user_id, acme.organization.id)
    assert await every_member(services, globex.operator) == [globex.admin, theirs]


async def test_just_in_time_gives_the_role_that_was_chosen(services, acme, connection):
    await with_jit(services, acme, Role.ADMIN)

    await come_in(services)

    assert (await every_member(services, acme.operator))[1].grants == ADMIN_AND_USER


async def test_an_identity_of_one_organization_opens_no_other(services, database, acme, globex, provisioned, idp):
    await services.sso.save(globex.operator, a_connection())
    await services.memberships.create(globex.operator, a_draft("zoe@globex.test"))

    arrival = await come_in(services)

    assert arrival.actor.organization_id == acme.organization.id
    departure = await services.sign_in.start("globex")
    assert await turned_away_from(services, departure) == "not_a_member"


async def turned_away_from(services, departure):
    with pytest.raises(SignInRefused) as refusal:
        await services.sign_in.finish("globex", departure.attempt, answer_to(departure), Visitor())
    return refusal.value.problem


async def test_a_refusal_which_is_logged_names_nobody(services, connection):
    with pytest.raises(SignInRefused) as refusal:
        await come_in(services)

    assert refusal.value.problem == "not_a_member"
    assert "bo@acme.test" not in refusal.value.message
    assert "00u-bo" not in refusal.value.message

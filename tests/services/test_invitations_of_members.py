"""Invitations that wait for somebody who becomes a member by another door, and those that open an admin's."""

from dataclasses import replace

import pytest

from rollbook.domain.errors import Forbidden, SignInAgain, Unauthenticated
from rollbook.domain.invitations import InvitationStatus
from rollbook.domain.policy import Permission
from rollbook.domain.roles import Role
from rollbook.domain.sessions import SignInMethod
from rollbook.gateways.closed import closed_gateways
from rollbook.services import Services
from tests.builders import ADMIN_AND_USER, a_draft, a_tool, every_member, okta, signed_in
from tests.services.conftest import PEPPER
from tests.services.connections import a_connection, inside
from tests.services.idp import Idp, claims, come_in
from tests.services.rows import all_rows
from tests.services.waiting import WEEK, left_open

PENDING, REVOKED = InvitationStatus.PENDING, InvitationStatus.REVOKED
TWO_ADDRESSES = [{"value": "bo@acme.test", "primary": True}, {"value": "Bo.Ek@home.test", "type": "home"}]


@pytest.fixture
async def services(database, clock):
    return Services(database, PEPPER, clock, gateways=replace(closed_gateways(), openid=Idp(says=claims())))


@pytest.fixture
async def admin(services, acme):
    return await signed_in(services, acme.operator, "a@acme.test")


@pytest.fixture
async def idp(services, acme):
    return await okta(services, acme.operator)


async def invite(services, actor, email="bo@acme.test", role=Role.USER):
    return await services.invitations.create(actor, email, role, lifetime=WEEK)


async def status_of(services, actor, invitation):
    return (await services.invitations.get(actor, invitation.id)).status(services.clock())


async def refused(services, secret):
    """The refusal of an invitation's link."""
    with pytest.raises(Unauthenticated) as refusal:
        await services.invitations.accept(secret)
    return refusal.value.message


def deactivated(before):
    return before.with_active(False)


async def provisioned(services, acme, idp):
    return await services.memberships.create(idp, a_draft("bo", "BO@acme.test"))


async def provisioned_by_user_name(services, acme, idp):
    return await services.memberships.create(idp, a_draft("Bo@acme.test", "bo.ek@acme.test"))


async def provisioned_beside(services, acme, idp):
    emails = [{"value": "bo.ek@acme.test", "primary": True}, {"value": "bo@acme.test", "type": "home"}]
    return await services.memberships.create(idp, a_draft("bo", emails=emails))


async def added(services, acme, idp):
    return await services.memberships.create(acme.operator, a_draft("bo@acme.test"))


async def imported(services, acme, idp):
    await services.jobs.import_members(acme.operator, "email\nbo@acme.test\n")
    while await services.job_runner.turn():
        pass
    return (await every_member(services, acme.operator))[-1]


async def let_in_by_the_operator(services, acme, idp):
    await services.sessions.create_login_link(acme.operator, "bo@acme.test")
    return (await every_member(services, acme.operator))[-1]


async def come_through_sso(services, acme, idp):
    await services.sso.save(acme.operator, a_connection(jit_role=Role.USER))
    actor = (await come_in(services)).actor
    return await services.memberships.get(acme.operator, actor.membership_id)


async def renamed(services, acme, idp):
    bo = await services.memberships.create(idp, a_draft("bo", "bo.ek@acme.test"))
    profile = a_draft("bo", "bo@acme.test").profile
    return await services.memberships.update(
        idp, bo.id, lambda before: before.described(user_name="bo", external_id=None, active=True, profile=profile)
    )


WAYS = [
    provisioned,
    provisioned_by_user_name,
    provisioned_beside,
    added,
    imported,
    let_in_by_the_operator,
    come_through_sso,
    renamed,
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_who_becomes_a_member_by_another_door_is_not_made_by_whoever_has_the_link(
    services, acme, globex, database, idp, way
):
    mallory = await a_tool(services, acme.operator, frozenset({Permission.MEMBERS_WRITE}))
    invitation, secret = await invite(services, mallory)
    theirs, _ = await invite(services, globex.operator)
    another, _ = await invite(services, mallory, "eve@acme.test")

    bo = await way(services, acme, idp)

    before = await all_rows(database)
    await refused(services, secret)
    assert await all_rows(database) == before
    statuses = [await status_of(services, acme.operator, each) for each in (invitation, another)]
    assert (statuses, await status_of(services, globex.operator, theirs)) == ([REVOKED, PENDING], PENDING)
    assert [each.id for each in await every_member(services, acme.operator)] == [acme.admin.id, bo.id]


async def test_an_invitation_to_the_sign_in_address_of_who_comes_back_as_somebody_else_ends(
    services, acme, globex, admin, idp
):
    """The account keeps its address, as another organization has it too."""
    zoe = await services.memberships.create(globex.operator, a_draft("zoe@shared.test"))
    _, joining = await invite(services, admin, "zoe@shared.test")
    _, here = await services.invitations.accept(joining)
    await services.memberships.update(
        idp, here.membership_id, lambda before: replace(before, external_id="00u-zoe").with_active(False)
    )
    await services.memberships.remove(idp, here.membership_id)
    invitation, secret = await invite(services, admin, "zoe@shared.test")

    again = await services.memberships.create(idp, a_draft("zoe", "zoe@acme.test", external_id="00u-zoe"))

    assert (again.user_id, again.email) == (zoe.user_id, "zoe@acme.test")
    assert await status_of(services, admin, invitation) is REVOKED
    await refused(services, secret)


async def test_who_is_revived_is_not_met_by_an_invitation_that_was_left_open(services, acme, admin, database, idp):
    bo = await services.memberships.create(idp, a_draft("bo@acme.test", active=False))
    invitation, secret = await left_open(database, bo)

    await services.memberships.create(idp, a_draft("bo@acme.test"))

    assert await status_of(services, admin, invitation) is REVOKED
    await refused(services, secret)


async def test_an_active_member_is_signed_in_and_changed_in_nothing(services, acme, admin, database, idp):
    bo = await services.memberships.create(idp, a_draft("bo@acme.test"))
    _, secret = await left_open(database, bo, role=Role.ADMIN)

    _, actor = await services.invitations.accept(secret)

    assert (actor.membership_id, actor.role) == (bo.id, Role.USER)
    assert await every_member(services, acme.operator) == [acme.admin, bo]
    await refused(services, secret)


async def test_an_invitation_of_a_user_opens_no_session_of_an_admin(services, acme, admin, database, idp):
    bo = await services.memberships.create(idp, a_draft("bo@acme.test", grants=ADMIN_AND_USER))
    invitation, secret = await left_open(database, bo)

    assert "admin" in await refused(services, secret)

    assert await status_of(services, admin, invitation) is PENDING


async def test_nobody_comes_back_from_a_deactivation_by_an_invitation(services, acme, admin, database, idp):
    bo = await services.memberships.create(idp, a_draft("bo", "bo@acme.test", active=False))
    invitation, secret = await left_open(database, bo, "bo@acme.test")

    assert "access to this organization has ended" in await refused(services, secret)

    assert await every_member(services, acme.operator) == [acme.admin, bo]
    assert await status_of(services, admin, invitation) is PENDING


@pytest.mark.parametrize("how", ["deactivated", "removed"])
async def test_pending_invitations_end_with_access_in_this_organization_only(
    services, acme, globex, admin, database, idp, how, clock
):
    bo = await services.memberships.create(idp, a_draft("bo@acme.test", emails=TWO_ADDRESSES))
    invited = [
        (admin, await left_open(database, bo, "BO@acme.test")),
        (admin, await invite(services, admin, "eve@acme.test")),
        (globex.operator, await invite(services, globex.operator)),
        (admin, await invite(services, admin, "bo.ek@home.test")),
    ]
    clock.move(hours=1)

    if how == "deactivated":
        await services.memberships.update(acme.operator, bo.id, deactivated)
    else:
        await services.memberships.remove(acme.operator, bo.id)

    statuses = [await status_of(services, actor, invitation) for actor, (invitation, _) in invited]
    assert statuses == [REVOKED, PENDING, PENDING, REVOKED]
    for _, secret in (invited[0][1], invited[3][1]):
        await refused(services, secret)


async def test_an_admin_is_invited_only_by_who_signed_in_a_moment_ago(services, acme, database, clock):
    waiting, link = await invite(services, acme.operator, "new.admin@acme.test", Role.ADMIN)
    of_a_user, _ = await invite(services, acme.operator, "ivy@acme.test")
    secret, _ = await inside(database, acme.admin, SignInMethod.PASSKEY, clock())
    clock.move(minutes=10, seconds=1)
    late = await services.sessions.authenticate(secret)
    before = await all_rows(database)

    with pytest.raises(SignInAgain):
        await invite(services, late, role=Role.ADMIN)
    with pytest.raises(SignInAgain):
        await services.invitations.resend(late, waiting.id, lifetime=WEEK)

    assert await all_rows(database) == before
    await invite(services, late)
    await services.invitations.resend(late, of_a_user.id, lifetime=WEEK)
    clock.move(seconds=-1)
    await invite(services, late, "cy@acme.test", Role.ADMIN)
    _, link = await services.invitations.resend(late, waiting.id, lifetime=WEEK)
    assert (await services.invitations.accept(link))[1].role is Role.ADMIN


async def test_a_token_invites_an_admin_with_the_right_to_make_one(services, acme, clock):
    tool = await a_tool(services, acme.operator)
    narrow = await a_tool(services, acme.operator, frozenset({Permission.MEMBERS_WRITE}))
    clock.move(days=1)

    invitation, _ = await invite(services, tool, role=Role.ADMIN)

    assert (await services.invitations.resend(tool, invitation.id, lifetime=WEEK))[0].role is Role.ADMIN
    with pytest.raises(Forbidden):
        await services.invitations.resend(narrow, invitation.id, lifetime=WEEK)

"""Invitations: how somebody joins by one, once, with no more than it was made for, and who never comes back by one."""

from datetime import timedelta

import pytest

from rollbook.domain.audit import AuditAction
from rollbook.domain.criteria import Page, Position
from rollbook.domain.errors import AlreadyExists, Forbidden, InvalidValue, NotFound, Unauthenticated
from rollbook.domain.invitations import InvitationStatus
from rollbook.domain.memberships import Source
from rollbook.domain.policy import Permission
from rollbook.domain.roles import Role
from rollbook.domain.sessions import Visitor
from rollbook.domain.tokens import SecretKind, mint
from rollbook.services import Services
from tests.builders import NOBODY, a_draft, a_tool, every_member, okta, signed_in
from tests.services.conftest import PEPPER
from tests.services.facts import everything_in

WEEK = timedelta(days=7)


@pytest.fixture
async def services(database, clock):
    return Services(database, PEPPER, clock)


@pytest.fixture
async def admin(services, acme):
    return await signed_in(services, acme.operator, "a@acme.test")


async def invite(services, actor, email="bo@acme.test", role=Role.USER, **rest):
    return await services.invitations.create(actor, email, role, lifetime=WEEK, **rest)


async def status_of(services, actor, invitation):
    return (await services.invitations.get(actor, invitation.id)).status(services.clock())


async def refused(services, secret):
    """The refusal of an invitation's link."""
    with pytest.raises(Unauthenticated) as refusal:
        await services.invitations.accept(secret)
    return refusal.value.message


def deactivated(before):
    return before.with_active(False)


async def test_an_invited_person_joins_with_the_role_and_is_signed_in(services, acme, admin, clock):
    invitation, secret = await invite(services, admin, name="Bo Ek")
    clock.move(hours=1)

    session, actor = await services.invitations.accept(secret, Visitor(request_id="r1"))

    _, bo = await every_member(services, acme.operator)
    assert (bo.user_name, bo.email, bo.name, bo.grants) == (
        "bo@acme.test",
        "bo@acme.test",
        "Bo Ek",
        frozenset({Role.USER}),
    )
    assert (bo.source, bo.active, bo.version) == (Source.MANUAL, True, 1)
    assert (actor.membership_id, actor.role) == (bo.id, Role.USER)
    assert await services.sessions.authenticate(session, request_id="r1") == actor
    accepted = await services.invitations.get(admin, invitation.id)
    assert (accepted.status(clock.moment), accepted.membership_id) == (InvitationStatus.ACCEPTED, bo.id)
    event, *_ = await services.audit.events(acme.operator)
    assert (event.action, event.target, event.actor_id) == (
        AuditAction.INVITATION_ACCEPTED,
        "bo@acme.test",
        actor.session_id,
    )
    assert await services.audit.events(acme.operator, membership_id=bo.id) == [event]


async def test_an_invitation_can_make_an_admin(services, acme, admin):
    _, secret = await invite(services, admin, role=Role.ADMIN)

    _, actor = await services.invitations.accept(secret)

    assert actor.role is Role.ADMIN


async def test_an_invitation_works_once(services, acme, admin):
    _, secret = await invite(services, admin)
    await services.invitations.accept(secret)
    events = await services.audit.events(acme.operator)

    await refused(services, secret)

    assert await services.audit.events(acme.operator) == events


async def test_an_account_outside_joins_by_invitation_and_by_nothing_else(services, acme, globex, admin):
    theirs = await services.memberships.create(globex.operator, a_draft("zoe@shared.test"))
    with pytest.raises(AlreadyExists):
        await services.memberships.create(admin, a_draft("zoe@shared.test"))
    _, secret = await invite(services, admin, "ZOE@shared.test")

    _, actor = await services.invitations.accept(secret)

    _, ours = await every_member(services, acme.operator)
    assert (ours.id, ours.user_id) == (actor.membership_id, theirs.user_id)
    assert await every_member(services, globex.operator) == [globex.admin, theirs]


async def test_somebody_whose_membership_ended_joins_anew(services, acme, admin):
    bo = await services.memberships.create(admin, a_draft("bo@acme.test"))
    await services.memberships.remove(admin, bo.id)
    _, secret = await invite(services, admin)

    await services.invitations.accept(secret)

    _, again = await every_member(services, acme.operator)
    assert (again.id != bo.id, again.user_id) == (True, bo.user_id)


async def test_an_invitation_to_a_sign_in_address_of_another_name_ends_too(services, acme, globex, admin):
    await services.memberships.create(globex.operator, a_draft("zoe@shared.test"))
    invitation, secret = await invite(services, admin, "zoe@shared.test")
    member_id = (await signed_in(services, acme.operator, "zoe@shared.test")).membership_id
    idp = await okta(services, acme.operator)
    renamed = await services.memberships.update(
        idp,
        member_id,
        lambda before: before.described(
            user_name="zoe@acme.test", external_id=None, active=True, profile=before.profile
        ),
    )

    await services.memberships.update(idp, member_id, deactivated)

    assert renamed.email == "zoe@acme.test"
    assert await status_of(services, admin, invitation) is InvitationStatus.REVOKED
    await refused(services, secret)


@pytest.mark.parametrize("active", [True, False])
async def test_a_member_is_not_invited(services, acme, admin, active):
    bo = await services.memberships.create(acme.operator, a_draft("bo", "bo@acme.test", active=active))
    events = await services.audit.events(acme.operator)

    with pytest.raises(AlreadyExists) as refusal:
        await invite(services, admin)

    assert ("Reactivate" in refusal.value.message, refusal.value.field) == (not active, "email")
    assert await every_member(services, acme.operator) == [acme.admin, bo]
    assert await services.audit.events(acme.operator) == events


async def test_an_address_is_invited_once_until_that_ends(services, acme, admin, clock):
    first, old_secret = await invite(services, admin)
    with pytest.raises(AlreadyExists) as refusal:
        await invite(services, admin, "BO@acme.test")
    clock.move(days=7)

    second, secret = await invite(services, admin, "BO@acme.test")

    assert "Resend" in refusal.value.message
    assert await status_of(services, admin, first) is InvitationStatus.EXPIRED
    assert await status_of(services, admin, second) is InvitationStatus.PENDING
    await refused(services, old_secret)
    await services.invitations.accept(secret)


async def test_an_invitation_lives_as_long_as_was_said(services, acme, admin, clock):
    invitation, secret = await invite(services, admin)
    clock.move(days=6, hours=23, minutes=59)
    assert await status_of(services, admin, invitation) is InvitationStatus.PENDING
    clock.move(minutes=1)

    await refused(services, secret)

    assert await status_of(services, admin, invitation) is InvitationStatus.EXPIRED
    assert await every_member(services, acme.operator) == [acme.admin]


async def test_a_resent_invitation_has_a_new_link_and_the_old_one_is_dead(services, acme, admin, clock):
    invitation, old = await invite(services, admin)
    clock.move(days=8)

    resent, new = await services.invitations.resend(admin, invitation.id, lifetime=timedelta(days=2))

    assert (resent.id, resent.expires_at) == (invitation.id, clock.moment + timedelta(days=2))
    assert await services.invitations.get(admin, invitation.id) == resent
    await refused(services, old)
    await services.invitations.accept(new)
    with pytest.raises(InvalidValue):
        await services.invitations.resend(admin, invitation.id, lifetime=WEEK)


async def test_a_revoked_invitation_lets_nobody_in(services, acme, admin, clock):
    invitation, secret = await invite(services, admin)
    clock.move(hours=1)

    revoked = await services.invitations.revoke(admin, invitation.id)
    again = await services.invitations.revoke(admin, invitation.id)

    assert revoked == again == await services.invitations.get(admin, invitation.id)
    assert revoked.status(clock.moment) is InvitationStatus.REVOKED
    await refused(services, secret)
    with pytest.raises(InvalidValue):
        await services.invitations.resend(admin, invitation.id, lifetime=WEEK)


async def test_revoking_what_was_accepted_takes_nobody_out(services, acme, admin):
    invitation, secret = await invite(services, admin)
    await services.invitations.accept(secret)

    revoked = await services.invitations.revoke(admin, invitation.id)

    assert revoked.status(services.clock()) is InvitationStatus.ACCEPTED
    assert len(await every_member(services, acme.operator)) == 2


@pytest.mark.parametrize("kind", [SecretKind.INVITE, SecretKind.LINK, SecretKind.SESSION, SecretKind.API])
async def test_no_other_secret_is_an_invitation(services, acme, kind):
    for secret in (mint(kind), mint(kind)[:-1], ""):
        await refused(services, secret)


@pytest.mark.parametrize("email", ["", "nobody", "a@acme", "a" * 320 + "@acme.test", "bo@acme.test\0"])
async def test_only_an_address_is_invited(services, acme, admin, email):
    with pytest.raises(InvalidValue) as refusal:
        await invite(services, admin, email)

    assert refusal.value.field in {"email", "userName"}


async def test_inviting_an_admin_is_granting_admin(services, acme):
    tool = await a_tool(services, acme.operator, frozenset({Permission.MEMBERS_WRITE, Permission.MEMBERS_READ}))
    invitation, _ = await invite(services, acme.operator, role=Role.ADMIN)

    with pytest.raises(Forbidden):
        await invite(services, tool, "cy@acme.test", role=Role.ADMIN)
    with pytest.raises(Forbidden):
        await services.invitations.resend(tool, invitation.id, lifetime=WEEK)

    assert [i.id for i in (await services.invitations.page(tool, Page())).rows] == [invitation.id]


async def test_who_may_not_change_members_may_not_invite(services, acme):
    invitation, _ = await invite(services, acme.operator)
    user = await signed_in(services, acme.operator, "eve@acme.test", Role.USER)
    reader = await a_tool(services, acme.operator, frozenset({Permission.MEMBERS_READ}))

    for actor in (user, reader):
        for refused_call in (
            lambda actor=actor: invite(services, actor, "cy@acme.test"),
            lambda actor=actor: services.invitations.resend(actor, invitation.id, lifetime=WEEK),
            lambda actor=actor: services.invitations.revoke(actor, invitation.id),
        ):
            with pytest.raises(Forbidden):
                await refused_call()
    with pytest.raises(Forbidden):
        await services.invitations.page(user, Page())
    assert (await services.invitations.page(reader, Page())).rows == [invitation]


async def test_another_organizations_invitation_does_not_exist(services, acme, globex):
    theirs, _ = await invite(services, globex.operator)

    for invitation_id in (theirs.id, NOBODY, "x"):
        for call in (
            services.invitations.get(acme.operator, invitation_id),
            services.invitations.resend(acme.operator, invitation_id, lifetime=WEEK),
            services.invitations.revoke(acme.operator, invitation_id),
        ):
            with pytest.raises(NotFound):
                await call
    assert (await services.invitations.page(acme.operator, Page())).rows == []


async def test_invitations_are_paged_in_both_directions(services, acme, admin):
    made = [(await invite(services, admin, f"u{at}@acme.test"))[0] for at in range(5)]
    newest_first = made[::-1]

    first = await services.invitations.page(admin, Page(size=2))
    place = Position("", first.rows[-1].id)
    second = await services.invitations.page(admin, Page(size=2, after=place))
    back = await services.invitations.page(admin, Page(size=2, before=Position("", second.rows[-1].id), backward=True))

    assert (first.rows, first.has_next, first.has_previous) == (newest_first[:2], True, False)
    assert (second.rows, second.has_next, second.has_previous) == (newest_first[2:4], True, True)
    assert (back.rows, back.has_previous) == (newest_first[1:3], True)


async def test_no_secret_is_kept(services, acme, admin, database):
    secrets = [(await invite(services, admin))[1]]
    invitation = (await services.invitations.page(admin, Page())).rows[0]
    secrets.append((await services.invitations.resend(admin, invitation.id, lifetime=WEEK))[1])

    kept = await everything_in(database, "invitations", "audit_events")

    for secret in secrets:
        assert secret.rpartition("_")[2][-10:] not in kept


@pytest.mark.parametrize(
    ("by", "email", "follows"),
    [
        ("globex", "bo@acme.test", False),
        ("globex", "BO.EK@acme.test", False),
        ("globex", "eve@acme.test", True),
        ("acme", "bo.ek@acme.test", True),
    ],
)
async def test_the_sign_in_address_stays_when_another_organization_has_invited_it(
    services, acme, globex, by, email, follows
):
    idp = await okta(services, acme.operator)
    bo = await services.memberships.create(idp, a_draft("bo@acme.test"))
    await invite(services, (acme if by == "acme" else globex).operator, email)

    await services.memberships.update(
        idp,
        bo.id,
        lambda before: before.described(
            user_name="bo.ek@acme.test", external_id=None, active=True, profile=before.profile
        ),
    )

    user = (await services.memberships.users(idp, [bo.user_id]))[bo.user_id]
    assert user.email == ("bo.ek@acme.test" if follows else "bo@acme.test")

"""Login links and sessions: in by a link that works once, and out on the day that access ends."""

from dataclasses import replace

import pytest

from rollbook.domain.actors import Actor, ActorKind, Channel
from rollbook.domain.audit import AuditAction
from rollbook.domain.errors import Forbidden, InvalidValue, Unauthenticated
from rollbook.domain.roles import Role
from rollbook.domain.sessions import Visitor
from rollbook.domain.tokens import SecretKind, mint
from rollbook.services import Services
from tests.builders import ADMIN_AND_USER, a_draft, a_session, a_tool, every_member, okta, signed_in
from tests.services.conftest import PEPPER


@pytest.fixture
async def services(database, clock):
    return Services(database, PEPPER, clock)


async def a_link(services, acme, email="a@acme.test"):
    return await services.sessions.create_login_link(acme.operator, email)


async def shut_out(services, secret):
    """The refusal of a session's secret."""
    with pytest.raises(Unauthenticated) as refusal:
        await services.sessions.authenticate(secret)
    return refusal.value.message


def deactivated(before):
    return before.with_active(False)


def activated(before):
    return before.with_active(True)


async def test_a_link_lets_an_admin_in(services, acme, clock):
    secret, actor = await services.sessions.redeem(await a_link(services, acme), Visitor(request_id="r1"))

    again = await services.sessions.authenticate(secret, request_id="r1")

    assert actor == again
    assert actor == Actor(
        kind=ActorKind.SESSION,
        channel=Channel.GRAPHQL,
        organization_id=acme.organization.id,
        name=acme.admin.name,
        id=actor.session_id,
        membership_id=acme.admin.id,
        session_id=actor.session_id,
        role=Role.ADMIN,
        authenticated_at=clock.moment,
        request_id="r1",
    )


async def test_a_link_works_once(services, acme):
    link = await a_link(services, acme)
    secret, _ = await services.sessions.redeem(link)
    events = await services.audit.events(acme.operator)

    with pytest.raises(Unauthenticated) as refusal:
        await services.sessions.redeem(link)

    assert "rollbook admin login-link" in refusal.value.message
    assert await services.audit.events(acme.operator) == events
    assert (await services.sessions.authenticate(secret)).membership_id == acme.admin.id


async def test_a_link_lives_for_fifteen_minutes(services, acme, clock):
    early, late = await a_link(services, acme), await a_link(services, acme)
    clock.move(minutes=14, seconds=59)
    await services.sessions.redeem(early)
    clock.move(seconds=1)

    with pytest.raises(Unauthenticated):
        await services.sessions.redeem(late)


async def test_a_session_lives_for_seven_days(services, acme, clock):
    secret, _ = await services.sessions.redeem(await a_link(services, acme))
    for _ in range(7 * 24 - 1):
        clock.move(hours=1)
        await services.sessions.authenticate(secret)
        await services.sessions.keep_uses()
    clock.move(hours=1)

    assert "has ended" in await shut_out(services, secret)


@pytest.mark.parametrize("kind", [SecretKind.SCIM, SecretKind.API, SecretKind.LINK, SecretKind.SESSION])
async def test_no_other_secret_lets_anyone_in(services, acme, kind):
    for secret in (mint(kind), mint(kind)[:-1], ""):
        with pytest.raises(Unauthenticated):
            await services.sessions.redeem(secret)
        with pytest.raises(Unauthenticated):
            await services.sessions.authenticate(secret)


async def test_a_link_is_no_session_and_a_session_is_no_link(services, acme):
    link = await a_link(services, acme)
    secret, _ = await services.sessions.redeem(await a_link(services, acme))

    await shut_out(services, link)
    with pytest.raises(Unauthenticated):
        await services.sessions.redeem(secret)


async def test_a_link_makes_someone_new_an_admin(services, acme):
    secret = await a_session(services, acme.operator, "New.Admin@acme.test")

    _, made = await every_member(services, acme.operator)
    assert (made.user_name, made.name, made.grants) == ("New.Admin@acme.test", "New Admin", ADMIN_AND_USER)
    assert (await services.sessions.authenticate(secret)).membership_id == made.id


@pytest.mark.parametrize(
    "draft",
    [
        a_draft("bo@acme.test"),
        a_draft("bo", "BO@acme.test"),
        a_draft("bo@acme.test", active=False),
        a_draft("bo@acme.test", grants=frozenset(), active=False),
        a_draft("bo@acme.test", grants=ADMIN_AND_USER, active=False),
    ],
    ids=["user", "known by e-mail", "inactive", "without a role", "inactive admin"],
)
async def test_a_link_makes_a_member_an_active_admin_and_changes_nothing_else_of_them(services, acme, draft):
    bo = await services.memberships.create(await okta(services, acme.operator), draft)

    actor = await signed_in(services, acme.operator, "bo@acme.test")

    after = await services.memberships.get(acme.operator, bo.id)
    assert (actor.membership_id, actor.role) == (bo.id, Role.ADMIN)
    assert after == bo.with_active(True).with_role(Role.ADMIN)
    assert await every_member(services, acme.operator) == [acme.admin, after]


async def test_a_link_is_the_way_back_after_the_last_admin_has_left(services, acme):
    idp = await okta(services, acme.operator)
    await services.memberships.update(idp, acme.admin.id, deactivated)

    actor = await signed_in(services, acme.operator, "a@acme.test")

    assert (actor.membership_id, actor.role) == (acme.admin.id, Role.ADMIN)


async def test_a_link_takes_someone_back_whose_membership_ended(services, acme):
    bo = await services.memberships.create(acme.operator, a_draft("bo@acme.test"))
    await services.memberships.remove(acme.operator, bo.id)

    actor = await signed_in(services, acme.operator, "bo@acme.test")

    member = await services.memberships.get(acme.operator, actor.membership_id)
    assert (member.id != bo.id, member.user_id) == (True, bo.user_id)


async def test_the_operator_may_let_in_someone_from_outside(services, acme, globex):
    theirs = await services.memberships.create(globex.operator, a_draft("zoe@shared.test"))

    actor = await signed_in(services, acme.operator, "zoe@shared.test")

    member = await services.memberships.get(acme.operator, actor.membership_id)
    assert (member.user_id, member.id != theirs.id) == (theirs.user_id, True)
    assert await every_member(services, globex.operator) == [globex.admin, theirs]


@pytest.mark.parametrize("email", ["nobody", "", "a@acme", "a" * 320 + "@acme.test"])
async def test_a_link_is_for_an_address(services, acme, email):
    with pytest.raises(InvalidValue):
        await a_link(services, acme, email)

    assert await every_member(services, acme.operator) == [acme.admin]


async def test_an_address_that_points_to_two_members_is_refused(services, acme):
    await services.memberships.create(acme.operator, a_draft("bo@acme.test", "bo.ek@acme.test"))
    await services.memberships.create(acme.operator, a_draft("other", "bo@acme.test", active=False))
    members = await every_member(services, acme.operator)

    with pytest.raises(InvalidValue) as refusal:
        await a_link(services, acme, "bo@acme.test")

    assert refusal.value.field == "email"
    assert await every_member(services, acme.operator) == members


async def test_a_link_is_one_event_that_tells_what_it_changed(services, acme):
    bo = await services.memberships.create(acme.operator, a_draft("bo@acme.test", active=False))

    await a_link(services, acme, "bo@acme.test")
    await a_link(services, acme, "bo@acme.test")

    second, first, _ = await services.audit.events(acme.operator, membership_id=bo.id)
    assert (first.action, first.target) == (AuditAction.LOGIN_LINK_CREATED, "bo@acme.test")
    assert first.changes == {"active": (False, True), "grants": (["user"], ["admin", "user"])}
    assert (second.action, second.changes) == (AuditAction.LOGIN_LINK_CREATED, {})


async def test_only_the_operator_makes_links(services, acme):
    admin = await signed_in(services, acme.operator, "a@acme.test")

    for actor in (admin, await a_tool(services, acme.operator), await okta(services, acme.operator)):
        with pytest.raises(Forbidden):
            await services.sessions.create_login_link(actor, "eve@acme.test")
    assert await every_member(services, acme.operator) == [acme.admin]


async def test_the_role_is_read_at_every_call(services, acme):
    await services.memberships.create(acme.operator, a_draft("bo@acme.test", grants=ADMIN_AND_USER))
    secret = await a_session(services, acme.operator, "a@acme.test")

    await services.memberships.change_role(acme.operator, acme.admin.id, Role.USER)
    demoted = await services.sessions.authenticate(secret)

    assert demoted.role is Role.USER
    with pytest.raises(Forbidden):
        await services.memberships.change_role(demoted, acme.admin.id, Role.ADMIN)


async def test_who_loses_their_last_role_loses_their_sessions_for_good(services, acme):
    idp = await okta(services, acme.operator)
    secret = await a_session(services, acme.operator, "bo@acme.test", Role.USER)
    actor = await services.sessions.authenticate(secret)

    await services.memberships.update(idp, actor.membership_id, without_grants)
    await shut_out(services, secret)
    await services.memberships.change_role(acme.operator, actor.membership_id, Role.USER)

    await shut_out(services, secret)
    assert (await signed_in(services, acme.operator, "bo@acme.test", Role.USER)).role is Role.USER


def without_grants(before):
    return replace(before, grants=frozenset())


async def test_deactivation_ends_every_session_and_link_for_good(services, acme):
    idp = await okta(services, acme.operator)
    first = await a_session(services, acme.operator, "bo@acme.test", Role.USER)
    second = await a_session(services, acme.operator, "bo@acme.test", Role.USER)
    link = await a_link(services, acme, "bo@acme.test")
    bo = (await services.sessions.authenticate(first)).membership_id

    await services.memberships.update(idp, bo, deactivated)
    for secret in (first, second):
        await shut_out(services, secret)
    await services.memberships.update(idp, bo, activated)

    for secret in (first, second):
        await shut_out(services, secret)
    with pytest.raises(Unauthenticated):
        await services.sessions.redeem(link)


async def test_removal_ends_every_session_and_link_for_good(services, acme):
    secret = await a_session(services, acme.operator, "bo@acme.test")
    link = await a_link(services, acme, "bo@acme.test")
    bo = (await services.sessions.authenticate(secret)).membership_id

    await services.memberships.remove(acme.operator, bo)
    await services.memberships.create(acme.operator, a_draft("bo@acme.test"))

    await shut_out(services, secret)
    with pytest.raises(Unauthenticated):
        await services.sessions.redeem(link)


async def test_a_change_of_anything_else_ends_no_session(services, acme):
    secret = await a_session(services, acme.operator, "a@acme.test")

    await services.memberships.update(
        acme.operator,
        acme.admin.id,
        lambda before: before.described(
            user_name="a.new@acme.test", external_id="x", active=True, profile=before.profile
        ),
    )

    assert (await services.sessions.authenticate(secret)).name == "A New"


async def test_deactivation_in_one_organization_ends_nothing_in_another(services, acme, globex):
    here = await a_session(services, acme.operator, "bo@acme.test")
    there = await a_session(services, globex.operator, "bo@acme.test")
    bo = (await services.sessions.authenticate(here)).membership_id

    await services.memberships.update(acme.operator, bo, deactivated)

    await shut_out(services, here)
    assert (await services.sessions.authenticate(there)).organization_id == globex.organization.id


async def test_signing_out_ends_this_session_only(services, acme):
    mine, other = [await a_session(services, acme.operator, "a@acme.test") for _ in range(2)]
    actor = await services.sessions.authenticate(mine)

    await services.sessions.end(actor)

    await shut_out(services, mine)
    assert (await services.sessions.authenticate(other)).membership_id == acme.admin.id
    assert (await services.audit.events(acme.operator))[0].action is AuditAction.SESSION_ENDED


async def test_signing_out_twice_or_without_a_session_does_nothing(services, acme):
    actor = await signed_in(services, acme.operator, "a@acme.test")
    await services.sessions.end(actor)
    tool = await a_tool(services, acme.operator)
    events = await services.audit.events(acme.operator)

    await services.sessions.end(actor)
    await services.sessions.end(tool)

    assert await services.audit.events(acme.operator) == events

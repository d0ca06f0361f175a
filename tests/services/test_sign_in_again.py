"""Who is signed in, or invited, and goes to the provider: to show anew who they are, to be linked, or to join."""

from dataclasses import replace
from datetime import timedelta

import pytest

from rollbook.domain.audit import AuditAction
from rollbook.domain.errors import Forbidden, SignInAgain, SignInRefused, Unauthenticated
from rollbook.domain.roles import Role
from rollbook.domain.sessions import SOMEBODY, SignInMethod, Visitor
from rollbook.domain.sso import Purpose
from rollbook.domain.tokens import SecretKind, TokenKind, mint
from rollbook.gateways.closed import closed_gateways
from rollbook.persistence import sso_identities
from rollbook.services import Services
from tests.builders import a_draft, a_session, a_tool, every_member, okta
from tests.services.conftest import PEPPER
from tests.services.connections import a_connection, is_live, linked, passed
from tests.services.idp import Idp, answer_to, claims, come_in, turned_away
from tests.services.rows import all_rows
from tests.services.waiting import left_open

WEEK = timedelta(days=7)


@pytest.fixture
def idp():
    return Idp(says=claims())


@pytest.fixture
async def services(database, clock, idp):
    return Services(database, PEPPER, clock, gateways=replace(closed_gateways(), openid=idp))


@pytest.fixture
async def connection(services, acme):
    return await services.sso.save(acme.operator, a_connection())


@pytest.fixture
async def scim(services, acme):
    return await okta(services, acme.operator)


@pytest.fixture
async def bo(services, scim, connection):
    return await services.memberships.create(scim, a_draft("bo@acme.test"))


@pytest.fixture
async def inside(services, bo):
    """Bo's session, which came through SSO."""
    return await come_in(services)


@pytest.fixture
async def by_link(services, acme, connection):
    """The secret of a session of the organization's admin, who came by a link."""
    return await a_session(services, acme.operator, "a@acme.test")


async def back(services, departure, secret, **other):
    visitor = Visitor(session_secret=secret)
    return await services.sign_in.finish("acme", departure.attempt, answer_to(departure, **other), visitor)


async def identities(database, membership):
    async with database.read() as tx:
        found = await sso_identities.of_membership(tx, membership.organization_id, membership.id)
    return [each.subject for each in found]


def deactivated(before):
    return before.with_active(False)


async def test_a_step_up_asks_the_provider_to_ask_again(services, inside, idp):
    await services.sign_in.start_again(inside.actor, next_path="/settings")

    authorization, hint = idp.asked[-1]
    assert (authorization.max_age, hint) == (True, "bo@acme.test")


async def test_a_step_up_begins_a_session_with_a_recent_sign_in(services, acme, inside, idp, clock):
    await services.memberships.change_role(acme.operator, inside.actor.membership_id, Role.ADMIN)
    admin = await services.sessions.authenticate(inside.secret)
    with pytest.raises(SignInAgain):
        await services.tokens.issue(admin, TokenKind.SCIM, "Okta")
    departure = await services.sign_in.start_again(inside.actor, next_path="/settings")
    clock.move(minutes=2)
    idp.says = claims(authenticated_at=clock.moment)

    arrival = await back(services, departure, inside.secret)

    (event, *_) = await services.audit.events(acme.operator)
    assert (arrival.next, arrival.actor.authenticated_at) == ("/settings", clock.moment)
    assert (await is_live(services, inside.secret), await is_live(services, arrival.secret)) == (False, True)
    assert await services.tokens.issue(arrival.actor, TokenKind.SCIM, "Okta")
    assert event.action is AuditAction.SESSION_STARTED


@pytest.mark.parametrize("seconds", [None, -61, -86400])
async def test_a_step_up_without_a_new_sign_in_fails(services, database, inside, idp, clock, seconds):
    departure = await services.sign_in.start_again(inside.actor)
    idp.says = claims(authenticated_at=None if seconds is None else clock.moment + timedelta(seconds=seconds))

    problem = await turned_away(services, database, departure, Visitor(session_secret=inside.secret))

    assert (problem, await is_live(services, inside.secret)) == ("step_up_failed", True)


async def test_a_provider_whose_clock_is_a_minute_late_is_believed(services, inside, idp, clock):
    departure = await services.sign_in.start_again(inside.actor)
    idp.says = claims(authenticated_at=clock.moment - timedelta(seconds=60))

    assert (await back(services, departure, inside.secret)).actor.membership_id == inside.actor.membership_id


async def test_somebody_else_at_the_provider_is_no_step_up(services, database, scim, inside, idp, clock):
    await services.memberships.create(scim, a_draft("cy@acme.test"))
    idp.says = claims("00u-cy", "cy@acme.test", authenticated_at=clock.moment)
    await come_in(services)
    departure = await services.sign_in.start_again(inside.actor)
    mine = Visitor(session_secret=inside.secret)

    assert await turned_away(services, database, departure, mine) == "other_identity"
    idp.says = claims("00u-nobody", "bo@acme.test", authenticated_at=clock.moment)
    assert await turned_away(services, database, departure, mine) == "other_identity"


@pytest.mark.parametrize("browser", ["without a session", "with another session", "signed out meanwhile"])
@pytest.mark.parametrize("purpose", [Purpose.STEP_UP, Purpose.LINK])
async def test_who_is_not_signed_in_as_before_is_refused(
    services, database, acme, inside, by_link, idp, clock, browser, purpose
):
    idp.says = claims(authenticated_at=clock.moment)
    actor = replace(inside.actor, authenticated_at=clock.moment)
    start = services.sign_in.start_again if purpose is Purpose.STEP_UP else services.sign_in.start_linking
    departure = await start(actor)
    secret = {"without a session": None, "with another session": by_link}.get(browser, inside.secret)
    if browser == "signed out meanwhile":
        await services.sessions.end(inside.actor)

    assert await turned_away(services, database, departure, Visitor(session_secret=secret)) == "attempt_expired"


async def test_who_is_deactivated_on_the_way_is_refused(services, database, scim, bo, inside, idp, clock):
    idp.says = claims(authenticated_at=clock.moment)
    departure = await services.sign_in.start_again(inside.actor)
    await services.memberships.update(scim, bo.id, deactivated)

    problem = await turned_away(services, database, departure, Visitor(session_secret=inside.secret))

    assert problem == "attempt_expired"


async def test_who_is_not_linked_has_no_step_up_through_the_provider(services, by_link):
    actor = await services.sessions.authenticate(by_link)

    with pytest.raises(SignInRefused) as refusal:
        await services.sign_in.start_again(actor)

    assert refusal.value.problem == "not_linked"


async def test_a_tool_is_sent_nowhere(services, acme, connection):
    tool = await a_tool(services, acme.operator)

    for start in (services.sign_in.start_again, services.sign_in.start_linking):
        with pytest.raises(Forbidden):
            await start(tool)


async def test_who_is_signed_in_is_linked_whatever_address_the_provider_names(
    services, database, acme, by_link, idp, clock
):
    idp.says = claims("00u-ada", "ada@elsewhere.test", email_verified=False)
    signed_in_at = clock.moment
    departure = await services.sign_in.start_linking(
        await services.sessions.authenticate(by_link), next_path="/account"
    )
    clock.move(minutes=3)

    arrival = await back(services, departure, by_link)

    (event, *_) = await services.audit.events(acme.operator)
    assert (arrival.next, arrival.actor.authenticated_at) == ("/account", signed_in_at)
    assert (await is_live(services, by_link), await is_live(services, arrival.secret)) == (False, True)
    assert await identities(database, acme.admin) == ["00u-ada"]
    assert (event.action, event.changes["subject"]) == (AuditAction.IDENTITY_LINKED, (None, "00u-ada"))
    assert (await services.sso.get(acme.operator)).passed_at == clock.moment
    assert (await come_in(services)).actor.membership_id == acme.admin.id


async def test_linking_needs_a_recent_sign_in(services, by_link, clock):
    clock.move(minutes=10, seconds=1)

    with pytest.raises(SignInAgain):
        await services.sign_in.start_linking(await services.sessions.authenticate(by_link))


@pytest.mark.parametrize("left", [False, True])
async def test_the_identity_of_another_member_cannot_be_linked(services, database, scim, bo, inside, by_link, left):
    if left:
        await services.memberships.remove(scim, bo.id)
    departure = await services.sign_in.start_linking(await services.sessions.authenticate(by_link))

    problem = await turned_away(services, database, departure, Visitor(session_secret=by_link))

    assert (problem, await identities(database, bo)) == ("other_identity", ["00u-bo"])


async def test_a_member_has_one_identity(services, database, acme, by_link, connection, idp, clock):
    await linked(database, connection, acme.admin, clock.moment, "00u-ada")
    departure = await services.sign_in.start_linking(await services.sessions.authenticate(by_link))
    mine = Visitor(session_secret=by_link)
    idp.says = claims("00u-ada-again")

    assert await turned_away(services, database, departure, mine) == "other_identity"
    idp.says = claims("00u-ada")
    assert (await back(services, departure, by_link)).actor.membership_id == acme.admin.id


async def an_invitation(services, acme, email="ivy@elsewhere.test", role=Role.USER):
    return await services.invitations.create(acme.operator, email, role, lifetime=WEEK)


@pytest.fixture
async def enforced(services, database, acme, connection, clock):
    """SSO is the only way in."""
    await passed(database, connection, clock.moment)
    return await services.sso.enforce(acme.operator, enforced=True)


async def test_where_sso_is_enforced_an_invitation_is_accepted_through_it(services, database, acme, enforced, idp):
    invitation, secret = await an_invitation(services, acme)
    before = await all_rows(database)
    with pytest.raises(SignInRefused) as refusal:
        await services.invitations.accept(secret)
    departure = await services.sign_in.start_joining(secret)
    assert (refusal.value.problem, await all_rows(database)) == ("sso_required", before)
    idp.says = claims("00u-ivy", "ivy@acme.test", email_verified=False)

    arrival = await back(services, departure, None)

    _, ivy = await every_member(services, acme.operator)
    (session,) = await services.sessions.list(arrival.actor)
    (event, *_) = await services.audit.events(acme.operator)
    assert (ivy.user_name, ivy.role, arrival.actor.membership_id) == ("ivy@elsewhere.test", Role.USER, ivy.id)
    assert (session.method, await identities(database, ivy)) == (SignInMethod.SSO, ["00u-ivy"])
    assert (event.action, event.changes["subject"]) == (AuditAction.INVITATION_ACCEPTED, (None, "00u-ivy"))
    assert (await services.invitations.get(acme.operator, invitation.id)).membership_id == ivy.id
    assert idp.asked[-1][1] == "ivy@elsewhere.test"


async def test_an_invitation_works_once_through_sso_too(services, database, acme, enforced, idp):
    _, secret = await an_invitation(services, acme)
    first, second = [await services.sign_in.start_joining(secret) for _ in range(2)]
    idp.says = claims("00u-ivy", None)
    await back(services, first, None)
    idp.says = claims("00u-jo", None)

    assert await turned_away(services, database, second) == "attempt_expired"
    with pytest.raises(Unauthenticated):
        await services.sign_in.start_joining(secret)


async def test_an_invitation_that_is_revoked_on_the_way_lets_nobody_in(services, database, acme, enforced, idp):
    invitation, secret = await an_invitation(services, acme)
    departure = await services.sign_in.start_joining(secret)
    await services.invitations.revoke(acme.operator, invitation.id)

    assert await turned_away(services, database, departure) == "attempt_expired"


async def test_an_invitation_gives_no_member_another_membership(services, database, acme, scim, bo, inside, enforced):
    _, secret = await an_invitation(services, acme, role=Role.ADMIN)
    departure = await services.sign_in.start_joining(secret)

    assert await turned_away(services, database, departure) == "other_identity"

    await services.memberships.update(scim, bo.id, deactivated)
    assert await turned_away(services, database, departure) == "other_identity"


async def test_who_has_left_comes_back_by_an_invitation_to_themselves(
    services, database, acme, scim, bo, inside, enforced
):
    await services.memberships.remove(scim, bo.id)
    _, secret = await an_invitation(services, acme, "bo@acme.test")
    departure = await services.sign_in.start_joining(secret)

    arrival = await back(services, departure, None)

    again = await services.memberships.get(acme.operator, arrival.actor.membership_id)
    assert (again.user_id, again.id == bo.id, await identities(database, again)) == (bo.user_id, False, ["00u-bo"])


@pytest.mark.parametrize(
    "said",
    [
        {"subject": "00u-mallory", "email": "mallory@acme.test"},
        {"subject": "00u-mallory", "email": "bo@acme.test", "email_verified": False},
        {"subject": "00u-mallory", "email": None},
    ],
)
async def test_an_invitation_to_a_member_makes_nobody_else_of_the_provider_them(
    services, database, acme, bo, enforced, idp, said
):
    invitation, secret = await left_open(database, bo)
    departure = await services.sign_in.start_joining(secret)
    idp.says = claims(**said)

    assert await turned_away(services, database, departure) == "not_linked"

    assert (await services.invitations.get(acme.operator, invitation.id)).accepted_at is None
    idp.says = claims()
    assert (await come_in(services)).actor.membership_id == bo.id


@pytest.mark.parametrize("email", ["BO@acme.test", "bo.renamed@acme.test"])
async def test_an_invitation_to_a_member_lets_them_in_by_their_address_or_an_identity_that_is_theirs(
    services, database, bo, connection, enforced, idp, clock, email
):
    if email != "BO@acme.test":
        await linked(database, connection, bo, clock.moment, "00u-bo")
    _, secret = await left_open(database, bo)
    departure = await services.sign_in.start_joining(secret)
    idp.says = claims(email=email)

    arrival = await back(services, departure, None)

    assert (arrival.actor.membership_id, await identities(database, bo)) == (bo.id, ["00u-bo"])


@pytest.mark.parametrize("kind", [SecretKind.LINK, SecretKind.INVITE])
async def test_what_is_no_invitation_leads_nowhere(services, enforced, kind):
    with pytest.raises(Unauthenticated):
        await services.sign_in.start_joining(mint(kind))


async def test_break_glass_doors_stay_open_where_sso_is_enforced(services, acme, enforced, idp):
    secret = await a_session(services, acme.operator, "a@acme.test")

    assert (await services.sessions.authenticate(secret)).role is Role.ADMIN
    departure = await services.sign_in.start("acme")
    with pytest.raises(SignInRefused):
        await services.sign_in.finish("acme", departure.attempt, answer_to(departure), SOMEBODY)

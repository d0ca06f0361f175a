"""On the day that access ends, everything ends that lets a person in or acts for them; nothing of it comes back."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from rollbook.domain.criteria import Page
from rollbook.domain.errors import Forbidden, NotFound, Unauthenticated
from rollbook.domain.groups import GroupChange
from rollbook.domain.invitations import InvitationStatus
from rollbook.domain.jobs import JobStatus
from rollbook.domain.roles import Role
from rollbook.domain.sessions import SignInMethod
from rollbook.services import Services
from tests.builders import ADMIN_AND_USER, a_draft, every_member, okta, signed_in
from tests.services.conftest import PEPPER
from tests.services.connections import a_connection, a_passkey, inside, is_live, linked
from tests.services.rows import all_rows

WEEK = timedelta(days=7)


@pytest.fixture
async def services(database, clock):
    return Services(database, PEPPER, clock)


@pytest.fixture
async def scim(services, acme):
    return await okta(services, acme.operator)


def person(name):
    emails = [{"value": f"{name}@acme.test", "primary": True}, {"value": f"{name}.ek@acme.test", "type": "home"}]
    return a_draft(name, emails=emails, grants=ADMIN_AND_USER)


@pytest.fixture
async def admin(services, acme):
    return await signed_in(services, acme.operator, "a@acme.test")


async def a_world_of(services, database, acme, scim, clock, name="bo"):
    """A member who has everything that somebody can have: sessions, a link, an invitation, jobs, a passkey, SSO."""
    member = await services.memberships.create(scim, person(name))
    member = await services.memberships.update(
        scim,
        member.id,
        lambda before: before.described(
            user_name=name,
            external_id=None,
            active=True,
            profile=a_draft(
                name,
                emails=[
                    {"value": f"{name}@acme.test", "primary": True},
                    {"value": f"{name}.x@acme.test", "type": "home"},
                ],
            ).profile,
        ),
    )
    # invited under an address of theirs by which nobody sees that they are a member
    _, invited = await services.invitations.create(acme.operator, f"{name}.x@acme.test", Role.USER, lifetime=WEEK)
    secrets = [(await inside(database, member, method, clock.moment))[0] for method in SignInMethod]
    secret, actor = await inside(database, member, SignInMethod.LINK, clock.moment)
    job = await services.jobs.import_members(actor, "email\ngus@acme.test\n")
    return SimpleNamespace(
        member=member,
        secrets=[*secrets, secret],
        link=await services.sessions.create_login_link(acme.operator, f"{name}@acme.test"),
        invited=invited,
        job=job,
        passkey=await a_passkey(database, member, clock.moment),
    )


@pytest.fixture
async def bo(services, database, acme, scim, clock):
    return await a_world_of(services, database, acme, scim, clock)


def update(change):
    return lambda services, scim, admin, bo: services.memberships.update(scim, bo.member.id, change)


async def out_of_both_groups(services, scim, admin, bo):
    for group in ("admins", "users"):
        await services.groups.change(scim, group, GroupChange(remove=(bo.member.id,)))


async def both_groups_replaced(services, scim, admin, bo):
    for group in ("users", "admins"):
        await services.groups.change(scim, group, GroupChange(replace=(admin.membership_id,)))


ENDS = {
    "deactivated by the provider": update(lambda before: before.with_active(False)),
    "deactivated by an admin": lambda services, scim, admin, bo: services.memberships.update(
        admin, bo.member.id, lambda before: before.with_active(False)
    ),
    "without any grant": update(lambda before: replace(before, grants=frozenset())),
    "out of both groups": out_of_both_groups,
    "both groups replaced": both_groups_replaced,
    "removed by the provider": lambda services, scim, admin, bo: services.memberships.remove(scim, bo.member.id),
    "removed by an admin": lambda services, scim, admin, bo: services.memberships.remove(admin, bo.member.id),
}


async def in_again(services, scim, how, bo):
    """The member is let in again by whoever may."""
    if how.startswith("removed"):
        return await services.memberships.create(scim, person("bo"))
    for group in ("users", "admins"):
        await services.groups.change(scim, group, GroupChange(add=(bo.member.id,)))
    return await services.memberships.update(scim, bo.member.id, lambda before: before.with_active(True))


async def shut_out(services, bo):
    """Whether nothing that the member had lets anybody in."""
    for secret in bo.secrets:
        assert await is_live(services, secret) is False
    with pytest.raises(Unauthenticated):
        await services.sessions.redeem(bo.link)
    with pytest.raises(Unauthenticated):
        await services.invitations.accept(bo.invited)
    return True


async def work_off(services):
    while await services.job_runner.turn():
        pass


@pytest.mark.parametrize("how", ENDS)
async def test_with_access_everything_ends_in_one_operation_and_comes_back_by_nothing(
    services, acme, scim, admin, bo, how
):
    assert [await is_live(services, secret) for secret in bo.secrets] == [True] * 6

    await ENDS[how](services, scim, admin, bo)

    assert await shut_out(services, bo)
    again = await in_again(services, scim, how, bo)
    assert again.role is Role.ADMIN
    assert await shut_out(services, bo)
    await work_off(services)
    job = await services.jobs.get(acme.operator, bo.job.id)
    assert (job.done, job.status in {JobStatus.CANCELLED, JobStatus.FAILED}) == (0, True)
    assert "gus@acme.test" not in [member.user_name for member in await every_member(services, acme.operator)]


@pytest.mark.parametrize("how", ENDS)
async def test_passkeys_end_with_the_membership_and_identities_stay_to_tell_of_it(
    services, database, acme, scim, admin, bo, how, clock
):
    connection = await services.sso.save(acme.operator, a_connection())
    await linked(database, connection, bo.member, clock.moment)

    await ENDS[how](services, scim, admin, bo)

    rows = await all_rows(database)
    assert len(rows["passkeys"]) == (0 if how.startswith("removed") else 1)
    assert [row["membership_id"] for row in rows["sso_identities"]] == [bo.member.id]


@pytest.mark.parametrize("how", [each for each in ENDS if each != "both groups replaced"])
async def test_whose_access_ends_takes_nobody_elses_with_them(
    services, database, acme, globex, scim, admin, clock, how
):
    cy = await a_world_of(services, database, acme, scim, clock, "cy")
    bo = SimpleNamespace(member=await services.memberships.create(scim, person("bo")))
    elsewhere = await signed_in(services, globex.operator, "bo@acme.test")

    await ENDS[how](services, scim, admin, bo)

    assert [await is_live(services, secret) for secret in cy.secrets] == [True] * 6
    assert (await services.sessions.list(elsewhere))[0].id == elsewhere.session_id
    await work_off(services)
    assert (await services.jobs.get(acme.operator, cy.job.id)).status is JobStatus.DONE
    assert (await services.sessions.redeem(cy.link))[1].membership_id == cy.member.id


@pytest.mark.parametrize("how", ENDS)
async def test_who_has_lost_access_while_they_asked_makes_no_job(services, database, acme, scim, admin, how):
    member = await services.memberships.create(scim, person("bo"))
    asking = await signed_in(services, acme.operator, "bo@acme.test")
    await ENDS[how](services, scim, admin, SimpleNamespace(member=member))
    before = await all_rows(database)

    with pytest.raises(Forbidden):
        await services.jobs.import_members(asking, "email\ngus@acme.test")

    assert (await all_rows(database)) == before


async def test_one_of_two_groups_is_enough_to_stay_signed_in(services, scim, bo):
    await services.groups.change(scim, "users", GroupChange(remove=(bo.member.id,)))
    await services.groups.change(scim, "admins", GroupChange(remove=(bo.member.id,), add=(bo.member.id,)))

    assert [await is_live(services, secret) for secret in bo.secrets] == [True] * 6


async def test_who_was_moved_from_one_group_to_the_other_in_time_stays_signed_in(services, scim, bo):
    await services.groups.change(scim, "admins", GroupChange(remove=(bo.member.id,)))

    assert [await is_live(services, secret) for secret in bo.secrets] == [True] * 6


async def test_a_refused_change_of_groups_ends_nothing(services, database, scim, acme, bo):
    before = await all_rows(database)

    with pytest.raises(NotFound):
        await services.groups.change(scim, "owners", GroupChange(remove=(bo.member.id,)))

    assert await all_rows(database) == before


async def test_many_who_lose_their_last_group_at_once_are_all_signed_out(services, database, acme, scim, admin, clock):
    drafts = [a_draft(f"u{at}@acme.test") for at in range(30)]
    members = [await services.memberships.create(scim, draft) for draft in drafts]
    secrets = [(await inside(database, member, SignInMethod.LINK, clock.moment))[0] for member in members]

    await services.groups.change(scim, "users", GroupChange(replace=(members[0].id,)))

    assert [await is_live(services, secret) for secret in secrets] == [True] + [False] * 29


async def test_an_invitation_that_waits_under_any_address_ends_with_the_last_group(services, acme, scim, bo):
    await services.invitations.create(acme.operator, "jo@acme.test", Role.USER, lifetime=WEEK)

    await out_of_both_groups(services, scim, None, bo)

    pages = await services.invitations.page(acme.operator, Page())
    assert {each.email: each.status(services.clock()) for each in pages.rows} == {
        "bo.x@acme.test": InvitationStatus.REVOKED,
        "jo@acme.test": InvitationStatus.PENDING,
    }

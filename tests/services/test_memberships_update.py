"""How a membership changes: by a pure function, in one version and one event, under the rules of the life cycle."""

import asyncio
from dataclasses import replace

import pytest

from rollbook.domain.audit import AuditAction
from rollbook.domain.errors import (
    AlreadyExists,
    Forbidden,
    InvalidValue,
    LastAdmin,
    ManagedBySource,
    NotFound,
    VersionMismatch,
)
from rollbook.domain.memberships import Source
from rollbook.domain.policy import Permission
from rollbook.domain.profiles import Profile
from rollbook.domain.roles import Role
from tests.builders import ADMIN_AND_USER, NOBODY, a_draft, a_tool, every_member, okta, signed_in


@pytest.fixture
async def idp(services, acme):
    return await okta(services, acme.operator)


@pytest.fixture
async def bo(services, idp):
    return await services.memberships.create(idp, a_draft("bo@acme.test", external_id="00u1", displayName="Bo"))


@pytest.fixture
async def cy(services, acme):
    """A manual member."""
    return await services.memberships.create(acme.operator, a_draft("cy@acme.test", displayName="Cy"))


def renamed(user_name):
    """The change that gives another userName."""
    return lambda before: before.described(
        user_name=user_name, external_id=before.external_id, active=before.active, profile=before.profile
    )


def retitled(title):
    """The change that gives another title."""
    return lambda before: before.described(
        user_name=before.user_name,
        external_id=before.external_id,
        active=before.active,
        profile=Profile.of(before.profile.attributes | {"title": title}),
    )


def deactivated(before):
    """The change that takes all access away."""
    return before.with_active(False)


def activated(before):
    """The change that gives access back."""
    return before.with_active(True)


async def address_of(services, actor, member):
    """The sign-in address of the member's user."""
    return (await services.memberships.users(actor, [member.user_id]))[member.user_id].email


async def refused(services, acme, error, work):
    """The refusal of this work, which must have left every membership, version and event as it was."""
    members = [(member, member.version) for member in await every_member(services, acme.operator)]
    events = await services.audit.events(acme.operator)
    with pytest.raises(error) as refusal:
        await work
    assert [(member, member.version) for member in await every_member(services, acme.operator)] == members
    assert await services.audit.events(acme.operator) == events
    return refusal.value


async def test_a_change_is_one_version_and_one_event(services, acme, idp, bo):
    changed = await services.memberships.update(idp, bo.id, retitled("Captain"))

    assert changed == replace(bo, profile=Profile.of({"displayName": "Bo", "title": "Captain"}))
    assert (changed.version, changed.created_at) == (2, bo.created_at)
    assert changed.updated_at >= bo.updated_at
    read = await services.memberships.get(idp, bo.id)
    assert (read, read.version, read.updated_at) == (changed, 2, changed.updated_at)
    event, _ = await services.audit.events(acme.operator, membership_id=bo.id)
    assert (event.action, event.changes) == (AuditAction.MEMBERSHIP_UPDATED, {"profile.title": (None, "Captain")})


async def test_a_change_of_nothing_leaves_no_version_and_no_event(services, acme, idp, bo):
    events = await services.audit.events(acme.operator)

    same = await services.memberships.update(idp, bo.id, lambda before: before)
    active = await services.memberships.update(idp, bo.id, activated)
    role = await services.memberships.change_role(idp, bo.id, Role.USER)

    assert [(member, member.version) for member in (same, active, role)] == [(bo, 1)] * 3
    assert await services.audit.events(acme.operator) == events


async def test_a_change_can_expect_a_version(services, acme, idp, bo):
    await services.memberships.update(idp, bo.id, retitled("Captain"), expected_version=1)

    refusal = await refused(
        services,
        acme,
        VersionMismatch,
        services.memberships.update(idp, bo.id, retitled("Pilot"), expected_version=1),
    )

    assert (refusal.current, refusal.membership_id) == (2, bo.id)


async def test_an_expected_version_counts_even_if_nothing_would_change(services, acme, idp, bo):
    await services.memberships.update(idp, bo.id, retitled("Captain"))

    await refused(
        services, acme, VersionMismatch, services.memberships.update(idp, bo.id, activated, expected_version=1)
    )


async def test_what_the_change_raises_is_the_answer(services, acme, idp, bo):
    def no_change(_):
        raise InvalidValue("no such title", field="title")

    refusal = await refused(services, acme, InvalidValue, services.memberships.update(idp, bo.id, no_change))

    assert refusal.field == "title"


@pytest.mark.parametrize("member_id", [NOBODY, "nobody", "", "admins", "\0"])
async def test_nobody_else_is_found(services, acme, idp, member_id):
    await refused(services, acme, NotFound, services.memberships.update(idp, member_id, deactivated))
    await refused(services, acme, NotFound, services.memberships.change_role(idp, member_id, Role.ADMIN))
    await refused(services, acme, NotFound, services.memberships.get(idp, member_id))


async def test_an_upper_case_id_is_another_id(services, acme, idp, bo):
    await refused(services, acme, NotFound, services.memberships.get(idp, bo.id.upper()))


async def test_concurrent_changes_of_one_member_are_all_kept(services, acme, idp, bo):
    def nicknamed(at):
        def change(before):
            attributes = before.profile.attributes | {f"urn:{at}": at}
            return replace(before, profile=Profile.of(attributes))

        return change

    await asyncio.gather(*(services.memberships.update(idp, bo.id, nicknamed(at)) for at in range(10)))

    after = await services.memberships.get(idp, bo.id)
    assert after.version == 11
    assert after.profile.attributes == {"displayName": "Bo"} | {f"urn:{at}": at for at in range(10)}
    assert len(await services.audit.events(acme.operator, membership_id=bo.id)) == 11


async def test_of_ten_changes_that_expect_one_version_one_succeeds(services, idp, bo):
    changes = (services.memberships.update(idp, bo.id, retitled(f"no {at}"), expected_version=1) for at in range(10))

    outcomes = await asyncio.gather(*changes, return_exceptions=True)

    assert sum(isinstance(outcome, VersionMismatch) for outcome in outcomes) == 9
    assert (await services.memberships.get(idp, bo.id)).version == 2


async def test_the_identity_provider_adopts_a_manual_member_whom_it_changes(services, acme, idp, cy):
    adopted = await services.memberships.update(
        idp,
        cy.id,
        lambda before: before.described(
            user_name=before.user_name, external_id="00u2", active=True, profile=before.profile
        ),
    )

    assert adopted == replace(cy, source=Source.SCIM, external_id="00u2")
    user = (await services.memberships.users(idp, [cy.user_id]))[cy.user_id]
    assert user.created_by_organization_id == acme.organization.id
    assert await every_member(services, acme.operator) == [acme.admin, adopted]


async def test_it_adopts_them_even_by_a_change_of_nothing(services, idp, cy):
    adopted = await services.memberships.update(idp, cy.id, activated)

    assert (adopted.source, adopted.version) == (Source.SCIM, 2)


async def test_the_profile_of_a_provisioned_member_is_the_identity_providers(services, acme, bo):
    for actor in (acme.operator, await a_tool(services, acme.operator)):
        for change in (renamed("bo.ek@acme.test"), retitled("Captain"), lambda m: replace(m, external_id="00u9")):
            refusal = await refused(services, acme, ManagedBySource, services.memberships.update(actor, bo.id, change))
            assert "identity provider" in refusal.message


async def test_role_and_status_of_a_provisioned_member_change_anywhere(services, acme, bo):
    tool = await a_tool(services, acme.operator)

    admin = await services.memberships.change_role(tool, bo.id, Role.ADMIN)
    inactive = await services.memberships.update(tool, bo.id, deactivated)

    assert (admin.role, inactive.active, inactive.source) == (Role.ADMIN, False, Source.SCIM)


async def test_a_manual_member_is_changed_by_anyone_who_may(services, acme, cy):
    changed = await services.memberships.update(
        await a_tool(services, acme.operator), cy.id, renamed("cy.dam@acme.test")
    )

    assert (changed.user_name, changed.email, changed.source) == ("cy.dam@acme.test", "cy.dam@acme.test", Source.MANUAL)


async def test_a_deactivated_member_keeps_id_profile_and_grants(services, acme, idp, bo):
    await services.memberships.change_role(acme.operator, bo.id, Role.ADMIN)

    inactive = await services.memberships.update(idp, bo.id, deactivated)

    assert inactive == replace(bo, active=False, grants=ADMIN_AND_USER)
    assert (inactive.role, await services.memberships.get(idp, bo.id)) == (None, inactive)


async def test_a_reactivated_member_has_all_grants_again(services, acme, idp, bo):
    await services.memberships.change_role(acme.operator, bo.id, Role.ADMIN)
    await services.memberships.update(idp, bo.id, deactivated)

    active = await services.memberships.update(idp, bo.id, activated)

    assert (active.id, active.role, active.grants) == (bo.id, Role.ADMIN, ADMIN_AND_USER)


@pytest.mark.parametrize("taken_by", ["active", "inactive"])
async def test_a_name_that_a_living_membership_holds_is_taken(services, acme, idp, bo, taken_by):
    other = await services.memberships.create(
        idp, a_draft("Dee", "Dee@acme.test", external_id="00u4", active=taken_by == "active")
    )
    same = Profile.of({"emails": [{"value": other.email}]})

    for change, field in (
        (renamed("DEE"), "userName"),
        (lambda before: replace(before, external_id="00u4"), "externalId"),
        (
            lambda before: before.described(user_name="bo", external_id="00u1", active=True, profile=same),
            "emails.value",
        ),
    ):
        for actor in (idp, replace(idp, rehearses=True)):
            refusal = await refused(services, acme, AlreadyExists, services.memberships.update(actor, bo.id, change))
            assert refusal.field == field


async def test_a_name_that_an_ended_membership_held_is_free(services, idp, bo):
    other = await services.memberships.create(idp, a_draft("dee@acme.test"))
    await services.memberships.remove(idp, other.id)

    assert (await services.memberships.update(idp, bo.id, renamed("dee@acme.test"))).user_name == "dee@acme.test"


async def test_one_can_change_the_case_of_ones_own_name(services, idp, bo):
    assert (await services.memberships.update(idp, bo.id, renamed("BO@acme.test"))).user_name == "BO@acme.test"


async def test_the_sign_in_address_follows_a_rename(services, idp, bo):
    await services.memberships.update(idp, bo.id, renamed("bo.ek@acme.test"))

    assert await address_of(services, idp, bo) == "bo.ek@acme.test"


async def test_the_sign_in_address_stays_when_another_organization_created_the_user(services, acme, globex):
    zoe = await services.memberships.create(globex.operator, a_draft("zoe@shared.test"))
    await services.sessions.create_login_link(acme.operator, "zoe@shared.test")  # the operator may let them in
    _, here = await every_member(services, acme.operator)

    changed = await services.memberships.update(acme.operator, here.id, renamed("zoe@acme.test"))

    assert (here.user_id, changed.email) == (zoe.user_id, "zoe@acme.test")
    assert await address_of(services, globex.operator, zoe) == "zoe@shared.test"
    assert await address_of(services, acme.operator, here) == "zoe@acme.test"  # what it has of them, and no more


@pytest.mark.parametrize("there_now", [True, False], ids=["is a member elsewhere", "was a member elsewhere"])
async def test_the_sign_in_address_stays_when_another_organization_relies_on_it(
    services, acme, globex, idp, bo, there_now
):
    await services.sessions.create_login_link(globex.operator, "bo@acme.test")
    if not there_now:
        _, there = await every_member(services, globex.operator)
        await services.memberships.remove(globex.operator, there.id)

    changed = await services.memberships.update(idp, bo.id, renamed("bo.ek@acme.test"))

    assert changed.email == "bo.ek@acme.test"
    assert await address_of(services, idp, bo) == "bo@acme.test"


async def test_the_sign_in_address_stays_when_the_new_one_belongs_to_somebody_outside(services, globex, idp, bo):
    await services.memberships.create(globex.operator, a_draft("bo.ek@acme.test"))

    changed = await services.memberships.update(idp, bo.id, renamed("bo.ek@acme.test"))

    assert changed.email == "bo.ek@acme.test"
    assert await address_of(services, idp, bo) == "bo@acme.test"


async def test_a_demotion_of_the_last_active_admin_is_refused_whoever_asks(services, acme, idp):
    await services.memberships.create(idp, a_draft("dee@acme.test", grants=ADMIN_AND_USER, active=False))
    tool = await a_tool(services, acme.operator)

    for actor in (idp, tool, acme.operator):
        refusal = await refused(
            services, acme, LastAdmin, services.memberships.change_role(actor, acme.admin.id, Role.USER)
        )
        assert "another member an admin first" in refusal.message


async def test_an_admin_who_is_not_the_last_can_be_demoted(services, acme, idp, bo):
    await services.memberships.change_role(acme.operator, bo.id, Role.ADMIN)

    demoted = await services.memberships.change_role(idp, acme.admin.id, Role.USER)

    assert (demoted.role, demoted.grants) == (Role.USER, {Role.USER})


async def test_the_identity_provider_may_deactivate_the_last_admin_and_a_warning_is_kept(services, acme, idp):
    inactive = await services.memberships.update(idp, acme.admin.id, deactivated)

    event = (await services.audit.events(acme.operator))[0]
    assert inactive.active is False
    assert "rollbook admin login-link" in event.warning


async def test_nobody_else_may_deactivate_the_last_admin(services, acme):
    tool = await a_tool(services, acme.operator)
    admin = await signed_in(services, acme.operator, "a@acme.test")

    for actor in (tool, admin, acme.operator):
        await refused(services, acme, LastAdmin, services.memberships.update(actor, acme.admin.id, deactivated))


async def test_granting_and_revoking_admin_needs_the_right_to(services, acme, bo, cy):
    tool = await a_tool(services, acme.operator, frozenset({Permission.MEMBERS_WRITE}))
    await services.memberships.change_role(acme.operator, cy.id, Role.ADMIN)

    for work in (
        services.memberships.change_role(tool, bo.id, Role.ADMIN),
        services.memberships.change_role(tool, cy.id, Role.USER),
        services.memberships.update(tool, cy.id, deactivated),
        services.memberships.update(tool, bo.id, lambda before: before.with_role(Role.ADMIN)),
    ):
        await refused(services, acme, Forbidden, work)


async def test_the_right_to_write_roles_is_not_the_right_to_write_members(services, acme, cy):
    tool = await a_tool(services, acme.operator, frozenset({Permission.ROLES_WRITE}))

    await refused(services, acme, Forbidden, services.memberships.update(tool, cy.id, deactivated))
    assert (await services.memberships.change_role(tool, cy.id, Role.ADMIN)).role is Role.ADMIN


async def test_who_may_write_but_not_read_is_answered_only_what_they_may_see(services, acme, cy):
    tool = await a_tool(services, acme.operator, frozenset({Permission.MEMBERS_WRITE, Permission.ROLES_WRITE}))

    answers = [
        await services.memberships.create(tool, a_draft("dee@acme.test", external_id="00u4")),
        await services.memberships.change_role(tool, cy.id, Role.ADMIN),
        await services.memberships.update(tool, cy.id, deactivated),
        await services.memberships.update(tool, cy.id, deactivated),
    ]

    assert {(m.user_name, m.external_id, m.profile.text) for m in answers} == {("", None, "{}")}


async def test_a_user_changes_nobody_not_even_themselves(services, acme, bo):
    user = await signed_in(services, acme.operator, "eve@acme.test", Role.USER)

    for member_id in (bo.id, user.membership_id):
        await refused(services, acme, Forbidden, services.memberships.update(user, member_id, deactivated))
        await refused(services, acme, Forbidden, services.memberships.change_role(user, member_id, Role.ADMIN))
        await refused(services, acme, Forbidden, services.memberships.remove(user, member_id))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (renamed(""), "userName"),
        (lambda m: replace(m, external_id="\0"), "externalId"),
        (renamed("x" * 257), "userName"),
    ],
)
async def test_a_key_that_cannot_be_kept_is_refused(services, acme, idp, bo, change, field):
    refusal = await refused(services, acme, InvalidValue, services.memberships.update(idp, bo.id, change))

    assert refusal.field == field

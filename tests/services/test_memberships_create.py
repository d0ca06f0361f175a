"""How a person becomes a member: created, revived, taken back, or refused (product rules, section 2)."""

import pytest

from rollbook.domain.audit import AuditAction
from rollbook.domain.errors import AlreadyExists, Forbidden, InvalidValue
from rollbook.domain.memberships import MembershipDraft, Source
from rollbook.domain.policy import Permission
from rollbook.domain.profiles import Profile
from rollbook.domain.roles import Role
from tests.builders import ADMIN_AND_USER, a_draft, a_tool, every_member, okta

BO = a_draft("bo@acme.test", external_id="00u1", displayName="Bo Ek", title="Captain")


@pytest.fixture
async def idp(services, acme):
    return await okta(services, acme.operator)


async def everything(services, acme):
    """What a refusal must leave as it was: every membership with its version, and every event."""
    members = [(member, member.version) for member in await every_member(services, acme.operator)]
    return members, await services.audit.events(acme.operator)


async def test_a_person_whom_nobody_has_becomes_an_active_member_with_the_role_user(services, acme, idp):
    bo = await services.memberships.create(idp, BO)

    assert bo == await services.memberships.get(idp, bo.id)
    assert (bo.user_name, bo.external_id, bo.email, bo.name) == ("bo@acme.test", "00u1", "bo@acme.test", "Bo Ek")
    assert (bo.active, bo.grants, bo.role, bo.source) == (True, {Role.USER}, Role.USER, Source.SCIM)
    assert (bo.profile, bo.version, bo.created_at) == (BO.profile, 1, bo.updated_at)
    assert bo.organization_id == acme.organization.id


async def test_their_user_is_created_by_this_organization(services, acme, idp):
    bo = await services.memberships.create(idp, BO)

    user = (await services.memberships.users(idp, [bo.user_id]))[bo.user_id]

    assert (user.id, user.email, user.name) == (bo.user_id, "bo@acme.test", "Bo Ek")
    assert user.created_by_organization_id == acme.organization.id


async def test_roles_that_were_sent_are_granted(services, idp):
    bo = await services.memberships.create(idp, a_draft("bo@acme.test", grants=ADMIN_AND_USER))
    cy = await services.memberships.create(idp, a_draft("cy@acme.test", grants=frozenset()))

    assert (bo.role, bo.grants) == (Role.ADMIN, ADMIN_AND_USER)
    assert (cy.role, cy.grants, cy.active) == (None, set(), True)


async def test_a_person_can_be_created_inactive(services, idp):
    bo = await services.memberships.create(idp, a_draft("bo@acme.test", active=False))

    assert (bo.active, bo.role, bo.grants) == (False, None, {Role.USER})


async def test_the_source_tells_who_made_the_membership(services, acme, idp):
    tool = await a_tool(services, acme.operator)

    made = [
        await services.memberships.create(actor, a_draft(f"{name}@acme.test"))
        for name, actor in (("b", idp), ("c", tool), ("d", acme.operator))
    ]

    assert [member.source for member in made] == [Source.SCIM, Source.MANUAL, Source.MANUAL]


async def test_a_person_without_an_address_becomes_a_member_whom_nobody_can_sign_in_as(services, idp):
    bo = await services.memberships.create(idp, MembershipDraft("bo"))

    user = (await services.memberships.users(idp, [bo.user_id]))[bo.user_id]

    assert (bo.email, bo.name, user.email) == (None, "Bo", None)


async def test_two_people_without_an_address_are_two(services, idp):
    bo = await services.memberships.create(idp, MembershipDraft("bo"))
    cy = await services.memberships.create(idp, MembershipDraft("cy"))

    assert bo.user_id != cy.user_id


async def test_values_come_back_as_sent_and_are_compared_without_case(services, idp):
    bo = await services.memberships.create(idp, a_draft("Bo.ÅNGSTRÖM@Acme.Test", external_id="00U-x"))

    assert (bo.user_name, bo.email, bo.external_id) == ("Bo.ÅNGSTRÖM@Acme.Test", "Bo.ÅNGSTRÖM@Acme.Test", "00U-x")
    with pytest.raises(AlreadyExists) as refusal:
        await services.memberships.create(idp, a_draft("bo.A\u030angstro\u0308m@acme.test"))
    assert refusal.value.field == "userName"


async def test_external_ids_are_compared_with_case(services, idp):
    await services.memberships.create(idp, a_draft("bo@acme.test", external_id="00u1"))

    cy = await services.memberships.create(idp, a_draft("cy@acme.test", external_id="00U1"))

    assert cy.external_id == "00U1"


@pytest.mark.parametrize(
    ("draft", "field", "said"),
    [
        (a_draft("other", external_id="00u1"), "externalId", "'00u1'"),
        (a_draft("BO@acme.test", "x@acme.test"), "userName", "'BO@acme.test'"),
        (a_draft("other", "Bo@Acme.test"), "emails.value", "'Bo@Acme.test'"),
    ],
    ids=["externalId", "userName", "e-mail"],
)
async def test_an_active_member_is_a_conflict_by_any_of_their_keys(services, acme, idp, draft, field, said):
    await services.memberships.create(idp, BO)
    before = await everything(services, acme)

    with pytest.raises(AlreadyExists) as refusal:
        await services.memberships.create(idp, draft)

    assert refusal.value.field == field
    assert said in refusal.value.message
    assert await everything(services, acme) == before


@pytest.mark.parametrize("active", [True, False], ids=["active", "inactive"])
async def test_keys_of_two_different_members_are_a_conflict(services, acme, idp, active):
    await services.memberships.create(idp, a_draft("bo@acme.test", external_id="00u1", active=active))
    await services.memberships.create(idp, a_draft("cy@acme.test", external_id="00u2", active=active))
    before = await everything(services, acme)

    with pytest.raises(AlreadyExists) as refusal:
        await services.memberships.create(idp, a_draft("cy@acme.test", external_id="00u1"))

    assert "'bo@acme.test'" in refusal.value.message
    assert "'cy@acme.test'" in refusal.value.message
    assert await everything(services, acme) == before


async def test_an_account_outside_the_organization_is_refused_with_the_advice_to_invite(services, acme, globex, idp):
    theirs = await services.memberships.create(globex.operator, a_draft("zoe@shared.test"))
    before = await everything(services, acme)

    with pytest.raises(AlreadyExists) as refusal:
        await services.memberships.create(idp, a_draft("zoe", "Zoe@Shared.test"))

    assert refusal.value.field == "emails.value"
    assert "outside this organization" in refusal.value.message
    assert "invite" in refusal.value.message
    assert await everything(services, acme) == before
    assert await every_member(services, globex.operator) == [globex.admin, theirs]


async def test_a_tool_is_refused_in_the_same_way(services, acme, globex):
    await services.memberships.create(globex.operator, a_draft("zoe@shared.test"))
    tool = await a_tool(services, acme.operator)

    with pytest.raises(AlreadyExists) as refusal:
        await services.memberships.create(tool, a_draft("zoe@shared.test"))

    assert "invite" in refusal.value.message


async def test_someone_who_left_another_organization_is_still_outside(services, acme, globex, idp):
    theirs = await services.memberships.create(globex.operator, a_draft("zoe@shared.test"))
    await services.memberships.remove(globex.operator, theirs.id)

    with pytest.raises(AlreadyExists) as refusal:
        await services.memberships.create(idp, a_draft("zoe@shared.test"))

    assert refusal.value.field == "emails.value"


async def test_an_inactive_member_is_revived_under_the_same_id_with_the_new_profile(services, acme, idp):
    bo = await services.memberships.create(idp, BO)
    await services.memberships.update(idp, bo.id, lambda before: before.with_active(False))

    revived = await services.memberships.create(
        idp, a_draft("bo.ek@acme.test", external_id="00u1", displayName="Bo Lindgren")
    )

    assert (revived.id, revived.user_id, revived.version) == (bo.id, bo.user_id, 3)
    assert (revived.user_name, revived.name, revived.active) == ("bo.ek@acme.test", "Bo Lindgren", True)
    assert revived == await services.memberships.get(idp, bo.id)
    assert await every_member(services, acme.operator) == [acme.admin, revived]


async def test_a_revived_admin_is_not_an_admin_unasked(services, acme, idp):
    bo = await services.memberships.create(idp, a_draft("bo@acme.test", grants=ADMIN_AND_USER))
    await services.memberships.update(idp, bo.id, lambda before: before.with_active(False))

    revived = await services.memberships.create(idp, a_draft("bo@acme.test"))

    assert (revived.id, revived.grants) == (bo.id, {Role.USER})


async def test_a_revived_member_has_the_roles_that_were_sent(services, idp):
    bo = await services.memberships.create(idp, a_draft("bo@acme.test", active=False))

    revived = await services.memberships.create(idp, a_draft("bo@acme.test", grants=ADMIN_AND_USER))

    assert (revived.id, revived.role) == (bo.id, Role.ADMIN)


async def test_a_revival_takes_active_from_the_body(services, idp):
    bo = await services.memberships.create(idp, a_draft("bo@acme.test", active=False))

    again = await services.memberships.create(idp, a_draft("bo@acme.test", active=False, displayName="Bo"))

    assert (again.id, again.active, again.name) == (bo.id, False, "Bo")


@pytest.mark.parametrize(
    "draft",
    [a_draft("new", external_id="00u1"), a_draft("BO@ACME.test", "new@acme.test"), a_draft("new", "BO@ACME.test")],
    ids=["externalId", "userName", "e-mail"],
)
async def test_an_inactive_member_is_found_by_any_of_their_keys(services, idp, draft):
    bo = await services.memberships.create(idp, a_draft("bo@acme.test", external_id="00u1", active=False))

    assert (await services.memberships.create(idp, draft)).id == bo.id


async def test_a_revival_that_brings_no_external_id_keeps_the_one_it_had(services, idp):
    bo = await services.memberships.create(idp, a_draft("bo@acme.test", external_id="00u1", active=False))

    revived = await services.memberships.create(idp, a_draft("bo@acme.test"))

    assert (revived.id, revived.external_id) == (bo.id, "00u1")


async def test_the_identity_provider_adopts_a_manual_member_whom_it_revives(services, acme, idp):
    bo = await services.memberships.create(acme.operator, a_draft("bo@acme.test", active=False))

    revived = await services.memberships.create(idp, a_draft("bo@acme.test", external_id="00u1"))

    assert (revived.id, revived.source, revived.external_id) == (bo.id, Source.SCIM, "00u1")


async def test_a_tool_that_revives_a_provisioned_member_leaves_the_profile_to_the_identity_provider(
    services, acme, idp
):
    bo = await services.memberships.create(idp, BO)
    await services.memberships.update(idp, bo.id, lambda before: before.with_active(False))
    tool = await a_tool(services, acme.operator)

    revived = await services.memberships.create(tool, a_draft("bo@acme.test", displayName="Somebody"))

    assert (revived.id, revived.active, revived.source) == (bo.id, True, Source.SCIM)
    assert (revived.name, revived.profile, revived.external_id) == ("Bo Ek", BO.profile, "00u1")


async def test_someone_whose_membership_ended_gets_a_new_one_of_the_same_user(services, acme, idp):
    first = await services.memberships.create(idp, a_draft("bo@acme.test", grants=ADMIN_AND_USER, external_id="00u1"))
    await services.memberships.remove(idp, first.id)

    second = await services.memberships.create(idp, a_draft("bo@acme.test", external_id="00u1"))

    assert second.id != first.id
    assert (second.user_id, second.version, second.grants) == (first.user_id, 1, {Role.USER})
    assert await every_member(services, acme.operator) == [acme.admin, second]


async def test_someone_without_an_address_whose_membership_ended_is_known_by_external_id(services, idp):
    first = await services.memberships.create(idp, MembershipDraft("bo", external_id="00u1"))
    await services.memberships.remove(idp, first.id)

    second = await services.memberships.create(idp, MembershipDraft("bo.ek", external_id="00u1"))

    assert (second.id != first.id, second.user_id) == (True, first.user_id)


async def test_the_keys_of_an_ended_membership_are_free_for_somebody_else(services, idp):
    first = await services.memberships.create(idp, a_draft("bo", "bo@acme.test", external_id="00u1"))
    await services.memberships.remove(idp, first.id)

    other = await services.memberships.create(idp, a_draft("bo", "another@acme.test"))

    assert other.user_id != first.user_id


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (MembershipDraft(" "), "userName"),
        (MembershipDraft("bo\0"), "userName"),
        (MembershipDraft("b" * 257), "userName"),
        (MembershipDraft("bo", external_id="x" * 257), "externalId"),
        (MembershipDraft("bo", profile=Profile.of({"emails": [{"value": "x" * 321 + "@acme.test"}]})), "emails.value"),
    ],
)
async def test_a_key_that_cannot_be_kept_is_refused(services, acme, idp, draft, field):
    before = await everything(services, acme)

    with pytest.raises(InvalidValue) as refusal:
        await services.memberships.create(idp, draft)

    assert refusal.value.field == field
    assert await everything(services, acme) == before


async def test_making_an_admin_needs_the_right_to_grant_roles(services, acme):
    tool = await a_tool(services, acme.operator, frozenset({Permission.MEMBERS_WRITE}))
    before = await everything(services, acme)

    with pytest.raises(Forbidden):
        await services.memberships.create(tool, a_draft("bo@acme.test", grants=ADMIN_AND_USER))

    assert await everything(services, acme) == before
    assert (await services.memberships.create(tool, a_draft("bo@acme.test"))).role is Role.USER


@pytest.mark.parametrize("scope", ["members:read", "roles:write", "audit:read"])
async def test_creating_needs_the_right_to_write_members(services, acme, scope):
    tool = await a_tool(services, acme.operator, frozenset({Permission(scope)}))

    with pytest.raises(Forbidden):
        await services.memberships.create(tool, a_draft("bo@acme.test"))

    assert await every_member(services, acme.operator) == [acme.admin]


async def test_a_creation_and_a_revival_are_one_event_each(services, acme, idp):
    bo = await services.memberships.create(idp, a_draft("bo@acme.test", active=False))
    await services.memberships.create(idp, a_draft("bo@acme.test", displayName="Bo Ek"))

    revived, created = await services.audit.events(acme.operator, membership_id=bo.id)

    assert (created.action, created.target) == (AuditAction.MEMBERSHIP_CREATED, "bo@acme.test")
    assert created.changes["userName"] == (None, "bo@acme.test")
    assert (revived.action, revived.changes) == (
        AuditAction.MEMBERSHIP_REVIVED,
        {"active": (False, True), "name": ("Bo", "Bo Ek"), "profile.displayName": (None, "Bo Ek")},
    )

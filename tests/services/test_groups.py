"""The two groups: views over the grants, changed row by row; order does not matter and nobody gets lost."""

import asyncio

import pytest

from rollbook.domain.audit import AuditAction
from rollbook.domain.errors import Forbidden, InvalidValue, LastAdmin, NotFound
from rollbook.domain.groups import GroupChange, GroupId, GroupMember, GroupOutcome
from rollbook.domain.policy import Permission
from rollbook.domain.roles import Role
from rollbook.domain.tokens import Dialect
from rollbook.domain.values import new_id
from rollbook.services import groups as module
from tests.builders import ADMIN_AND_USER, a_draft, a_tool, every_member, okta, signed_in


@pytest.fixture
async def idp(services, acme):
    return await okta(services, acme.operator)


@pytest.fixture
async def bo(services, idp):
    return await services.memberships.create(idp, a_draft("bo@acme.test", displayName="Bo"))


async def ids_in(services, actor, group):
    """The ids of those whom a group lists."""
    return [member.id async for batch in services.groups.members(actor, group) for member in batch]


async def grants_of(services, actor, member):
    return (await services.memberships.get(actor, member.id)).grants


def add(*members):
    return GroupChange(add=tuple(member.id for member in members))


def remove(*members):
    return GroupChange(remove=tuple(member.id for member in members))


def keep_only(*members):
    return GroupChange(replace=tuple(member.id for member in members))


async def test_an_organization_has_two_groups_from_the_beginning(services, acme):
    groups = await services.groups.list(acme.operator)

    assert [(group.id, group.display_name, group.role, group.organization_id) for group in groups] == [
        (GroupId.ADMINS, "Admins", Role.ADMIN, acme.organization.id),
        (GroupId.USERS, "Users", Role.USER, acme.organization.id),
    ]
    assert await services.groups.get(acme.operator, "admins") == groups[0]
    assert [await ids_in(services, acme.operator, group) for group in ("admins", "users")] == [[acme.admin.id]] * 2


@pytest.mark.parametrize("group", ["owners", "Admins", "", "\0"])
async def test_there_is_no_other_group(services, acme, group):
    for work in (
        services.groups.get(acme.operator, group),
        services.groups.count(acme.operator, group),
        services.groups.change(acme.operator, group, add(acme.admin)),
        ids_in(services, acme.operator, group),
    ):
        with pytest.raises(NotFound):
            await work


async def test_members_are_listed_by_id_with_their_names(services, acme, idp, bo):
    nameless = await services.memberships.create(idp, a_draft("cy"))

    batches = [batch async for batch in services.groups.members(idp, "users")]

    assert batches == [[GroupMember(acme.admin.id, "A"), GroupMember(bo.id, "Bo"), GroupMember(nameless.id, "Cy")]]


async def test_members_of_a_large_group_come_in_batches(services, acme, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 3)
    for at in range(7):
        await services.memberships.create(acme.operator, a_draft(f"u{at}@acme.test"))
    everyone = [member.id for member in await every_member(services, acme.operator)]

    batches = [[member.id for member in batch] async for batch in services.groups.members(acme.operator, "users")]

    assert batches == [everyone[:3], everyone[3:6], everyone[6:]]


async def test_an_inactive_member_keeps_the_grants_but_is_not_listed(services, acme, idp, bo):
    await services.groups.change(idp, "admins", add(bo))
    await services.memberships.update(idp, bo.id, lambda before: before.with_active(False))

    assert await ids_in(services, idp, "users") == await ids_in(services, idp, "admins") == [acme.admin.id]
    assert (await services.groups.count(idp, "users"), await services.groups.count(idp, "admins")) == (1, 1)
    assert await grants_of(services, idp, bo) == ADMIN_AND_USER


async def test_adding_grants_and_removing_revokes(services, acme, idp, bo):
    added = await services.groups.change(idp, "admins", add(bo))
    in_both = await services.memberships.get(idp, bo.id)
    removed = await services.groups.change(idp, "admins", remove(bo))
    out_of_admins = await services.memberships.get(idp, bo.id)
    await services.groups.change(idp, "users", remove(bo))
    out_of_both = await services.memberships.get(idp, bo.id)
    await services.groups.change(idp, "users", add(bo))
    restored = await services.memberships.get(idp, bo.id)

    assert (added, removed) == (GroupOutcome((bo.id,), (), ()), GroupOutcome((), (bo.id,), ()))
    assert [m.role for m in (in_both, out_of_admins, out_of_both, restored)] == [Role.ADMIN, Role.USER, None, Role.USER]
    assert [m.version for m in (in_both, out_of_admins, out_of_both, restored)] == [2, 3, 4, 5]
    assert (out_of_both.active, out_of_both.id) == (True, bo.id)


async def test_an_admin_who_is_also_pushed_to_users_stays_an_admin(services, idp, bo):
    await services.groups.change(idp, "admins", add(bo))
    await services.groups.change(idp, "users", keep_only(bo))

    assert (await services.memberships.get(idp, bo.id)).role is Role.ADMIN


@pytest.mark.parametrize("order", [("admins", "users"), ("users", "admins")])
async def test_the_order_of_two_groups_changes_does_not_matter(services, acme, idp, order):
    cy = await services.memberships.create(idp, a_draft("cy@acme.test", grants=frozenset()))
    for group in order:
        await services.groups.change(idp, group, add(cy))

    assert await grants_of(services, idp, cy) == ADMIN_AND_USER


async def test_a_person_who_is_removed_and_then_added_in_one_change_stays(services, acme, idp, bo):
    events = await services.audit.events(acme.operator)

    outcome = await services.groups.change(idp, "users", GroupChange(add=(bo.id,), remove=(bo.id,)))

    assert outcome == GroupOutcome((), (), ())
    assert ((await services.memberships.get(idp, bo.id)).version, await grants_of(services, idp, bo)) == (1, bo.grants)
    assert await services.audit.events(acme.operator) == events


async def test_doing_it_twice_is_doing_it_once(services, acme, idp, bo):
    await services.groups.change(idp, "admins", add(bo, bo))
    events = await services.audit.events(acme.operator)

    again = await services.groups.change(idp, "admins", add(bo))
    absent = await services.groups.change(idp, "admins", remove(await services.memberships.create(idp, a_draft("cy"))))

    assert again == absent == GroupOutcome((), (), ())
    assert (await services.memberships.get(idp, bo.id)).version == 2
    assert len(await services.audit.events(acme.operator)) == len(events) + 1


async def test_replacing_keeps_whom_it_names_and_removes_the_rest_inactive_ones_included(services, acme, idp, bo):
    cy = await services.memberships.create(idp, a_draft("cy@acme.test", active=False))
    dee = await services.memberships.create(idp, a_draft("dee@acme.test", grants=frozenset()))

    outcome = await services.groups.change(idp, "users", keep_only(acme.admin, dee))

    assert (outcome.added, sorted(outcome.removed), outcome.unknown) == ((dee.id,), sorted([bo.id, cy.id]), ())
    assert await ids_in(services, idp, "users") == [acme.admin.id, dee.id]
    assert await grants_of(services, idp, cy) == set()
    assert (await services.memberships.get(idp, acme.admin.id)).version == 1


async def test_replacing_by_nobody_empties_the_group(services, acme, idp, bo):
    await services.groups.change(idp, "users", GroupChange(replace=()))

    assert await ids_in(services, idp, "users") == []
    assert (await services.memberships.get(idp, acme.admin.id)).role is Role.ADMIN


async def test_a_delta_after_a_replacement_in_one_change_counts(services, acme, idp, bo):
    cy = await services.memberships.create(idp, a_draft("cy@acme.test"))
    change = GroupChange(replace=(acme.admin.id, bo.id), remove=(bo.id,), add=(cy.id,))

    await services.groups.change(idp, "users", change)

    assert await ids_in(services, idp, "users") == [acme.admin.id, cy.id]


@pytest.mark.parametrize("how", ["add", "replace"])
async def test_unknown_ids_are_left_out_and_told(services, acme, idp, bo, how):
    unknown = (new_id(), "00u-of-the-provider", bo.id.upper())
    wanted = (acme.admin.id, bo.id, *unknown)

    outcome = await services.groups.change(idp, "admins", GroupChange(**{how: wanted}))

    assert (outcome.added, outcome.removed) == ((bo.id,), ())
    assert sorted(outcome.unknown) == sorted(unknown)
    assert await ids_in(services, idp, "admins") == [acme.admin.id, bo.id]


async def test_removing_unknown_ids_does_nothing(services, acme, idp):
    outcome = await services.groups.change(idp, "users", GroupChange(remove=(new_id(), "nobody")))

    assert outcome == GroupOutcome((), (), ())


async def test_an_unknown_id_is_not_kept_for_later(services, idp):
    later = new_id()
    await services.groups.change(idp, "admins", GroupChange(add=(later, "bo")))

    bo = await services.memberships.create(idp, a_draft("bo"))

    assert bo.grants == {Role.USER}


async def test_the_strict_dialect_refuses_an_unknown_id_and_applies_nothing(services, acme, bo):
    strict = await okta(services, acme.operator, Dialect.STRICT)
    events = await services.audit.events(acme.operator)

    with pytest.raises(InvalidValue) as refusal:
        await services.groups.change(strict, "admins", GroupChange(add=(bo.id, "nobody")))

    assert refusal.value.field == "members"
    assert "'nobody'" in refusal.value.message
    assert await ids_in(services, strict, "admins") == [acme.admin.id]
    assert await services.audit.events(acme.operator) == events


@pytest.mark.parametrize("change", [GroupChange(replace=()), "remove", "keep bo, who is inactive"])
async def test_the_last_active_admin_cannot_be_taken_out(services, acme, idp, bo, change):
    await services.groups.change(idp, "admins", add(bo))
    await services.memberships.update(idp, bo.id, lambda before: before.with_active(False))
    events = await services.audit.events(acme.operator)
    wanted = {"remove": remove(acme.admin, bo), "keep bo, who is inactive": keep_only(bo)}.get(change, change)

    with pytest.raises(LastAdmin):
        await services.groups.change(idp, "admins", wanted)

    assert await ids_in(services, idp, "admins") == [acme.admin.id]
    assert await grants_of(services, idp, bo) == ADMIN_AND_USER
    assert await services.audit.events(acme.operator) == events


async def test_the_last_admin_can_be_exchanged_in_one_change(services, acme, idp, bo):
    await services.groups.change(idp, "admins", keep_only(bo))

    assert await ids_in(services, idp, "admins") == [bo.id]


async def test_the_last_admin_can_leave_users(services, acme, idp):
    await services.groups.change(idp, "users", remove(acme.admin))

    assert (await services.memberships.get(idp, acme.admin.id)).role is Role.ADMIN


async def test_an_organization_without_an_admin_can_get_one_and_change_groups(services, acme, idp, bo):
    await services.memberships.remove(idp, acme.admin.id)

    emptied = await services.groups.change(idp, "admins", GroupChange(replace=()))
    await services.groups.change(idp, "admins", add(bo))

    assert emptied == GroupOutcome((), (), ())
    assert await ids_in(services, idp, "admins") == [bo.id]


async def test_one_change_is_one_event_with_a_row_for_each_member(services, acme, idp, bo):
    cy = await services.memberships.create(idp, a_draft("cy@acme.test"))

    await services.groups.change(idp, "users", keep_only(bo))

    event = (await services.audit.events(acme.operator))[0]
    assert (event.action, event.target) == (AuditAction.GROUP_MEMBERS_CHANGED, "users")
    assert event.changes == {"members": (2, 0)}
    for member, touched in ((cy, True), (acme.admin, True), (bo, False)):
        of_member = {each.id: each for each in await services.audit.events(acme.operator, membership_id=member.id)}
        assert (event.id in of_member) is touched
        assert not touched or of_member[event.id].changes == {"groups.users": (True, False)}


async def test_changing_groups_needs_the_right_to(services, acme, bo):
    writer = await a_tool(services, acme.operator, frozenset({Permission.MEMBERS_WRITE}))
    eve = await signed_in(services, acme.operator, "eve@acme.test", Role.USER)

    for actor, group in ((writer, "admins"), (eve, "users"), (eve, "admins")):
        with pytest.raises(Forbidden):
            await services.groups.change(actor, group, add(bo))
    assert await ids_in(services, acme.operator, "admins") == [acme.admin.id]
    assert (await services.groups.change(writer, "users", remove(bo))).removed == (bo.id,)


async def test_a_large_group_is_replaced_in_one_change(services, acme, idp):
    makers = [services.memberships.create(idp, a_draft(f"u{at}", grants=frozenset())) for at in range(300)]
    made = await asyncio.gather(*makers)

    added = await services.groups.change(idp, "users", keep_only(*made))
    same = await services.groups.change(idp, "users", keep_only(*made))

    assert (len(added.added), added.removed, same) == (300, (acme.admin.id,), GroupOutcome((), (), ()))
    assert await services.groups.count(idp, "users") == 300

"""How a membership ends: out of every list, its keys free, its id never used again, and the user untouched."""

import pytest

from rollbook.domain.audit import AuditAction
from rollbook.domain.criteria import EVERYONE, MemberFilter, Order, Page
from rollbook.domain.errors import Forbidden, LastAdmin, NotFound, VersionMismatch
from rollbook.domain.groups import GroupChange
from rollbook.domain.policy import Permission
from rollbook.domain.roles import Role
from tests.builders import ADMIN_AND_USER, a_draft, a_tool, every_member, okta, signed_in


@pytest.fixture
async def idp(services, acme):
    return await okta(services, acme.operator)


@pytest.fixture
async def bo(services, idp):
    return await services.memberships.create(idp, a_draft("bo@acme.test", external_id="00u1"))


async def test_a_removed_member_is_nowhere(services, acme, idp, bo):
    await services.memberships.remove(idp, bo.id)

    with pytest.raises(NotFound):
        await services.memberships.get(idp, bo.id)
    with pytest.raises(NotFound):
        await services.memberships.update(idp, bo.id, lambda before: before.with_active(True))
    with pytest.raises(NotFound):
        await services.memberships.remove(idp, bo.id)
    assert await services.memberships.by_ids(idp, [bo.id]) == {}
    found = await services.memberships.search(idp, EVERYONE, offset=0, limit=10)
    assert (found.total, found.memberships) == (1, [acme.admin])
    page = await services.memberships.page(acme.operator, MemberFilter(active=frozenset()), Order(), Page())
    assert page.rows == [acme.admin]
    assert await services.groups.count(idp, "users") == 1


async def test_an_ended_membership_cannot_be_put_into_a_group(services, idp, bo):
    await services.memberships.remove(idp, bo.id)

    outcome = await services.groups.change(idp, "admins", GroupChange(add=(bo.id,)))

    assert (outcome.added, outcome.unknown) == ((), (bo.id,))


async def test_the_user_stays_and_comes_back_as_the_same(services, idp, bo):
    before = await services.memberships.users(idp, [bo.user_id])

    await services.memberships.remove(idp, bo.id)
    gone = await services.memberships.users(idp, [bo.user_id])
    again = await services.memberships.create(idp, a_draft("bo@acme.test"))

    assert gone == {}
    assert await services.memberships.users(idp, [again.user_id]) == before


async def test_the_user_stays_a_member_elsewhere(services, acme, globex, idp, bo):
    await services.sessions.create_login_link(globex.operator, "bo@acme.test")
    there = await every_member(services, globex.operator)

    await services.memberships.remove(idp, bo.id)

    assert await every_member(services, globex.operator) == there
    assert [member.email for member in there] == ["g@globex.test", "bo@acme.test"]


async def test_an_end_is_one_event_that_tells_the_whole_member(services, acme, idp, bo):
    await services.memberships.remove(idp, bo.id)

    event, _ = await services.audit.events(acme.operator, membership_id=bo.id)

    assert (event.action, event.target) == (AuditAction.MEMBERSHIP_REMOVED, "bo@acme.test")
    assert (event.changes["userName"], event.changes["externalId"]) == (("bo@acme.test", None), ("00u1", None))


async def test_an_end_can_expect_a_version(services, acme, idp, bo):
    await services.memberships.update(idp, bo.id, lambda before: before.with_active(False))
    events = await services.audit.events(acme.operator)

    with pytest.raises(VersionMismatch) as refusal:
        await services.memberships.remove(idp, bo.id, expected_version=1)

    assert refusal.value.current == 2
    assert len(await every_member(services, acme.operator)) == 2
    assert await services.audit.events(acme.operator) == events
    await services.memberships.remove(idp, bo.id, expected_version=2)
    assert await every_member(services, acme.operator) == [acme.admin]


async def test_the_identity_provider_may_remove_the_last_admin_and_a_warning_is_kept(services, acme, idp):
    await services.memberships.remove(idp, acme.admin.id)

    event = (await services.audit.events(acme.operator))[0]
    assert await every_member(services, acme.operator) == []
    assert "rollbook admin login-link" in event.warning


async def test_nobody_else_may_remove_the_last_admin(services, acme):
    tool = await a_tool(services, acme.operator)
    admin = await signed_in(services, acme.operator, "a@acme.test")
    events = await services.audit.events(acme.operator)

    for actor in (tool, admin, acme.operator):
        with pytest.raises(LastAdmin):
            await services.memberships.remove(actor, acme.admin.id)

    assert await every_member(services, acme.operator) == [acme.admin]
    assert await services.audit.events(acme.operator) == events


async def test_one_of_two_admins_can_be_removed_without_a_warning(services, acme, idp):
    dee = await services.memberships.create(idp, a_draft("dee@acme.test", grants=ADMIN_AND_USER))

    await services.memberships.remove(acme.operator, acme.admin.id)

    assert await every_member(services, acme.operator) == [dee]
    assert (await services.audit.events(acme.operator))[0].warning is None


async def test_removing_an_admin_needs_the_right_to_revoke_admin(services, acme, idp, bo):
    tool = await a_tool(services, acme.operator, frozenset({Permission.MEMBERS_WRITE}))
    await services.memberships.change_role(acme.operator, bo.id, Role.ADMIN)

    with pytest.raises(Forbidden):
        await services.memberships.remove(tool, bo.id)

    assert len(await every_member(services, acme.operator)) == 2
    await services.memberships.change_role(acme.operator, bo.id, Role.USER)
    await services.memberships.remove(tool, bo.id)
    assert await every_member(services, acme.operator) == [acme.admin]

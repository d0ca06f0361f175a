"""Organizations: how they begin, and how the operator acts in one."""

import pytest

from rollbook.domain.actors import Actor, ActorKind, Channel
from rollbook.domain.audit import AuditAction
from rollbook.domain.errors import AlreadyExists, Forbidden, InvalidValue, NotFound
from rollbook.domain.memberships import Source
from rollbook.domain.organizations import Organization
from rollbook.domain.policy import Permission
from tests.builders import ADMIN_AND_USER, a_draft, a_tool, every_member, okta


async def test_a_new_organization_has_one_admin_and_both_groups(services):
    made = await services.organizations.create("acme", " Acme & Söhne ", "Ann.Lee@acme.test")

    operator = await services.organizations.operator("acme")
    (admin,) = await every_member(services, operator)
    assert made == Organization(made.id, "acme", "Acme & Söhne", made.created_at)
    assert (admin.user_name, admin.email, admin.name) == ("Ann.Lee@acme.test", "Ann.Lee@acme.test", "Ann Lee")
    assert (admin.active, admin.grants, admin.source) == (True, ADMIN_AND_USER, Source.MANUAL)
    assert [await services.groups.count(operator, group) for group in ("admins", "users")] == [1, 1]


async def test_its_beginning_is_one_event(services):
    await services.organizations.create("acme", "Acme", "a@acme.test")

    operator = await services.organizations.operator("acme")
    (event,) = await services.audit.events(operator)
    assert (event.action, event.channel, event.target) == (AuditAction.ORGANIZATION_CREATED, Channel.CLI, "acme")
    assert (event.actor_kind, event.actor_id, event.changes["userName"]) == ("operator", None, (None, "a@acme.test"))


async def test_a_handle_is_given_once(services, acme):
    with pytest.raises(AlreadyExists) as refusal:
        await services.organizations.create("acme", "Another", "b@acme.test")

    assert refusal.value.field == "handle"
    assert await services.organizations.list() == [acme.organization]
    assert await every_member(services, acme.operator) == [acme.admin]


@pytest.mark.parametrize(
    ("handle", "name", "email", "field"),
    [
        ("Acme", "Acme", "a@acme.test", "handle"),
        ("acme", " ", "a@acme.test", "name"),
        ("acme", "Acme", "nobody", "email"),
        ("acme", "Acme", "a" * 320 + "@acme.test", "userName"),
    ],
)
async def test_what_cannot_be_kept_is_refused_by_name(services, handle, name, email, field):
    with pytest.raises(InvalidValue) as refusal:
        await services.organizations.create(handle, name, email)

    assert refusal.value.field == field
    assert await services.organizations.list() == []


async def test_one_person_can_be_the_admin_of_two_organizations(services, acme):
    await services.organizations.create("globex", "Globex", "A@acme.test")

    (there,) = await every_member(services, await services.organizations.operator("globex"))

    assert (there.user_id, there.email) == (acme.admin.user_id, "A@acme.test")
    assert there.id != acme.admin.id
    user = (await services.memberships.users(acme.operator, [acme.admin.user_id]))[acme.admin.user_id]
    assert (user.email, user.created_by_organization_id) == ("a@acme.test", acme.organization.id)


async def test_the_operator_acts_in_the_organization_of_a_handle(services, acme, globex):
    assert acme.operator == Actor(ActorKind.OPERATOR, Channel.CLI, acme.organization.id, "operator")
    assert await services.organizations.get(globex.operator) == globex.organization
    assert await services.organizations.list() == [acme.organization, globex.organization]


async def test_a_handle_that_nobody_has_is_not_found_and_the_others_are_named(services, acme, globex):
    with pytest.raises(NotFound) as refusal:
        await services.organizations.operator("initech")

    assert "There are: acme, globex." in refusal.value.message


async def test_the_organization_is_read_by_those_who_work_in_it(services, acme):
    tool = await a_tool(services, acme.operator, frozenset({Permission.AUDIT_READ}))

    assert await services.organizations.get(tool) == acme.organization
    with pytest.raises(Forbidden):
        await services.organizations.get(await okta(services, acme.operator))


async def test_services_are_ready_while_the_database_answers(services):
    await services.ready()


async def test_a_member_of_one_organization_is_none_of_another(services, acme, globex):
    bo = await services.memberships.create(acme.operator, a_draft("bo@acme.test"))

    assert bo not in await every_member(services, globex.operator)

"""Who has an admin's address may sign in as them one day, so it takes the right to grant admin to change it."""

import pytest

from rollbook.domain.errors import Forbidden
from rollbook.domain.policy import Permission
from rollbook.domain.roles import Role
from tests.builders import a_draft, a_tool, okta

MEMBERS = frozenset({Permission.MEMBERS_WRITE})


def moved_to(address):
    """The change that gives another address and userName."""
    draft = a_draft(address, address)
    return lambda before: before.described(
        user_name=address, external_id=before.external_id, active=before.active, profile=draft.profile
    )


@pytest.mark.parametrize("active", [True, False])
async def test_an_admins_address_takes_the_right_to_write_roles(services, acme, active):
    cy = await services.memberships.create(acme.operator, a_draft("cy@acme.test", "cy@acme.test"))
    await services.memberships.change_role(acme.operator, cy.id, Role.ADMIN)
    await services.memberships.update(acme.operator, cy.id, lambda before: before.with_active(active))
    tool = await a_tool(services, acme.operator, MEMBERS)
    before = await services.memberships.get(acme.operator, cy.id)

    with pytest.raises(Forbidden):
        await services.memberships.update(tool, cy.id, moved_to("mine@acme.test"))

    assert await services.memberships.get(acme.operator, cy.id) == before
    able = await a_tool(services, acme.operator, MEMBERS | {Permission.ROLES_WRITE, Permission.MEMBERS_READ})
    assert (await services.memberships.update(able, cy.id, moved_to("cy@new.test"))).email == "cy@new.test"


async def test_a_plain_members_address_and_the_identity_provider_need_no_more(services, acme):
    idp = await okta(services, acme.operator)
    bo = await services.memberships.create(acme.operator, a_draft("bo@acme.test", "bo@acme.test"))
    tool = await a_tool(services, acme.operator, MEMBERS | {Permission.MEMBERS_READ})

    moved = await services.memberships.update(tool, bo.id, moved_to("bo@new.test"))
    pushed = await services.memberships.update(idp, acme.admin.id, moved_to("a@new.test"))

    assert (moved.email, pushed.email) == ("bo@new.test", "a@new.test")

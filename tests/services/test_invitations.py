"""The rules that pending invitations have already, before anybody can invite: they are put into the table by hand."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from rollbook.domain.values import key, new_id
from rollbook.persistence.statements import Statement
from rollbook.persistence.tables import invitations
from rollbook.services import Services
from tests.builders import a_draft, okta
from tests.services.conftest import PEPPER

_INSERT = Statement(insert(invitations))
_ALL = Statement(select(invitations.c.organization_id, invitations.c.email, invitations.c.revoked_at))


@pytest.fixture
async def services(database, clock):
    return Services(database, PEPPER, clock)


async def invited(database, organization, email, at):
    """A pending invitation."""
    async with database.write() as tx:
        await tx.execute(
            _INSERT,
            organization_id=organization.id,
            id=new_id(),
            email=email,
            email_key=key(email),
            role="user",
            digest=new_id().encode(),
            invited_by="a@acme.test",
            membership_id=None,
            created_at=at,
            expires_at=at + timedelta(days=7),
            accepted_at=None,
            revoked_at=None,
        )


@pytest.mark.parametrize("how", ["deactivated", "removed"])
async def test_pending_invitations_end_with_access_in_this_organization_only(
    services, database, clock, acme, globex, how
):
    bo = await services.memberships.create(acme.operator, a_draft("bo@acme.test"))
    for organization, email in (
        (acme.organization, "BO@acme.test"),
        (acme.organization, "eve@acme.test"),
        (globex.organization, "bo@acme.test"),
    ):
        await invited(database, organization, email, clock.moment)
    clock.move(hours=1)

    if how == "deactivated":
        await services.memberships.update(acme.operator, bo.id, lambda before: before.with_active(False))
    else:
        await services.memberships.remove(acme.operator, bo.id)

    async with database.read() as tx:
        rows = {(row[0], row[1]): row[2] for row in await tx.all(_ALL)}
    assert rows == {
        (acme.organization.id, "BO@acme.test"): clock.moment,
        (acme.organization.id, "eve@acme.test"): None,
        (globex.organization.id, "bo@acme.test"): None,
    }


@pytest.mark.parametrize(
    ("by", "email", "follows"),
    [
        ("globex", "bo@acme.test", False),
        ("globex", "BO.EK@acme.test", False),
        ("globex", "eve@acme.test", True),
        ("acme", "bo@acme.test", True),
    ],
)
async def test_the_sign_in_address_stays_when_another_organization_has_invited_it(
    services, database, clock, acme, globex, by, email, follows
):
    idp = await okta(services, acme.operator)
    bo = await services.memberships.create(idp, a_draft("bo@acme.test"))
    await invited(database, (acme if by == "acme" else globex).organization, email, clock.moment)

    await services.memberships.update(
        idp,
        bo.id,
        lambda before: before.described(
            user_name="bo.ek@acme.test", external_id=None, active=True, profile=before.profile
        ),
    )

    user = (await services.memberships.users(idp, [bo.user_id]))[bo.user_id]
    assert user.email == ("bo.ek@acme.test" if follows else "bo@acme.test")

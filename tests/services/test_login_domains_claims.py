"""What a proven domain lets an organization do with accounts outside: make them members here, and nothing more."""

import asyncio
from datetime import timedelta

import pytest

from rollbook.domain.errors import AlreadyExists
from rollbook.domain.jobs import JobStatus
from rollbook.domain.roles import Role
from rollbook.services import Services
from tests.builders import a_draft, a_tool, every_member, okta, signed_in
from tests.services.conftest import PEPPER
from tests.services.outside import Outside
from tests.services.rows import all_rows


@pytest.fixture
def outside():
    return Outside()


@pytest.fixture
async def services(database, clock, outside):
    return Services(database, PEPPER, clock, gateways=outside.gateways())


@pytest.fixture
async def guest(services, globex):
    """Somebody whose account another organization made."""
    return await services.memberships.create(
        globex.operator, a_draft("bo@acme.example", displayName="Bo of Globex", external_id="g-1")
    )


async def proven(services, outside, organization, domain="acme.example"):
    added = await services.login_domains.add(organization.operator, domain)
    outside.dns.records.setdefault(added.record_name, []).append(added.challenge)
    return await services.login_domains.prove(organization.operator, added.id)


async def test_the_provider_of_a_proven_domain_makes_them_a_member_of_this_organization_only(
    services, acme, globex, guest, outside, database
):
    await proven(services, outside, acme)
    idp = await okta(services, acme.operator)
    before = await all_rows(database)

    made = await services.memberships.create(
        idp, a_draft("bo@acme.example", displayName="Bo of Acme", external_id="00u")
    )

    assert (made.user_id, made.organization_id, made.active) == (guest.user_id, acme.organization.id, True)
    after = await all_rows(database)
    assert after["users"] == before["users"]  # neither name nor address, and who made the account
    theirs = [
        [row for row in rows["memberships"] if row["organization_id"] == globex.organization.id]
        for rows in (before, after)
    ]
    assert theirs[0] == theirs[1]
    await services.memberships.remove(idp, made.id)
    assert [each.user_name for each in await every_member(services, globex.operator)] == [
        "g@globex.test",
        "bo@acme.example",
    ]


async def test_members_who_are_added_and_imported_are_made_by_the_same_rule(services, acme, globex, outside):
    for name in ("bo", "cy"):
        await services.memberships.create(globex.operator, a_draft(f"{name}@acme.example"))
    await proven(services, outside, acme)
    tool = await a_tool(services, acme.operator)

    await services.memberships.create(tool, a_draft("bo@acme.example"))
    job = await services.jobs.import_members(tool, "email\ncy@acme.example\nnew@acme.example\n")
    while await services.job_runner.turn():
        pass

    done = await services.jobs.get(tool, job.id)
    assert (done.status, done.total, done.failed) == (JobStatus.DONE, 2, 0)
    assert {each.user_name for each in await every_member(services, acme.operator)} == {
        "a@acme.test",
        "bo@acme.example",
        "cy@acme.example",
        "new@acme.example",
    }


@pytest.mark.parametrize("state", ["not listed", "not proven", "another domain", "proven by another", "lapsed"])
async def test_without_the_proof_the_account_stays_outside(services, acme, globex, guest, outside, database, state):
    if state == "not proven":
        await services.login_domains.add(acme.operator, "acme.example")
    elif state == "another domain":
        await proven(services, outside, acme, "sub.acme.example")
    elif state == "proven by another":
        await proven(services, outside, globex)
    elif state == "lapsed":
        domain = await proven(services, outside, acme)
        outside.dns.records.clear()
        await services.login_domains.prove(acme.operator, domain.id)
    actors = (await okta(services, acme.operator), await a_tool(services, acme.operator))
    before = await all_rows(database)

    for actor in actors:
        with pytest.raises(AlreadyExists, match="invite the person") as caught:
            await services.memberships.create(actor, a_draft("bo@acme.example"))
        assert caught.value.field == "emails.value"
    assert await all_rows(database) == before


async def test_an_address_that_only_compares_as_equal_is_not_claimed(services, acme, globex, outside, database):
    """ß and ss are the same letters of an address here, and different domains in DNS."""
    await services.memberships.create(globex.operator, a_draft("bo@strasse.example"))
    await proven(services, outside, acme, "straße.example")
    idp = await okta(services, acme.operator)
    before = await all_rows(database)

    for address in ("bo@straße.example", "bo@strasse.example"):
        with pytest.raises(AlreadyExists):
            await services.memberships.create(idp, a_draft(address))
    assert await all_rows(database) == before


async def test_who_was_a_member_here_comes_back_without_a_proof_and_a_newcomer_needs_none(services, acme, globex):
    idp = await okta(services, acme.operator)
    first = await services.memberships.create(idp, a_draft("bo@acme.example"))
    await services.memberships.create(globex.operator, a_draft("bo@acme.example"))
    await services.memberships.remove(idp, first.id)

    again = await services.memberships.create(idp, a_draft("bo@acme.example"))

    assert (again.user_id, again.id == first.id) == (first.user_id, False)


async def test_who_is_inactive_is_revived_whatever_is_proven(services, acme, globex, guest, outside):
    await proven(services, outside, acme)
    idp = await okta(services, acme.operator)
    made = await services.memberships.create(idp, a_draft("bo@acme.example", active=False))

    again = await services.memberships.create(idp, a_draft("bo@acme.example"))

    assert (again.id, again.user_id, again.active) == (made.id, guest.user_id, True)


async def test_an_invitation_needs_no_proof_as_before(services, acme, guest):
    admin = await signed_in(services, acme.operator, "a@acme.test")
    _, secret = await services.invitations.create(admin, "bo@acme.example", Role.USER, lifetime=timedelta(days=1))

    _, actor = await services.invitations.accept(secret)

    joined = await services.memberships.get(admin, actor.membership_id)
    assert joined.user_id == guest.user_id


async def test_of_two_who_claim_them_at_once_one_makes_the_membership(services, acme, guest, outside):
    await proven(services, outside, acme)
    idp = await okta(services, acme.operator)

    outcomes = await asyncio.gather(
        *(services.memberships.create(idp, a_draft("bo@acme.example")) for _ in range(4)), return_exceptions=True
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyExists"] * 3 + ["Membership"]
    assert len(await every_member(services, acme.operator)) == 2

"""Who comes back after their membership ended, and who only looks like it (product rules, section 2)."""

import pytest

from rollbook.domain.errors import AlreadyExists
from rollbook.domain.memberships import MembershipDraft
from tests.builders import a_draft, okta


@pytest.fixture
async def idp(services, acme):
    return await okta(services, acme.operator)


async def joined_and_left(services, idp, draft):
    member = await services.memberships.create(idp, draft)
    await services.memberships.remove(idp, member.id)
    return member


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (a_draft("bo", "bo@x.test"), a_draft("bo.ek", "bo@x.test")),
        (MembershipDraft("bo", external_id="E1"), a_draft("bo.ek", "bo@x.test", external_id="E1")),
        (MembershipDraft("bo", external_id="E1"), MembershipDraft("bo.ek", external_id="E1")),
        (MembershipDraft("bo"), MembershipDraft("BO")),
        (MembershipDraft("bo"), a_draft("bo", "bo@x.test", external_id="E1")),
    ],
    ids=["e-mail", "externalId, now with an e-mail", "externalId", "userName", "userName, now with more"],
)
async def test_a_former_member_comes_back_as_the_same_user_with_a_new_id(services, idp, before, after):
    was = await joined_and_left(services, idp, before)

    now = await services.memberships.create(idp, after)

    assert now.user_id == was.user_id
    assert now.id != was.id
    assert (await services.memberships.users(idp, [now.user_id]))[now.user_id].email == after.email


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (a_draft("bo", "bo@x.test"), a_draft("bo", "other@x.test")),
        (a_draft("bo", "bo@x.test"), MembershipDraft("bo", external_id="E9")),
        (MembershipDraft("bo", external_id="E1"), MembershipDraft("bo", external_id="E9")),
        (MembershipDraft("bo", external_id="E1"), a_draft("bo", "other@x.test")),
    ],
    ids=["another e-mail", "no e-mail now", "another externalId", "no externalId now"],
)
async def test_a_newcomer_with_a_former_members_name_is_somebody_else(services, idp, before, after):
    was = await joined_and_left(services, idp, before)

    now = await services.memberships.create(idp, after)

    assert now.user_id != was.user_id


@pytest.mark.parametrize("active", [True, False])
async def test_a_newcomer_is_never_written_over_who_had_their_external_id_before(services, idp, active):
    await joined_and_left(services, idp, MembershipDraft("p", external_id="E1"))
    p = await services.memberships.create(idp, MembershipDraft("p", external_id="E1"))
    p = await services.memberships.update(
        idp, p.id, lambda b: b.described(user_name="p", external_id="E3", active=active, profile=b.profile)
    )

    newcomer = await services.memberships.create(idp, MembershipDraft("newcomer", external_id="E1"))

    assert newcomer.user_id != p.user_id
    assert await services.memberships.get(idp, p.id) == p


async def test_an_account_outside_stays_outside_whatever_else_matches(services, acme, globex, idp):
    await services.memberships.create(globex.operator, a_draft("zoe@x.test"))
    await joined_and_left(services, idp, MembershipDraft("zoe", external_id="E1"))

    with pytest.raises(AlreadyExists) as refusal:
        await services.memberships.create(idp, a_draft("zoe", "zoe@x.test", external_id="E1"))

    assert "outside this organization" in refusal.value.message

"""Another organization's objects do not exist: not by id, in no list, group, filter, count or event."""

from datetime import timedelta

import pytest

from rollbook.domain.criteria import EVERYONE, And, MemberFilter, Order, OrderField, Page, position_of
from rollbook.domain.errors import AlreadyExists, NotFound, Unauthenticated
from rollbook.domain.groups import GroupChange, GroupOutcome
from rollbook.domain.roles import Role
from rollbook.domain.tokens import TokenKind
from tests.builders import ADMIN_AND_USER, a_draft, a_session, a_tool, equals, every_member, okta, signed_in
from tests.log import log, note

ANY = MemberFilter(active=frozenset())


@pytest.fixture
async def theirs(services, globex):
    """A member of the other organization."""
    idp = await okta(services, globex.operator)
    draft = a_draft("zoe@globex.test", external_id="00u1", displayName="Zoe", grants=ADMIN_AND_USER)
    return await services.memberships.create(idp, draft)


@pytest.fixture(params=["scim token", "api token", "admin", "operator"])
async def ours(request, services, acme):
    """Each kind of actor with every right in its own organization."""
    match request.param:
        case "scim token":
            return await okta(services, acme.operator)
        case "api token":
            return await a_tool(services, acme.operator)
        case "admin":
            return await signed_in(services, acme.operator, "a@acme.test")
    return acme.operator


async def test_their_members_are_not_found_by_id(services, globex, theirs, ours):
    for work in (
        services.memberships.get(ours, theirs.id),
        services.memberships.update(ours, theirs.id, lambda before: before.with_active(False)),
        services.memberships.change_role(ours, theirs.id, Role.USER),
        services.memberships.remove(ours, theirs.id),
    ):
        with pytest.raises(NotFound) as refusal:
            await work
        assert "Zoe" not in refusal.value.message

    assert await services.memberships.by_ids(ours, [theirs.id]) == {}
    assert await services.memberships.users(ours, [theirs.user_id]) == {}
    assert await every_member(services, globex.operator) == [globex.admin, theirs]


async def test_their_members_are_in_no_list(services, acme, theirs, ours):
    for order in (Order(field, descending) for field in OrderField for descending in (False, True)):
        page = await services.memberships.page(ours, ANY, order, Page())
        assert page.rows == [acme.admin]
        place = position_of(theirs, order)
        for around in (Page(after=place), Page(before=place), Page(before=place, backward=True)):
            found = (await services.memberships.page(ours, ANY, order, around)).rows
            assert found in ([acme.admin], [])

    assert await services.memberships.count(ours, ANY) == 1
    for search in ("zoe", "globex", "%"):
        assert await services.memberships.count(ours, MemberFilter(active=frozenset(), search=search)) == 0


@pytest.mark.parametrize(
    "attribute", ["id", "userName", "externalId", "active", "displayName", "emails.value", "emails.type", "and"]
)
async def test_no_criterion_finds_their_members(services, acme, theirs, attribute):
    idp = await okta(services, acme.operator)
    value = {
        "id": theirs.id,
        "userName": "zoe@globex.test",
        "externalId": "00u1",
        "active": True,
        "displayName": "Zoe",
        "emails.value": "zoe@globex.test",
        "emails.type": "work",
        "and": "zoe@globex.test",
    }[attribute]
    criterion = And((equals("userName", value), EVERYONE)) if attribute == "and" else equals(attribute, value)

    found = await services.memberships.search(idp, criterion, offset=0, limit=10)

    assert theirs not in found.memberships
    assert {member.organization_id for member in found.memberships} <= {acme.organization.id}
    assert found.total == len(found.memberships)


async def test_their_members_cannot_be_put_into_our_groups_or_taken_out_of_theirs(services, acme, globex, theirs):
    idp = await okta(services, acme.operator)

    added = await services.groups.change(idp, "admins", GroupChange(add=(theirs.id,)))
    replaced = await services.groups.change(idp, "users", GroupChange(replace=(theirs.id, acme.admin.id)))
    removed = await services.groups.change(idp, "admins", GroupChange(remove=(theirs.id,)))

    assert added == replaced == GroupOutcome((), (), (theirs.id,))
    assert removed == GroupOutcome((), (), ())
    for group in ("admins", "users"):
        ours = [member.id async for batch in services.groups.members(idp, group) for member in batch]
        at_theirs = [m.id async for batch in services.groups.members(globex.operator, group) for m in batch]
        assert (ours, at_theirs) == ([acme.admin.id], [globex.admin.id, theirs.id])
        assert await services.groups.count(idp, group) == 1


async def test_their_groups_hold_their_lock_and_not_ours(services, acme, globex, theirs):
    groups = [await services.groups.list(operator) for operator in (acme.operator, globex.operator)]

    assert [{group.organization_id for group in listed} for listed in groups] == [
        {acme.organization.id},
        {globex.organization.id},
    ]


async def test_their_tokens_are_not_found_and_stay_valid(services, acme, globex, ours):
    token, secret = await services.tokens.issue(globex.operator, TokenKind.SCIM, "Theirs")
    admin = await signed_in(services, acme.operator, "a@acme.test")

    for work in (services.tokens.by_id(admin, token.id), services.tokens.revoke(admin, token.id)):
        with pytest.raises(NotFound):
            await work

    assert token not in await services.tokens.list(admin, TokenKind.SCIM)
    actor = await services.tokens.authenticate(secret, TokenKind.SCIM)
    assert actor.organization_id == globex.organization.id


async def test_their_events_and_requests_are_not_ours_to_read(services, acme, globex, theirs):
    their_idp = await okta(services, globex.operator)
    await note(services, their_idp, "/Users")

    events = await services.audit.events(acme.operator, limit=100)

    assert {event.organization_id for event in events} == {acme.organization.id}
    assert await services.audit.events(acme.operator, membership_id=theirs.id) == []
    assert await log(services, acme) == []


async def test_equal_keys_in_two_organizations_do_not_meet(services, acme, globex, theirs):
    idp = await okta(services, acme.operator)

    bo = await services.memberships.create(idp, a_draft("zoe", "bo@acme.test", external_id="00u1", displayName="Zoe"))

    assert (bo.external_id, bo.user_id != theirs.user_id) == ("00u1", True)
    found = await services.memberships.search(idp, equals("externalId", "00u1"), offset=0, limit=10)
    assert found.memberships == [bo]


async def test_a_refusal_tells_nothing_of_the_other_organization(services, acme, theirs):
    idp = await okta(services, acme.operator)

    with pytest.raises(AlreadyExists) as refusal:
        await services.memberships.create(idp, a_draft("zoe@globex.test"))

    for secret in ("Globex", "Zoe", theirs.id, theirs.user_id, "00u1"):
        assert secret not in refusal.value.message.replace("zoe@globex.test", "").replace("globex.test", "")


async def test_one_person_in_two_organizations_is_two_members(services, acme, globex):
    here = await signed_in(services, acme.operator, "bo@shared.test")
    there = await signed_in(services, globex.operator, "bo@shared.test")
    members = [await services.memberships.get(actor, actor.membership_id) for actor in (here, there)]

    await services.memberships.update(acme.operator, here.membership_id, lambda before: before.with_role(Role.USER))
    await services.memberships.remove(acme.operator, here.membership_id)

    assert members[0].user_id == members[1].user_id
    assert await services.memberships.get(there, there.membership_id) == members[1]
    assert [m.email for m in await every_member(services, globex.operator)] == ["g@globex.test", "bo@shared.test"]


async def test_a_session_is_valid_in_its_own_organization_only(services, acme, globex):
    secret = await a_session(services, acme.operator, "bo@shared.test")
    await a_session(services, globex.operator, "bo@shared.test")

    actor = await services.sessions.authenticate(secret)

    assert actor.organization_id == acme.organization.id
    assert {m.organization_id for m in (await services.memberships.page(actor, ANY, Order(), Page())).rows} == {
        acme.organization.id
    }
    await services.memberships.remove(acme.operator, actor.membership_id)
    with pytest.raises(Unauthenticated):
        await services.sessions.authenticate(secret)


async def test_what_another_organization_calls_an_invited_account_is_not_shown(services, acme, globex, theirs):
    address = "zoe@elsewhere.test"
    account = await services.memberships.create(globex.operator, a_draft(address, address, displayName="Zoe of Globex"))
    _, link = await services.invitations.create(
        acme.operator, address, Role.USER, name="Zoe Ek", lifetime=timedelta(days=1)
    )

    await services.invitations.accept(link)

    (here,) = (await services.memberships.users(acme.operator, [account.user_id])).values()
    (there,) = (await services.memberships.users(globex.operator, [account.user_id])).values()
    assert (here.name, here.email, there.name) == ("Zoe Ek", address, "Zoe of Globex")

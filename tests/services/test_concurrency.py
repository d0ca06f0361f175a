"""Two things at once, by concurrent clients of one process and of two: the same end as one after the other."""

import asyncio
from collections import Counter

import pytest

from rollbook.domain.errors import AlreadyExists, Busy, LastAdmin, NotFound, Unauthenticated
from rollbook.domain.groups import GroupChange
from rollbook.domain.memberships import MembershipDraft
from rollbook.domain.roles import Role
from tests.builders import ADMIN_AND_USER, a_draft, a_tool, every_member, okta

ROUNDS = 4


@pytest.fixture(params=["one process", "two processes"])
def clients(request, services, acme):
    """Services to take in turn, so that neighbours work at the same time in one process or in two."""
    return [services, services] if request.param == "one process" else [services, request.getfixturevalue("elsewhere")]


@pytest.fixture
async def idp(services, acme):
    return await okta(services, acme.operator)


async def together(*work):
    """What came of it, all started at once; nothing may take long enough to be a deadlock."""
    async with asyncio.timeout(60):
        return await asyncio.gather(*work, return_exceptions=True)


def counted(outcomes):
    """How many successes, and how many refusals of each kind."""
    return Counter(type(o).__name__ if isinstance(o, BaseException) else "success" for o in outcomes)


async def admins(services, actor):
    return [member.id async for batch in services.groups.members(actor, "admins") for member in batch]


def deactivated(before):
    return before.with_active(False)


def activated(before):
    return before.with_active(True)


def renamed(user_name):
    return lambda before: before.described(
        user_name=user_name, external_id=before.external_id, active=before.active, profile=before.profile
    )


@pytest.mark.parametrize(
    "drafts",
    [
        [a_draft("bo@acme.test")] * 10,
        [MembershipDraft("bo")] * 10,
        [a_draft(f"bo{at}", external_id="00u1") for at in range(10)],
        [a_draft(f"bo{at}", "bo@acme.test") for at in range(10)],
        [a_draft("BO", f"bo{at}@acme.test") for at in range(10)],
    ],
    ids=["equal", "without an address", "one externalId", "one e-mail", "one userName"],
)
async def test_of_ten_creations_of_one_person_one_succeeds(clients, services, acme, idp, drafts):
    outcomes = await together(*(clients[at % 2].memberships.create(idp, draft) for at, draft in enumerate(drafts)))

    assert counted(outcomes) == {"success": 1, "AlreadyExists": 9}
    (made,) = (outcome for outcome in outcomes if not isinstance(outcome, AlreadyExists))
    assert await every_member(services, acme.operator) == [acme.admin, made]
    assert len(await services.audit.events(acme.operator, membership_id=made.id)) == 1


@pytest.mark.parametrize("before", ["inactive", "ended"])
async def test_of_ten_creations_of_someone_who_was_here_one_succeeds(clients, services, acme, idp, before):
    first = await services.memberships.create(idp, a_draft("bo@acme.test", active=before != "inactive"))
    if before == "ended":
        await services.memberships.remove(idp, first.id)

    outcomes = await together(*(clients[at % 2].memberships.create(idp, a_draft("bo@acme.test")) for at in range(10)))

    assert counted(outcomes) == {"success": 1, "AlreadyExists": 9}
    _, made = await every_member(services, acme.operator)
    assert (made.active, made.user_id, made.id == first.id) == (True, first.user_id, before == "inactive")


async def test_ten_different_people_are_all_created(clients, services, acme, idp):
    outcomes = await together(
        *(clients[at % 2].memberships.create(idp, a_draft(f"u{at}@acme.test")) for at in range(10))
    )

    assert counted(outcomes) == {"success": 10}
    assert len(await every_member(services, acme.operator)) == 11


async def test_of_two_organizations_that_create_one_person_one_has_them(clients, services, acme, globex):
    outcomes = await together(
        clients[0].memberships.create(await okta(services, acme.operator), a_draft("zoe@shared.test")),
        clients[1].memberships.create(await okta(services, globex.operator), a_draft("zoe@shared.test")),
    )

    assert counted(outcomes) == {"success": 1, "AlreadyExists": 1}


def change_role(services, actor, member):
    return services.memberships.change_role(actor, member.id, Role.USER)


def leave_group(services, actor, member):
    return services.groups.change(actor, "admins", GroupChange(remove=(member.id,)))


def deactivate(services, actor, member):
    return services.memberships.update(actor, member.id, deactivated)


def end(services, actor, member):
    return services.memberships.remove(actor, member.id)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (change_role, change_role),
        (leave_group, leave_group),
        (change_role, leave_group),
        (deactivate, change_role),
        (deactivate, leave_group),
        (end, deactivate),
        (end, end),
    ],
)
async def test_of_two_admins_who_are_taken_away_at_once_one_stays(clients, services, acme, one, other):
    tool = await a_tool(services, acme.operator)
    for at in range(ROUNDS):
        bo = await services.memberships.create(acme.operator, a_draft(f"b{at}@acme.test", grants=ADMIN_AND_USER))
        (last,) = [member for member in await every_member(services, acme.operator) if member.is_active_admin][:-1]

        outcomes = await together(one(clients[0], tool, last), other(clients[1], tool, bo))

        assert counted(outcomes) == {"success": 1, "LastAdmin": 1}
        assert len(await admins(services, acme.operator)) == 1


async def test_of_an_admin_who_leaves_and_one_who_is_demoted_an_empty_end_leaves_a_warning(
    clients, services, acme, idp
):
    tool = await a_tool(services, acme.operator)
    for at in range(ROUNDS):
        bo = await services.memberships.create(acme.operator, a_draft(f"b{at}@acme.test", grants=ADMIN_AND_USER))

        leaving, demotion = await together(deactivate(clients[0], idp, acme.admin), change_role(clients[1], tool, bo))

        left = await services.memberships.get(idp, acme.admin.id)
        assert (left.active, leaving) == (False, left)
        warnings = [event.warning for event in await services.audit.events(acme.operator, limit=2) if event.warning]
        if isinstance(demotion, LastAdmin):
            assert (await admins(services, acme.operator), warnings) == ([bo.id], [])
        else:
            assert (await admins(services, acme.operator), len(warnings)) == ([], 1)
        await services.sessions.create_login_link(acme.operator, "a@acme.test")
        await services.memberships.remove(acme.operator, bo.id)


async def test_one_hundred_additions_five_at_a_time_lose_nobody(clients, services, acme, idp):
    members = await together(*(services.memberships.create(idp, a_draft(f"u{at}")) for at in range(100)))
    ids = [member.id for member in members]
    free = asyncio.Semaphore(5)

    async def add(at):
        async with free:
            return await clients[at % 2].groups.change(idp, "admins", GroupChange(add=(ids[at],)))

    outcomes = await together(*(add(at) for at in range(100)))

    assert counted(outcomes) == {"success": 100}
    assert await admins(services, idp) == sorted([acme.admin.id, *ids])


async def test_additions_and_removals_of_different_people_are_all_kept(clients, services, acme, idp):
    staying = await together(*(services.memberships.create(idp, a_draft(f"s{at}")) for at in range(10)))
    coming = [await services.memberships.create(idp, a_draft(f"c{at}", grants=frozenset())) for at in range(10)]
    going = [await services.memberships.create(idp, a_draft(f"g{at}")) for at in range(10)]

    outcomes = await together(
        *(clients[0].groups.change(idp, "users", GroupChange(add=(member.id,))) for member in coming),
        *(clients[1].groups.change(idp, "users", GroupChange(remove=(member.id,))) for member in going),
    )

    assert counted(outcomes) == {"success": 20}
    listed = [member.id async for batch in services.groups.members(idp, "users") for member in batch]
    assert listed == sorted([acme.admin.id, *(member.id for member in (*staying, *coming))])


async def test_a_replacement_and_an_addition_at_once_end_as_one_after_the_other(clients, services, acme, idp):
    for at in range(ROUNDS):
        kept, added = [
            await services.memberships.create(idp, a_draft(f"{name}{at}", grants=frozenset())) for name in ("k", "a")
        ]
        await together(
            clients[0].groups.change(idp, "users", GroupChange(replace=(kept.id,))),
            clients[1].groups.change(idp, "users", GroupChange(add=(added.id,))),
        )

        listed = [member.id async for batch in services.groups.members(idp, "users") for member in batch]
        assert listed in ([kept.id], sorted([kept.id, added.id]))


async def test_changes_of_both_groups_at_once_do_not_wait_for_each_other(clients, services, acme, idp):
    ids = [(await services.memberships.create(idp, a_draft(f"u{at}", grants=frozenset()))).id for at in range(20)]

    outcomes = await together(
        clients[0].groups.change(idp, "admins", GroupChange(add=(*ids,))),
        clients[1].groups.change(idp, "users", GroupChange(add=(*reversed(ids),))),
        clients[0].groups.change(idp, "users", GroupChange(replace=(acme.admin.id, *ids))),
        clients[1].groups.change(idp, "admins", GroupChange(replace=(*reversed(ids), acme.admin.id))),
    )

    assert counted(outcomes) == {"success": 4}
    assert {member.grants for member in await every_member(services, acme.operator)} == {ADMIN_AND_USER}


async def test_a_group_change_and_a_deactivation_of_one_member_are_both_kept(clients, services, acme, idp):
    for at in range(ROUNDS):
        bo = await services.memberships.create(idp, a_draft(f"b{at}@acme.test", grants=frozenset({Role.USER})))

        outcomes = await together(
            clients[0].groups.change(idp, "admins", GroupChange(add=(bo.id,))), deactivate(clients[1], idp, bo)
        )

        after = await services.memberships.get(idp, bo.id)
        assert counted(outcomes) == {"success": 2}
        assert (after.active, after.grants, after.version) == (False, ADMIN_AND_USER, 3)


async def test_two_members_who_exchange_names_at_once_end_with_two_names(clients, services, acme, idp):
    for at in range(ROUNDS):
        names = f"b{at}@acme.test", f"c{at}@acme.test"
        bo, cy = [await services.memberships.create(idp, a_draft(name)) for name in names]

        outcomes = await together(
            clients[0].memberships.update(idp, bo.id, renamed(cy.user_name)),
            clients[1].memberships.update(idp, cy.id, renamed(bo.user_name)),
        )

        assert {type(outcome) for outcome in outcomes} <= {AlreadyExists, Busy}
        assert await services.memberships.get(idp, bo.id) == bo
        assert await services.memberships.get(idp, cy.id) == cy


async def test_of_ten_who_take_one_name_one_has_it(clients, services, acme, idp):
    members = [await services.memberships.create(idp, a_draft(f"u{at}@acme.test")) for at in range(10)]

    outcomes = await together(
        *(
            clients[at % 2].memberships.update(idp, member.id, renamed("the.one@acme.test"))
            for at, member in enumerate(members)
        )
    )

    assert counted(outcomes) == {"success": 1, "AlreadyExists": 9}
    names = Counter(member.user_name for member in await every_member(services, acme.operator))
    assert (names["the.one@acme.test"], len(names)) == (1, 11)


async def test_an_end_and_a_change_at_once_leave_an_end(clients, services, acme, idp):
    for at in range(ROUNDS):
        bo = await services.memberships.create(idp, a_draft(f"b{at}@acme.test"))

        ended, changed = await together(end(clients[0], idp, bo), deactivate(clients[1], idp, bo))

        assert ended is None
        assert isinstance(changed, NotFound) or changed.active is False
        assert await every_member(services, acme.operator) == [acme.admin]


async def test_of_ten_ends_of_one_membership_one_succeeds(clients, services, acme, idp):
    bo = await services.memberships.create(idp, a_draft("bo@acme.test"))

    outcomes = await together(*(end(clients[at % 2], idp, bo) for at in range(10)))

    assert counted(outcomes) == {"success": 1, "NotFound": 9}
    assert len(await services.audit.events(acme.operator, membership_id=bo.id)) == 2


@pytest.mark.parametrize("leaves", [deactivate, end])
async def test_someone_who_signs_in_while_access_ends_is_not_signed_in_afterwards(clients, services, acme, idp, leaves):
    for at in range(ROUNDS * 3):
        email = f"b{at}@acme.test"
        link = await services.sessions.create_login_link(acme.operator, email)
        (bo,) = [member for member in await every_member(services, acme.operator) if member.email == email]

        signed_in, left = await together(clients[0].sessions.redeem(link), leaves(clients[1], idp, bo))

        assert not isinstance(left, BaseException)
        assert isinstance(signed_in, tuple | Unauthenticated)
        if leaves is deactivate:
            await services.memberships.update(idp, bo.id, activated)
        if isinstance(signed_in, tuple):
            with pytest.raises(Unauthenticated):
                await services.sessions.authenticate(signed_in[0])


async def test_a_link_that_is_opened_twice_at_once_lets_one_in(clients, services, acme):
    link = await services.sessions.create_login_link(acme.operator, "a@acme.test")

    outcomes = await together(*(clients[at % 2].sessions.redeem(link) for at in range(10)))

    assert counted(outcomes) == {"success": 1, "Unauthenticated": 9}


async def test_two_links_for_one_new_admin_at_once_are_one_admin(clients, services, acme):
    for at in range(ROUNDS):
        email = f"n{at}@acme.test"
        outcomes = await together(*(clients[n].sessions.create_login_link(acme.operator, email) for n in range(2)))

        assert counted(outcomes) == {"success": 2}
        assert len(await every_member(services, acme.operator)) == at + 2


async def test_two_organizations_with_one_admin_begin_at_once(clients, services, acme):
    for at in range(ROUNDS):
        outcomes = await together(
            *(clients[n].organizations.create(f"o{at}-{n}", "One", f"n{at}@acme.test") for n in range(2))
        )

        assert counted(outcomes) == {"success": 2}
        users = [
            (await every_member(services, await services.organizations.operator(f"o{at}-{n}")))[0].user_id
            for n in range(2)
        ]
        assert users[0] == users[1]


async def test_of_two_organizations_of_one_handle_one_begins(clients, services, acme):
    outcomes = await together(*(clients[n].organizations.create("one", "One", f"n{n}@acme.test") for n in range(2)))

    assert counted(outcomes) == {"success": 1, "AlreadyExists": 1}
    assert [organization.handle for organization in await services.organizations.list()] == ["acme", "one"]


async def test_a_token_that_is_revoked_twice_at_once_is_revoked_in_one_event(clients, services, acme, idp):
    await together(*(clients[n].tokens.revoke(acme.operator, idp.id) for n in range(2)))

    actions = Counter(event.action for event in await services.audit.events(acme.operator))
    assert actions["token.revoked"] == 1

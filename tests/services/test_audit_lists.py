"""The trail page by page, histories of members, and whom an event touched; equal on both databases."""

import itertools
from dataclasses import replace

import pytest

from rollbook.domain.actors import Channel
from rollbook.domain.audit import AuditAction, EventFilter, Touch
from rollbook.domain.criteria import Page, Position
from rollbook.domain.errors import Forbidden
from rollbook.domain.groups import GroupChange
from rollbook.domain.policy import Permission
from rollbook.domain.roles import Role
from rollbook.domain.tokens import TokenKind
from rollbook.services.audit import MOST_TOUCHES
from tests.builders import NOBODY, a_draft, a_session, a_tool, okta, signed_in

A = AuditAction
EVERYTHING = EventFilter()


@pytest.fixture
async def idp(services, acme):
    return await okta(services, acme.operator)


@pytest.fixture
async def admin(services, acme):
    return await signed_in(services, acme.operator, "a@acme.test")


@pytest.fixture
async def bo(services, acme, idp, admin):
    """A provisioned member with a history: two changes by the identity provider, one by the admin, one of a group."""
    bo = await services.memberships.create(idp, a_draft("bo@acme.test"))
    await services.memberships.update(idp, bo.id, lambda member: member.with_active(False))
    await services.memberships.update(idp, bo.id, lambda member: member.with_active(True))
    await services.memberships.change_role(admin, bo.id, Role.ADMIN)
    await services.groups.change(acme.operator, "admins", GroupChange(remove=(bo.id,)))
    return bo


def place(event):
    return Position(event.id, event.id)


async def pages(services, actor, wanted, size, *, backward=False):
    """Every page of the trail, one after the other."""
    at, read = None, []
    while True:
        page = Page(size, before=at, backward=True) if backward else Page(size, after=at)
        found = await services.audit.page(actor, wanted, page)
        read.append(found)
        if not (found.has_previous if backward else found.has_next):
            return read
        at = place(found.rows[0 if backward else -1])


async def actions(services, actor, **conditions):
    found = await services.audit.page(actor, EventFilter(**conditions), Page())
    return [event.action for event in found.rows]


@pytest.mark.usefixtures("bo")
async def test_pages_of_any_size_and_direction_give_the_whole_trail_once(services, acme):
    whole = await services.audit.events(acme.operator)

    for size in (1, 3, 50):
        forward = await pages(services, acme.operator, EVERYTHING, size)
        backward = await pages(services, acme.operator, EVERYTHING, size, backward=True)
        assert list(itertools.chain(*(page.rows for page in forward))) == whole
        assert list(itertools.chain(*(page.rows for page in reversed(backward)))) == whole
        assert [page.has_previous for page in forward] == [False] + [True] * (len(forward) - 1)
    assert len(whole) > 8


async def test_a_filter_shows_what_satisfies_all_of_its_conditions(services, acme, idp, admin, bo):
    created, updated, regrouped = A.MEMBERSHIP_CREATED, A.MEMBERSHIP_UPDATED, A.GROUP_MEMBERS_CHANGED
    scim, others = frozenset({Channel.SCIM}), frozenset({Channel.CLI, Channel.GRAPHQL})
    cases = [
        ({"channels": scim}, [updated, updated, created]),
        ({"actions": frozenset({created, A.ORGANIZATION_CREATED})}, [created, A.ORGANIZATION_CREATED]),
        ({"actions": frozenset({A.MEMBERSHIP_REMOVED})}, []),
        ({"actor_token_id": idp.id}, [updated, updated, created]),
        ({"actor_token_id": NOBODY}, []),
        ({"actor_token_id": "\0"}, []),
        ({"actor_membership_id": acme.admin.id}, [updated, A.SESSION_STARTED]),
        ({"actor_membership_id": bo.id}, []),
        ({"actor_membership_id": "nobody"}, []),
        ({"membership_id": bo.id}, [regrouped, updated, updated, updated, created]),
        ({"membership_id": bo.id, "channels": others}, [regrouped, updated]),
        ({"membership_id": bo.id, "actor_membership_id": acme.admin.id}, [updated]),
        ({"membership_id": NOBODY}, []),
        ({"membership_id": "nobody"}, []),
        ({"actor_token_id": idp.id, "channels": scim, "actions": frozenset({created})}, [created]),
    ]

    for conditions, expected in cases:
        assert await actions(services, acme.operator, **conditions) == expected, conditions


async def test_what_a_member_did_in_all_of_their_sessions_is_found(services, acme, admin):
    again = await services.sessions.authenticate(await a_session(services, acme.operator, "a@acme.test"))
    await services.sessions.end(again)

    found = await services.audit.page(acme.operator, EventFilter(actor_membership_id=acme.admin.id), Page())

    assert [event.actor_id for event in found.rows] == [again.session_id, again.session_id, admin.session_id]
    assert {event.actor_membership_id for event in found.rows} == {acme.admin.id}


async def test_a_stretch_of_time_includes_its_first_moment_and_not_its_last(services, acme, bo):
    newest, *_, oldest = (await services.audit.page(acme.operator, EventFilter(membership_id=bo.id), Page())).rows

    of_bo = {"membership_id": bo.id}
    both = await services.audit.page(
        acme.operator, EventFilter(since=oldest.occurred_at, until=newest.occurred_at, **of_bo), Page()
    )

    assert (both.rows[-1], newest in both.rows, len(both.rows)) == (oldest, False, 4)
    whole = EventFilter(since=oldest.occurred_at.replace(year=1970), until=oldest.occurred_at.replace(year=9000))
    assert len((await services.audit.page(acme.operator, whole, Page())).rows) > 5
    assert await actions(services, acme.operator, since=newest.occurred_at.replace(year=9000)) == []
    assert await actions(services, acme.operator, until=newest.occurred_at.replace(year=1)) == []


async def test_pages_of_a_filtered_trail_go_on_where_they_stopped(services, acme, bo):
    wanted = EventFilter(membership_id=bo.id, channels=frozenset({Channel.SCIM}))

    forward = await pages(services, acme.operator, wanted, 2)
    backward = await pages(services, acme.operator, wanted, 2, backward=True)

    expected = [A.MEMBERSHIP_UPDATED, A.MEMBERSHIP_UPDATED, A.MEMBERSHIP_CREATED]
    assert [event.action for page in forward for event in page.rows] == expected
    assert [event.action for page in reversed(backward) for event in page.rows] == expected


async def test_a_page_between_two_places_holds_what_lies_between(services, acme, bo):
    whole = await services.audit.events(acme.operator)

    between = Page(2, after=place(whole[1]), before=place(whole[5]))

    assert (await services.audit.page(acme.operator, EVERYTHING, between)).rows == whole[2:4]
    backward = await services.audit.page(acme.operator, EVERYTHING, replace(between, backward=True))
    assert (backward.rows, backward.has_previous, backward.has_next) == (whole[3:5], True, True)


async def test_histories_of_many_are_the_same_page_of_each(services, acme, idp, bo):
    cy = await services.memberships.create(idp, a_draft("cy@acme.test"))
    read = await services.audit.histories(acme.operator, [bo.id, cy.id, NOBODY], Page(2))

    assert [each.event.action for each in read[bo.id].rows] == [A.GROUP_MEMBERS_CHANGED, A.MEMBERSHIP_UPDATED]
    assert [each.gained for each in read[bo.id].rows] == [False, None]
    assert [each.event.action for each in read[cy.id].rows] == [A.MEMBERSHIP_CREATED]
    assert [slice_.has_next for slice_ in read.values()] == [True, False, False]
    assert read[NOBODY].rows == []


async def test_pages_of_a_history_forward_and_backward_show_all_of_it_once(services, acme, bo):
    whole = await services.audit.page(acme.operator, EventFilter(membership_id=bo.id), Page())
    for size in (1, 2, 4, 5, 50):
        forward, backward, after, before = [], [], None, None
        while after is not False:
            page = (await services.audit.histories(acme.operator, [bo.id], Page(size, after=after)))[bo.id]
            forward += [each.event for each in page.rows]
            after = place(forward[-1]) if page.has_next else False
        while before is not False:
            asked = Page(size, before=before, backward=True)
            page = (await services.audit.histories(acme.operator, [bo.id], asked))[bo.id]
            backward = [each.event for each in page.rows] + backward
            before = place(backward[0]) if page.has_previous else False
        assert forward == backward == whole.rows
    assert len(whole.rows) == 5


async def test_the_last_provisioning_is_the_newest_that_came_through_scim(services, acme, idp, admin, bo):
    found = await services.audit.last_provisioning(acme.operator, [bo.id, acme.admin.id, NOBODY])
    before = found[bo.id]
    await services.groups.change(idp, "admins", GroupChange(add=(bo.id,)))
    after = await services.audit.last_provisioning(acme.operator, [bo.id])

    assert list(found) == [bo.id]
    assert (before.action, before.changes) == (A.MEMBERSHIP_UPDATED, {"active": (False, True)})
    assert after[bo.id].action is A.GROUP_MEMBERS_CHANGED


async def test_whom_an_event_touched_is_told_up_to_a_limit(services, acme, idp):
    members = [await services.memberships.create(idp, a_draft(f"m{at}@acme.test")) for at in range(MOST_TOUCHES + 2)]
    ids = sorted(member.id for member in members)
    await services.groups.change(idp, "admins", GroupChange(add=tuple(ids)))
    many, single, *_ = await services.audit.events(acme.operator)
    await services.tokens.issue(acme.operator, TokenKind.SCIM, "Entra")
    none = (await services.audit.events(acme.operator))[0]

    found = await services.audit.touches(acme.operator, [many.id, single.id, none.id])

    assert found[many.id] == [Touch(member_id, True) for member_id in ids[:MOST_TOUCHES]]
    assert found[single.id] == [Touch(members[-1].id, None)]
    assert none.id not in found


async def test_a_member_reads_their_own_history_and_no_other(services, acme, idp, bo):
    eve = await signed_in(services, acme.operator, "eve@acme.test", Role.USER)
    await services.groups.change(idp, "admins", GroupChange(add=(bo.id, eve.membership_id)))
    eve = replace(eve, role=Role.USER)
    event = (await services.audit.events(acme.operator))[0]
    foreign = (await services.audit.events(acme.operator, membership_id=bo.id))[-1]

    own = (await services.audit.histories(eve, [eve.membership_id], Page()))[eve.membership_id]

    assert own.rows[0].event == replace(event, actor_membership_id=None)
    assert await services.audit.find(eve, event.id) == event
    assert await services.audit.touches(eve, [event.id]) == {event.id: [Touch(eve.membership_id, True)]}
    assert list(await services.audit.last_provisioning(eve, [eve.membership_id])) == [eve.membership_id]
    for work in (
        services.audit.histories(eve, [eve.membership_id, bo.id], Page()),
        services.audit.last_provisioning(eve, [bo.id]),
        services.audit.find(eve, foreign.id),
        services.audit.page(eve, EVERYTHING, Page()),
        services.audit.page(eve, EventFilter(membership_id=eve.membership_id), Page()),
    ):
        with pytest.raises(Forbidden):
            await work


async def test_a_token_reads_the_trail_only_with_its_scope(services, acme, bo, idp):
    auditor = await a_tool(services, acme.operator, frozenset({Permission.AUDIT_READ}))
    reader = await a_tool(services, acme.operator, frozenset({Permission.MEMBERS_READ}))
    event = (await services.audit.events(acme.operator, membership_id=bo.id))[-1]

    assert await services.audit.find(auditor, event.id) == event
    assert len((await services.audit.histories(auditor, [bo.id], Page()))[bo.id].rows) == 5
    for actor in (reader, idp):
        assert await services.audit.touches(actor, [event.id]) == {}
        for work in (
            services.audit.find(actor, event.id),
            services.audit.histories(actor, [bo.id], Page()),
            services.audit.last_provisioning(actor, [bo.id]),
            services.audit.page(actor, EVERYTHING, Page()),
        ):
            with pytest.raises(Forbidden):
                await work


async def test_another_organizations_trail_does_not_exist(services, acme, globex, bo):
    event = (await services.audit.events(acme.operator, membership_id=bo.id))[0]
    theirs = globex.operator

    assert await services.audit.find(theirs, event.id) is None
    assert await services.audit.find(theirs, "nothing") is None
    assert await services.audit.touches(theirs, [event.id]) == {}
    assert await services.audit.last_provisioning(theirs, [bo.id]) == {}
    assert (await services.audit.histories(theirs, [bo.id], Page()))[bo.id].rows == []
    assert await actions(services, theirs, membership_id=bo.id) == []
    assert await actions(services, theirs, actor_membership_id=acme.admin.id) == []

"""What can be watched: what happens in the organization, every event once and in its order, whoever writes."""

import asyncio

import pytest
from sqlalchemy import delete

from rollbook.domain.audit import AuditAction
from rollbook.domain.errors import InvalidValue
from rollbook.domain.events import EventType, type_of
from rollbook.domain.groups import GroupChange
from rollbook.domain.roles import Role
from rollbook.persistence.statements import Statement
from rollbook.persistence.tables import audit_events, audit_targets
from rollbook.services import Services
from tests.builders import a_draft, okta
from tests.services.conftest import PEPPER
from tests.services.watched import cursor_now, watching

T = EventType


@pytest.fixture
async def services(database, clock):
    return Services(database, PEPPER, clock)


async def test_what_happens_is_told_from_the_moment_at_which_the_watching_began(services, acme, clock):
    before = await services.memberships.create(acme.operator, a_draft("before@acme.test"))
    async with watching(services, acme.operator) as watched:
        started = await watched.event()
        clock.move(hours=1)

        bo = await services.memberships.create(acme.operator, a_draft("bo@acme.test"))
        await services.memberships.change_role(acme.operator, bo.id, Role.ADMIN)
        await services.memberships.remove(acme.operator, before.id)

        assert (started.type, started.membership_id, started.version) == (T.STARTED, None, None)
        told = await watched.events(3)
        assert [(event.type, event.membership_id) for event in told] == [
            (T.MEMBER_CREATED, bo.id),
            (T.MEMBER_UPDATED, bo.id),
            (T.MEMBER_REMOVED, before.id),
        ]
        assert {event.occurred_at for event in told} == {clock.moment}
        assert [event.version for event in told] == [2, 2, None]


async def test_one_step_for_many_members_is_one_event_that_names_none_of_them(services, acme):
    idp = await okta(services, acme.operator)
    people = [await services.memberships.create(idp, a_draft(f"{name}@acme.test")) for name in ("bo", "cy")]
    async with watching(services, acme.operator) as watched:
        await watched.event()

        await services.groups.change(idp, "admins", GroupChange(add=tuple(person.id for person in people)))
        await services.groups.change(idp, "admins", GroupChange(remove=(people[0].id,)))

        many, one = await watched.events(2)
        assert (many.type, many.membership_id, many.version) == (T.GROUP_MEMBERS_CHANGED, None, None)
        assert (one.type, one.membership_id) == (T.GROUP_MEMBERS_CHANGED, people[0].id)


async def test_another_organizations_events_are_not_told(services, acme, globex):
    async with watching(services, acme.operator) as watched:
        await watched.event()

        await services.memberships.create(globex.operator, a_draft("theirs@globex.test"))
        ours = await services.memberships.create(acme.operator, a_draft("ours@acme.test"))

        assert (await watched.event()).membership_id == ours.id


async def test_who_resumes_at_a_cursor_misses_nothing_and_reads_nothing_twice(services, acme):
    async with watching(services, acme.operator) as watched:
        await watched.event()
        for number in range(3):
            await services.memberships.create(acme.operator, a_draft(f"before{number}@acme.test"))
        seen = await watched.events(3)
    meanwhile = [await services.memberships.create(acme.operator, a_draft(f"m{n}@acme.test")) for n in range(250)]

    async with watching(services, acme.operator, after=seen[1].cursor) as watched:
        told = await watched.events(251)

        later = await services.memberships.create(acme.operator, a_draft("later@acme.test"))
        assert told[0] == seen[2]
        assert [event.membership_id for event in told[1:]] == [member.id for member in meanwhile]
        assert (await watched.event()).membership_id == later.id


async def test_a_reader_who_leaves_and_comes_back_among_many_writers_reads_each_event_once(services, acme):
    async def writes(writer):
        return [
            (await services.memberships.create(acme.operator, a_draft(f"w{writer}.{number}@acme.test"))).id
            for number in range(25)
        ]

    cursor = await cursor_now(services, acme.operator)
    writing = asyncio.gather(*(writes(writer) for writer in range(8)))
    told = []
    while len(told) < 200:
        async with watching(services, acme.operator, after=cursor) as watched:
            for event in await watched.events(min(7, 200 - len(told))):
                told.append(event.membership_id)
                cursor = event.cursor

    made = [member for members in await writing for member in members]
    assert len(set(told)) == 200
    assert sorted(told) == sorted(made)


async def test_a_cursor_that_was_not_given_here_is_refused(services, acme, globex):
    cursor = await cursor_now(services, globex.operator)
    for made_up in (cursor, "", "x", cursor[:-1] + ("A" if cursor[-1] != "A" else "B")):
        async with watching(services, acme.operator, after=made_up) as watched:
            with pytest.raises(InvalidValue, match="not a cursor of this organization"):
                await watched.event()


async def test_a_cursor_whose_event_is_gone_is_refused_so_that_no_loss_is_silent(services, acme, database):
    cursor = await cursor_now(services, acme.operator)
    async with database.write() as tx:
        await tx.execute(Statement(delete(audit_targets)))
        await tx.execute(Statement(delete(audit_events)))
    await services.memberships.create(acme.operator, a_draft("bo@acme.test"))

    async with watching(services, acme.operator, after=cursor) as watched:
        with pytest.raises(InvalidValue, match="read everything anew"):
            await watched.event()


async def test_who_stops_watching_is_not_listened_for_any_more(services, acme, database):
    async with watching(services, acme.operator) as watched:
        await watched.event()
        listeners = len(database._announcements)

    assert (listeners, len(database._announcements)) == (1, 0)


def test_each_action_has_a_type_and_what_is_unknown_is_for_those_who_may_read_the_trail():
    told = {action: type_of(action) for action in AuditAction}

    nouns = {action.partition(".")[0] for action, type_ in told.items() if type_ is T.AUDIT_RECORDED}
    assert nouns == {"identity", "login_domain", "passkey", "session", "sso_connection"}
    assert type_of("moon.landed") is T.AUDIT_RECORDED

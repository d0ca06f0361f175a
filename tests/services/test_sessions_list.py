"""Which sessions there are, how they are ended by their members and by admins, and how they end by themselves."""

from dataclasses import replace
from datetime import timedelta

import pytest

from rollbook.domain.audit import AuditAction
from rollbook.domain.criteria import Page, Position
from rollbook.domain.errors import Forbidden, NotFound, SignInAgain
from rollbook.domain.policy import Permission
from rollbook.domain.roles import Role
from rollbook.domain.sessions import Device, SignInMethod, Visitor
from rollbook.domain.tokens import TokenKind
from rollbook.services import Services
from tests.builders import NOBODY, a_session, a_tool, okta, signed_in
from tests.services.conftest import PEPPER
from tests.services.connections import is_live
from tests.services.rows import all_rows


@pytest.fixture
async def services(database, clock):
    return Services(database, PEPPER, clock)


@pytest.fixture
async def bo(services, acme):
    """Bo's session; he is no admin."""
    return await signed_in(services, acme.operator, "bo@acme.test", Role.USER)


@pytest.fixture
async def admin(services, acme):
    return await signed_in(services, acme.operator, "a@acme.test")


async def ids(services, actor):
    return [session.id for session in await services.sessions.list(actor)]


async def organization_ids(services, actor, page):
    found = await services.sessions.page(actor, page)
    return [session.id for session in found.rows], found.has_next, found.has_previous


async def test_a_member_sees_their_own_sessions_the_newest_first(services, acme, globex, bo, admin, clock):
    link = await services.sessions.create_login_link(acme.operator, "bo@acme.test")
    clock.move(minutes=1)
    _, second = await services.sessions.redeem(link, Visitor(Device("Fire\nfox" + "x" * 300, "192.0.2.1")))
    await signed_in(services, globex.operator, "bo@acme.test")

    newest, oldest = await services.sessions.list(second)

    assert (newest.id, oldest.id) == (second.session_id, bo.session_id)
    assert (newest.method, newest.created_at, newest.last_seen_at) == (SignInMethod.LINK, clock.moment, clock.moment)
    assert (newest.expires_at, newest.authenticated_at) == (clock.moment + timedelta(days=7), clock.moment)
    assert newest.device == Device(("Firefox" + "x" * 300)[:256], "192.0.2.1")
    assert oldest.device == Device()


async def test_who_has_no_sessions_of_their_own_is_told_so(services, acme):
    for actor in (await a_tool(services, acme.operator), acme.operator, await okta(services, acme.operator)):
        for operation in (services.sessions.list, services.sessions.revoke_others):
            with pytest.raises(Forbidden):
                await operation(actor)


async def test_an_admin_sees_the_live_sessions_of_the_organization_page_by_page(
    services, acme, globex, admin, bo, clock
):
    clock.move(hours=1)
    others = [await signed_in(services, acme.operator, f"u{at}@acme.test") for at in range(3)]
    await signed_in(services, globex.operator, "g@globex.test")
    await services.sessions.end(others[1])
    live = [others[2].session_id, others[0].session_id, bo.session_id, admin.session_id]
    live = [*live[:2], *sorted(live[2:], reverse=True)]

    assert await organization_ids(services, admin, Page(10)) == (live, False, False)
    assert await organization_ids(services, admin, Page(2)) == (live[:2], True, False)
    assert await organization_ids(services, admin, Page(2, after=Position("", live[1]))) == (live[2:], False, True)
    back = Page(2, before=Position("", live[2]), backward=True)
    assert await organization_ids(services, admin, back) == (live[:2], True, False)
    with pytest.raises(Forbidden):
        await services.sessions.page(bo, Page(10))


async def test_sessions_are_counted_for_who_may_see_them(services, acme, globex, bo, admin, clock):
    await services.sessions.redeem(await services.sessions.create_login_link(acme.operator, "bo@acme.test"))
    asked = [bo.membership_id, admin.membership_id, "no id at all"]
    stranger = await signed_in(services, globex.operator, "cy@globex.test")

    counts = [await services.sessions.counts_of(actor, asked) for actor in (admin, bo, stranger)]
    clock.move(days=8)
    later = await services.sessions.counts_of(acme.operator, asked)

    assert counts == [{bo.membership_id: 2, admin.membership_id: 1}, {bo.membership_id: 2}, {}]
    assert later == {}
    with pytest.raises(Forbidden):
        await services.sessions.counts_of(await a_tool(services, acme.operator, frozenset({Permission.AUDIT_READ})), [])


async def test_a_session_is_found_by_who_may_see_it(services, acme, globex, admin, bo):
    theirs = await signed_in(services, globex.operator, "g@globex.test")

    assert (await services.sessions.get(admin, bo.session_id)).membership_id == bo.membership_id
    assert (await services.sessions.get(bo, bo.session_id)).id == bo.session_id
    for actor, session_id in ((bo, admin.session_id), (admin, theirs.session_id), (admin, NOBODY), (admin, "no id")):
        with pytest.raises(NotFound):
            await services.sessions.get(actor, session_id)
    await services.sessions.end(bo)
    with pytest.raises(NotFound):
        await services.sessions.get(admin, bo.session_id)


async def test_a_member_ends_one_of_their_own_sessions(services, acme, bo):
    other = await a_session(services, acme.operator, "bo@acme.test", Role.USER)
    session = await services.sessions.authenticate(other)

    revoked = await services.sessions.revoke(bo, session.session_id)

    (event, *_) = await services.audit.events(acme.operator)
    assert (revoked.id, await is_live(services, other)) == (session.session_id, False)
    assert await ids(services, bo) == [bo.session_id]
    assert (event.action, event.target, event.changes) == (
        AuditAction.SESSION_REVOKED,
        "bo@acme.test",
        {"sessions": (1, 0)},
    )


async def test_ending_a_session_twice_is_ending_it_once(services, acme, bo, admin):
    await services.sessions.revoke(admin, bo.session_id)
    events = await services.audit.events(acme.operator)

    assert (await services.sessions.revoke(admin, bo.session_id)).id == bo.session_id
    assert await services.audit.events(acme.operator) == events


async def test_a_member_ends_nobody_elses_session(services, database, globex, bo, admin):
    theirs = await signed_in(services, globex.operator, "g@globex.test")
    before = await all_rows(database)

    for actor, session_id in ((bo, admin.session_id), (admin, theirs.session_id), (bo, NOBODY), (admin, "no id")):
        with pytest.raises(NotFound):
            await services.sessions.revoke(actor, session_id)
    for actor, membership_id in ((bo, admin.membership_id), (admin, theirs.membership_id), (admin, NOBODY)):
        with pytest.raises(NotFound):
            await services.sessions.revoke_all_of(actor, membership_id)
    assert await all_rows(database) == before


async def test_an_admin_ends_every_session_of_a_member(services, acme, globex, bo, admin):
    await signed_in(services, acme.operator, "bo@acme.test")
    elsewhere = await a_session(services, globex.operator, "bo@acme.test")

    ended = await services.sessions.revoke_all_of(admin, bo.membership_id)

    (event, *_) = await services.audit.events(acme.operator)
    assert (ended, await ids(services, bo), await ids(services, admin)) == (2, [], [admin.session_id])
    assert (event.action, event.changes) == (AuditAction.SESSION_REVOKED, {"sessions": (2, 0)})
    assert await is_live(services, elsewhere)
    events = await services.audit.events(acme.operator)
    assert await services.sessions.revoke_all_of(admin, bo.membership_id) == 0
    assert await services.audit.events(acme.operator) == events


async def test_a_tool_with_the_scope_ends_sessions_too(services, acme, bo):
    writer = await a_tool(services, acme.operator, frozenset({Permission.MEMBERS_WRITE}))
    reader = await a_tool(services, acme.operator, frozenset({Permission.MEMBERS_READ}))

    with pytest.raises(Forbidden):
        await services.sessions.revoke(reader, bo.session_id)
    assert (await services.sessions.revoke(writer, bo.session_id)).id == bo.session_id


async def test_another_admins_sessions_end_only_by_who_may_revoke_admin(services, database, acme, bo, admin):
    tool = await a_tool(services, acme.operator, frozenset({Permission.MEMBERS_WRITE}))
    before = await all_rows(database)

    with pytest.raises(Forbidden):
        await services.sessions.revoke(tool, admin.session_id)
    with pytest.raises(Forbidden):
        await services.sessions.revoke_all_of(tool, admin.membership_id)

    assert await all_rows(database) == before
    await services.sessions.revoke(tool, bo.session_id)
    stronger = await a_tool(services, acme.operator, frozenset({Permission.MEMBERS_WRITE, Permission.ROLES_WRITE}))
    assert await services.sessions.revoke_all_of(stronger, admin.membership_id) == 1


async def test_a_member_signs_out_everywhere_else(services, acme, bo, admin):
    for _ in range(2):
        await signed_in(services, acme.operator, "bo@acme.test")

    assert await services.sessions.revoke_others(bo) == 2

    assert (await ids(services, bo), await ids(services, admin)) == ([bo.session_id], [admin.session_id])
    events = await services.audit.events(acme.operator)
    assert (events[0].action, await services.sessions.revoke_others(bo)) == (AuditAction.SESSION_REVOKED, 0)
    assert await services.audit.events(acme.operator) == events


async def test_a_session_that_nobody_uses_ends_after_twelve_hours(services, acme, clock):
    secret = await a_session(services, acme.operator, "a@acme.test")
    clock.move(hours=11, minutes=59)
    assert await is_live(services, secret)
    await services.sessions.keep_uses()
    clock.move(hours=11, minutes=59)
    await services.sessions.authenticate(secret, counts_as_use=False)
    clock.move(minutes=1)

    assert await is_live(services, secret) is False
    await services.sessions.keep_uses()
    assert await is_live(services, secret) is False


async def test_what_a_page_asks_by_itself_keeps_no_session_alive(services, acme, clock):
    secret = await a_session(services, acme.operator, "a@acme.test")
    for _ in range(12):
        clock.move(minutes=59)
        await services.sessions.authenticate(secret, counts_as_use=False)
        await services.sessions.keep_uses()
    clock.move(minutes=12)

    assert await is_live(services, secret) is False


async def test_a_use_is_noted_every_five_minutes(services, database, acme, clock):
    began, secret = clock.moment, await a_session(services, acme.operator, "a@acme.test")
    seen = []
    for _ in range(3):
        clock.move(minutes=4)
        actor = await services.sessions.authenticate(secret)
        await services.sessions.keep_uses()
        seen.append((await services.sessions.list(actor))[0].last_seen_at)

    assert seen == [began, began + timedelta(minutes=8), began + timedelta(minutes=8)]


async def test_uses_that_cannot_be_written_down_are_written_the_next_time(services, database, acme, clock, monkeypatch):
    secret = await a_session(services, acme.operator, "a@acme.test")
    clock.move(minutes=5)
    actor = await services.sessions.authenticate(secret)

    with monkeypatch.context() as broken:
        broken.setattr(database, "write", None)
        with pytest.raises(TypeError):
            await services.sessions.keep_uses()
    await services.sessions.keep_uses()

    assert (await services.sessions.list(actor))[0].last_seen_at == clock.moment


async def test_a_use_that_is_noted_late_revives_nothing(services, database, acme, admin, clock):
    secret = await a_session(services, acme.operator, "bo@acme.test")
    clock.move(minutes=5)
    bo = await services.sessions.authenticate(secret)
    await services.sessions.revoke(admin, bo.session_id)
    before = await all_rows(database)

    await services.sessions.keep_uses()

    assert await all_rows(database) == before


async def test_now_and_then_lapsed_sessions_are_marked_as_ended_and_forget_from_where_they_came(
    services, database, acme, clock
):
    link = await services.sessions.create_login_link(acme.operator, "a@acme.test")
    _, old = await services.sessions.redeem(link, Visitor(Device("Firefox", "192.0.2.1")))
    clock.move(hours=12)
    ended_at, fresh = clock.moment, await signed_in(services, acme.operator, "a@acme.test")
    await services.sessions.forget()

    def told(rows):
        return {row["id"]: (row["ended_at"], row["user_agent"], row["address"]) for row in rows["sessions"]}

    first = told(await all_rows(database))
    clock.move(days=30)
    await services.sessions.forget()

    assert first == {old.session_id: (ended_at, "Firefox", "192.0.2.1"), fresh.session_id: (None, None, None)}
    assert told(await all_rows(database)) == {
        old.session_id: (ended_at, None, None),
        fresh.session_id: (clock.moment, None, None),
    }
    # whose the sessions were stays known, since the audit trail names them
    (event, *_) = await services.audit.events(acme.operator, membership_id=acme.admin.id)
    assert event.actor_id in {old.session_id, fresh.session_id}


@pytest.mark.parametrize("minutes", [None, 10.02, 60])
async def test_tokens_are_changed_in_a_session_with_a_recent_sign_in_only(
    services, database, acme, admin, minutes, clock
):
    token, _ = await services.tokens.issue(admin, TokenKind.SCIM, "Okta")
    clock.move(minutes=minutes or 0)
    stale = replace(admin, authenticated_at=None) if minutes is None else admin
    before = await all_rows(database)

    for operation in (
        lambda: services.tokens.issue(stale, TokenKind.API, "Tools"),
        lambda: services.tokens.rotate(stale, token.id),
        lambda: services.tokens.update(stale, token.id, name="Other"),
        lambda: services.tokens.revoke(stale, token.id),
    ):
        with pytest.raises(SignInAgain):
            await operation()

    assert await all_rows(database) == before
    assert [each.id for each in await services.tokens.list(stale)] == [token.id]


async def test_tokens_are_changed_within_ten_minutes_and_by_tools_for_good(services, acme, admin, clock):
    tool = await a_tool(services, acme.operator)
    clock.move(minutes=10)
    token, _ = await services.tokens.issue(admin, TokenKind.SCIM, "Okta")
    await services.tokens.rotate(admin, token.id)
    clock.move(days=100)

    assert (await services.tokens.issue(tool, TokenKind.SCIM, "Entra"))[0].name == "Entra"


async def test_who_may_not_change_tokens_is_told_that_first(services, bo, clock):
    clock.move(hours=1)

    with pytest.raises(Forbidden):
        await services.tokens.issue(bo, TokenKind.SCIM, "Okta")

"""Who watches is told what they may read, and no longer than they may."""

import asyncio

import pytest

from rollbook.domain.actors import Actor
from rollbook.domain.errors import Forbidden, Unauthenticated
from rollbook.domain.events import EventType
from rollbook.domain.policy import Permission
from rollbook.domain.roles import Role
from rollbook.domain.tokens import TokenKind
from tests.builders import a_draft, a_session, a_tool, okta, signed_in
from tests.services.watched import cursor_now, watching

T = EventType


async def test_everybody_is_told_what_they_may_read(services, acme):
    admin = await signed_in(services, acme.operator, "a@acme.test")
    user = await signed_in(services, acme.operator, "eve@acme.test", Role.USER)
    reader = await a_tool(services, acme.operator, frozenset({Permission.MEMBERS_READ}))
    writer = await a_tool(services, acme.operator, frozenset({Permission.SETTINGS_WRITE}))
    after = await cursor_now(services, acme.operator)

    await services.sessions.end(await signed_in(services, acme.operator, "eve@acme.test", Role.USER))
    await services.tokens.issue(acme.operator, TokenKind.SCIM, "Okta")
    bo = await services.memberships.create(acme.operator, a_draft("bo@acme.test"))

    everything = [
        T.MEMBER_UPDATED,  # the link
        T.AUDIT_RECORDED,  # the sign-in
        T.MEMBER_UPDATED,  # the role
        T.AUDIT_RECORDED,  # the sign-out
        T.TOKENS_CHANGED,
        T.MEMBER_CREATED,
    ]
    of_members = [T.MEMBER_UPDATED, T.MEMBER_UPDATED, T.MEMBER_CREATED]
    for actor, seen in ((admin, everything), (user, of_members), (reader, of_members)):
        async with watching(services, actor, after=after) as watched:
            told = await watched.events(len(seen))
        assert ([event.type for event in told], told[-1].membership_id) == (seen, bo.id)
    async with watching(services, writer, after=after) as watched:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(watched.event(), 0.3)


async def test_a_scim_token_watches_nothing(services, acme):
    async with watching(services, await okta(services, acme.operator)) as watched:
        with pytest.raises(Forbidden):
            await watched.event()


async def test_before_each_event_the_watcher_is_asked_for_anew(services, acme):
    tool, secret = await services.tokens.issue(acme.operator, TokenKind.API, "Tools")

    async def still() -> Actor:
        return await services.tokens.authenticate(secret, TokenKind.API)

    async with watching(services, await still(), reauthenticate=still) as watched:
        await watched.event()
        await services.memberships.create(acme.operator, a_draft("bo@acme.test"))
        assert (await watched.event()).type is T.MEMBER_CREATED
        await services.tokens.revoke(acme.operator, tool.id)
        await services.memberships.create(acme.operator, a_draft("cy@acme.test"))

        with pytest.raises(Unauthenticated, match="was revoked"):
            await watched.event()


async def test_with_nothing_to_tell_the_watcher_is_asked_for_anew_within_five_seconds(services, acme):
    secret = await a_session(services, acme.operator, "eve@acme.test")
    eve = await services.sessions.authenticate(secret)
    gone = asyncio.Event()

    async def still() -> Actor:
        if gone.is_set():
            raise Unauthenticated("You are not signed in.")
        return eve

    async with watching(services, eve, reauthenticate=still) as watched:
        await watched.event()
        waiting = asyncio.create_task(watched.event())
        await asyncio.wait([waiting], timeout=0.2)

        gone.set()
        began = asyncio.get_running_loop().time()

        with pytest.raises(Unauthenticated):
            await waiting
        assert asyncio.get_running_loop().time() - began < 5


@pytest.mark.parametrize("how", ["demoted", "deactivated", "removed", "signed out"])
async def test_who_loses_authority_watches_no_longer(services, acme, how):
    secret = await a_session(services, acme.operator, "eve@acme.test")
    eve = await services.sessions.authenticate(secret)
    lose = {
        "demoted": lambda: services.memberships.change_role(acme.operator, eve.membership_id, Role.USER),
        "deactivated": lambda: services.memberships.update(
            acme.operator, eve.membership_id, lambda before: before.with_active(False)
        ),
        "removed": lambda: services.memberships.remove(acme.operator, eve.membership_id),
        "signed out": lambda: services.sessions.end(eve),
    }

    async with watching(services, eve, reauthenticate=lambda: services.sessions.authenticate(secret)) as watched:
        await watched.event()
        await lose[how]()

        with pytest.raises(Forbidden if how == "demoted" else Unauthenticated):
            await watched.event()

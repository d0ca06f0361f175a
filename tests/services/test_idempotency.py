"""Idempotency keys: a call with the same key is done once, however often and however concurrently it comes."""

import asyncio
from dataclasses import replace

import pytest

from rollbook.domain.errors import AlreadyExists, InvalidValue, KeyReused, LastAdmin, VersionMismatch
from rollbook.domain.idempotency import Once
from rollbook.domain.roles import Role
from rollbook.services import Services
from rollbook.services.recording import Rehearsed
from tests.builders import ADMIN_AND_USER, a_draft, a_tool, every_member, signed_in
from tests.services.conftest import PEPPER
from tests.services.facts import everything_in


@pytest.fixture
async def services(database, clock):
    return Services(database, PEPPER, clock)


@pytest.fixture
async def tool(services, acme):
    return await a_tool(services, acme.operator)


def once(key="k1", mutation="addMember", digest=b"input"):
    return Once(key, mutation, digest)


ADDING = once()
SETTING = once(mutation="setMemberRole")


async def add(services, actor, email="bo@acme.test", once=ADDING):
    """Add a person under a key."""
    return await services.idempotency.run(
        actor, once, lambda keyed: services.memberships.create(keyed, a_draft(email)), lambda member: member.id
    )


async def change_role(services, actor, membership_id, role, once=SETTING, version=None):
    """Set a role under a key."""
    return await services.idempotency.run(
        actor,
        once,
        lambda keyed: services.memberships.change_role(keyed, membership_id, role, expected_version=version),
        lambda member: member.id,
    )


async def test_a_call_with_the_same_key_is_one_event_and_the_same_member(services, acme, tool):
    first = await add(services, tool)
    events = await services.audit.events(acme.operator)

    second = await add(services, tool)

    assert first.now is not None
    assert (second.now, second.object_id) == (None, first.now.id)
    assert await every_member(services, acme.operator) == [acme.admin, first.now]
    assert await services.audit.events(acme.operator) == events


@pytest.mark.parametrize("other", [once(digest=b"other"), once(mutation="importMembers")])
async def test_a_key_cannot_stand_for_two_things(services, acme, tool, other):
    made = await add(services, tool)
    events = await services.audit.events(acme.operator)

    with pytest.raises(KeyReused):
        await add(services, tool, "cy@acme.test", other)

    assert await every_member(services, acme.operator) == [acme.admin, made.now]
    assert await services.audit.events(acme.operator) == events


@pytest.mark.parametrize("key", ["", "k" * 129, "k\0", "schlüssel"])
async def test_what_cannot_be_a_key_is_refused_before_anything_is_done(services, acme, tool, key):
    with pytest.raises(InvalidValue) as refusal:
        await add(services, tool, once=once(key))

    assert refusal.value.field == "idempotencyKey"
    assert await every_member(services, acme.operator) == [acme.admin]


async def test_a_refused_call_may_be_repeated_with_its_key(services, acme, tool):
    await services.memberships.create(acme.operator, a_draft("bo@acme.test"))
    for _ in range(2):
        with pytest.raises(AlreadyExists):
            await add(services, tool)
    bo = (await every_member(services, acme.operator))[1]
    await services.memberships.remove(acme.operator, bo.id)

    made = await add(services, tool)

    assert made.now is not None
    assert await every_member(services, acme.operator) == [acme.admin, made.now]


async def test_a_key_belongs_to_its_principal(services, acme, globex, tool):
    await add(services, tool)
    other_tool = await a_tool(services, acme.operator)
    elsewhere = await a_tool(services, globex.operator)

    outcomes = [
        await add(services, actor, email)
        for actor, email in ((other_tool, "cy@acme.test"), (elsewhere, "eve@globex.test"))
    ]

    assert [outcome.now.user_name for outcome in outcomes] == ["cy@acme.test", "eve@globex.test"]


async def test_two_sessions_of_one_member_are_one_principal(services, acme):
    first, second = [await signed_in(services, acme.operator, "a@acme.test") for _ in range(2)]
    made = await add(services, first)

    again = await add(services, second)

    assert first.session_id != second.session_id
    assert (again.now, again.object_id) == (None, made.now.id)


async def test_a_key_is_remembered_for_24_hours(services, acme, tool, clock):
    made = await add(services, tool)
    clock.move(hours=23, minutes=59)
    assert (await add(services, tool)).object_id == made.now.id
    clock.move(minutes=1)

    with pytest.raises(AlreadyExists):
        await add(services, tool)
    other = await add(services, tool, "cy@acme.test", once(digest=b"other"))

    assert other.now is not None


async def test_old_keys_are_forgotten_and_young_ones_kept(services, acme, tool, clock, database):
    await add(services, tool, once=once("old"))
    clock.move(hours=23)
    await add(services, tool, "cy@acme.test", once("young"))
    clock.move(hours=1)

    await services.idempotency.forget()

    kept = await everything_in(database, "idempotency_keys")
    assert ("'old'" in kept, "'young'" in kept) == (False, True)


async def test_a_call_that_changes_nothing_is_remembered_too(services, acme, tool):
    bo = await services.memberships.create(acme.operator, a_draft("bo@acme.test"))
    first = await change_role(services, tool, bo.id, Role.USER)
    await services.memberships.change_role(acme.operator, bo.id, Role.ADMIN)

    again = await change_role(services, tool, bo.id, Role.USER)

    assert first.now == bo
    assert (again.now, again.object_id) == (None, bo.id)
    assert (await services.memberships.get(acme.operator, bo.id)).role is Role.ADMIN


async def test_a_repeated_change_of_a_version_is_no_conflict(services, acme, tool):
    bo = await services.memberships.create(acme.operator, a_draft("bo@acme.test"))
    first = await change_role(services, tool, bo.id, Role.ADMIN, version=1)

    again = await change_role(services, tool, bo.id, Role.ADMIN, version=1)

    assert first.now.version == 2
    assert again.object_id == bo.id
    with pytest.raises(VersionMismatch):
        await change_role(services, tool, bo.id, Role.ADMIN, once("k2"), version=1)


CALLS = {
    "create": lambda s, actor, bo: add(s, actor, "cy@acme.test"),
    "change of a version": lambda s, actor, bo: change_role(s, actor, bo.id, Role.ADMIN, version=1),
    "removal": lambda s, actor, bo: s.idempotency.run(
        actor, once(), lambda keyed: removed(s, keyed, bo.id), lambda removed_id: removed_id
    ),
    "change of nothing": lambda s, actor, bo: change_role(s, actor, bo.id, Role.USER),
}


async def removed(services, actor, membership_id):
    await services.memberships.remove(actor, membership_id)
    return membership_id


@pytest.mark.parametrize("call", CALLS)
async def test_of_ten_calls_with_one_key_at_once_one_is_done_and_all_succeed(services, acme, tool, call):
    bo = await services.memberships.create(acme.operator, a_draft("bo@acme.test"))
    before = await services.audit.events(acme.operator)

    async with asyncio.timeout(60):
        outcomes = await asyncio.gather(*(CALLS[call](services, tool, bo) for _ in range(10)))

    assert len({o.object_id or getattr(o.now, "id", o.now) for o in outcomes}) == 1
    events = await services.audit.events(acme.operator)
    assert len(events) - len(before) == (0 if call == "change of nothing" else 1)
    assert (await CALLS[call](services, tool, bo)).now is None


async def test_of_ten_demotions_of_one_of_two_admins_with_one_key_all_succeed(services, acme, tool):
    await services.memberships.create(acme.operator, a_draft("bo@acme.test", grants=ADMIN_AND_USER))

    outcomes = await asyncio.gather(
        *(change_role(services, tool, acme.admin.id, Role.USER) for _ in range(10)), return_exceptions=True
    )

    assert [o for o in outcomes if isinstance(o, LastAdmin)] == []
    assert (await services.memberships.get(acme.operator, acme.admin.id)).version == 2


async def test_of_ten_different_calls_with_one_key_at_once_one_is_done(services, acme, tool):
    async def one(at):
        return await add(services, tool, f"u{at}@acme.test", once(digest=str(at).encode()))

    outcomes = await asyncio.gather(*(one(at) for at in range(10)), return_exceptions=True)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["KeyReused"] * 9 + ["Outcome"]
    assert len(await every_member(services, acme.operator)) == 2


async def test_a_rehearsal_keeps_no_key(services, acme, tool, database):
    with pytest.raises(Rehearsed):
        await add(services, replace(tool, rehearses=True))

    assert await everything_in(database, "idempotency_keys") == ""
    assert (await add(services, tool)).now is not None

"""How the provisioning log is written: beside the transactions of the writes, within bounds, and for how long."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from rollbook.domain.actors import Actor, ActorKind, Channel
from rollbook.domain.errors import Busy
from rollbook.domain.exchanges import Answer, Exchange
from rollbook.domain.memberships import MembershipDraft
from rollbook.domain.provisioning import ProvisioningOutcome, ProvisioningRequest
from rollbook.domain.tokens import TokenKind
from rollbook.domain.values import new_id
from rollbook.persistence import provisioning
from rollbook.persistence.database import Collision
from rollbook.services import provisioning as service
from rollbook.services.provisioning import Provisioning
from tests.conftest import an_organization
from tests.log import kept as stored
from tests.log import log, note
from tests.services.facts import keep


async def a_client(services, of) -> Actor:
    token, _ = await services.tokens.issue(of.operator, TokenKind.SCIM, "Okta")
    return Actor(ActorKind.SCIM_TOKEN, Channel.SCIM, of.organization.id, "Okta", token.id, request_id="r1")


PATHS = [f"/Users/{new_id()}" for _ in range(4)]


def an_exchange(services, actor, method="PUT", path="/Users/0"):
    exchange = Exchange(method, path, "", "r1", None, services.clock())
    exchange.organization_id, exchange.token_id = actor.organization_id, actor.id
    return exchange


async def test_what_waits_for_a_commit_is_told_of_that_commit_only(database):
    told = []

    async def give_up(number):
        async with database.write() as tx:
            tx.once_committed(lambda: told.append(number))
            raise Collision("in the way")

    with pytest.raises(Collision):
        await give_up(1)
    async with database.write() as tx:
        tx.once_committed(lambda: told.append(2))
        assert told == []

    assert told == [2]
    await keep(database, "after")
    assert told == [2]


async def test_a_write_that_was_rolled_back_and_done_again_has_one_entry(services, acme, database, monkeypatch):
    actor = await a_client(services, acme)
    bo = await services.memberships.create(actor, MembershipDraft("bo@x.test"))
    exchange = an_exchange(services, actor, "PATCH", f"/Users/{bo.id}")
    actor = replace(actor, exchange=exchange)
    append, lost = provisioning.append, []

    async def lose_once(tx, entry):
        await append(tx, entry)
        if not lost:
            lost.append(entry)
            raise Collision("another change was faster")

    monkeypatch.setattr(provisioning, "append", lose_once)
    changed = await services.memberships.update(actor, bo.id, lambda before: before.with_active(False))
    exchange.member = changed
    services.provisioning.note(exchange, Answer(200))

    (entry,) = await log(services, acme)
    (event, *_) = await services.audit.events(acme.operator)
    assert (entry.event_id, entry.outcome) == (event.id, ProvisioningOutcome.SUCCEEDED)
    assert entry.id != lost[0].id

    # the other way round: the first time it would have changed something, the second time somebody else had done it
    again = an_exchange(services, actor, "PATCH", f"/Users/{bo.id}")
    lost.clear()
    wanted = iter([True, False])
    actor = replace(actor, exchange=again)
    again.member = await services.memberships.update(actor, bo.id, lambda before: before.with_active(next(wanted)))
    services.provisioning.note(again, Answer(200))

    told = [(each.outcome, each.event_id) for each in await log(services, acme)]
    assert told == [(ProvisioningOutcome.UNCHANGED, None), (ProvisioningOutcome.SUCCEEDED, event.id)]


async def test_a_failure_after_a_write_that_was_made_is_told_besides(services, acme):
    actor = await a_client(services, acme)
    exchange = an_exchange(services, actor, "PATCH", "/Groups/admins")
    exchange.keep()

    services.provisioning.note(exchange, Answer(200))
    services.provisioning.note(exchange, Answer(503, "BUSY", detail="Try again."))

    assert [(each.status, each.outcome) for each in await log(services, acme)] == [(503, ProvisioningOutcome.FAILED)]


async def test_what_is_noted_is_bounded_counted_and_crowds_out_nobody(services, acme, globex, monkeypatch):
    for name, number in (("MOST_NOTED", 30), ("MOST_NOTED_OF_ONE", 15), ("MOST_NOTED_WITH_SHARES", 40), ("SHARE", 5)):
        assert getattr(service, name) > number
        monkeypatch.setattr(service, name, number)
    others = [await an_organization(services, f"other{number}", f"o{number}@x.test") for number in range(3)]
    for of in (acme, globex, *others):
        actor = await a_client(services, of)
        for _ in range(22):
            services.provisioning.note(an_exchange(services, actor), Answer(404, "NOT_FOUND", detail="Nobody."))

    entries = await log(services, acme)

    assert (entries[0].code, entries[0].path, entries[0].status) == ("LEFT_OUT", "7 more", 0)
    assert "7 more requests" in entries[0].notes[0]
    counts = [sum(each.code == "NOT_FOUND" for each in await log(services, of)) for of in (acme, globex, *others)]
    assert counts == [15, 15, 5, 5, 0]
    assert [each.path for each in await log(services, others[2])] == ["22 more"]
    assert len(await log(services, acme)) == 16


async def test_what_could_not_be_written_now_is_written_the_next_time(services, acme, database, clock, monkeypatch):
    actor = await a_client(services, acme)
    kept = Provisioning(database, clock)
    for path in PATHS[:2]:
        kept.note(an_exchange(services, actor, path=path), Answer(404))
    write, busy = database.write, [True]

    def at_first_busy():
        if busy.pop() if busy else False:
            raise Busy("later")
        return write()

    monkeypatch.setattr(database, "write", at_first_busy)
    with pytest.raises(Busy):
        await kept.keep_noted()
    kept.note(an_exchange(services, actor, path=PATHS[2]), Answer(404))
    await kept.keep_noted()

    paths = [each.path for each in await stored(services, acme)]
    assert paths == PATHS[2::-1]


async def test_nothing_is_lost_or_twice_if_the_commit_is_cut_off(services, acme, database, clock, monkeypatch):
    actor = await a_client(services, acme)
    kept = Provisioning(database, clock)
    write, cut = database.write, [OSError("the line is dead")]

    @asynccontextmanager
    async def cut_off():
        async with write() as tx:
            yield tx
        if cut:
            raise cut.pop()

    monkeypatch.setattr(database, "write", cut_off)
    kept.note(an_exchange(services, actor, path=PATHS[0]), Answer(404))
    with pytest.raises(OSError, match="the line is dead"):
        await kept.keep_noted()
    kept.note(an_exchange(services, actor, path=PATHS[1]), Answer(404))
    cut.append(asyncio.CancelledError())
    with pytest.raises(asyncio.CancelledError):
        await kept.keep_noted()
    kept.note(an_exchange(services, actor, path=PATHS[2]), Answer(404))
    await kept.keep_noted()

    assert [each.path for each in await stored(services, acme)] == PATHS[2::-1]


async def test_only_an_entry_that_fails_alone_is_dropped(services, acme, globex, database, clock, monkeypatch):
    actor, other = await a_client(services, acme), await a_client(services, globex)
    kept = Provisioning(database, clock)
    append, broken = provisioning.append_once, {*PATHS[:3]}

    async def append_once(tx, entry):
        if entry.path in broken:
            raise ValueError(entry.path)
        await append(tx, entry)

    monkeypatch.setattr(provisioning, "append_once", append_once)
    for path in PATHS[:3]:
        kept.note(an_exchange(services, actor, path=path), Answer(404))
    for _ in range(10):  # as if the disk were full
        with pytest.raises(ValueError, match="/Users/"):
            await kept.keep_noted()
    broken.discard(PATHS[0])
    for path in PATHS[2:]:
        kept.note(an_exchange(services, other, path=path), Answer(404))
        with pytest.raises(ValueError, match="/Users/"):
            await kept.keep_noted()
        broken.discard(PATHS[1])
    broken.clear()
    await kept.keep_noted()

    assert [each.path for each in await stored(services, acme)] == PATHS[1::-1]
    assert [each.path for each in await stored(services, globex)] == PATHS[:1:-1]


async def test_what_is_noted_of_an_organization_that_is_deleted_is_dropped(services, acme, globex):
    theirs, ours = await a_client(services, globex), await a_client(services, acme)
    services.provisioning.note(an_exchange(services, theirs), Answer(404))
    services.provisioning.note(an_exchange(services, ours), Answer(404))
    await services.organizations.delete(globex.operator)

    assert len(await log(services, acme)) == 1


async def test_the_oldest_entries_give_way_when_the_log_is_full(services, acme, globex, database):
    await services.organizations.update(
        acme.operator,
        lambda before: replace(before, settings=replace(before.settings, provisioning_log_max_megabytes=1)),
    )
    for of in (acme, globex):
        async with database.write() as tx:
            for number in range(150):
                await provisioning.append(tx, an_entry(services, of, number))
        await note(services, await a_client(services, of), "/Schemas")
    async with database.read() as tx:
        found = {
            await provisioning.without_room(tx, acme.organization.id, most_bytes=10**6, stretch=stretch)
            for stretch in (1, 7, 94, 10_000)
        }
        assert await provisioning.without_room(tx, acme.organization.id, most_bytes=10**7, stretch=7) is None

    await services.provisioning.forget()

    (last,) = found
    assert last not in {each.id for each in await log(services, acme)}
    numbers = [each.path for each in await log(services, acme)]
    assert numbers[0] == "/Schemas"
    # 1 MB holds the newest one, and 94 entries of 10 kB and 600 bytes each
    assert numbers[1:] == [f"/{number}" for number in range(149, 149 - len(numbers[1:]), -1)]
    assert len(numbers) == 95
    assert len(await log(services, globex)) == 151
    await services.provisioning.forget()
    assert [each.path for each in await log(services, acme)] == numbers


def an_entry(services, of, number) -> ProvisioningRequest:
    return ProvisioningRequest(
        id=new_id(),
        organization_id=of.organization.id,
        token_id=None,
        occurred_at=services.clock(),
        method="GET",
        path=f"/{number}",
        status=400,
        request_id=None,
        request_body=f'"{"x" * 9_998}"',
    )

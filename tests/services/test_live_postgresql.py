"""The order in which events are told where many transactions write at once, and in a restored database."""

import asyncio

import asyncpg
import pytest

from rollbook.domain.audit import AuditAction
from rollbook.domain.errors import InvalidValue
from rollbook.domain.events import EventType
from rollbook.persistence import migrations, organizations
from rollbook.persistence.events import BEGINNING
from rollbook.services import Services
from rollbook.services.recording import record
from rollbook.settings import Settings
from tests.builders import a_draft
from tests.services.conftest import PEPPER
from tests.services.watched import cursor_now, settled, watching

pytestmark = pytest.mark.postgresql

HELD_SECONDS = 0.3
"""Long enough for an event that is not held back."""


@pytest.fixture
async def settings(postgresql, tmp_path):
    url = await postgresql.create()
    yield Settings(data_dir=tmp_path, database_url=url)
    await postgresql.drop(url)


@pytest.fixture
async def services(database):
    return Services(database, PEPPER)


class Slow:
    """An operation on a member whose transaction has written its event, and commits when it is told to."""

    def __init__(self, database, acme, member):
        self._wrote, self._go_on = asyncio.Event(), asyncio.Event()
        self._work = asyncio.create_task(self._write(database, acme, member))

    async def _write(self, database, acme, member):
        async with database.write() as tx:
            changed = AuditAction.MEMBERSHIP_UPDATED
            await record(tx, acme.operator, changed, "slow", at=member.created_at, memberships=[member.id])
            await organizations.find(tx, acme.organization.id)  # an event waits for the next statement
            self._wrote.set()
            await self._go_on.wait()

    async def has_written(self):
        """Once the event is there for nobody else to see."""
        await self._wrote.wait()
        return self

    async def commit(self):
        """Let it end."""
        self._go_on.set()
        await self._work


async def test_an_event_that_commits_late_is_told_before_those_that_began_later(services, acme, database):
    bo = await services.memberships.create(acme.operator, a_draft("bo@acme.test"))
    cy = await services.memberships.create(acme.operator, a_draft("cy@acme.test"))
    async with watching(services, acme.operator) as watched:
        await watched.event()
        first = await Slow(database, acme, bo).has_written()
        second = await Slow(database, acme, cy).has_written()

        await second.commit()
        waiting = asyncio.create_task(watched.events(2))
        done, _ = await asyncio.wait([waiting], timeout=HELD_SECONDS)
        await first.commit()

        told = await waiting
        assert not done
        assert [event.membership_id for event in told] == [bo.id, cy.id]
    async with watching(services, acme.operator, after=told[0].cursor) as watched:
        assert await watched.event() == told[1]


async def test_a_stream_that_begins_meanwhile_misses_none_of_them(services, acme, database):
    bo = await services.memberships.create(acme.operator, a_draft("bo@acme.test"))
    await settled(services, acme.operator)
    slow = await Slow(database, acme, bo).has_written()
    cy = await services.memberships.create(acme.operator, a_draft("cy@acme.test"))

    async with watching(services, acme.operator, at_once=True) as watched:
        await watched.event()
        await slow.commit()

        assert [event.membership_id for event in await watched.events(2)] == [bo.id, cy.id]


async def test_another_organizations_transaction_holds_an_event_back_only_while_it_runs(
    services, acme, globex, database
):
    async with watching(services, acme.operator) as watched:
        await watched.event()
        slow = await Slow(database, globex, globex.admin).has_written()
        bo = await services.memberships.create(acme.operator, a_draft("bo@acme.test"))
        waiting = asyncio.create_task(watched.event())
        done, _ = await asyncio.wait([waiting], timeout=HELD_SECONDS)

        await slow.commit()

        assert not done
        assert (await asyncio.wait_for(waiting, 1)).membership_id == bo.id


async def test_a_transaction_that_is_rolled_back_leaves_no_gap_to_wait_for(services, acme, database):
    async def refused():
        async with database.write() as tx:
            await record(tx, acme.operator, AuditAction.TOKEN_CREATED, "refused", at=acme.admin.created_at)
            raise RuntimeError("refused")

    async with watching(services, acme.operator) as watched:
        await watched.event()
        with pytest.raises(RuntimeError, match="refused"):
            await refused()
        bo = await services.memberships.create(acme.operator, a_draft("bo@acme.test"))

        assert (await watched.event()).membership_id == bo.id


async def test_a_database_restored_into_a_younger_server_is_brought_in_line_by_migrate(services, acme, settings):
    before = await cursor_now(services, acme.operator)
    await number_as_an_older_server(settings)
    bo = await services.memberships.create(acme.operator, a_draft("bo@acme.test"))

    await asyncio.to_thread(migrations.upgrade, settings.database_url)

    async with watching(services, acme.operator, after=services.live._cursor(acme.operator, BEGINNING)) as watched:
        told = await watched.events(2)
        assert [event.type for event in told] == [EventType.ORGANIZATION_UPDATED, EventType.MEMBER_CREATED]
        assert told[1].membership_id == bo.id
    async with watching(services, acme.operator, after=before) as watched:
        with pytest.raises(InvalidValue, match="read everything anew"):
            await watched.event()


async def number_as_an_older_server(settings):
    """Give every event a number that this server has not come to yet."""
    connection = await asyncpg.connect(settings.database_url)
    try:
        await connection.execute("UPDATE audit_events SET position = position + 1000000000000")
    finally:
        await connection.close()

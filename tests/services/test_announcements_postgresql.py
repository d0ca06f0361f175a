"""PostgreSQL tells every process what was committed in another one, in few messages, over lost connections too."""

import asyncpg
import pytest

from rollbook.persistence.notifications import CHANNEL
from rollbook.settings import Settings
from tests.builders import NOBODY
from tests.services.facts import opened
from tests.services.listening import ACME, change, heard, listening, woken

pytestmark = pytest.mark.postgresql


@pytest.fixture
async def settings(postgresql, tmp_path):
    url = await postgresql.create()
    yield Settings(data_dir=tmp_path, database_url=url)
    await postgresql.drop(url)


@pytest.fixture
async def other_process(settings):
    """The same database, opened once more."""
    other = await opened(settings)
    yield other
    await other.close()


async def test_another_process_is_woken_and_only_for_its_organization(database, other_process):
    async with listening(other_process, ACME, NOBODY) as (acme, nobody):
        await change(database, ACME, "a")
        await woken(acme)

        assert not await heard(nobody)


async def test_a_process_that_ends_at_once_has_told(settings, other_process):
    async with listening(other_process, ACME) as (news,):
        short = await opened(settings)
        await change(short, ACME, "a")
        await short.close()

        await woken(news)


async def test_a_lost_connection_comes_back_by_itself(settings, database, other_process):
    async with listening(other_process, ACME) as (news,):
        await hang_up_on_all(settings)

        await woken(news)  # it listens again, and something may have been missed
        news.expect()
        await change(database, ACME, "a")
        await woken(news)


async def test_many_commits_are_told_by_few_messages(settings):
    messages = []
    connection = await asyncpg.connect(settings.database_url)
    try:
        await connection.add_listener(CHANNEL, lambda *message: messages.append(message[3]))
        writer = await opened(settings)
        for number in range(100):
            await change(writer, ACME, f"{number}")
        await writer.close()
        await connection.fetchval("SELECT 1")

        assert set(messages) == {ACME}
        assert len(messages) < 50
    finally:
        await connection.close()


async def hang_up_on_all(settings):
    """End the connections for announcements of every process."""
    connection = await asyncpg.connect(settings.database_url)
    try:
        ended = await connection.fetch(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'rollbook announcements'"
        )
        assert ended
    finally:
        await connection.close()

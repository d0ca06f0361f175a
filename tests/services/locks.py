"""Waiting, in tests, until somebody waits for a lock."""

import asyncio

import asyncpg

SECONDS = 30
"""Longer than anything takes; where nobody waits the test fails."""

_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


async def until_someone_waits(url: str) -> None:
    """Return when a transaction in this database waits for another one's lock."""
    # by a connection of its own: inside a transaction what the server tells of its sessions stays as it was first read
    connection = await asyncpg.connect(url)
    try:
        async with asyncio.timeout(SECONDS):
            while not await connection.fetchval(_WAITING):
                pass
    finally:
        await connection.close()

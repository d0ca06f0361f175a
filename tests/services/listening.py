"""Listeners for tests: whether they were told of a change, and when all that can be heard is heard."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

from rollbook.persistence.announcements import News
from rollbook.persistence.database import Database
from rollbook.persistence.postgresql import PostgresqlDatabase
from tests.services.facts import add

ACME = "0198f2a4-7c1e-7b3a-9d42-000000000001"
"""An organization; nobody asks whether it exists."""

SECONDS = 20.0


@asynccontextmanager
async def listening(database: Database, *organization_ids: str) -> AsyncIterator[list[News]]:
    """Listen, from the moment at which all that can be heard is heard."""
    with ExitStack() as listeners:
        each = [listeners.enter_context(database.listening(organization_id)) for organization_id in organization_ids]
        for news in each:
            if isinstance(database, PostgresqlDatabase):
                await woken(news)  # the connection is there, and something may have been missed before
            news.expect()
        yield each


async def change(database: Database, organization_id: str, name: str) -> None:
    """Keep a number, and announce it to those who listen to the organization."""
    async with database.write() as tx:
        tx.announce(organization_id)
        await add(tx, name)


async def heard(news: News) -> bool:
    """Whether there is news at once."""
    return await waited(news, 0.05) < 0.05


async def woken(news: News) -> None:
    """Once there is news."""
    assert await waited(news, SECONDS) < SECONDS, "nobody told"


async def waited(news: News, seconds: float) -> float:
    """For how long there was no news."""
    before = asyncio.get_running_loop().time()
    await news.wait(seconds)
    return asyncio.get_running_loop().time() - before

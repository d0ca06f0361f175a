"""What the contract tests ask for besides services: the open database itself, and a second process in all but name."""

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rollbook.persistence.database import Database
from rollbook.persistence.sqlite import SqliteDatabase
from rollbook.services import Services
from rollbook.services.opening import open_services
from rollbook.settings import Settings
from tests.services.facts import opened

PEPPER = b"the key of all digests"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The moment at which it stands."""
        return self.moment

    def move(self, **by: float) -> None:
        """Let as much time pass."""
        self.moment += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    database = await opened(settings)
    yield database
    await database.close()


@pytest.fixture
async def sqlite(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    """The embedded database, for promises that only it makes."""
    path = tmp_path / "rollbook.sqlite3"
    shutil.copy(sqlite_template, path)
    database = SqliteDatabase(path)
    yield database
    await database.close()


@pytest.fixture
async def elsewhere(settings: Settings, services: Services) -> AsyncIterator[Services]:
    """Other services over the same database, as another process has them."""
    async with open_services(settings) as opened:
        yield opened

"""An organization with one of everything, somebody for every credential, and a neighbour who may see none of it.

It is made once (`making`) and copied for whoever changes something in it. Its clock stands still.
"""

import base64
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from rollbook.app import app_over
from rollbook.persistence.database import Database
from rollbook.persistence.sqlite import SqliteDatabase
from rollbook.services import Services
from tests.conftest import BASE_URL

from .outside import Outside

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)
PEPPER = b"the key of all digests of the matrix"
DOMAIN = "@acme.test"
A_LOG = "provisioning_requests"
Rows = dict[str, list[dict[str, object]]]
"""Every row, by its table."""


@dataclass
class Clock:
    """Stands where it is put."""

    moment: datetime = MOMENT

    def __call__(self) -> datetime:
        """The moment at which it stands."""
        return self.moment


@dataclass(frozen=True)
class World:
    """What a test needs to know of the world: where it is kept, who can act in it, and how its objects are called.

    `credentials` are the headers that each caller sends, `ids` the global ids of the organization's objects.
    """

    kept_in: Path
    handle: str
    credentials: dict[str, dict[str, str]]
    ids: dict[str, str]

    def named(self, value: Any) -> Any:
        """The value with the id of an object wherever its name stands, such as "@bo"."""
        if isinstance(value, dict):
            return {name: self.named(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.named(each) for each in value]
        return self.ids[value[1:]] if isinstance(value, str) and value.startswith("@") else value

    def traces(self, told: str, asked: str = "") -> list[str]:
        """What a text tells of the organization: the objects whose ids are in it, and its addresses.

        What stood in the question tells nothing.
        """
        marks = {mark: name for name, known_as in self.ids.items() for mark in (known_as, inner_id(known_as))}
        return [name for mark, name in (marks | {DOMAIN: DOMAIN}).items() if mark in told and mark not in asked]

    def belonging(self, rows: Rows) -> Rows:
        """The rows that are the organization's."""
        (own,) = [row["id"] for row in rows["organizations"] if row["handle"] == self.handle]
        return {
            table: [row for row in each if own in (row.get("organization_id"), row.get("id"))]
            for table, each in rows.items()
        }


@dataclass
class Copy:
    """A copy of the world that may be changed."""

    services: Services
    kept_in: Path

    def app(self) -> FastAPI:
        """The whole server over it, at which nobody has failed yet."""
        return app_over(self.services, BASE_URL)

    def rows(self) -> Rows:
        """All that is kept, but for what is only a log of what provisioning clients sent."""
        with closing(sqlite3.connect(self.kept_in)) as connection:
            connection.row_factory = sqlite3.Row
            tables = [row["name"] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            return {
                table: sorted((dict(row) for row in connection.execute(f'SELECT * FROM "{table}"')), key=repr)
                for table in tables
                if table != A_LOG
            }


@asynccontextmanager
async def copy_of(world: World, path: Path) -> AsyncIterator[Copy]:
    """A fresh copy in this file, open to the end of the block."""
    shutil.copy(world.kept_in, path)
    database = SqliteDatabase(path)
    try:
        yield Copy(services_over(database, Clock(), Outside()), path)
    finally:
        await database.close()


def services_over(database: Database, clock: Clock, outside: Outside) -> Services:
    """The services of the world."""
    return Services(database, PEPPER, clock, base_url=BASE_URL, gateways=outside.gateways())


def inner_id(global_id: str) -> str:
    """What an object is called whose global id this is, in the services and in SCIM."""
    return base64.b64decode(global_id).decode().partition(":")[2]

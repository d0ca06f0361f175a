"""What is measured side by side: the floor, Rollbook on both databases, and its peers, each a process of its own."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from benchmarks.crowds import fill, person, user_name
from benchmarks.installations import found, installation, opened, serving

HERE = Path(__file__).parent
CACHE = HERE.parent / ".bench"
PEER_PACKAGES = ("scim2-server==0.8.3", "uvicorn==0.54.0", "uvloop", "httptools")
_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
_START_SECONDS = 30


@dataclass(frozen=True)
class Target:
    """A server that runs: the SCIM address, the ids of its people, and what GraphQL needs if it has it."""

    name: str
    url: str
    pid: int
    headers: Mapping[str, str]
    ids: Sequence[str] = ()
    graphql_headers: Mapping[str, str] = field(default_factory=dict)

    def resident_megabytes(self) -> float:
        """How much memory the process holds now."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def floor() -> Iterator[Target]:
    """A bare ASGI app under the same server."""
    with _process([*_uvicorn(sys.executable), "benchmarks.floor:app"], HERE.parent) as (url, pid):
        yield Target("bare ASGI app", url, pid, {})


@contextmanager
def rollbook(database: str, members: int) -> Iterator[Target]:
    """Rollbook with this many members, every limit of rates off."""
    with installation(database) as settings:

        async def prepare() -> tuple[str, str]:
            async with opened(settings) as services:
                organization = await found(services, "acme")
            await fill(settings, organization.id, range(members))
            return organization.scim_token, organization.api_token

        scim_token, api_token = asyncio.run(prepare())
        with serving(settings) as server:
            headers = _headers(scim_token)
            url = f"{server.url}/scim/v2"
            graphql = {"Authorization": f"Bearer {api_token}", "Content-Type": "application/json"}
            ids = _ids(url, headers)
            yield Target(f"Rollbook, {database}", url, server.process.pid, headers, ids, graphql)


@contextmanager
def scim2_server(members: int) -> Iterator[Target]:
    """scim2-server from PyPI, in memory."""
    python = _environment()
    with _process([*_uvicorn(python), "scim2:app"], HERE / "peers") as (url, pid):
        headers = _headers("bench")
        ids = _load(f"{url}/v2", headers, members)
        yield Target("scim2-server", f"{url}/v2", pid, headers, ids)


@contextmanager
def scimmy(members: int) -> Iterator[Target]:
    """SCIMMY from npm, in memory."""
    folder = CACHE / "node"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "scimmy.mjs"):
        (folder / name).write_bytes((HERE / "peers" / name).read_bytes())
    subprocess.run(["npm", "install", "--silent", "--no-package-lock"], cwd=folder, check=True)
    with _process(["node", "scimmy.mjs"], folder) as (url, pid):
        headers = _headers("bench")
        ids = _load(f"{url}/scim/v2", headers, members)
        yield Target("SCIMMY", f"{url}/scim/v2", pid, headers, ids)


def targets(stack: ExitStack, members: int, *, peers: bool) -> list[Target]:
    """All of them, running until the stack is closed."""
    chosen = [floor(), rollbook("sqlite", members), rollbook("postgresql", members)]
    if peers:
        chosen += [scim2_server(members), scimmy(members)]
    return [stack.enter_context(each) for each in chosen]


def resource(number: int) -> dict[str, Any]:
    """The person with this number as a POST sends it."""
    return {"schemas": [_USER], "userName": user_name(number), "active": True, **person(number)}


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Content-Type": "application/scim+json"}


def _ids(url: str, headers: Mapping[str, str]) -> list[str]:
    page = httpx.get(f"{url}/Users?count=1000&attributes=userName", headers=dict(headers), timeout=60).json()
    return [each["id"] for each in page["Resources"]]


def _load(url: str, headers: Mapping[str, str], members: int) -> list[str]:
    with httpx.Client(headers=dict(headers), timeout=60) as client:
        ids = []
        for number in range(members):
            answer = client.post(f"{url}/Users", content=json.dumps(resource(number)))
            assert answer.status_code == 201, answer.text
            ids.append(answer.json()["id"])
        return ids[:1000]


def _uvicorn(python: str) -> list[str]:
    return [python, "-m", "uvicorn", "--log-level", "warning", "--no-access-log", "--http", "httptools", "--port"]


def _environment() -> str:
    python = CACHE / "python" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(CACHE / "python")], check=True)
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PEER_PACKAGES], check=True)
    return str(python)


@contextmanager
def _process(command: Sequence[str], folder: Path) -> Iterator[tuple[str, int]]:
    """A server whose last argument but one is a port; uvicorn's app comes behind it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    at_end = command[0] == "node"
    words = [*command, str(port)] if at_end else [*command[:-1], str(port), command[-1]]
    process = subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command} does not start")
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait(_START_SECONDS)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True

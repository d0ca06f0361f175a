"""Live events of real servers: one process on SQLite; on PostgreSQL writers at one process, readers at another."""

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.cli.command import Installation, Served
from tests.facades.drivers.scim import Scim
from tests.graphql.live import EVENTS, STREAM

_numbers = itertools.count()
SECONDS = 30


@dataclass
class Tenant:
    """An organization of its own, its identity provider at one server, and its tools at the other."""

    installation: Installation
    handle: str
    scim: Scim
    readers: httpx.AsyncClient
    api_token: str

    @property
    def domain(self) -> str:
        return f"{self.handle}.test"

    @asynccontextmanager
    async def watching(self, after: str | None = None) -> AsyncIterator["Watched"]:
        """The organization's events at the other server."""
        body = {"query": EVENTS, "variables": {"after": after}}
        headers = STREAM | {"Authorization": f"Bearer {self.api_token}"}
        async with self.readers.stream("POST", "/graphql", json=body, headers=headers) as answer:
            assert answer.status_code == 200, await answer.aread()
            yield Watched(answer.aiter_lines())


class Watched:
    """A stream that is read line by line."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def body(self) -> dict | None:
        """The next result, or None when the stream completes."""
        kind = ""
        while True:
            line = await asyncio.wait_for(anext(self._lines), SECONDS)
            name, _, value = line.partition(": ")
            kind = value if name == "event" else kind
            if kind == "complete":
                return None
            if name == "data":
                return json.loads(value)

    async def event(self) -> dict:
        """The next event."""
        body = await self.body()
        assert body is not None, "the stream is complete"
        assert "errors" not in body, body
        return body["data"]["organizationEvents"]

    async def member_event(self) -> dict:
        """The next event that is about a member; others may still come of how the organization was made."""
        while not (event := await self.event())["type"].startswith("MEMBER_"):
            pass
        return event


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Installation, Served, Served]]:
    """The installation, the server that is written to, and the one that is watched."""
    data_dir: Path = tmp_path_factory.mktemp("data")
    if request.param == "sqlite":
        installation = Installation(data_dir)
        with installation.serving() as server:
            yield installation, server, server
        return
    postgresql = request.getfixturevalue("postgresql")
    url = asyncio.run(postgresql.create())
    installation = Installation(data_dir, url)
    with ExitStack() as servers:
        yield installation, *(servers.enter_context(installation.serving()) for _ in range(2))
    asyncio.run(postgresql.drop(url))


@pytest.fixture
def made(served):
    """A new organization's handle, the secret of its SCIM token, and that of its API token."""
    return an_organization(served[0], f"tenant-{next(_numbers)}")


def an_organization(installation: Installation, handle: str) -> tuple[str, str, str]:
    installation.out(
        *("organization", "create", "--handle", handle, "--name", "A tenant", "--admin-email", f"admin@{handle}.test")
    )
    words = ("token", "create", "--organization", handle)
    scim = installation.out(*words, "--name", "Okta", "--kind", "scim")
    api = installation.out(*words, "--name", "Tools", "--kind", "api", "--scopes", "all")
    return handle, scim, api


@pytest.fixture
async def tenant(served, made):
    installation, written, watched = served
    handle, scim_token, api_token = made
    async with (
        httpx.AsyncClient(base_url=written.url, timeout=60) as writers,
        httpx.AsyncClient(base_url=watched.url, timeout=60) as readers,
    ):
        yield Tenant(installation, handle, Scim(writers, scim_token), readers, api_token)


async def test_what_the_identity_provider_pushes_is_told_at_once(tenant):
    async with tenant.watching() as watched:
        await watched.event()
        began = time.monotonic()

        await tenant.scim.create(f"bo@{tenant.domain}", "Bo Ek")

        assert (await watched.member_event())["type"] == "MEMBER_CREATED"
        assert time.monotonic() - began < 1.9  # and not only when it looks by itself


async def test_what_the_command_line_does_is_told_too(tenant):
    async with tenant.watching() as watched:
        await watched.event()

        words = ("admin", "login-link", "--organization", tenant.handle, "--email", f"admin@{tenant.domain}")
        result = await asyncio.to_thread(tenant.installation.process, *words)
        assert result.returncode == 0, result.stderr

        assert (await watched.member_event())["type"] == "MEMBER_UPDATED"


async def test_a_token_that_the_command_line_revokes_ends_its_stream_within_five_seconds(tenant):
    words = ("--organization", tenant.handle)
    async with tenant.watching() as watched:
        await watched.event()

        await asyncio.to_thread(tenant.installation.out, "token", "revoke", *words, "Tools")

        async with asyncio.timeout(5):
            while "errors" not in (body := await watched.body()):
                pass
        assert [error["extensions"]["code"] for error in body["errors"]] == ["UNAUTHENTICATED"]
        assert await watched.body() is None


@pytest.mark.slow(15)
async def test_of_a_thousand_writes_by_sixteen_clients_each_is_told_once_and_in_order(tenant):
    async def write(client: int) -> list[str]:
        """Make people and rename each: their ids."""
        made = []
        for number in numbers_of(client):
            person = await tenant.scim.create(f"p{number}@{tenant.domain}", "Bo Ek")
            await tenant.scim.rename(person.id, f"q{number}@{tenant.domain}")
            made.append(person.id)
        return made

    def numbers_of(client: int) -> range:
        return range(client, 500, 16)

    async with tenant.watching() as watched:
        cursor = (await watched.event())["cursor"]
    writing = asyncio.gather(*(write(client) for client in range(16)))
    told: list[dict] = []
    while len(told) < 1000:  # the reader loses its connection every now and then
        async with tenant.watching(cursor) as watched:
            told += [await watched.member_event() for _ in range(min(130, 1000 - len(told)))]
            cursor = told[-1]["cursor"]
    made = await writing

    assert len({event["cursor"] for event in told}) == 1000
    of_each: dict[str, list[str]] = {}
    for event in told:
        of_each.setdefault(event["memberId"], []).append(event["type"])
    assert len(of_each) == sum(len(people) for people in made) == 500
    assert {tuple(types) for types in of_each.values()} == {("MEMBER_CREATED", "MEMBER_UPDATED")}


@pytest.fixture
def stopping(server, tmp_path):
    """A server of the test's own; on PostgreSQL with two workers."""
    url = None if server is None else asyncio.run(server.create())
    installation = Installation(tmp_path, url)
    with installation.serving(*(() if url is None else ("--workers", "2"))) as served:
        yield served, an_organization(installation, "acme")
    if url is not None:
        asyncio.run(server.drop(url))


async def test_open_streams_complete_when_the_server_stops_and_do_not_keep_it(stopping, tmp_path):
    served, (handle, _, api_token) = stopping
    async with httpx.AsyncClient(base_url=served.url, timeout=60) as http:
        tenant = Tenant(Installation(tmp_path), handle, Scim(http, ""), http, api_token)
        async with tenant.watching() as one, tenant.watching() as two:
            await one.event()
            await two.event()

            code, *ended = await asyncio.gather(asyncio.to_thread(served.stop), one.body(), two.body())

            assert (code, ended) == (0, [None, None])
            assert served.process.stderr.read() == ""

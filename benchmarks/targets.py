"""What is measured side by side: the floor, and Rollbook on both databases, each a process of its own."""

import asyncio
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from benchmarks.crowds import external_id, fill, fill_all, person, user_name
from benchmarks.installations import TITLES, Organization, database_pid, found, installation, opened, serving
from benchmarks.machine import core_of_load, core_of_server, keep_on_core
from benchmarks.processes import MEGABYTE, free_port, held_bytes, listening, tree
from rollbook.settings import Settings

HERE = Path(__file__).parent
FLOOR = "bare ASGI app"
SMALL, LARGE = "small", "large"
FEW = 10
"""How many members a small group has, besides those in flux."""
IN_FLUX = 64
"""How many members go out of and into a group in turn: so many that no two requests on their way are for the same."""
_USER = "urn:ietf:params:scim:schemas:core:2.0:User"


@dataclass(frozen=True)
class Group:
    """A group that members leave and join again: its path, the headers to send, and the ids of those members."""

    path: str
    headers: Mapping[str, str]
    ids: Sequence[str]


@dataclass(frozen=True)
class Target:
    """A server that runs: its origin, the path of its SCIM facade, ids of its people, and what it has besides.

    `pid` is of its first process. `groups`: a small and a large one. `pinned`: it stays on one core.
    """

    name: str
    origin: str
    scim: str
    pid: int
    headers: Mapping[str, str]
    ids: Sequence[str] = ()
    groups: Mapping[str, Group] = field(default_factory=dict)
    graphql_headers: Mapping[str, str] = field(default_factory=dict)
    pinned: bool = True
    database: int | None = None

    @property
    def is_rollbook(self) -> bool:
        """Whether it is the product, and not something that it is compared with."""
        return bool(self.graphql_headers)

    def held_megabytes(self) -> float:
        """How much memory its processes hold now, those of a database server not counted."""
        return held_bytes(self.pid) / MEGABYTE

    def database_megabytes(self) -> float | None:
        """How much the processes of its database server hold now; None if it has none of its own."""
        return None if self.database is None else held_bytes(self.database) / MEGABYTE


@contextmanager
def floor(app: str = "app") -> Iterator[Target]:
    """A bare ASGI app under the same server."""
    port, core = free_port(), core_of_server()
    with listening(
        [*uvicorn(sys.executable, port), f"benchmarks.floor:{app}"], port, folder=HERE.parent, core=core
    ) as pid:
        yield Target(FLOOR, f"http://127.0.0.1:{port}", "", pid, {})


@contextmanager
def rollbook(database: str, members: int, *, workers: int = 1, many: int | None = None) -> Iterator[Target]:
    """Rollbook with this many members, every limit of rates off.

    Beside them stand two organizations whose groups are changed: one of a few members, and one of `many`, if given.
    """
    with installation(database) as settings:
        acme, groups = asyncio.run(_prepared(settings, members, many))
        core = core_of_server() if workers == 1 else None
        database_id = database_pid(settings)
        if core is not None and database_id is not None:
            # or its processes, which can go anywhere, would crowd out the server, which cannot
            keep_on_core(tree(database_id), core_of_load())
        with serving(settings, workers=workers, core=core) as server:
            headers = scim_headers(acme.scim_token)
            url = f"{server.url}/scim/v2"
            beside = "" if workers == 1 else f", {workers} workers"
            yield Target(
                f"Rollbook, {TITLES[database]}{beside}",
                server.url,
                "/scim/v2",
                server.process.pid,
                headers,
                ids(url, headers, members),
                {size: _users_of(url, each) for size, each in groups.items()},
                {"Authorization": f"Bearer {acme.api_token}", "Content-Type": "application/json"},
                pinned=workers == 1,
                database=database_id,
            )


async def _prepared(settings: Settings, members: int, many: int | None) -> tuple[Organization, dict[str, Organization]]:
    people = {SMALL: FEW + IN_FLUX} | ({} if many is None else {LARGE: many})
    async with opened(settings) as services:
        acme = await found(services, "acme")
        groups = {size: await found(services, size) for size in people}
    await fill(settings, acme.id, range(members))
    apart = 10_000_000  # addresses are unique in an installation
    crowds = {}
    for size, count in people.items():
        crowds[groups[size].id] = range(apart, apart + count - 1)  # the admin is one of them
        apart += count
    await fill_all(settings, crowds)
    return acme, groups


def _users_of(url: str, organization: Organization) -> Group:
    headers = scim_headers(organization.scim_token)
    return Group("/scim/v2/Groups/users", headers, ids(url, headers, IN_FLUX))


def resource(number: int) -> dict[str, Any]:
    """The person with this number as a POST sends it."""
    sent = {"userName": user_name(number), "externalId": external_id(number), "active": True}
    return {"schemas": [_USER], **sent, **person(number)}


def scim_headers(token: str) -> dict[str, str]:
    """The headers of a provisioning client."""
    return {"Authorization": f"Bearer {token}", "Content-Type": "application/scim+json"}


def ids(url: str, headers: Mapping[str, str], most: int) -> list[str]:
    """The ids of up to a thousand people, the organization's first admin not among them."""
    answer = httpx.get(f"{url}/Users?count=1000&attributes=userName", headers=dict(headers), timeout=60)
    answer.raise_for_status()
    found = [each["id"] for each in answer.json()["Resources"] if each["userName"].startswith("person")]
    return found[:most]


def uvicorn(python: str, port: int) -> list[str]:
    """The server of ASGI apps as it is configured for all of them; the app is to come."""
    # else connections whose next request waits while a slow one is answered are closed as idle
    patient = ["--timeout-keep-alive", "600"]
    plain = ["--log-level", "warning", "--no-access-log", "--http", "httptools", "--loop", "uvloop"]
    return [python, "-m", "uvicorn", *plain, *patient, "--port", str(port)]

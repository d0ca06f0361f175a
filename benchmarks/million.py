"""What an organization of a million members costs, beside one of a thousand in the same installation.

`python -m benchmarks.million [--members 1000000] [--database sqlite]` prints a table for each database.
"""

import argparse
import asyncio
import http.client
import json
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

from benchmarks.crowds import external_id, fill, user_name
from benchmarks.installations import Organization, ServerProcess, found, installation, opened, serving
from rollbook.settings import Settings

SMALL = 1000
NAMES = "attributes=userName&count=100"
ROUNDS = 30
MEGABYTE = 1_000_000
FIRST_SMALL = 10_000_000
"""The number of the small organization's first person: addresses are unique in an installation."""


class Client:
    """One provisioning client on one connection."""

    def __init__(self, server: ServerProcess, organization: Organization) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=600)
        self._headers = {
            "Authorization": f"Bearer {organization.scim_token}",
            "Content-Type": "application/scim+json",
        }

    def send(self, method: str, path: str, body: Any = None) -> http.client.HTTPResponse:
        """The answer, its body not read yet."""
        sent = None if body is None else json.dumps(body)
        self._connection.request(method, f"/scim/v2{path}", sent, self._headers)
        response = self._connection.getresponse()
        assert response.status in (200, 204), response.read()
        return response

    def get(self, path: str) -> Any:
        """The answer to GET, as JSON."""
        return json.loads(self.send("GET", path).read())

    def change(self, path: str, *operations: dict[str, Any]) -> None:
        """A PATCH of these operations."""
        urn = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
        self.send("PATCH", path, {"schemas": [urn], "Operations": operations}).read()


class Memory:
    """The most that a server held while something ran, above what it held before; looked at all the time."""

    def __init__(self, server: ServerProcess) -> None:
        self._server = server
        self._ended = threading.Event()

    def __enter__(self) -> "Memory":
        self.before = self.most = self._server.resident_bytes()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(0.02):
            self.most = max(self.most, self._server.resident_bytes())

    @property
    def grown(self) -> str:
        """The growth, in megabytes."""
        return f"{(self.most - self.before) / MEGABYTE:+.0f} MB on {self.before / MEGABYTE:.0f} MB"


def measure(server: ServerProcess, small: Organization, large: Organization, members: int) -> Iterator[tuple[str, str]]:
    """What was measured, line by line."""
    small_client, large_client = Client(server, small), Client(server, large)
    operations = (
        Operations(small_client, FIRST_SMALL + SMALL // 2, SMALL // 2),
        Operations(large_client, members // 2, members // 2),
    )
    for name, act in OPERATIONS.items():
        yield name, _compared(*(partial(act, each) for each in operations))
    yield "first page by index, with the count", _milliseconds(lambda: large_client.get(f"/Users?{NAMES}"))
    middle = f"/Users?{NAMES}&startIndex={members // 2}"
    yield "jump to a page in the middle", _milliseconds(lambda: large_client.get(middle))
    yield from _walks(server, large_client, members + 1)
    yield from _streams(server, large_client)


class Operations:
    """What a provisioning client does again and again, for one person of its organization."""

    def __init__(self, client: Client, number: int, start_index: int) -> None:
        self._client = client
        self._name = user_name(number)
        self._external_id = external_id(number)
        self._id = client.get(f"/Users?startIndex={start_index}&count=1")["Resources"][0]["id"]

    def get(self) -> None:
        """By id."""
        self._client.get(f"/Users/{self._id}")

    def by_name(self) -> None:
        """By userName, as every provider looks for people."""
        self._find(f'userName eq "{self._name}"')

    def by_external_id(self) -> None:
        """By externalId, with an order that has no index."""
        self._find(f'externalId eq "{self._external_id}"', "&sortBy=userName")

    def by_email(self) -> None:
        """By an e-mail address of a type (E-13)."""
        self._find(f'emails[type eq "work" and value eq "{self._name}"]', "&cursor=")

    def patch(self) -> None:
        """One attribute."""
        change = {"op": "replace", "path": "title", "value": str(time.monotonic())}
        self._client.change(f"/Users/{self._id}", change)

    def patch_groups(self) -> None:
        """In and out of both groups."""
        member = {"path": "members", "value": [{"value": self._id}]}
        for group, op in (("admins", "add"), ("users", "remove"), ("users", "add")):
            self._client.change(f"/Groups/{group}", {"op": op, **member})
        self._client.change("/Groups/admins", {"op": "remove", "path": f'members[value eq "{self._id}"]'})

    def check_member(self) -> None:
        """As Entra asks whether somebody is in a group (E-19)."""
        wanted = quote(f'id eq "users" and members eq "{self._id}"')
        self._client.get(f"/Groups?excludedAttributes=members&filter={wanted}")

    def group(self) -> None:
        """A group without its members."""
        self._client.get("/Groups/users?excludedAttributes=members")

    def _find(self, criterion: str, rest: str = "") -> None:
        found = self._client.get(f"/Users?filter={quote(criterion)}{rest}")
        assert found["totalResults"] == 1, criterion


OPERATIONS: dict[str, Callable[[Operations], None]] = {
    "GET by id": Operations.get,
    "filter userName eq": Operations.by_name,
    "filter externalId eq, sorted": Operations.by_external_id,
    "filter emails[type eq and value eq], by cursor": Operations.by_email,
    "PATCH of a user": Operations.patch,
    "group deltas: four PATCHes": Operations.patch_groups,
    "members eq, as Entra checks": Operations.check_member,
    "group without its members": Operations.group,
}


def _walks(server: ServerProcess, client: Client, members: int) -> Iterator[tuple[str, str]]:
    seconds = {}
    for way, walk in (("cursor", _by_cursor), ("index", _by_index)):
        with Memory(server) as memory:
            started = time.perf_counter()
            pages, seen = walk(client)
            seconds[way] = time.perf_counter() - started
        assert seen == members
        yield f"walk by {way}", f"{pages} pages in {seconds[way]:.1f} s, {memory.grown}"
    yield "walk by index / by cursor", f"{seconds['index'] / seconds['cursor']:.2f}"


def _streams(server: ServerProcess, client: Client) -> Iterator[tuple[str, str]]:
    for speed, pause in (("as fast as it comes", 0.0), ("1 MB each 10 ms", 0.01)):
        with Memory(server) as memory:
            started = time.perf_counter()
            read = _read_through(client.send("GET", "/Groups/users"), pause)
            took = time.perf_counter() - started
        yield f"the group's members, read {speed}", f"{read / MEGABYTE:.0f} MB in {took:.1f} s, {memory.grown}"


def _read_through(response: http.client.HTTPResponse, pause: float) -> int:
    size = 0
    while piece := response.read(MEGABYTE):
        size += len(piece)
        time.sleep(pause)
    return size


def _by_cursor(client: Client) -> tuple[int, int]:
    pages, seen, cursor = 0, set[str](), ""
    while True:
        page = client.get(f"/Users?{NAMES}&cursor={cursor}")
        pages += 1
        seen.update(resource["id"] for resource in page["Resources"])
        if "nextCursor" not in page:
            return pages, len(seen)
        cursor = page["nextCursor"]


def _by_index(client: Client) -> tuple[int, int]:
    pages, seen, start = 0, set[str](), 1
    while True:
        page = client.get(f"/Users?{NAMES}&startIndex={start}")
        pages += 1
        seen.update(resource["id"] for resource in page["Resources"])
        start += page["itemsPerPage"]
        if start > page["totalResults"]:
            return pages, len(seen)


def _compared(small: Callable[[], Any], large: Callable[[], Any]) -> str:
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for act, taken in zip((small, large), times, strict=True):
            started = time.perf_counter()
            act()
            taken.append(time.perf_counter() - started)
    of_small, of_large = (statistics.median(each) * 1000 for each in times)
    return f"{of_large:.2f} ms, {of_large / of_small:.2f} x that of {SMALL} members"


def _milliseconds(act: Callable[[], Any]) -> str:
    started = time.perf_counter()
    act()
    return f"{(time.perf_counter() - started) * 1000:.0f} ms"


async def _prepare(settings: Settings, members: int) -> tuple[Organization, Organization]:
    async with opened(settings) as services:
        small, large = await found(services, "small"), await found(services, "large")
    await fill(settings, small.id, range(FIRST_SMALL, FIRST_SMALL + SMALL))
    await fill(settings, large.id, range(members))
    return small, large


def main() -> None:
    """Measure as the command line says."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--members", type=int, default=1_000_000)
    arguments.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    asked = arguments.parse_args()
    for database in asked.database or ("sqlite", "postgresql"):
        with installation(database) as settings:
            organizations = asyncio.run(_prepare(settings, asked.members))
            print(f"\n| {database}, {asked.members} members | |\n|---|---|", flush=True)
            with serving(settings) as server:
                for name, value in measure(server, *organizations, asked.members):
                    print(f"| {name} | {value} |", flush=True)


if __name__ == "__main__":
    main()

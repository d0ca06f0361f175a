"""Several processes over one database: as fast as one, and nothing lost while many clients write at once.

`python -m benchmarks.crowding [DATABASE ...] [--quick]` prints it. Nothing is pinned: all share the cores.
"""

import argparse
import asyncio
import itertools
import json
import sqlite3
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import asyncpg
import httpx

from benchmarks.crowds import fill, person
from benchmarks.figures import grouped, within
from benchmarks.installations import (
    DATABASES,
    Organization,
    found,
    installation,
    opened,
    refusal,
    serving,
)
from benchmarks.load import load, require_wrk
from benchmarks.operations import operations
from benchmarks.targets import Target, ids, scim_headers
from rollbook.domain.audit import AuditAction
from rollbook.domain.descriptions import draft
from rollbook.domain.roles import Role
from rollbook.settings import Settings

Rows = list[tuple[str, str]]

PROCESSES = 16
_PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
_LEAST = 1.0
"""Of one process's rate: what two must reach at least."""

_COMPARED = ("GET user by id", "filter userName eq", "PATCH active", "mixed load")
_CONNECTIONS = (16, 64)
"""Of the load: what each of two processes shares among those who ask at the same moment is half as many."""

_POOL_SIZE = 3
"""Of one process here: 16 times 3 and one more find room among the 100 connections that a server takes by default."""


@dataclass(frozen=True)
class Sizes:
    """How many members there are, how long and how often is measured, and how many clients write how often."""

    members: int = 10_000
    seconds: int = 2
    rounds: int = 11
    clients: int = 64
    writes: int = 60
    processes: int = PROCESSES


QUICK = Sizes(members=1_000, seconds=2, rounds=1, clients=16, writes=20)


def measure(database: str, *, quick: bool = False) -> tuple[Rows, dict[str, Any]]:
    """Named values for readers, and the same and more as plain data. `AssertionError` if a write was lost."""
    require_wrk()
    sizes = QUICK if quick else Sizes()
    with installation(database) as settings:
        refused = refusal(settings, workers=2)
    if refused is not None:
        return [("two processes", f"not measured: “{refused}”"), *_alone(database, sizes)], {"refused": refused}
    print(f"workers: {database}", flush=True)
    rows, rates = _rates(database, sizes)
    told, checked = _crowd(database, sizes, sizes.processes)
    return rows + told, {"rates": rates, "crowd": checked}


def _alone(database: str, sizes: Sizes) -> Rows:
    """What many clients of one process wrote: where there can be only one."""
    return _crowd(database, sizes, 1)[0]


def _rates(database: str, sizes: Sizes) -> tuple[Rows, dict[str, Any]]:
    """The same loads on one process and on two, in interleaved rounds."""
    compared = [each for each in operations() if each.name in _COMPARED]
    rates: dict[tuple[str, int], dict[int, list[float]]] = {}
    with ExitStack() as stack:
        targets = {workers: stack.enter_context(_target(database, sizes.members, workers)) for workers in (1, 2)}
        numbers = dict.fromkeys(targets, 0)
        for number in range(sizes.rounds):
            for operation, connections in itertools.product(compared, _CONNECTIONS):
                for workers in sorted(targets, reverse=bool(number % 2)):
                    target = targets[workers]
                    outcome = load(
                        target.origin,
                        operation.requests(target, sizes.members),
                        target.headers,
                        seconds=sizes.seconds,
                        first_number=numbers[workers],
                        connections=connections,
                        pinned=False,
                    )
                    assert not outcome.failed, f"{outcome.failed} requests of {workers} processes failed"
                    numbers[workers] = outcome.next
                    of_load = rates.setdefault((operation.name, connections), {each: [] for each in targets})
                    of_load[workers].append(outcome.rate)
    rows = [(f"{name}, {connections} connections", _compared(each)) for (name, connections), each in rates.items()]
    return rows, {
        f"{name}, {connections}": {str(workers): each for workers, each in of_load.items()}
        for (name, connections), of_load in rates.items()
    }


def _compared(rates: Mapping[int, Sequence[float]]) -> str:
    """One process and two, and how much longer two take: the median of the rounds, because the machine drifts."""
    one, two = (grouped(statistics.median(rates[workers])) for workers in (1, 2))
    slower = statistics.median(alone / both for alone, both in zip(rates[1], rates[2], strict=True))
    return f"one process {one} a second, two {two}; one to two (at most {_LEAST:.0f}) {within(slower, _LEAST)}"


@contextmanager
def _target(database: str, members: int, workers: int) -> Iterator[Target]:
    with installation(database) as settings:
        acme = asyncio.run(_founded(settings))
        asyncio.run(fill(settings, acme.id, range(members)))
        with serving(settings, workers=workers) as server:
            headers = scim_headers(acme.scim_token)
            people = ids(f"{server.url}/scim/v2", headers, members)
            yield Target(f"{workers} processes", server.url, "/scim/v2", server.process.pid, headers, people)


@dataclass
class _Written:
    """What a client was told: statuses, members that it made or changed last, by id, and how many changes that was."""

    statuses: Counter[int] = field(default_factory=Counter)
    last: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    changes: Counter[str] = field(default_factory=Counter)
    gone: set[str] = field(default_factory=set)


def _crowd(database: str, sizes: Sizes, processes: int) -> tuple[Rows, dict[str, Any]]:
    """Many clients that write through many processes at once; then all of it is looked for."""
    with installation(database) as settings:
        acme = asyncio.run(_founded(settings))
        shared = asyncio.run(_people(settings, acme))
        before = asyncio.run(_events(settings))
        with serving(replace(settings, pool_size=_POOL_SIZE), workers=processes) as server:
            written = asyncio.run(_all_write(server.url, acme, shared, sizes))
            events = asyncio.run(_events(settings)) - before
            told = asyncio.run(_checked(server.url, acme, events, shared, written))
    count = sum(written.statuses.values())
    rows = [
        (
            f"{processes} process{'es' if processes > 1 else ''}, {sizes.clients} clients that write",
            f"{grouped(count)} writes; answers: {_counted(written.statuses)}",
        ),
        ("looked for afterwards", told),
    ]
    return rows, {"processes": processes, "statuses": dict(written.statuses), "checked": told}


async def _founded(settings: Settings) -> Organization:
    async with opened(settings) as services:
        return await found(services, "acme")


_SHARED = 8


async def _people(settings: Settings, acme: Organization) -> list[str]:
    """Members whom all clients change at once."""
    async with opened(settings) as services:
        operator = await services.organizations.operator("acme")
        made = [
            await services.memberships.create(
                operator, draft(email=f"shared{at}@crowd.test", name=None, role=Role.USER)
            )
            for at in range(_SHARED)
        ]
    return [each.id for each in made]


def _person(name: str) -> str:
    address = f"{name}@crowd.test"
    emails = [{"value": address, "type": "work", "primary": True}]
    return json.dumps({"schemas": [_USER], **person(1), "userName": address, "externalId": name, "emails": emails})


def _change(**values: Any) -> str:
    operations = [{"op": "replace", "path": path, "value": value} for path, value in values.items()]
    return json.dumps({"schemas": [_PATCH], "Operations": operations})


def _members(op: str, ids: Sequence[str]) -> str:
    operations = [{"op": op, "path": "members", "value": [{"value": each} for each in ids]}]
    return json.dumps({"schemas": [_PATCH], "Operations": operations})


async def _all_write(url: str, acme: Organization, shared: Sequence[str], sizes: Sizes) -> _Written:
    written = _Written()
    limits = httpx.Limits(max_connections=sizes.clients)
    async with httpx.AsyncClient(
        base_url=f"{url}/scim/v2", headers=scim_headers(acme.scim_token), timeout=120, limits=limits
    ) as client:
        await asyncio.gather(
            *(_writes(client, f"client{at}", shared, sizes.writes, written) for at in range(sizes.clients))
        )
    return written


async def _writes(client: httpx.AsyncClient, name: str, shared: Sequence[str], count: int, written: _Written) -> None:
    """One client: makes members, changes them and those of all, moves them in and out of a group, deletes some."""

    async def send(method: str, path: str, body: str | None = None) -> httpx.Response:
        while True:
            answer = await client.request(method, path, content=body)
            written.statuses[answer.status_code] += 1
            # refused whole, because another change got in the way: as clients do, once more
            if answer.status_code not in (409, 503):
                return answer
            await asyncio.sleep(0.05)

    numbers = itertools.count()
    for at in range(count):
        made = await send("POST", "/Users", _person(f"{name}-{at}"))
        own = made.json()["id"]
        title = f"Title {next(numbers)}"
        written.last[own] = (await send("PATCH", f"/Users/{own}", _change(title=title))).json()
        other = shared[at % len(shared)]
        changed = await send("PATCH", f"/Users/{other}", _change(nickName=f"{name} {at}"))
        assert changed.status_code == 200, changed.text
        written.changes[other] += 1
        for op in ("remove", "add"):
            moved = await send("PATCH", "/Groups/users", _members(op, [own]))
            assert moved.status_code == 204, moved.text
            written.changes[own] += 1
        if at % 4 == 3:
            await send("DELETE", f"/Users/{own}")
            written.gone.add(own)


async def _checked(url: str, acme: Organization, events: Counter[str], shared: Sequence[str], written: _Written) -> str:
    """What was found to be true, in a phrase. `AssertionError` otherwise."""
    failed = {status: count for status, count in written.statuses.items() if status >= 500}
    assert not failed, f"answers that tell of a fault: {failed}"
    async with httpx.AsyncClient(
        base_url=f"{url}/scim/v2", headers=scim_headers(acme.scim_token), timeout=120
    ) as client:
        for id_, last in written.last.items():
            answer = await client.get(f"/Users/{id_}")
            if id_ in written.gone:
                assert answer.status_code == 404, f"{id_} was deleted and is there"
                continue
            now = answer.json()
            assert now["title"] == last["title"], f"a change of {id_} was lost"
            # made, changed once, and moved out of a group and back
            assert _version(now) == 2 + written.changes[id_], f"{id_} has version {_version(now)}"
        for id_ in shared:
            version = _version((await client.get(f"/Users/{id_}")).json())
            assert version == 1 + written.changes[id_], f"{id_}: version {version}, {written.changes[id_]} changes"
        listed = {each["value"] for each in (await client.get("/Groups/users")).json()["members"]}
        living = set(written.last) - written.gone
        assert living <= listed, f"{len(living - listed)} members are not in the group to which they were added last"
        assert not written.gone & listed, "who was deleted is still in a group"
    wanted = Counter(
        {
            AuditAction.MEMBERSHIP_CREATED: len(written.last),
            AuditAction.MEMBERSHIP_UPDATED: len(written.last) + sum(written.changes[each] for each in shared),
            AuditAction.MEMBERSHIP_REMOVED: len(written.gone),
            AuditAction.GROUP_MEMBERS_CHANGED: 2 * len(written.last),
        }
    )
    assert events == wanted, f"events {events}, changes {wanted}"
    return (
        f"{grouped(len(written.last))} members as they were answered last or gone, every version the number of its "
        f"changes, the group whole, {grouped(sum(wanted.values()))} audit events for as many changes; "
        f"no answer of 500 or above"
    )


def _version(resource: Mapping[str, Any]) -> int:
    return int(resource["meta"]["version"].removeprefix('W/"').rstrip('"'))


async def _events(settings: Settings) -> Counter[str]:
    """How many events there are of each action."""
    query = "SELECT action, count(*) FROM audit_events GROUP BY action"
    if settings.embedded:
        with closing(sqlite3.connect(settings.database_path)) as connection:
            return Counter(dict(connection.execute(query).fetchall()))
    server = await asyncpg.connect(settings.url)
    try:
        return Counter({row[0]: row[1] for row in await server.fetch(query)})
    finally:
        await server.close()


def _counted(statuses: Mapping[int, int]) -> str:
    return ", ".join(f"{count} of {status}" for status, count in sorted(statuses.items()))


def main() -> None:
    """Measure, and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crowding", description=main.__doc__)
    parser.add_argument("databases", nargs="*", default=list(DATABASES), help=" or ".join(DATABASES))
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    for database in asked.databases:
        rows, _ = measure(database, quick=asked.quick)
        for name, value in rows:
            print(f"{database}: {name}: {value}", flush=True)


if __name__ == "__main__":
    main()

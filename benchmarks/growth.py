"""Growth: what the hot paths cost in an organization of a million, or among a thousand others, beside a small one."""

import asyncio
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

from benchmarks.clients import Client, read_through
from benchmarks.crowds import fill_all
from benchmarks.figures import Part, Table, grouped, within
from benchmarks.hot_paths import HOT_PATHS, NAMES, HotPaths
from benchmarks.installations import (
    DATABASES,
    TITLES,
    Organization,
    ServerProcess,
    found,
    installation,
    opened,
    serving,
    version_of,
)
from benchmarks.plans import Plan, plans, recorded, serving_here
from benchmarks.trails import trail
from benchmarks.whole import whole
from rollbook.persistence.statements import Statement
from rollbook.settings import Settings

_LIMIT = 2.0
_TOUCHED = 1_000


@dataclass(frozen=True)
class Sizes:
    """How many members the organizations have, how many small ones stand side by side, and how long a trail is."""

    small: int = 1_000
    middle: int = 100_000
    large: int = 1_000_000
    organizations: int = 1_000
    events: int = 100_000
    rounds: int = 30


QUICK = Sizes(middle=5_000, large=20_000, organizations=20, events=5_000, rounds=5)


@dataclass(frozen=True)
class _Place:
    """An organization that is measured: how it is called in the head of the table, and where it is served."""

    title: str
    settings: Settings
    organization: Organization
    first: int
    members: int


def measure(sizes: Sizes, databases: Sequence[str] = DATABASES) -> Part:
    """All of it, on each database."""
    tables, data, versions = [], {}, {}
    lines: dict[str, dict[str, str]] = {}
    for database in databases:
        compared, kept = [], {}
        with ExitStack() as stack:
            print(f"growth: loading {TITLES[database]}", flush=True)
            places = list(_places(stack, database, sizes))
            if database == "postgresql":
                versions["PostgreSQL"] = asyncio.run(version_of(places[0].settings))
            with ExitStack() as running:
                servers = _served(running, places)
                print(f"growth: the hot paths on {TITLES[database]}", flush=True)
                for name, times in _compared(places, servers, sizes.rounds):
                    compared.append([name, *_cells(times)])
                    kept[name] = dict(zip((each.title for each in places), times, strict=True))
                large = places[2]
                client = Client(servers[2], large.organization)
                for name, said, figures in whole(servers[2], client, large.members):
                    print(f"growth: {name}: {said}", flush=True)
                    lines.setdefault(name, {})[database] = said
                    kept[name] = figures
            explained = asyncio.run(plans(large.settings, _statements(database)))
        tables.append(_hot_paths(database, places, compared, sizes))
        data[database] = {"figures": kept, "plans": [vars(each) for each in explained]}
        lines.setdefault("statements of the hot paths", {})[database] = _explained(explained)
        tables += _scans(database, explained)
    head = ["", *(TITLES[each] for each in databases)]
    rows = [[name, *(said.get(each, "") for each in databases)] for name, said in lines.items()]
    title = f"{grouped(sizes.large)} members as a whole"
    tables.append(Table(title, head, rows, [f"The trail has {grouped(sizes.events)} events."]))
    return Part(tables, {"sizes": vars(sizes), **data}, versions)


def _places(stack: ExitStack, database: str, sizes: Sizes) -> Iterator[_Place]:
    """A small organization by itself, larger ones together, and one of many small ones."""
    alone, together, among = (stack.enter_context(installation(database)) for _ in range(3))
    small, large, middle = range(sizes.small), range(sizes.large), range(sizes.large, sizes.large + sizes.middle)
    (only,) = asyncio.run(_loaded(alone, [small]))
    yield _Place(f"{grouped(sizes.small)} members", alone, only, 0, sizes.small + 1)
    of_large, of_middle = asyncio.run(_loaded(together, [large, middle]))
    _make_trail(together, of_large, sizes)
    yield _Place(grouped(sizes.middle), together, of_middle, sizes.large, sizes.middle + 1)
    yield _Place(grouped(sizes.large), together, of_large, 0, sizes.large + 1)
    crowds = [range(at * sizes.small, (at + 1) * sizes.small) for at in range(sizes.organizations)]
    one = sizes.organizations // 2
    among_all = asyncio.run(_loaded(among, crowds))
    title = f"{grouped(sizes.small)}, one of {grouped(sizes.organizations)} such"
    yield _Place(title, among, among_all[one], one * sizes.small, sizes.small + 1)


async def _loaded(settings: Settings, crowds: Sequence[range]) -> list[Organization]:
    async with opened(settings) as services:
        organizations = [await found(services, f"organization-{at}") for at in range(len(crowds))]
    await fill_all(settings, {each.id: crowd for each, crowd in zip(organizations, crowds, strict=True)})
    return organizations


def _make_trail(settings: Settings, organization: Organization, sizes: Sizes) -> None:
    with serving(settings) as server:
        page = Client(server, organization).get(f"/Users?count={_TOUCHED}&attributes=userName")
    touched = [each["id"] for each in page["Resources"]]
    asyncio.run(trail(settings, organization.id, touched, sizes.events))


def _served(stack: ExitStack, places: Sequence[_Place]) -> list[ServerProcess]:
    """For each place its server; places in one installation have the same."""
    servers: dict[str, ServerProcess] = {}
    for place in places:
        if str(place.settings.data_dir) not in servers:
            servers[str(place.settings.data_dir)] = stack.enter_context(serving(place.settings))
    return [servers[str(place.settings.data_dir)] for place in places]


def _compared(
    places: Sequence[_Place], servers: Sequence[ServerProcess], rounds: int
) -> Iterator[tuple[str, list[float]]]:
    """For each hot path the median of the milliseconds it takes in each place, one request at a time, in turn."""
    clients = [Client(server, place.organization) for server, place in zip(servers, places, strict=True)]
    people = [HotPaths(client, place.first + place.members // 2) for client, place in zip(clients, places, strict=True)]
    for name, act in HOT_PATHS.items():
        yield name, _medians([partial(act, each) for each in people], rounds)


def _medians(acts: Sequence[Callable[[], None]], rounds: int) -> list[float]:
    times: list[list[float]] = [[] for _ in acts]
    for _ in range(rounds):
        for act, taken in zip(acts, times, strict=True):
            started = time.perf_counter()
            act()
            taken.append((time.perf_counter() - started) * 1000)
    return [statistics.median(each) for each in times]


def _cells(times: Sequence[float]) -> Iterator[str]:
    base, *others = times
    yield f"{base:.2f} ms"
    for each in others:
        yield f"{each:.2f} ms, {within(each / base, _LIMIT)}"


def _hot_paths(database: str, places: Sequence[_Place], rows: Sequence[Sequence[str]], sizes: Sizes) -> Table:
    return Table(
        f"The hot paths on {TITLES[database]}",
        ["request", *(each.title for each in places)],
        rows,
        [
            f"One client on one connection, medians of {sizes.rounds} in turn; beside each time its ratio to that "
            f"in the first column, an installation with nothing else in it. It must not be above {_LIMIT:.0f}."
        ],
    )


def _statements(database: str) -> list[Statement]:
    """Every statement that a server runs for the hot paths and for the organization as a whole."""
    with installation(database) as settings:
        (organization,) = asyncio.run(_loaded(settings, [range(1_000)]))
        with recorded() as statements, serving_here(settings) as url:
            client = Client(url, organization)
            statements.clear()  # those of its start
            person = HotPaths(client, 500)
            for act in HOT_PATHS.values():
                act(person)
            _as_a_whole(client)
            return list(statements)


def _as_a_whole(client: Client) -> None:
    for start in (1, 101, 501):
        client.get(f"/Users?{NAMES}&startIndex={start}")
    for answer in ("/Groups/users", "/Groups/admins"):
        read_through(client.send("GET", answer))
    for file in ("members.csv", "audit.ndjson", "audit.csv"):
        read_through(client.export(file))


def _explained(explained: Sequence[Plan]) -> str:
    through = [each for each in explained if each.scans]
    if not through:
        return f"all {len(explained)} read large tables by an index"
    return f"**{len(through)} of {len(explained)} read a large table through**"


def _scans(database: str, explained: Sequence[Plan]) -> list[Table]:
    rows: list[list[Any]] = [
        [f"`{' '.join(each.sql.split())}`", ", ".join(each.scans), "; ".join(step.strip() for step in each.steps)]
        for each in explained
        if each.scans
    ]
    head = ["statement", "table", "plan"]
    return [Table(f"What {TITLES[database]} reads through", head, rows)] if rows else []

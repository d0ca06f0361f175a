"""A large organization as a whole: its total, jumps, walks over all pages, a whole group, exports; and their memory."""

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.clients import Client, read_through
from benchmarks.figures import grouped, within
from benchmarks.hot_paths import NAMES
from benchmarks.installations import ServerProcess
from benchmarks.processes import MEGABYTE, Growth

_ROUNDS = 5
_WALK_LIMIT = 3.0
_AT_AN_END = 100
_SLOWLY = 0.01
_EXPORTS = {"members.csv": "the export of all members", "audit.ndjson": "the export of the audit trail"}


def whole(server: ServerProcess, client: Client, members: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What was measured, each with what it is of, how it is said, and the figures. `members`: all, the admin too."""
    yield _milliseconds("first page by index, with the exact total", lambda: client.get(f"/Users?{NAMES}"))
    middle = f"/Users?{NAMES}&startIndex={members // 2}"
    yield _milliseconds("jump to a page in the middle", lambda: client.get(middle))
    yield from _walks(server, client, members)
    for name, pause in (("a group with all of them, read at once", 0.0), ("the same, read slowly", _SLOWLY)):
        yield _streamed(server, name, lambda: client.send("GET", "/Groups/users"), pause)
    for file, name in _EXPORTS.items():
        yield _streamed(server, name, lambda file=file: client.export(file), 0.0)  # type: ignore[misc]


def _walks(server: ServerProcess, client: Client, members: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    took: dict[str, float] = {}
    for way, pages in (("cursor", _by_cursor), ("index", _by_index)):
        times, ids = [], set[str]()
        with Growth(server.resident_bytes) as growth:
            started = time.perf_counter()
            for page in pages(client):
                ids.update(resource["id"] for resource in page["Resources"])
                times.append(time.perf_counter() - started)
                started = time.perf_counter()
        assert len(ids) == members, f"the walk by {way} found {len(ids)} of {members}"
        took[way] = sum(times)
        first, last = (statistics.median(times[part]) for part in (slice(_AT_AN_END), slice(-_AT_AN_END, None)))
        yield (
            f"walk by {way}",
            f"{grouped(len(times))} pages of 100 in {took[way]:.1f} s, {growth}; "
            f"the last pages took {last / first:.2f} times as long as the first ones",
            {"seconds": took[way], "pages": len(times), "last_to_first": last / first, "grown": growth.bytes},
        )
    ratio = took["index"] / took["cursor"]
    yield "walk by index, to that by cursor (at most 3)", within(ratio, _WALK_LIMIT), {"ratio": ratio}


def _streamed(
    server: ServerProcess, name: str, ask: Callable[[], Any], pause: float
) -> tuple[str, str, dict[str, Any]]:
    with Growth(server.resident_bytes) as growth:
        started = time.perf_counter()
        read = read_through(ask(), pause)
        took = time.perf_counter() - started
    said = f"{grouped(read / MEGABYTE)} MB in {took:.1f} s, {growth}"
    return name, said, {"bytes": read, "seconds": took, "grown": growth.bytes}


def _by_cursor(client: Client) -> Iterator[Any]:
    cursor = ""
    while True:
        page = client.get(f"/Users?{NAMES}&cursor={cursor}")
        yield page
        if "nextCursor" not in page:
            return
        cursor = page["nextCursor"]


def _by_index(client: Client) -> Iterator[Any]:
    start, total = 1, 1
    while start <= total:
        page = client.get(f"/Users?{NAMES}&startIndex={start}")
        yield page
        start += page["itemsPerPage"]
        total = page["totalResults"]


def _milliseconds(name: str, act: Callable[[], Any]) -> tuple[str, str, dict[str, Any]]:
    times = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        act()
        times.append((time.perf_counter() - started) * 1000)
    median = statistics.median(times)
    return name, f"{median:.0f} ms, at most {max(times):.0f} ms", {"milliseconds": times}

"""Latency under load: at a constant rate, beside slow and idle clients, and while everything heavy is asked for.

`python -m benchmarks.latency [DATABASE ...] [--quick]` prints it. The server stays on one core, the load on another.
"""

import argparse
import asyncio
import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg

from benchmarks.clients import Client
from benchmarks.crowds import fill, user_name
from benchmarks.figures import grouped, within
from benchmarks.heavy import Asker
from benchmarks.installations import (
    DATABASES,
    Organization,
    found,
    installation,
    opened,
    serving,
)
from benchmarks.load import Outcome, Sent, load, require_wrk
from benchmarks.machine import core_of_server
from benchmarks.operations import operations
from benchmarks.pacing import Paced, paced
from benchmarks.processes import Growth, processor_seconds
from benchmarks.slowness import idle, slow_readers, slow_senders
from benchmarks.targets import Target, floor, rollbook
from benchmarks.watched import LONGEST
from rollbook.domain.policy import API_SCOPES
from rollbook.domain.tokens import TokenKind
from rollbook.settings import Settings

Rows = list[tuple[str, str]]

SHARE = 0.7
"""Of the top rate: what is sent a second while the latency counts."""

LOADS = ("GET user by id", "PATCH active", "mixed load")
"""What is sent at that rate. Of the mixed load, p50 is that of reads, and p99 that of writes; each is told besides."""

_LIMIT = 5.0
_PIECES = 20


@dataclass(frozen=True)
class Round:
    """What was reached at most, for how long each request used the processor then, and the latency at a share of it."""

    top_rate: float
    busy_seconds: float
    calm: Paced

    @property
    def ratio(self) -> float:
        """The 99th percentile to the 50th."""
        return self.calm.p99 / self.calm.p50


@dataclass(frozen=True)
class Sizes:
    """How many members there are, how long is measured how often, and how many clients are slow or idle.

    The rounds at a share of the top rate are short, and each measures that rate anew just before: on a machine that
    others share it is another one some seconds later.
    """

    members: int = 100_000
    seconds: int = 10
    rounds: int = 15
    top_seconds: int = 1
    calm_seconds: int = 2
    readers: int = 40
    idle: int = 2_000
    senders: int = 200


QUICK = Sizes(members=3_000, seconds=2, rounds=1, calm_seconds=2, idle=200, senders=20)


def measure(database: str, *, quick: bool = False) -> tuple[Rows, dict[str, Any]]:
    """Named values for readers, and the same and more as plain data."""
    require_wrk()
    sizes = QUICK if quick else Sizes()
    rows: Rows = []
    data: dict[str, Any] = {}
    print(f"latency: {database}, {sizes.members} members", flush=True)
    with rollbook(database, sizes.members) as target, floor("slow_app") as bare:
        for told, figures in (_under_load(target, bare, sizes), _beside_others(target, sizes)):
            rows += told
            data |= figures
    told, figures = _stalls(database, sizes)
    return rows + told, data | figures


def _under_load(target: Target, bare: Target, sizes: Sizes) -> tuple[Rows, dict[str, Any]]:
    """The top rate of reads, of writes and of both mixed, and the latency at a share of it.

    A bare app that does as much work for a request, and is measured in the same way in between, tells what the machine
    does to everybody who is as busy.
    """
    rows: Rows = []
    data: dict[str, Any] = {}
    number = 0
    idle_seconds, piece_seconds = _calibrated(bare, sizes)
    for name in LOADS:
        requests = next(each for each in operations() if each.name == name).requests(target, sizes.members)
        rounds: list[tuple[Round, Round]] = []
        for _ in range(sizes.rounds):
            ours, number = _round(target, requests, sizes, number)
            pieces = max(0, round((ours.busy_seconds - idle_seconds) / piece_seconds))
            rounds.append((ours, _round(bare, [Sent("GET", f"/{pieces}")], sizes, 0)[0]))
        ours, theirs = (_middle([each[at] for each in rounds]) for at in (0, 1))
        failed = sum(each.calm.failed for both in rounds for each in both)
        rows.append(
            (
                f"{name}, at {SHARE:.0%} of its top rate",
                f"{_told(ours)}; failed: {failed}; p99 to p50 {within(ours.ratio, _LIMIT)}"
                f"{_by_method([each for each, _ in rounds])}; "
                f"a bare app that works as much: {_told(theirs)}; p99 to p50 {theirs.ratio:.2f}",
            )
        )
        data[name] = {"ratio": ours.ratio, "rounds": [[asdict(each) for each in both] for both in rounds]}
    return rows, {"under_load": data}


def _calibrated(bare: Target, sizes: Sizes) -> tuple[float, float]:
    """How long the bare app uses the processor for a request, and for a piece of work more."""
    idle, busy = (_top(bare, [Sent("GET", f"/{pieces}")], sizes, 0)[1] for pieces in (0, _PIECES))
    return idle, (busy - idle) / _PIECES


def _round(target: Target, requests: Sequence[Sent], sizes: Sizes, number: int) -> tuple[Round, int]:
    """One round, and the number of the next request."""
    top, busy_seconds = _top(target, requests, sizes, number)
    rate = top.rate * SHARE
    calm = paced(target.origin, requests, target.headers, rate=rate, seconds=sizes.calm_seconds, first_number=top.next)
    return Round(top.rate, busy_seconds, calm), top.next + int(rate * sizes.calm_seconds) + 1


def _top(target: Target, requests: Sequence[Sent], sizes: Sizes, number: int) -> tuple[Outcome, float]:
    """What the server does at most, and how long it uses the processor for one request."""
    used = processor_seconds(target.pid)
    top = load(target.origin, requests, target.headers, seconds=sizes.top_seconds, first_number=number)
    return top, (processor_seconds(target.pid) - used) / max(1, top.requests)


def _middle(rounds: Sequence[Round]) -> Round:
    return sorted(rounds, key=lambda each: each.ratio)[len(rounds) // 2]


def _told(middle: Round) -> str:
    calm = middle.calm
    return (
        f"of {grouped(middle.top_rate)} a second ({1e6 * middle.busy_seconds:.0f} µs of the processor each): "
        f"at {calm.rate / middle.top_rate:.0%} of that p50 {calm.p50:.2f} ms, p99 {calm.p99:.2f} ms, "
        f"at most {calm.worst:.0f} ms (the load itself was stopped for {calm.stopped:.0%} of the time)"
    )


def _by_method(rounds: Sequence[Round]) -> str:
    """Of each method, the round that is the middle of its ratios."""
    methods = sorted(rounds[0].calm.methods)
    if len(methods) < 2:
        return ""
    told = []
    for method in methods:
        figures = sorted((each.calm.methods[method] for each in rounds), key=lambda each: each[1] / each[0])
        p50, p99 = figures[len(figures) // 2]
        told.append(f"{method} {p50:.2f} and {p99:.2f} ms, {within(p99 / p50, _LIMIT)}")
    return f"; by method: {'; '.join(told)}"


def _beside_others(target: Target, sizes: Sizes) -> tuple[Rows, dict[str, Any]]:
    """The latency of people who look somebody up, alone and beside clients who are slow."""
    wanted = next(each for each in operations() if each.name == "GET user by id").requests(target, sizes.members)
    rows: Rows = []
    data: dict[str, Any] = {}
    others: dict[str, Callable[[], Any]] = {
        "alone": _nothing,
        f"beside {sizes.readers} slow readers of a whole group": lambda: slow_readers(target, sizes.readers),
        f"beside {sizes.senders} slow senders of bodies": lambda: slow_senders(target, sizes.senders),
        f"beside {grouped(sizes.idle)} idle connections": lambda: idle(target, sizes.idle),
    }
    for name, other in others.items():
        with Growth(lambda: _resident(target)) as growth, other() as told:
            outcome = paced(target.origin, wanted, target.headers, rate=200, seconds=sizes.seconds)
            came = told()
        said = f"p50 {outcome.p50:.2f} ms, p99 {outcome.p99:.2f} ms, failed: {outcome.failed}"
        if name != "alone":
            said += f"; memory {growth}; {came}"
        rows.append((f"GET by id, 200 a second, {name}", said))
        data[name] = {**vars(outcome), "grown": growth.bytes}
    return rows, {"beside": data}


@contextmanager
def _nothing() -> Iterator[Callable[[], str]]:
    yield str


def _resident(target: Target) -> int:
    return int(Path(f"/proc/{target.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _stalls(database: str, sizes: Sizes) -> tuple[Rows, dict[str, Any]]:
    """What held the loop while everything heavy was asked for: on asyncio's loop each call, on uvloop as it runs."""
    rows: Rows = []
    data: dict[str, Any] = {}
    with installation(database) as settings:
        organization = asyncio.run(_prepared(settings, sizes.members))
        ids = _ids(settings)
        for loop in ("asyncio", "auto"):
            told, times = _watched(settings, organization, ids, loop)
            held = [each for each in told["silences"] if each["cause"] in ("one call", "another thread")]
            worst = max(held, key=lambda each: each["wall"], default=None)
            named = "; ".join(sorted({_during(each["at"], times) for each in held}))
            of = f"{told['longest_call']:.3f} s"
            rows.append(
                (
                    f"heavy requests, {told['loop']}: calls that held the loop longer than {LONGEST * 1000:.0f} ms",
                    f"{len(held)} of {grouped(told['answers'])} looks; the longest call took {of}"
                    + (f"; during: {named}; the worst at {worst['stack'][-1:]}" if worst else ""),
                )
            )
            data[loop] = {**told, "times": [{"name": name, "seconds": end - start} for name, start, end in times]}
    return rows, {"stalls": data}


def _during(at: float, times: Sequence[tuple[str, float, float]]) -> str:
    return next((name for name, start, end in times if start <= at <= end), "start and end")


async def _prepared(settings: Settings, members: int) -> Organization:
    async with opened(settings) as services:
        acme = await found(services, "acme")
        operator = await services.organizations.operator("acme")
        _, token = await services.tokens.issue(operator, TokenKind.API, "Heavy", scopes=API_SCOPES)
    await fill(settings, acme.id, range(members))
    return replace(acme, api_token=token)


def _ids(settings: Settings) -> list[str]:
    query = "SELECT id FROM memberships WHERE user_name LIKE 'person%' ORDER BY id"
    if settings.embedded:
        connection = sqlite3.connect(settings.database_path)
        try:
            return [row[0] for row in connection.execute(query)]
        finally:
            connection.close()
    return asyncio.run(_selected(settings.url, query))


async def _selected(url: str, query: str) -> list[str]:
    connection = await asyncpg.connect(url)
    try:
        return [str(row[0]) for row in await connection.fetch(query)]
    finally:
        await connection.close()


def _watched(
    settings: Settings, organization: Organization, ids: Sequence[str], loop: str
) -> tuple[dict[str, Any], list[tuple[str, float, float]]]:
    file = settings.data_dir / f"watched-{loop}.json"
    command = ["-m", "benchmarks.watched", str(file), "--loop", loop]
    times = []
    with (
        serving(settings, core=core_of_server(), command=command) as server,
        _light(server.url, organization, len(ids)),
    ):
        for each in Asker(server.url, organization, ids).everything():
            started = time.monotonic()
            each.act()
            times.append((each.name, started, time.monotonic()))
    return json.loads(file.read_text(encoding="utf-8")), times


@contextmanager
def _light(url: str, organization: Organization, members: int) -> Iterator[None]:
    """Somebody who looks people up all the while."""
    stop = threading.Event()

    def ask() -> None:
        client, number = Client(url, organization), 0
        while not stop.wait(0.01):
            number = (number + 7) % members
            client.get("/Users?filter=" + quote(f'userName eq "{user_name(number)}"'))

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield
    finally:
        stop.set()
        asking.join()


def main() -> None:
    """Measure, and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.latency", description=main.__doc__)
    parser.add_argument("databases", nargs="*", choices=[*DATABASES, []], default=list(DATABASES))
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    for database in asked.databases:
        rows, _ = measure(database, quick=asked.quick)
        for name, value in rows:
            print(f"{database}: {name}: {value}", flush=True)


if __name__ == "__main__":
    main()

"""What became of a request's cost from commit to commit: the processor's time that each revision's code takes for it.

`python -m benchmarks.revisions REVISION ... [--database NAME]` prints a table. The package of each revision answers in
a process of its own, and they take turns, so that all see the same moments of a machine that others share. The load is
that of this checkout, and is asked for in the process: what the network costs is not in it.
"""

import argparse
import asyncio
import gc
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.crowds import fill
from benchmarks.doors import asked
from benchmarks.figures import Table, grouped
from benchmarks.installations import DATABASES, TITLES, Organization, found, installation, opened
from benchmarks.load import CONNECTIONS, Sent, numbered
from benchmarks.operations import operations
from benchmarks.printing import printed
from benchmarks.targets import HERE, Target, scim_headers
from rollbook.app import app_over
from rollbook.cli import serving
from rollbook.settings import Settings

ROUNDS = 15
_MEMBERS = 1_000
_TIMES = {
    "GET user by id": 20,
    "filter userName eq": 20,
    "list of 100": 3,
    "GraphQL members(first: 50)": 3,
    "PATCH active": 10,
    "POST user": 10,
}
"""How often each of the clients asks in one turn."""

Turn = Callable[[], Awaitable[dict[str, float]]]


def measure(database: str, revisions: Sequence[str], rounds: int) -> Table:
    """Microseconds of one request by each revision, and their ratio to those of the first one."""
    with ExitStack() as stack:
        answering = {each: stack.enter_context(_answering(each, database)) for each in revisions}
        times: dict[str, dict[str, list[float]]] = {each: {} for each in revisions}
        for _ in range(rounds):
            for revision, process in answering.items():
                for name, microseconds in _turn(process).items():
                    times[revision].setdefault(name, []).append(microseconds)
    names = list(times[revisions[0]])
    first = {name: statistics.median(times[revisions[0]][name]) for name in names}
    rows = []
    for revision in revisions:
        medians = [statistics.median(times[revision][name]) for name in names]
        cells = [f"{grouped(each)}, {each / first[name]:.2f}" for name, each in zip(names, medians, strict=True)]
        rows.append([_subject(revision), *cells])
    note = f"Medians of {rounds} rounds; {grouped(_MEMBERS)} members, {CONNECTIONS} requests on their way at a time."
    return Table(f"Microseconds of the processor for one request, {TITLES[database]}", ["by", *names], rows, [note])


def _turn(process: "subprocess.Popen[str]") -> dict[str, float]:
    assert process.stdin is not None
    assert process.stdout is not None
    print(file=process.stdin, flush=True)
    told = process.stdout.readline()
    assert told, f"a revision cannot be measured: its process ended with {process.wait()}"
    times: dict[str, float] = json.loads(told)
    return times


@contextmanager
def _answering(revision: str, database: str) -> Iterator["subprocess.Popen[str]"]:
    """A process in which the revision's package answers, a turn for each line that it is given."""
    with tempfile.TemporaryDirectory(prefix="rollbook-bench-") as folder:
        archive = subprocess.run(["git", "archive", revision], check=True, stdout=subprocess.PIPE)
        subprocess.run(["tar", "-x", "-C", folder], check=True, input=archive.stdout)
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "benchmarks.revisions", "--answering", "--database", database],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=HERE.parent,
            env={**os.environ, "PYTHONPATH": str(Path(folder) / "backend")},
        )
        try:
            yield process
        finally:
            process.communicate()  # the end of its lines is its end


def _subject(revision: str) -> str:
    told = subprocess.run(
        ["git", "show", "--no-patch", "--format=%h %s", revision], check=True, stdout=subprocess.PIPE, text=True
    )
    return told.stdout.strip()


async def _answer(settings: Settings) -> None:
    async with opened(settings) as services:
        acme = await found(services, "acme")
    await fill(settings, acme.id, range(_MEMBERS))
    async with opened(settings) as services:
        turn = await _loads(app_over(services, "http://127.0.0.1:8000"), acme)
        if every := getattr(serving, "COLLECTED_EVERY", None):  # an early revision's server left it as it is
            gc.collect()
            gc.freeze()
            gc.set_threshold(every)
        for _ in sys.stdin:
            print(json.dumps(await turn()), flush=True)


async def _loads(app: Any, acme: Organization) -> Turn:
    """Asks for everything once more when it is called, and answers what each took."""
    scim = scim_headers(acme.scim_token)
    _, body = await asked(app, Sent("GET", "/scim/v2/Users?count=1000&attributes=userName"), scim)
    people = [each["id"] for each in json.loads(body)["Resources"]]
    graphql = {"Authorization": f"Bearer {acme.api_token}", "Content-Type": "application/json"}
    here = Target("this process", "", "/scim/v2", os.getpid(), scim, people, graphql_headers=graphql)
    chosen = {each.name: each for each in operations() if each.name in _TIMES}
    requests = {name: each.requests(here, _MEMBERS) for name, each in chosen.items()}
    numbers = {name: itertools.count() for name in chosen}

    async def client(name: str) -> None:
        for _ in range(_TIMES[name]):
            sent = numbered(requests[name], next(numbers[name]))
            status, body = await asked(app, sent, chosen[name].headers(here) | {"Host": "127.0.0.1"})
            assert status in (200, 201, 204), (name, status, body[:300])
            assert b'"errors"' not in body, body[:300]

    async def turn() -> dict[str, float]:
        took = {}
        for name in chosen:
            started = time.process_time()
            await asyncio.gather(*(client(name) for _ in range(CONNECTIONS)))
            took[name] = (time.process_time() - started) / (_TIMES[name] * CONNECTIONS) * 1e6
        return took

    return turn


def main() -> None:
    """Print the tables of the revisions that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.revisions", description=__doc__)
    parser.add_argument("revisions", nargs="*", metavar="REVISION", default=["HEAD"])
    parser.add_argument("--database", dest="databases", choices=DATABASES, action="append")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--answering", action="store_true", help=argparse.SUPPRESS)
    told = parser.parse_args()
    for database in told.databases or DATABASES:
        if told.answering:
            with installation(database) as settings:
                uvloop.run(_answer(settings))
        else:
            print("\n".join(printed(measure(database, told.revisions, told.rounds))), flush=True)


if __name__ == "__main__":
    main()

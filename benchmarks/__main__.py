"""`python -m benchmarks [PART ...] [--quick]`, as `make bench` runs it: measures, and writes what came of it.

Without a name every part runs, in this order. The results go to .bench/results.json and .bench/results.md; a part that
is measured anew takes the place of its older figures. The tables of docs/performance.md are printed from them, unless
it was a --quick run, whose figures are for trying only: those go to .bench/quick.json.
"""

import argparse
import importlib
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from benchmarks import executor, growth, pages, speed, sync
from benchmarks.figures import MISSING, Part, Table
from benchmarks.installations import DATABASES, TITLES
from benchmarks.machine import facts, pinned, versions
from benchmarks.peering import CACHE
from benchmarks.printing import kept, page, read, write
from benchmarks.targets import HERE

PAGE = HERE.parent / "docs" / "performance.md"


def _speed(asked: argparse.Namespace) -> Part:
    return speed.measure(speed.QUICK if asked.quick else speed.FULL, peers=not asked.no_peers)


def _growth(asked: argparse.Namespace) -> Part:
    return growth.measure(growth.QUICK if asked.quick else growth.Sizes(), asked.databases)


def _sync(asked: argparse.Namespace) -> Part:
    return sync.measure(sync.QUICK if asked.quick else sync.PEOPLE, asked.databases)


def _pages(asked: argparse.Namespace) -> Part:
    return pages.measure(pages.QUICK if asked.quick else pages.MEMBERS, asked.databases)


def _graphql(asked: argparse.Namespace) -> Part:
    return executor.measure(executor.QUICK if asked.quick else executor.ROUNDS, asked.databases)


def _latency(asked: argparse.Namespace) -> Part:
    told = _by_database("benchmarks.latency", "Latency under load", asked)
    return replace(told, pinned=pinned("the load and PostgreSQL"))


def _workers(asked: argparse.Namespace) -> Part:
    return _by_database("benchmarks.crowding", "Several processes", asked)


def _by_database(module: str, title: str, asked: argparse.Namespace) -> Part:
    """What the module's `measure(database, quick=...)` tells of each database: named values, and plain data."""
    measure = importlib.import_module(module).measure
    rows: dict[str, dict[str, str]] = {}
    data = {}
    for database in asked.databases:
        told, data[database] = measure(database, quick=asked.quick)
        for name, value in told:
            rows.setdefault(name, {})[database] = value
    head = ["", *(TITLES[each] for each in asked.databases)]
    lines = [[name, *(values.get(each, MISSING) for each in asked.databases)] for name, values in rows.items()]
    return Part([Table(title, head, lines)], data)


PARTS: dict[str, Callable[[argparse.Namespace], Part]] = {
    "speed": _speed,
    "growth": _growth,
    "sync": _sync,
    "latency": _latency,
    "workers": _workers,
    "pages": _pages,
    "graphql": _graphql,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure as the command line says."""
    asked = _asked(arguments)
    path = CACHE / ("quick.json" if asked.quick else "results.json")
    about = {"machine": facts(), "versions": versions()}
    for name in asked.parts:
        started = time.monotonic()
        part = PARTS[name](asked)
        command = " ".join(["python -m benchmarks", name, *(["--quick"] if asked.quick else [])])
        told: dict[str, Any] = {**about, "command": command, "seconds": time.monotonic() - started}
        # kept after each part: what fails later takes nothing away
        results = kept(read(path), name, part, told)
        write(path, results)
        print(f"{name}: done in {told['seconds']:.0f} s", flush=True)
    print(path.with_suffix(".md").read_text(encoding="utf-8"))
    if not asked.quick:
        PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), read(path)), encoding="utf-8")


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all of them without a name")
    parser.add_argument("--quick", action="store_true", help="some minutes, to see that everything runs")
    parser.add_argument("--no-peers", action="store_true", help="speed: Rollbook and the floor alone")
    parser.add_argument("--database", dest="databases", choices=DATABASES, action="append", help="not speed: this one")
    asked = parser.parse_args(arguments)
    unknown = set(asked.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are: {', '.join(PARTS)}")
    asked.parts = asked.parts or list(PARTS)
    asked.databases = asked.databases or list(DATABASES)
    return asked


if __name__ == "__main__":
    main()

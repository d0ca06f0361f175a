"""A first sync: Okta and Entra as `rollbook simulate` plays them, against a server on each database, and an import."""

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks.clients import Client
from benchmarks.figures import Part, Table, grouped
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
from benchmarks.machine import core_of_load, core_of_server, on_core, pinned
from benchmarks.processes import Growth
from rollbook.settings import Settings

PEOPLE = 10_000
QUICK = 200
PROVIDERS = {"okta": ("Okta", 1), "entra": ("Entra", 5)}
"""What each is called, and how many of its requests are on their way at the same time."""
_SIMULATE = (sys.executable, "-m", "rollbook", "simulate")
_PAGE = 100
_VERDICT = re.compile(r"All (\d+) exchanges passed, in ([\d.]+) s")


class Failed(Exception):
    """A simulation did not pass; the text is the end of what it said."""


def measure(people: int, databases: Sequence[str] = DATABASES) -> Part:
    """Both providers, and an import of everybody, on each database. `Failed` if one exchange is not answered well."""
    rows: dict[str, dict[str, str]] = {}
    data: dict[str, Any] = {"people": people}
    versions = {}
    for database in databases:
        data[database] = {}
        for provider in PROVIDERS:  # each in an installation of its own: both make up the same people
            with installation(database) as settings:
                if database == "postgresql":
                    versions["PostgreSQL"] = asyncio.run(version_of(settings))
                organization = asyncio.run(_prepared(settings))
                with serving(settings, core=core_of_server()) as server:
                    for name, said, figures in _measured(server, organization, provider, people):
                        print(f"sync: {TITLES[database]}: {name}: {said}", flush=True)
                        rows.setdefault(name, {})[database] = said
                        data[database][name] = figures
    table = Table(
        f"First sync of {grouped(people)} people",
        ["", *(TITLES[each] for each in databases)],
        [[name, *(said[each] for each in databases)] for name, said in rows.items()],
        [
            "Every exchange was answered as the provider needs it; none was refused. The simulation is one Python "
            "process on a core of its own: the figures say how long a sync takes with it, not what the server can do."
        ],
    )
    return Part([table], data, versions, pinned("the load"))


async def _prepared(settings: Settings) -> Organization:
    async with opened(settings) as services:
        return await found(services, "acme")


def _measured(
    server: ServerProcess, organization: Organization, provider: str, people: int
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    title, at_once = PROVIDERS[provider]
    with Growth(server.resident_bytes) as growth:
        exchanges, seconds = _played(server, organization, provider, people)
    yield (
        f"{title}, {at_once} at a time" if at_once > 1 else f"{title}, one after another",
        f"{seconds:.1f} s, {grouped(exchanges)} exchanges, {grouped(exchanges / seconds)} a second, {growth}",
        {"seconds": seconds, "exchanges": exchanges, "grown": growth.bytes, "before": growth.before},
    )
    if provider == "okta":
        yield _imported(server, Client(server, organization))


def _imported(server: ServerProcess, client: Client) -> tuple[str, str, dict[str, Any]]:
    with Growth(server.resident_bytes) as growth:
        started = time.perf_counter()
        pages, ids = _walked(client)
        seconds = time.perf_counter() - started
    return (
        "an import as Okta asks for it, by index",
        f"{grouped(pages)} pages of {_PAGE}, {grouped(ids)} people in {seconds:.1f} s, {growth}",
        {"seconds": seconds, "pages": pages, "people": ids, "grown": growth.bytes},
    )


def _played(server: ServerProcess, organization: Organization, provider: str, people: int) -> tuple[int, float]:
    run = subprocess.run(
        [*_SIMULATE, provider, "--url", f"{server.url}/scim/v2", "--count", str(people), "--quiet"],
        env={**os.environ, "ROLLBOOK_SCIM_TOKEN": organization.scim_token, "COLUMNS": "500"},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=on_core(core_of_load()),
    )
    verdict = _VERDICT.search(run.stdout)
    if run.returncode or verdict is None:
        raise Failed(f"{provider}: exit code {run.returncode}: {(run.stdout + run.stderr)[-2000:]}")
    return int(verdict[1]), float(verdict[2])


def _walked(client: Client) -> tuple[int, int]:
    """How many pages there are and how many people on them, whole as a provider reads them."""
    pages, start, ids = 0, 1, set[str]()
    while True:
        page = client.get(f"/Users?startIndex={start}&count={_PAGE}")
        pages += 1
        ids.update(each["id"] for each in page["Resources"])
        start += page["itemsPerPage"]
        if start > page["totalResults"]:
            assert len(ids) == page["totalResults"]
            return pages, len(ids)

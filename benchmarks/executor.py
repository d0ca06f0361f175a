"""GraphQL: what each of the means is worth by which the page of members is answered fast (docs/decisions/0018).

Measured in this process, whole requests from the ASGI door to the last byte, and of each the processor's time: what a
means saves is so told from what the network and the load generator take.
"""

import gc
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import uvloop
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.relay.utils import to_base64
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.types import ExecutionResult

from benchmarks.crowds import fill
from benchmarks.doors import asked
from benchmarks.figures import Part, Table, grouped
from benchmarks.installations import DATABASES, TITLES, found, installation, opened
from benchmarks.load import Sent
from benchmarks.operations import MEMBERS_PAGE
from rollbook.app import app_over
from rollbook.cli.serving import COLLECTED_EVERY
from rollbook.domain.criteria import MemberFilter, Order, OrderField, Page
from rollbook.graphql import endpoint
from rollbook.graphql.context import Context
from rollbook.graphql.schema import schema
from rollbook.settings import Settings

ROUNDS = 20
QUICK = 3
_MEMBERS = 1_000
_REQUESTS = 50

Ask = Callable[[], Awaitable[bytes]]


def measure(rounds: int, databases: Sequence[str] = DATABASES) -> Part:
    """Microseconds of one page by each way, on each database. Fails if two ways differ in what they answer."""
    rows: dict[str, list[str]] = {name: [name] for name in _WAYS}
    data = {}
    for database in databases:
        with installation(database) as settings:
            times = uvloop.run(_measured(settings, rounds))
        served = statistics.median(times[_SERVED])
        for name, each in times.items():
            told = statistics.median(each)
            rows[name].append(f"{grouped(told)} µs, {told / served:.2f}")
            print(f"graphql: {TITLES[database]}: {name}: {rows[name][-1]}", flush=True)
        data[database] = times
    head = ["way", *(TITLES[each] for each in databases)]
    notes = [
        f"The processor's time of this process for one page of 50 among {grouped(_MEMBERS)} members, six fields each, "
        f"and its ratio to that of the way in use: medians of {rounds} interleaved rounds of {_REQUESTS} requests."
    ]
    return Part([Table("Ways to answer a page of members", head, list(rows.values()), notes)], data)


async def _measured(settings: Settings, rounds: int) -> dict[str, list[float]]:
    async with opened(settings) as services:
        organization = await found(services, "acme")
    await fill(settings, organization.id, range(_MEMBERS))
    async with opened(settings) as services:
        ask = _asking(app_over(services, "http://127.0.0.1:8000"), organization.api_token)
        times: dict[str, list[float]] = {name: [] for name in _WAYS}
        expected = await ask()
        gc.collect()
        gc.freeze()  # as the server has it
        gc.set_threshold(COLLECTED_EVERY)
        for _ in range(rounds):
            for name, way in _WAYS.items():
                with way():
                    answer = await ask()
                    assert answer == expected, f"{name} answers something else: {answer[:300]!r}"
                    started = time.process_time()
                    for _ in range(_REQUESTS):
                        await ask()
                    times[name].append((time.process_time() - started) / _REQUESTS * 1e6)
        return times


def _asking(app: Any, token: str) -> Ask:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Host": "127.0.0.1:8000"}
    sent = Sent("POST", "/graphql", MEMBERS_PAGE)

    async def ask() -> bytes:
        _, body = await asked(app, sent, headers)
        return body

    return ask


@contextmanager
def _as_served() -> Iterator[None]:
    yield


@contextmanager
def _without_plans() -> Iterator[None]:
    with patch.object(schema, "execution_context_class", StrawberryGraphQLCoreExecutionContext):
        yield


@contextmanager
def _without_caches() -> Iterator[None]:
    kept = [each for each in schema.extensions if not isinstance(each(), ParserCache | ValidationCache)]
    with patch.object(schema, "extensions", kept):
        yield


@contextmanager
def _plainly() -> Iterator[None]:
    with _without_plans(), _without_caches():
        yield


@contextmanager
def _compiled() -> Iterator[None]:
    with patch.object(endpoint, "_execute", _by_hand):
        yield


async def _by_hand(_: endpoint.Operation, context: Context) -> ExecutionResult:
    """What a compiler could at best make of exactly this document: no parsing, no limits, no types, no errors."""
    wanted = MemberFilter(active=frozenset({True}))
    read = await context.loaders.member_pages.load((wanted, Order(OrderField.NAME), Page(size=50)))
    nodes = [
        {
            "id": to_base64("Member", each.id),
            "name": each.name,
            "email": each.email,
            "role": None if each.role is None else each.role.name,
            "status": "ACTIVE" if each.active else "INACTIVE",
            "source": each.source.name,
        }
        for each in read.rows
    ]
    return ExecutionResult(data={"organization": {"members": {"nodes": nodes}}}, errors=None)


_SERVED = "as it is served"
_WAYS = {
    _SERVED: _as_served,
    "without plans for plain fields": _without_plans,
    "without caches of parsed and validated documents": _without_caches,
    "with neither": _plainly,
    "one function written for this one document": _compiled,
}

"""Plays Okta and Entra against a fake server, without a socket."""

from collections.abc import Awaitable, Callable, Sequence
from io import StringIO

import httpx
import pytest
from rich.console import Console

from rollbook.simulator.entra import simulate_entra
from rollbook.simulator.entra_messages import EntraDialect, Matching
from rollbook.simulator.exchange import Failure
from rollbook.simulator.okta import simulate_okta
from rollbook.simulator.okta_messages import OktaDialect
from rollbook.simulator.people import Person, sample_people
from rollbook.simulator.report import Verdict
from tests.simulator.fake_server import BASE, TOKEN, FakeServer

Simulate = Callable[..., Awaitable[Verdict]]


def failures(verdict: Verdict) -> list[tuple[str, str, str]]:
    """What failed, in order: the fact, what was expected, what came. Every failure also says what to do."""
    found = []
    for exchange in verdict.failures:
        assert isinstance(exchange.failure, Failure)
        assert exchange.failure.remedy.endswith(".")
        found.append((exchange.fact, exchange.failure.expected, exchange.failure.came))
    return found


@pytest.fixture
def output() -> StringIO:
    """What the simulation wrote, as a file would receive it."""
    return StringIO()


@pytest.fixture
def simulate(output: StringIO) -> Simulate:
    """Plays Okta against a fake server and gives the verdict."""

    async def simulate(
        server: FakeServer,
        dialect: OktaDialect = OktaDialect.CATALOG,
        people: Sequence[Person] = tuple(sample_people(4)),
        **options: int,
    ) -> Verdict:
        return await simulate_okta(
            f"http://fake.test{BASE}/",
            TOKEN,
            people=people,
            dialect=dialect,
            console=Console(file=output, width=80),
            transport=httpx.ASGITransport(app=server),
            **options,
        )

    return simulate


@pytest.fixture
def entra(output: StringIO) -> Simulate:
    """Plays Entra against a fake server and gives the verdict."""

    async def simulate(
        server: FakeServer,
        dialect: EntraDialect = EntraDialect.LEGACY,
        matching: Matching = Matching.USER_NAME,
        people: Sequence[Person] = tuple(sample_people(4)),
        **options: int,
    ) -> Verdict:
        return await simulate_entra(
            f"http://fake.test{BASE}/",
            TOKEN,
            people=people,
            dialect=dialect,
            matching=matching,
            console=Console(file=output, width=80),
            transport=httpx.ASGITransport(app=server),
            **options,
        )

    return simulate

"""What the tests of the gateways ask for: a provider to speak with, and a clock that can be moved."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from rollbook.gateways.guarded_http import GuardedHttp
from rollbook.gateways.openid import HttpOpenIdProvider
from tests.fake_idp import FakeIdp

from .name_server import NameServer


class MovedClock:
    """The real time, and so much later as it was moved."""

    def __init__(self) -> None:
        self.later = timedelta()

    def __call__(self) -> datetime:
        """The moment that it shows."""
        return datetime.now(UTC) + self.later

    def move(self, **by: float) -> None:
        """Let as much time pass."""
        self.later += timedelta(**by)


@pytest.fixture
def clock(idp: FakeIdp) -> MovedClock:
    """The clock of both sides."""
    moved = MovedClock()
    idp.clock = moved
    return moved


@pytest.fixture
def openid(idp: FakeIdp, clock: MovedClock) -> HttpOpenIdProvider:
    """The gateway under test, which may reach the provider."""
    return HttpOpenIdProvider(GuardedHttp(idp.private_hosts), clock)


@pytest.fixture
async def server() -> AsyncIterator[NameServer]:
    """The name server that the test may ask."""
    transport, server = await asyncio.get_running_loop().create_datagram_endpoint(
        NameServer, local_addr=("127.0.0.1", 0)
    )
    server.transport = transport
    yield server
    transport.close()

"""Clients of the SCIM facade, and what the tests about it say again and again."""

from collections.abc import AsyncIterator

import httpx
import pytest

from rollbook.app import app_over
from rollbook.scim.reading import Reading
from rollbook.services import Services
from tests.conftest import BASE_URL

PREFIX = f"{BASE_URL}/scim/v2"


def scim_client(services: Services, token: str) -> httpx.AsyncClient:
    """A provisioning client with this token; its addresses are those below the prefix."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app_over(services, BASE_URL), raise_app_exceptions=False),
        base_url=PREFIX,
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/scim+json"},
    )


@pytest.fixture
async def scim(services: Services, scim_token: str) -> AsyncIterator[httpx.AsyncClient]:
    async with scim_client(services, scim_token) as client:
        yield client


@pytest.fixture
async def strict(services: Services, strict_token: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client that is held to the standard's letter."""
    async with scim_client(services, strict_token) as client:
        yield client


@pytest.fixture
def lenient_reading() -> Reading:
    return Reading()


@pytest.fixture
def strict_reading() -> Reading:
    return Reading(strict=True)

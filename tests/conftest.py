"""What every test can ask for: services over both databases, an organization, and clients of the whole server."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from rollbook.app import app_over, open_services
from rollbook.domain.actors import Actor
from rollbook.domain.criteria import EVERYONE
from rollbook.domain.memberships import Membership
from rollbook.domain.organizations import Organization
from rollbook.domain.policy import API_SCOPES
from rollbook.domain.tokens import Dialect, TokenKind
from rollbook.persistence import migrations
from rollbook.services import Services
from rollbook.settings import UNLIMITED, Settings, Traffic
from rollbook.web.browser import Browser
from tests import fake_idp
from tests.postgresql import Server

BASE_URL = "https://rollbook.test"

SESSION_COOKIE = Browser(BASE_URL).cookie


@dataclass(frozen=True)
class AnOrganization:
    """An organization with one admin, and the operator acting in it."""

    organization: Organization
    admin: Membership
    operator: Actor


async def an_organization(services: Services, handle: str, admin_email: str) -> AnOrganization:
    """A new organization, made as the command line makes it."""
    organization = await services.organizations.create(handle, handle.capitalize(), admin_email)
    operator = await services.organizations.operator(handle)
    members = await services.memberships.search(operator, EVERYONE, offset=0, limit=10)
    (admin,) = members.memberships
    return AnOrganization(organization, admin, operator)


def client_of(services: Services, token: str | None = None, traffic: Traffic = UNLIMITED) -> httpx.AsyncClient:
    """An HTTP client of the whole server, in this process; it sends the token unless a request says otherwise."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app_over(services, BASE_URL, traffic), raise_app_exceptions=False),
        base_url=BASE_URL,
        headers={"Authorization": f"Bearer {token}"} if token else {},
    )


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "rollbook.sqlite3"
    migrations.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql(request: pytest.FixtureRequest) -> Server:
    run = getattr(request.config, "workerinput", {}).get("testrunuid", f"alone-{os.getpid()}")
    worker = getattr(request.config, "workerinput", {}).get("workerid", "alone")
    server = Server(run, worker)
    asyncio.run(server.prepare())
    server.migrate_template()
    return server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def server(request: pytest.FixtureRequest) -> Server | None:
    """The PostgreSQL that the test runs on, or None when it runs on SQLite; every test that asks runs on both."""
    return None if request.param == "sqlite" else request.getfixturevalue("postgresql")


@pytest.fixture
async def settings(server: Server | None, sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Settings]:
    """The settings of an installation with a fresh migrated database."""
    if server is None:
        made = Settings(data_dir=tmp_path, base_url=BASE_URL)
        shutil.copy(sqlite_template, made.database_path)
        yield made
    else:
        url = await server.create()
        yield Settings(data_dir=tmp_path, base_url=BASE_URL, database_url=url)
        await server.drop(url)


@pytest.fixture
async def services(settings: Settings) -> AsyncIterator[Services]:
    async with open_services(settings) as opened:
        yield opened


@pytest.fixture
async def acme(services: Services) -> AnOrganization:
    return await an_organization(services, "acme", "a@acme.test")


@pytest.fixture
async def globex(services: Services) -> AnOrganization:
    """Another organization of the same installation."""
    return await an_organization(services, "globex", "g@globex.test")


@pytest.fixture
async def scim_token(services: Services, acme: AnOrganization) -> str:
    return (await services.tokens.issue(acme.operator, TokenKind.SCIM, "Okta"))[1]


@pytest.fixture
async def strict_token(services: Services, acme: AnOrganization) -> str:
    """A SCIM token whose requests are held to the standard's letter."""
    return (await services.tokens.issue(acme.operator, TokenKind.SCIM, "Strict", dialect=Dialect.STRICT))[1]


@pytest.fixture
async def api_token(services: Services, acme: AnOrganization) -> str:
    return (await services.tokens.issue(acme.operator, TokenKind.API, "Tools", scopes=API_SCOPES))[1]


@pytest.fixture
async def http(services: Services) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(services) as client:
        yield client


@pytest.fixture
def idp() -> Iterator[fake_idp.FakeIdp]:
    """An OpenID provider of our own on a loopback port; how to use it is told in its module."""
    with fake_idp.serving() as provider:
        yield provider

"""The doors of one organization, open to every test: each alone, and one to write and one to read."""

import httpx
import pytest

from rollbook.domain.policy import API_SCOPES
from rollbook.domain.tokens import TokenKind
from rollbook.services import Services
from tests.conftest import AnOrganization
from tests.facades.driver import Driver
from tests.facades.drivers.graphql import GraphQL
from tests.facades.drivers.scim import Scim


@pytest.fixture
def scim(http: httpx.AsyncClient, scim_token: str) -> Scim:
    return Scim(http, scim_token)


@pytest.fixture
def strict(http: httpx.AsyncClient, strict_token: str) -> Scim:
    """A provisioning client that is held to the standard's letter."""
    return Scim(http, strict_token)


@pytest.fixture
def graphql(http: httpx.AsyncClient, api_token: str) -> GraphQL:
    return GraphQL(http, api_token)


@pytest.fixture(params=["scim", "graphql"])
def writer(request: pytest.FixtureRequest, scim: Scim, graphql: GraphQL) -> Driver:
    """The door through which something is done; every test that asks is played through each."""
    return scim if request.param == "scim" else graphql


@pytest.fixture(params=["scim", "graphql"])
def reader(request: pytest.FixtureRequest, scim: Scim, graphql: GraphQL) -> Driver:
    """The door through which it is seen; together with `writer` this plays every mixture."""
    return scim if request.param == "scim" else graphql


@pytest.fixture
async def their_scim(http: httpx.AsyncClient, services: Services, globex: AnOrganization) -> Scim:
    """The SCIM door of another organization."""
    return Scim(http, (await services.tokens.issue(globex.operator, TokenKind.SCIM, "Theirs"))[1])


@pytest.fixture
async def their_graphql(http: httpx.AsyncClient, services: Services, globex: AnOrganization) -> GraphQL:
    """The GraphQL door of another organization."""
    return GraphQL(http, (await services.tokens.issue(globex.operator, TokenKind.API, "Theirs", scopes=API_SCOPES))[1])

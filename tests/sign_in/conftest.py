"""What the tests of the doors ask for: an organization with single sign-on, and browsers in front of the doors."""

from collections.abc import AsyncIterator

import httpx
import pytest

from rollbook.domain.actors import Actor
from rollbook.domain.memberships import Membership
from rollbook.services import Services
from rollbook.services.opening import open_services
from rollbook.settings import Settings
from tests.builders import a_draft, okta, signed_in
from tests.conftest import AnOrganization, client_of
from tests.fake_idp import FakeIdp


@pytest.fixture
async def services(settings: Settings, idp: FakeIdp) -> AsyncIterator[Services]:
    """The services, which can reach the provider."""
    async with open_services(settings, idp.gateways()) as opened:
        yield opened


@pytest.fixture
async def sso(services: Services, acme: AnOrganization, idp: FakeIdp) -> FakeIdp:
    """The provider by which the members of Acme sign in."""
    await services.sso.save(await signed_in(services, acme.operator, "a@acme.test"), idp.draft())
    return idp


@pytest.fixture
async def ada(services: Services, acme: AnOrganization, sso: FakeIdp) -> Membership:
    """A member of Acme whom its provider has provisioned, and who is the next to come from there."""
    provisioning: Actor = await okta(services, acme.operator)
    return await services.memberships.create(provisioning, a_draft("ada@acme.test", "ada@acme.test"))


@pytest.fixture
async def another(services: Services) -> AsyncIterator[httpx.AsyncClient]:
    """A second browser."""
    async with client_of(services) as client:
        yield client

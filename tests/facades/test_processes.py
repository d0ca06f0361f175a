"""The promises about parallel requests and tenants once more, kept by a real server: SQLite, and PostgreSQL by four."""

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.cli.command import Installation, Served
from tests.facades.drivers.graphql import GraphQL
from tests.facades.drivers.scim import Scim
from tests.facades.test_parallel import (
    one_hundred_additions_five_at_a_time_lose_nobody,
    ten_creations_give_one_201_and_nine_409,
)

_numbers = itertools.count()


@dataclass
class Tenant:
    """An organization of its own on the running server, and its doors."""

    installation: Installation
    http: httpx.AsyncClient
    handle: str = field(default_factory=lambda: f"tenant-{next(_numbers)}")

    def __post_init__(self) -> None:
        self.domain = f"{self.handle}.test"
        email = f"admin@{self.domain}"
        self.installation.out(
            *("organization", "create", "--handle", self.handle, "--name", "A tenant", "--admin-email", email)
        )
        self.scim = Scim(self.http, self._token("--kind", "scim"))
        self.old = Scim(self.http, self._token("--kind", "scim", name="Old"))
        self.graphql = GraphQL(self.http, self._token("--kind", "api", "--scopes", "all"))

    def _token(self, *words: str, name: str = "Okta") -> str:
        return self.installation.out("token", "create", "--organization", self.handle, "--name", name, *words)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Installation, Served]]:
    """A server that runs as an operator runs it, one for all tests of this module."""
    data_dir: Path = tmp_path_factory.mktemp("data")
    if request.param == "sqlite":
        installation = Installation(data_dir)
        with installation.serving() as server:
            yield installation, server
        return
    postgresql = request.getfixturevalue("postgresql")
    url = asyncio.run(postgresql.create())
    installation = Installation(data_dir, url)
    with installation.serving("--workers", "4") as server:
        yield installation, server
    asyncio.run(postgresql.drop(url))


@pytest.fixture
async def http(served):
    """A client with many connections, so that every worker gets some."""
    async with httpx.AsyncClient(base_url=served[1].url, timeout=60) as client:
        yield client


@pytest.fixture
def tenant(served, http):
    return Tenant(served[0], http)


@pytest.fixture
def other(served, http):
    """Another organization on the same server."""
    return Tenant(served[0], http)


async def test_ten_creations_of_one_user_name(tenant):
    await ten_creations_give_one_201_and_nine_409(tenant.scim, tenant.domain)


async def test_one_hundred_pushes_to_one_group(tenant):
    await one_hundred_additions_five_at_a_time_lose_nobody(tenant.scim, tenant.domain)


async def test_what_one_request_writes_every_later_one_reads(tenant):
    for at in range(20):
        made = await tenant.scim.create(f"u{at}@{tenant.domain}", "Bo Ek")
        assert await tenant.graphql.get(made.id) == made
        gone = await tenant.graphql.deactivate(made.id)
        assert await tenant.scim.get(made.id) == gone


async def test_another_tenant_sees_404_and_nobody(tenant, other):
    made = await tenant.scim.create(f"bo@{tenant.domain}", "Bo Ek", role="admin")

    answers = [await other.scim.send(method, f"/Users/{made.id}") for method in ("GET", "DELETE")]
    await other.scim.patch("/Groups/admins", {"op": "add", "path": "members", "value": [{"value": made.id}]})

    assert [answer.status_code for answer in answers] == [404, 404]
    assert [person.email for person in await other.scim.everyone()] == [f"admin@{other.domain}"]
    assert await other.scim.search(f"bo@{tenant.domain}") == []
    assert len(await other.scim.in_group("Admins")) == 1
    assert await tenant.scim.get(made.id) == made


async def test_a_revoked_token_fails_at_once_in_every_worker(tenant):
    before = await asyncio.gather(*(tenant.old.send("GET", "/Users") for _ in range(20)))
    listed = (await tenant.graphql.query("{ organization { tokens(kind: SCIM) { id name } } }"))["organization"][
        "tokens"
    ]
    (token_id,) = [token["id"] for token in listed if token["name"] == "Old"]

    await tenant.graphql.query(
        "mutation($id: ID!) { revokeToken(input: { tokenId: $id }) { __typename } }", id=token_id
    )
    after = await asyncio.gather(*(tenant.old.send("GET", "/Users") for _ in range(20)))

    assert {answer.status_code for answer in before} == {200}
    assert {answer.status_code for answer in after} == {401}

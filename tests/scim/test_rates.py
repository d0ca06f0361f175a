"""How many requests a token may send in a second, and how its client is told."""

from dataclasses import replace

import pytest

from rollbook.settings import UNLIMITED
from tests.conftest import client_of


@pytest.fixture
def server():
    """Nothing here depends on the database: one of the two is enough."""
    return None


@pytest.fixture
async def limited(services, scim_token):
    """A client whose token may send 25 requests a second."""
    async with client_of(services, scim_token, replace(UNLIMITED, scim_requests_per_second=25)) as client:
        yield client


async def test_a_burst_of_ten_seconds_passes_and_what_is_more_waits(limited):
    answers = [await limited.get("/scim/v2/ServiceProviderConfig") for _ in range(250)]
    refused = [each for each in [await limited.get("/scim/v2/Users") for _ in range(100)] if each.status_code != 200]

    assert {each.status_code for each in answers} == {200}
    assert (answers[0].headers["RateLimit-Limit"], answers[0].headers["RateLimit-Remaining"]) == ("250", "249")
    assert len(refused) > 0
    assert {each.status_code for each in refused} == {429}
    told = refused[0]
    assert told.headers["Content-Type"] == "application/scim+json"
    assert (told.headers["Retry-After"], told.headers["RateLimit-Remaining"]) == ("1", "0")
    assert told.json() == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": "429",
        "detail": "This token sends more than 25 requests a second. Try again in 1 s.",
    }


async def test_what_is_refused_changes_nothing(limited):
    while (await limited.get("/scim/v2/ServiceProviderConfig")).status_code == 200:
        pass

    bodies = [
        {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": f"{number}@acme.test"}
        for number in range(20)
    ]
    statuses = [(await limited.post("/scim/v2/Users", json=body)).status_code for body in bodies]

    assert set(statuses) <= {201, 429}
    assert 429 in statuses
    while (listed := await limited.get("/scim/v2/Users")).status_code == 429:
        pass
    assert listed.json()["totalResults"] == 1 + statuses.count(201)


async def test_every_answer_tells_what_is_left_refusals_too(limited):
    answers = [await limited.get(f"/scim/v2/{path}") for path in ("Users", "Users/nobody", "Nothing", "Users?filter=(")]

    assert [each.status_code for each in answers] == [200, 404, 404, 400]
    assert ["RateLimit-Remaining" in each.headers for each in answers] == [True] * 4


async def test_without_a_limit_nothing_is_told(services, scim_token):
    async with client_of(services, scim_token) as client:
        response = await client.get("/scim/v2/Users")

    assert [name for name in response.headers if name.startswith("ratelimit")] == []

"""How much a principal may ask in a minute, how they are told, and what an operation costs."""

from dataclasses import replace

import pytest

from rollbook.domain import lockout
from rollbook.domain.rates import Rate
from rollbook.domain.tokens import SecretKind, TokenKind, mint
from rollbook.settings import UNLIMITED
from tests.conftest import client_of

from .client import OWN_PAGE, a_member, member_id, signed_in, with_token

VIEWER = "{ viewer { name } }"
MEMBERS = "{ organization { members(first: 49) { totalCount } } }"
MEMBERS_COST = 50
"""The organization and 49 rows."""


@pytest.fixture
def server():
    """Nothing here depends on the database: one of the two is enough."""
    return None


@pytest.fixture
async def limited(services):
    """A client of a server with the given limits."""
    clients = []

    def client(**rates):
        clients.append(client_of(services, traffic=replace(UNLIMITED, **rates)))
        return clients[-1]

    yield client
    for each in clients:
        await each.aclose()


def rate(response, name="RateLimit"):
    """Limit and what is left, as the headers tell them."""
    return int(response.headers[f"{name}-Limit"]), int(response.headers[f"{name}-Remaining"])


def refused(response):
    """The code of the one error of an answer without data, and how long to wait."""
    (error,) = response.json()["errors"]
    assert "data" not in response.json()
    return response.status_code, error["extensions"]["code"], int(response.headers["Retry-After"])


async def test_every_answer_tells_what_is_left(limited, api_token):
    client = with_token(limited(graphql_requests_per_minute=60, graphql_cost_per_minute=1000), api_token)

    first, second = await client.send(VIEWER), await client.send("{ nonsense")

    assert [rate(each) for each in (first, second)] == [(60, 59), (60, 58)]
    assert [rate(each, "RateLimit-Cost") for each in (first, second)] == [(1000, 999), (1000, 999)]
    assert 0 < int(first.headers["RateLimit-Reset"]) <= 2


async def test_without_limits_nothing_is_told(http, api_token):
    response = await with_token(http, api_token).send(VIEWER)

    assert [name for name in response.headers if name.startswith("ratelimit")] == []


async def test_too_many_requests_are_told_to_wait(limited, api_token):
    client = with_token(limited(graphql_requests_per_minute=2), api_token)

    answers = [await client.send(VIEWER) for _ in range(3)]

    assert [each.status_code for each in answers] == [200, 200, 429]
    assert refused(answers[2]) == (429, "RATE_LIMITED", 30)
    assert rate(answers[2]) == (2, 0)
    assert len(answers[2].headers["X-Request-Id"]) == 36


async def test_too_much_cost_is_refused_before_anything_is_done(limited, services, acme, api_token):
    bo = await a_member(services, acme, "bo@acme.test")
    client = with_token(limited(graphql_cost_per_minute=100), api_token)
    change = f'mutation {{ deactivateMember(input: {{memberId: "{member_id(bo)}"}}) {{ __typename }} }}'
    answers = [await client.send(MEMBERS), await client.send(MEMBERS), await client.send(change)]

    assert [each.status_code for each in answers] == [200, 200, 429]
    assert [rate(each, "RateLimit-Cost") for each in answers] == [(100, 50), (100, 0), (100, 0)]
    status, code, wait = refused(answers[2])
    # the mutation costs 10 for its field and one for its result
    assert (status, code) == (429, "RATE_LIMITED")
    assert 6 <= wait <= 7
    assert (await services.memberships.get(acme.operator, bo.id)).active


async def test_what_costs_more_than_a_minute_holds_runs_once(limited, api_token):
    client = with_token(limited(graphql_cost_per_minute=10), api_token)

    answers = [await client.send(MEMBERS) for _ in range(2)]

    assert [each.status_code for each in answers] == [200, 429]
    assert 299 <= refused(answers[1])[2] <= 300


async def test_an_operation_that_is_too_large_costs_nothing(limited, api_token):
    client = with_token(limited(graphql_cost_per_minute=100), api_token)

    response = await client.send("{ organization { members(first: 1000000) { totalCount } } }")

    assert response.json()["errors"][0]["extensions"]["code"] == "OPERATION_TOO_LARGE"
    assert rate(response, "RateLimit-Cost") == (100, 100)


async def test_each_token_has_an_allowance_of_its_own(limited, services, acme, api_token):
    _, another = await services.tokens.issue(acme.operator, TokenKind.API, "Another")
    http = limited(graphql_requests_per_minute=1)
    assert [(await with_token(http, api_token).send(VIEWER)).status_code for _ in range(2)] == [200, 429]

    response = await with_token(http, another).send(VIEWER)

    assert response.status_code == 200


async def test_a_member_has_one_allowance_in_all_their_browsers(limited, services, acme):
    http = limited(graphql_requests_per_minute=2)
    first = await signed_in(http, services, acme, "a@acme.test")
    assert [(await first.send(VIEWER)).status_code for _ in range(2)] == [200, 200]

    second = await signed_in(http, services, acme, "a@acme.test")

    assert (await second.send(VIEWER)).status_code == 429


async def test_the_cost_is_told_to_whoever_asks(http, services, acme, api_token):
    bo = await a_member(services, acme, "bo@acme.test")
    client = with_token(http, api_token)
    assert "extensions" not in (await client.send(MEMBERS)).json()
    client.headers["X-GraphQL-Cost"] = "1"

    read = (await client.send(MEMBERS)).json()
    change = await client.send(
        f'mutation {{ a: deactivateMember(input: {{memberId: "{member_id(bo)}"}}) {{ __typename }} signOut }}'
    )
    too_large = (await client.send("{ organization { members(first: 20000) { totalCount } } }")).json()

    assert read["extensions"] == {"cost": {"requested": MEMBERS_COST, "max": 10_000}}
    assert change.json()["extensions"]["cost"]["requested"] == 1 + 2 * 10
    assert too_large["extensions"]["cost"]["requested"] == 20_001


async def test_tokens_cannot_be_guessed_at_full_speed(limited, services, acme, api_token, scim_token, monkeypatch):
    monkeypatch.setattr(lockout, "FAILURES", Rate(3, 3600))
    http = limited()
    assert (await with_token(http, api_token).send(VIEWER)).status_code == 200

    answers = [await with_token(http, mint(SecretKind.API)).send(VIEWER) for _ in range(4)]

    assert [each.status_code for each in answers] == [401, 401, 401, 429]
    assert refused(answers[-1]) == (429, "RATE_LIMITED", 1200)
    assert (await with_token(http, api_token).send(VIEWER)).status_code == 200
    provisioning = await http.get("/scim/v2/Users", headers={"Authorization": f"Bearer {scim_token}"})
    redeeming = await http.post("/auth/redeem", json={"token": mint(SecretKind.LINK)}, headers=OWN_PAGE)
    assert [provisioning.status_code, redeeming.status_code] == [429, 429]
    assert [provisioning.headers["Retry-After"], redeeming.headers["Retry-After"]] == ["1200", "1200"]

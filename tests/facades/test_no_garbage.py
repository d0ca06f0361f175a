"""What a request leaves behind is gone with its answer.

Whatever holds itself in a circle stays until the garbage collector comes, who stops everybody while it looks through
all of that: with what a page of GraphQL left, for a tenth of a second at a time (docs/decisions/0018).
"""

import gc
import itertools
import json
from contextlib import contextmanager

import pytest

from rollbook.app import app_over
from tests.asgi import ask
from tests.conftest import BASE_URL

TIMES = 20
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
PAGE = (
    "{ organization { members { totalCount nodes { id name groups { id } user { email } } pageInfo { endCursor } } } }"
)


@contextmanager
def nothing_left():
    """Fails if each of the `TIMES` requests inside left something for the collector."""
    gc.collect()
    gc.disable()
    try:
        yield
        left = gc.collect()
    finally:
        gc.enable()
    assert left < TIMES, f"{left / TIMES:.0f} objects of each request"


@pytest.fixture
def scim(services, scim_token):
    app = app_over(services, BASE_URL)
    headers = {"authorization": f"Bearer {scim_token}", "content-type": "application/scim+json"}

    async def scim(method, path, body=None, *, query=""):
        sent = b"" if body is None else json.dumps(body).encode()
        return await ask(app, method, f"/scim/v2{path}", headers, sent, query=query)

    return scim


@pytest.fixture
def graphql(services, api_token):
    app = app_over(services, BASE_URL)
    headers = {"authorization": f"Bearer {api_token}", "content-type": "application/json"}

    async def graphql(query, **variables):
        return await ask(
            app, "POST", "/graphql", headers, json.dumps({"query": query, "variables": variables}).encode()
        )

    return graphql


async def created(scim, name):
    answer = await scim("POST", "/Users", {"userName": name, "emails": [{"value": name}]})
    assert answer.status_code == 201
    return answer.json()["id"]


def patch(**value):
    return {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "value": value}]}


@pytest.mark.parametrize(
    "request_of",
    [
        lambda member, number: ("GET", f"/Users/{member}", None, 200),
        lambda member, number: ("GET", "/Users", None, 200),
        lambda member, number: ("GET", "/Users?filter=userName eq %22ada@acme.test%22", None, 200),
        lambda member, number: ("GET", "/Users?filter=emails[type eq %22work%22] and active eq true", None, 200),
        lambda member, number: ("GET", "/Users/nobody", None, 404),
        lambda member, number: ("GET", "/Schemas", None, 200),
        lambda member, number: ("POST", "/Users", {"userName": f"new{number}@acme.test"}, 201),
        lambda member, number: ("POST", "/Users", {"userName": "ada@acme.test"}, 409),
        lambda member, number: ("PATCH", f"/Users/{member}", patch(title=str(number)), 200),
        lambda member, number: ("PATCH", f"/Users/{member}", patch(active=number % 2 == 0), 200),
        lambda member, number: ("PATCH", f"/Users/{member}", patch(userName="bo@acme.test"), 409),
        lambda member, number: ("PUT", f"/Users/{member}", {"userName": "ada@acme.test", "title": str(number)}, 200),
    ],
    ids=["get", "list", "key", "some", "nobody", "schemas", "post", "taken", "patch", "active", "rename", "put"],
)
async def test_of_scim(scim, request_of):
    member = await created(scim, "ada@acme.test")
    await created(scim, "bo@acme.test")
    numbers = itertools.count()

    async def send():
        method, address, body, status = request_of(member, next(numbers))
        path, _, query = address.partition("?")
        answer = await scim(method, path, body, query=query.replace(" ", "%20"))
        assert answer.status_code == status

    await send()  # once, until all is compiled and kept
    await send()
    with nothing_left():
        for _ in range(TIMES):
            await send()


@pytest.mark.parametrize("strangers", [0, 1, 3_000, 40_000], ids=["members", "one", "long", "very long"])
async def test_of_scim_groups(scim, strangers):
    ids = [await created(scim, "ada@acme.test"), *(f"{at:08}-0000-7000-8000-000000000000" for at in range(strangers))]
    members = [{"value": each} for each in ids]

    async def send():
        for operation in ("add", "remove"):
            body = {"schemas": [PATCH_OP], "Operations": [{"op": operation, "path": "members", "value": members}]}
            assert (await scim("PATCH", "/Groups/users", body)).status_code == 204

    await send()
    assert gc.isenabled()
    with nothing_left():
        for _ in range(TIMES if strangers < 10_000 else 2):
            await send()


@pytest.mark.parametrize(
    ("query", "errors"),
    [(PAGE, False), ("{ viewer { permissions } }", False), ("{ nothing }", True)],
    ids=["page", "viewer", "unknown field"],
)
async def test_of_graphql(scim, graphql, query, errors):
    for number in range(5):
        await created(scim, f"member{number}@acme.test")

    async def send():
        answer = (await graphql(query)).json()
        assert ("errors" in answer) == errors

    await send()
    await send()
    with nothing_left():
        for _ in range(TIMES):
            await send()

"""Whatever is sent is answered in SCIM's words, and a refusal leaves no trace: requests made up by Hypothesis."""

from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.types import ASGIApp

from rollbook.app import app_over
from tests import asgi
from tests.conftest import BASE_URL

from . import strategies as some
from .people import bare, created, read, refusal

SUBJECT = bare("subject@x.test", title="Dr", emails=[{"value": "subject@x.test", "type": "work"}])
REFUSED_QUERY = {"invalidFilter", "invalidValue", "invalidCount", "invalidCursor", "invalidSyntax"}
REFUSED_BODY = {*REFUSED_QUERY, "invalidPath", "mutability", "noTarget", "uniqueness", None}


def fuzz(examples: int) -> Any:
    """The same examples in every run, so that one run of the suite says what the next one will say."""
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        # the fixtures are one world that all examples share; each looks at it before and after its request
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


class World:
    """The whole of what a client can see of an organization, and one user to try things on."""

    def __init__(self, scim: httpx.AsyncClient, strict: httpx.AsyncClient) -> None:
        self.clients = {"lenient": scim, "strict": strict}
        self.scim = scim
        self.address = ""

    async def seen(self) -> list[Any]:
        """Every user and both groups."""
        return [(await self.scim.get(path, params={"count": 1000})).json() for path in ("/Users", "/Groups")]

    async def undo(self, made: str | None = None) -> None:
        """Take away whoever was made, or have the subject as it was at first."""
        answer = await (self.scim.delete(f"/Users/{made}") if made else self.scim.put(self.address, json=SUBJECT))
        assert answer.status_code in (200, 204), answer.text

    async def renew(self) -> None:
        """Take away everybody who is not the admin, and make the subject again, whatever an example did."""
        for user in (await self.scim.get("/Users", params={"attributes": "id", "count": 1000})).json()["Resources"][1:]:
            await self.undo(user["id"])
        self.address = f"/Users/{(await created(self.scim, SUBJECT))['id']}"


@pytest.fixture
async def world(scim, strict, acme) -> World:
    """The organization's admin comes first in every list, and no request here can make them go."""
    world = World(scim, strict)
    await world.renew()
    return world


dialects = st.sampled_from(("lenient", "strict"))


@fuzz(150)
@given(dialect=dialects, path=some.collections, text=some.filters)
async def test_a_filter_is_answered_or_refused(world, dialect, path, text):
    answer = await world.clients[dialect].get(f"{path}?{some.encoded({'filter': text})}")

    assert answer.status_code == 200 or refusal(answer) in {(400, "invalidFilter"), (400, "invalidValue")}, answer.text


@fuzz(100)
@given(dialect=dialects, path=some.collections, query=some.queries)
async def test_a_query_is_answered_or_refused(world, dialect, path, query):
    answer = await world.clients[dialect].get(f"{path}?{some.encoded(query)}")

    if answer.status_code != 200:
        status, scim_type = refusal(answer)
        assert (status, scim_type in REFUSED_QUERY) == (400, True), answer.text


@fuzz(60)
@given(dialect=dialects, path=st.sampled_from(("/.search", "/Users/.search", "/Groups/.search")), body=some.searches)
async def test_a_search_is_answered_or_refused(world, dialect, path, body):
    answer = await world.clients[dialect].post(path, content=some.written(body))

    if answer.status_code != 200:
        status, scim_type = refusal(answer)
        assert (status, scim_type in REFUSED_QUERY) == (400, True), answer.text


@fuzz(300)
@given(dialect=dialects, method=st.sampled_from(("POST", "PUT", "PATCH")), data=st.data())
async def test_a_user_is_taken_as_a_whole_or_refused_without_a_trace(world, dialect, method, data):
    body = some.written(data.draw(some.patches if method == "PATCH" else some.users))
    path = "/Users" if method == "POST" else world.address
    before = await world.seen()

    answer = await world.clients[dialect].request(method, path, content=body)

    if answer.status_code in (200, 201):
        assert answer.json()["userName"]
        assert await read(world.scim, f"/Users/{answer.json()['id']}") == answer.json()
        await world.undo(answer.json()["id"] if method == "POST" else None)
        return
    status, scim_type = refusal(answer)
    assert status in (400, 409)
    assert scim_type in REFUSED_BODY
    assert await world.seen() == before


@fuzz(120)
@given(dialect=dialects, group=st.sampled_from(("users", "admins", "nothing")), data=st.data())
async def test_a_group_is_changed_as_a_whole_or_refused_without_a_trace(world, dialect, group, data):
    method = data.draw(st.sampled_from(("PUT", "PATCH")))
    body = some.written(data.draw(some.patches if method == "PATCH" else some.groups))
    before = await world.seen()

    answer = await world.clients[dialect].request(method, f"/Groups/{group}", content=body)

    if answer.status_code not in (200, 204):
        status, scim_type = refusal(answer)
        assert status in (400, 404, 409)
        assert scim_type in REFUSED_BODY
        assert await world.seen() == before


@fuzz(80)
@given(dialect=dialects, body=some.bulks)
async def test_each_operation_of_a_bulk_message_is_answered(world, dialect, body):
    content = some.written(body).replace(b"/Users/{id}", world.address.encode())
    before = await world.seen()

    answer = await world.clients[dialect].post("/Bulk", content=content)

    if answer.status_code != 200:
        status, scim_type = refusal(answer)
        assert (status, scim_type in REFUSED_BODY) == (400, True), answer.text
        assert await world.seen() == before
        return
    statuses = {result["status"] for result in answer.json()["Operations"]}
    assert statuses <= {"200", "201", "204", "400", "404", "405", "409", "412", "501"}
    await world.renew()


@fuzz(300)
@given(
    dialect=dialects,
    target=some.targets,
    query=some.query_strings,
    headers=some.headers,
    body=st.just(b"") | some.bodies,
)
async def test_any_request_is_answered(world, app, dialect, target, query, headers, body):
    method, address = target
    before = await world.seen()
    headers = {"content-type": "application/scim+json", **dict(world.clients[dialect].headers), **headers}

    answer = await ask(app, method, address.replace("Users/{id}", world.address[1:]), query, headers, body)

    if answer.status_code >= 400 and method != "HEAD":
        assert refusal(answer)[0] in (400, 403, 404, 405, 409, 412, 413, 415, 501)
        assert await world.seen() == before
    else:
        assert answer.status_code in (200, 201, 204, 304) or method == "HEAD"
    if answer.status_code < 300 and method not in ("GET", "HEAD"):
        await world.renew()


@fuzz(40)
@given(
    authorization=st.none()
    | st.builds(
        "{}{}{}".format, st.sampled_from(("", "Bearer ", "Basic ", "bearer\t")), st.text(max_size=9), some.texts
    ),
    address=some.addresses,
)
async def test_without_a_token_everything_is_401(world, app, authorization, address):
    headers = {} if authorization is None else {"authorization": authorization}

    answer = await ask(app, "GET", address, "", headers, b"")

    assert refusal(answer) == (401, None)


@pytest.fixture
def app(services) -> ASGIApp:
    return app_over(services, BASE_URL)


async def ask(app: ASGIApp, method: str, address: str, query: str, headers: dict[str, str], body: bytes) -> Any:
    return await asgi.ask(app, method, f"/scim/v2/{address}", headers, body, query=query)

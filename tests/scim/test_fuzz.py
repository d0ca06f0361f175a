"""Whatever is sent is answered in SCIM's words, and a refusal leaves no trace: requests made up by Hypothesis."""

from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.types import ASGIApp, Message

from rollbook.app import app_over
from tests.conftest import BASE_URL

from . import strategies as some
from .people import bare, created, refusal

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

    def __init__(self, scim: httpx.AsyncClient, strict: httpx.AsyncClient, subject: str) -> None:
        self.clients = {"lenient": scim, "strict": strict}
        self.scim = scim
        self.subject = subject

    async def seen(self) -> list[Any]:
        """Every user and both groups."""
        return [(await self.scim.get(path, params={"count": 1000})).json() for path in ("/Users", "/Groups")]

    async def restore(self) -> None:
        """Take away whoever was made, and have the subject as it was at first, whatever an example did."""
        for user in (await self.scim.get("/Users", params={"attributes": "id", "count": 1000})).json()["Resources"][1:]:
            assert (await self.scim.delete(f"/Users/{user['id']}")).status_code == 204
        self.subject = (await created(self.scim, bare("subject@x.test", title="Dr")))["id"]


@pytest.fixture
async def world(scim, strict, acme) -> World:
    """The organization's admin comes first in every list, and no request here can make them go."""
    user = await created(scim, bare("subject@x.test", title="Dr"))
    return World(scim, strict, user["id"])


dialects = st.sampled_from(("lenient", "strict"))


@fuzz(150)
@given(dialect=dialects, path=some.collections, text=some.filters)
async def test_a_filter_is_answered_or_refused(world, dialect, path, text):
    answer = await world.clients[dialect].get(f"{path}?{some.encoded({'filter': text})}")

    assert answer.status_code == 200 or refusal(answer) in {(400, "invalidFilter"), (400, "invalidValue")}, answer.text


@fuzz(120)
@given(dialect=dialects, path=some.collections, query=some.queries)
async def test_a_query_is_answered_or_refused(world, dialect, path, query):
    answer = await world.clients[dialect].get(f"{path}?{some.encoded(query)}")

    if answer.status_code != 200:
        status, scim_type = refusal(answer)
        assert (status, scim_type in REFUSED_QUERY) == (400, True), answer.text


@fuzz(100)
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
    path = "/Users" if method == "POST" else f"/Users/{world.subject}"
    before = await world.seen()

    answer = await world.clients[dialect].request(method, path, content=body)

    if answer.status_code in (200, 201):
        assert answer.json()["userName"]
        assert (await world.scim.get(f"/Users/{answer.json()['id']}")).json() == answer.json()
        await world.restore()
        return
    status, scim_type = refusal(answer)
    assert status in (400, 409)
    assert scim_type in REFUSED_BODY
    assert await world.seen() == before


@fuzz(150)
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


@fuzz(400)
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

    answer = await ask(app, method, address.replace("{id}", world.subject), query, headers, body)

    if answer.status_code >= 400 and method != "HEAD":
        assert refusal(answer)[0] in (400, 403, 404, 405, 409, 412, 413, 415, 501)
        assert await world.seen() == before
    else:
        assert answer.status_code in (200, 201, 204, 304) or method == "HEAD"
        await world.restore()


@fuzz(60)
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
    """One request as a server hands it to the application; no client library puts right what is odd in it."""
    path = f"/scim/v2/{address}"
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(errors="surrogateescape"),
        "query_string": query.encode("ascii", errors="surrogateescape"),
        "root_path": "",
        "headers": [(name.encode(), value.encode("utf-8", "surrogatepass")) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    sent: list[Message] = []
    parts = [body[: len(body) // 2], body[len(body) // 2 :]]

    async def receive() -> Message:
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    content = b"".join(message.get("body", b"") for message in sent[1:])
    return httpx.Response(sent[0]["status"], headers=sent[0]["headers"], content=content)

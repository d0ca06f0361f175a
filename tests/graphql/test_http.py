"""POST /graphql as HTTP: methods, media types, statuses and bodies, whatever comes in."""

import json

import pytest

from rollbook.web.requests import MAX_BODY

from .client import with_token

GRAPHQL = "application/graphql-response+json"
QUERY = {"query": "{ viewer { name } }"}
ANSWER = {"data": {"viewer": {"name": "Tools"}}}


@pytest.fixture
def server():
    """Nothing here depends on the database: one of the two is enough."""
    return None


@pytest.fixture
def post(http, api_token):
    async def post(body, **headers):
        sent = {"Authorization": f"Bearer {api_token}", "Content-Type": "application/json"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await http.post("/graphql", content=content, headers=sent)

    return post


def told(response):
    """The code of the only error of an answer that has no data."""
    (error,) = response.json()["errors"]
    assert "data" not in response.json()
    return error["extensions"]["code"]


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (GRAPHQL, f"{GRAPHQL}; charset=utf-8"),
        (f"{GRAPHQL}; charset=utf-8, application/json;q=0.9", f"{GRAPHQL}; charset=utf-8"),
        ("application/json", "application/json; charset=utf-8"),
        ("*/*", "application/json; charset=utf-8"),
        ("text/html", "application/json; charset=utf-8"),
    ],
)
async def test_the_answer_comes_in_the_media_type_that_was_asked_for(post, accept, content_type):
    response = await post(QUERY, Accept=accept)

    assert (response.status_code, response.json()) == (200, ANSWER)
    assert response.headers["content-type"] == content_type
    assert response.headers["cache-control"] == "no-store"
    assert len(response.headers["x-request-id"]) == 36


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
async def test_json_is_json_with_parameters_and_in_capitals(post, content_type):
    assert (await post(QUERY, Content_Type=content_type)).json() == ANSWER


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"nope", b"[" * 100_000, b'{"query": "\\ud800"}', b"\xff", [QUERY], "{ viewer { name } }", 1, None],
)
async def test_a_body_that_is_no_json_object_is_400(post, body):
    response = await post(body)

    assert (response.status_code, told(response)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("batch", [[], [QUERY], [QUERY, QUERY]])
async def test_a_batch_is_refused_and_told_what_to_do(post, batch):
    response = await post(batch)

    assert response.status_code == 400
    assert response.json()["errors"][0]["message"] == (
        "The body is a list: send one operation in each request, not a batch."
    )


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"query": None},
        {"query": 1},
        {"query": " "},
        {"query": {"a": 1}},
        QUERY | {"variables": "{}"},
        QUERY | {"variables": [1]},
        QUERY | {"operationName": 1},
        QUERY | {"extensions": 0},
        QUERY | {"extensions": "x"},
    ],
)
async def test_parameters_of_a_wrong_shape_are_400(post, body):
    response = await post(body)

    assert (response.status_code, told(response)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("variables", [None, {}, {"unused": 1}])
async def test_variables_may_be_null_or_unused(post, variables):
    assert (await post(QUERY | {"variables": variables, "operationName": None, "extensions": {}})).json() == ANSWER


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_another_content_type_is_415(post, content_type):
    response = await post(QUERY, Content_Type=content_type)

    assert (response.status_code, told(response)) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_a_body_over_the_limit_is_413(post):
    response = await post({"query": "#" + "x" * MAX_BODY})

    assert (response.status_code, told(response)) == (413, "LIMIT_EXCEEDED")


async def test_a_body_over_the_limit_that_does_not_say_its_length_is_413(http, api_token):
    async def pieces():
        for _ in range(MAX_BODY // 10_000 + 2):
            yield b" " * 10_000

    headers = {"Authorization": f"Bearer {api_token}", "Content-Type": "application/json"}
    response = await http.post("/graphql", content=pieces(), headers=headers)

    assert (response.status_code, told(response)) == (413, "LIMIT_EXCEEDED")


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_every_other_method_is_405(http, api_token, method):
    headers = {"Authorization": f"Bearer {api_token}"}

    response = await http.request(method, "/graphql", params=QUERY, headers=headers)

    assert (response.status_code, told(response)) == (405, "METHOD_NOT_ALLOWED")
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize(
    "body",
    [
        {"query": "{ viewer"},
        {"query": "{ viewer { nobody } }"},
        {"query": "query($n: Int!) { organization { members(first: $n) { totalCount } } }", "variables": {"n": "x"}},
        {"query": "query A { viewer { name } } query B { viewer { name } }"},
        {"query": "query A { viewer { name } }", "operationName": "B"},
        {"query": "fragment A on Query { viewer { name } }"},
    ],
)
async def test_an_operation_that_cannot_run_is_400_and_for_clients_of_plain_json_200(post, body):
    strict, plain = await post(body, Accept=GRAPHQL), await post(body, Accept="application/json")

    assert [strict.status_code, plain.status_code] == [400, 200]
    assert told(strict) == told(plain) == "BAD_REQUEST"


@pytest.mark.parametrize(
    ("name", "message"),
    [(None, "The document has no operation that could run."), ("B", 'Unknown operation named "B".')],
)
async def test_a_document_without_the_operation_is_told_so(post, name, message):
    response = await post({"query": "fragment A on Query { viewer { name } }", "operationName": name})

    assert [error["message"] for error in response.json()["errors"]] == [message]


async def test_the_named_operation_runs(post):
    body = {"query": "query A { viewer { name } } query B { viewer { kind } }", "operationName": "B"}

    assert (await post(body)).json() == {"data": {"viewer": {"kind": "API_TOKEN"}}}


@pytest.mark.parametrize(
    "query",
    [
        "{" + "viewer { name } " * 21 + "}",
        "{ viewer {" + "name " * 2000 + "} }",
        "{ a" * 500 + "}" * 500,
        "{ organization { members(first: 200) { nodes { user { id } groups { id } } } "
        + " ".join(f"m{i}: members(first: 200) {{ edges {{ node {{ user {{ id }} }} }} }}" for i in range(20))
        + " } }",
        "{ organization { ...F0 } } "
        + " ".join(f"fragment F{i} on Organization {{ ...F{i + 1} ...F{i + 1} }}" for i in range(60))
        + " fragment F60 on Organization { name }",
        "{ __typename }" + "#" * 65_536,
    ],
    ids=["root fields", "tokens", "depth", "nodes", "fragments", "characters"],
)
async def test_an_operation_that_is_too_large_does_not_run(post, query):
    response = await post({"query": query}, Accept=GRAPHQL)

    assert (response.status_code, told(response)) == (400, "OPERATION_TOO_LARGE")


async def test_a_very_long_chain_of_fragments_is_refused(post):
    chain = " ".join(f"fragment F{i} on Organization {{ ...F{i + 1} }}" for i in range(230))

    response = await post({"query": f"{{ organization {{ ...F0 }} }} {chain} fragment F230 on Organization {{ name }}"})

    assert response.status_code == 200
    assert told(response) in {"BAD_REQUEST", "OPERATION_TOO_LARGE"}


async def test_introspection_answers_but_not_without_end(http, api_token):
    client = with_token(http, api_token)
    bomb = "{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }"

    data = await client.data("{ __schema { queryType { name } types { name fields { name type { name } } } } }")

    assert data["__schema"]["queryType"] == {"name": "Query"}
    assert set(await client.codes(bomb)) == {"BAD_REQUEST"}

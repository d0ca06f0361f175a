"""GraphQL over HTTP as the audits of the npm package graphql-http ask it, each under the id that it has there.

`make conformance` runs the audits themselves. What is here is the same in Python, for whoever has no Node.js: all but
three that ask for GET, and six that ask again for less.
"""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
TYPENAME = "{ __typename }"
UNKNOWN_FIELD = "{ a8f31403dfe404bccbb0e835f2629c6a7 }"
COERCION = {"query": "query CoerceFailure($id: ID!) { __typename }", "variables": {"id": None}}
MISTYPED = {"object": {"obj": "ect"}, "number": 0, "boolean": False, "array": ["array"], "string": "string"}
OTHER_THAN_TEXT = ("object", "number", "boolean", "array")
OTHER_THAN_MAP = ("string", "number", "boolean", "array")


@dataclass(frozen=True)
class Audit:
    """A request, and what its answer should be."""

    id: str
    body: Any
    status: int = 200
    accept: str | None = None
    content_type: str | None = JSON
    answers: str = JSON
    ran: bool | None = None
    """Whether the answer has data and no error; None where the audit does not ask."""
    method: str = "POST"
    parameters: dict[str, str] = field(default_factory=dict)


def _both(
    ids: tuple[str, str], body: Any, status: tuple[int, int] = (200, 200), ran: bool | None = True
) -> list[Audit]:
    """The same request from a client of each media type."""
    return [
        Audit(ids[0], body, status[0], accept=GRAPHQL, answers=GRAPHQL, ran=ran),
        Audit(ids[1], body, status[1], accept=JSON, ran=ran),
    ]


NAMED = {"query": "query Query { __typename }", "operationName": "Query"}
VARIABLES = {"query": "query Type($name: String!) { __type(name: $name) { name } }", "variables": {"name": "sometype"}}

AUDITS = [
    Audit("22EB", {"query": TYPENAME}, accept=GRAPHQL, answers=GRAPHQL),
    Audit("4655", {"query": TYPENAME}, accept=JSON),
    Audit("47DE", {"query": TYPENAME}, accept="*/*"),
    Audit("80D8", {"query": TYPENAME}),
    Audit("82A3", {"query": TYPENAME}),
    Audit(
        "BF61", {"query": '{ __type(name: "Run🏃Swim🏊") { name } }'}, content_type="application/json; charset=utf-8"
    ),
    Audit("78D5", {"query": '{ __type(name: "Run🏃Swim🏊") { name } }'}),
    Audit("2C94", {"query": TYPENAME}),
    Audit("9C48", None, 405, method="GET", accept=GRAPHQL, answers=GRAPHQL, parameters={"query": "mutation { a }"}),
    Audit("9ABE", {"query": TYPENAME}, 415, content_type="text/plain;charset=UTF-8"),
    Audit("03D4", {"query": TYPENAME}),
    Audit("A5BF", None, 400),
    Audit("423L", {"notquery": TYPENAME}, 400, accept=GRAPHQL, answers=GRAPHQL),
    *(Audit(f"LKJ{i}", {"query": MISTYPED[kind]}, 400) for i, kind in enumerate(OTHER_THAN_TEXT)),
    *_both(("34A2", "13EE"), {"query": TYPENAME}),
    *(
        Audit(f"6C0{i}", {"query": TYPENAME, "operationName": MISTYPED[kind]}, 400)
        for i, kind in enumerate(OTHER_THAN_TEXT)
    ),
    *_both(("8161", "B8B3"), NAMED),
    *(
        audit
        for i, parameter in enumerate(("variables", "operationName", "extensions"))
        for audit in _both((f"94B{i}", f"022{i}"), {"query": TYPENAME, parameter: None})
    ),
    *(Audit(f"476{i}", {"query": TYPENAME, "variables": MISTYPED[kind]}, 400) for i, kind in enumerate(OTHER_THAN_MAP)),
    *_both(("2EA1", "28B9"), VARIABLES),
    *(
        Audit(f"58B{i}", {"query": TYPENAME, "extensions": MISTYPED[kind]}, 400)
        for i, kind in enumerate(OTHER_THAN_MAP)
    ),
    *_both(("428F", "1B7A"), {"query": TYPENAME, "extensions": {"some": "value"}}),
    *_both(("B7N8", "BCF8"), b'{ "not a JSON', (400, 400), ran=False),
    Audit("3E3A", {"qeury": TYPENAME}, 400),
    *_both(("556A", "572B"), {"query": "{"}, (400, 200), ran=False),
    *_both(("74FF", "FDE2"), {"query": UNKNOWN_FIELD}, (400, 200), ran=False),
    *_both(("86EE", "7B9B"), COERCION, (400, 200), ran=False),
]


@pytest.fixture
def server():
    """Nothing here depends on the database: one of the two is enough."""
    return None


@pytest.mark.parametrize("audit", AUDITS, ids=lambda audit: audit.id)
async def test_an_audit_is_met(http, api_token, audit: Audit):
    http.headers.pop("Accept")
    headers = {"Authorization": f"Bearer {api_token}", "Accept": audit.accept, "Content-Type": audit.content_type}
    content = audit.body if isinstance(audit.body, bytes) else json.dumps(audit.body).encode() if audit.body else b""

    response = await http.request(
        audit.method,
        "/graphql",
        content=content,
        params=audit.parameters,
        headers={name: value for name, value in headers.items() if value is not None},
    )

    assert response.status_code == audit.status
    assert response.headers["content-type"] == f"{audit.answers}; charset=utf-8"
    answer = json.loads(response.content.decode("utf-8"))
    if audit.ran:
        assert "errors" not in answer
    elif audit.ran is False:
        assert "data" not in answer

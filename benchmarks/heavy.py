"""Everything heavy that a client can ask for, at one organization; each answered as it should be."""

import http.client
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from graphql import get_introspection_query

from benchmarks.clients import Client, read_through
from benchmarks.crowds import person
from benchmarks.installations import Organization

_GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
_PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
_BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
_SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
_MEMBER = "id name email role status source userName externalId grants createdAt"
_NEW = 70_000_000
"""The number of the first person that is made here: further than any crowd goes."""
_ROWS_OF_AN_IMPORT = 10_000
_LARGEST_BODY = 64 * 1024 * 1024
_LARGEST_TIMES = 4
_JOB_SECONDS = 600


@dataclass(frozen=True)
class Heavy:
    """One heavy thing and what does it; `statuses` are the right answers."""

    name: str
    act: Callable[[], None]


class Asker:
    """Asks for heavy things by a connection of its own."""

    def __init__(self, url: str, organization: Organization, ids: Sequence[str]) -> None:
        self._url = url
        self._client = Client(url, organization)
        self._organization = organization
        self._ids = ids

    def everything(self) -> list[Heavy]:
        """All of it, in an order that leaves the organization about as it was."""
        return [Heavy(name, act) for name, act in (*self._reads(), *self._graphql(), *self._changes(), *self._jobs())]

    def _reads(self) -> Iterator[tuple[str, Callable[[], None]]]:
        lists = {
            "list of 1000": "count=1000",
            "list of 1000, sorted by title": "count=1000&sortBy=title&sortOrder=descending",
            "list of 1000, two attributes": "count=1000&attributes=userName,emails",
            "list of 1000, deep": f"count=1000&startIndex={len(self._ids) - 1500}",
            "filter that scans": "filter=" + quote('title co "9" and name.familyName sw "L"'),
            "filter that finds nothing": "filter=" + quote('displayName co "nobody"'),
            "filter of many terms": "filter=" + quote(" or ".join(f'title eq "T{each}"' for each in range(40))),
        }
        for name, query in lists.items():
            yield name, lambda query=query: self._read(f"/Users?{query}", times=3)  # type: ignore[misc]
        yield "whole group", lambda: self._read("/Groups/users")
        yield "whole group, ids only", lambda: self._read("/Groups/users?attributes=members.value")
        yield "both groups, filter by member", lambda: self._read("/Groups?filter=" + quote(self._some_members(50)))
        yield (
            "search of users and groups",
            lambda: self._scim(
                "POST", "/.search", {"schemas": [_SEARCH], "count": 1000, "startIndex": len(self._ids) // 2}
            ),
        )
        yield (
            "refused: a filter of 900 kB",
            lambda: self._scim(
                "POST", "/Users/.search", {"schemas": [_SEARCH], "filter": self._long_filter(900_000)}, right=(400,)
            ),
        )
        for file in ("members.csv", "audit.csv", "audit.ndjson"):
            yield f"export {file}", lambda file=file: self._export(file)  # type: ignore[misc]

    def _some_members(self, count: int) -> str:
        return " or ".join(f'members.value eq "{each}"' for each in self._ids[:count])

    @staticmethod
    def _long_filter(size: int) -> str:
        return " or ".join(['title eq "a"'] * (size // 16))

    def _graphql(self) -> Iterator[tuple[str, Callable[[], None]]]:
        pages = " ".join(
            f"p{at}: members(first: 200) {{ nodes {{ {_MEMBER} }} edges {{ cursor }} }}" for at in range(16)
        )
        yield "GraphQL, 16 pages of 200", lambda: self._ask(f"{{ organization {{ {pages} }} }}")
        deep = "members(first: 60) { nodes { id groups { id displayName } user { id } history(first: 50) { nodes { id"
        yield "GraphQL, the history of 60", lambda: self._ask(f"{{ organization {{ {deep} action }} }} }} }} }} }}")
        past = f'members(first: 200, asOf: "{_now()}", search: "person00") {{ totalCount nodes {{ {_MEMBER} }} }}'
        yield "GraphQL, as of a moment", lambda: self._ask(f"{{ organization {{ {past} }} }}")
        found = 'members(first: 200, search: "nobody") { totalCount nodes { id } }'
        yield "GraphQL, a search for nobody", lambda: self._ask(f"{{ organization {{ {found} }} }}")
        facets = "members(first: 1) { totalCount facets { role { count } status { count } } }"
        yield "GraphQL, totals and facets", lambda: self._ask(f"{{ organization {{ {facets} }} }}")
        text = " ".join(f"a{at}: __typename" for at in range(600))
        yield "GraphQL, refused: too large", lambda: self._refused(f"{{ {text} }}")
        yield "GraphQL, refused: a body of 1 MB", lambda: self._refused("{ a }" + "#" * 1_000_000)
        yield "GraphQL, refused: half a body of commas", lambda: self._refused("{ a" + "," * 500_000 + "}")
        yield "GraphQL, introspection", lambda: self._ask(get_introspection_query())

    def _changes(self) -> Iterator[tuple[str, Callable[[], None]]]:
        half = self._ids[: len(self._ids) // 2]
        yield "POST of 60 kB", lambda: self._post(60_000)
        yield "POST of 900 kB", lambda: self._post(500_000, "x" * 1_000)
        yield "refused: PATCH of 1 MB", lambda: self._patch(10_000)
        yield "PATCH of 1000 operations", lambda: self._patch(1_000)
        yield "PATCH that removes half a group", lambda: self._group(*_removal(half))
        yield "PATCH that adds half a group", lambda: self._group(*_addition(half))
        yield (
            "PATCH of 10 000 operations",
            lambda: self._group(*(each for id_ in half[:5_000] for each in (*_removal([id_]), *_addition([id_])))),
        )
        yield "PUT of a third of a group", lambda: self._put(self._ids[: len(self._ids) // 3])
        yield "PUT of a whole group", lambda: self._put(self._ids)
        yield "PUT of a whole group, the same once more", lambda: self._put(self._ids)
        # again and again: what one leaves is there when the next one comes
        yield "PATCHes with a body of 64 MB", lambda: self._largest(times=_LARGEST_TIMES)
        yield "Bulk of 1000", lambda: self._bulk(1_000)
        yield "Bulk of 8 MB", lambda: self._bulk(1_000, padding=7_000)
        yield "refused: a body of 8 MB that is no JSON", lambda: self._raw("POST", "/Bulk", b"[" * 8_000_000, (400,))

    def _jobs(self) -> Iterator[tuple[str, Callable[[], None]]]:
        yield "import of 10 000, tried only", lambda: self._import(dry_run=True)
        yield "bulk change of 500", lambda: self._bulk_change()
        yield (
            "generating a token",
            lambda: self._ask('mutation { generateApiToken(input: {name: "x"}) { __typename } }'),
        )

    def _read(self, path: str, times: int = 1) -> None:
        for _ in range(times):
            read_through(self._client.send("GET", path))

    def _export(self, file: str) -> None:
        read_through(self._client.export(file))

    def _ask(self, query: str) -> Any:
        return self._client.graphql(query)

    def _refused(self, query: str) -> None:
        told = self._answer("/graphql", json.dumps({"query": query}).encode(), api=True, right=(200, 400, 413))
        assert "errors" in json.loads(told), told[:200]

    def _scim(self, method: str, path: str, body: Any, right: Sequence[int] = (200, 201, 204)) -> None:
        self._raw(method, path, json.dumps(body).encode(), right)

    def _raw(self, method: str, path: str, body: bytes, right: Sequence[int]) -> None:
        self._answer(f"/scim/v2{path}", body, method=method, right=right)

    def _answer(
        self, path: str, body: bytes, *, method: str = "POST", api: bool = False, right: Sequence[int]
    ) -> bytes:
        token = self._organization.api_token if api else self._organization.scim_token
        kind = "application/json" if api else "application/scim+json"
        connection = http.client.HTTPConnection(urlsplit(self._url).netloc, timeout=600)
        try:
            connection.request(method, path, body, {"Authorization": f"Bearer {token}", "Content-Type": kind})
            response = connection.getresponse()
            told = response.read()
        finally:
            connection.close()
        assert response.status in right, (method, path, response.status, told[:500])
        return told

    def _patch(self, count: int) -> None:
        operations = [
            {"op": "replace", "path": 'emails[type eq "work"].display', "value": f"{at}"} for at in range(count)
        ]
        self._scim("PATCH", f"/Users/{self._ids[0]}", {"schemas": [_PATCH], "Operations": operations}, (200, 400, 413))

    def _post(self, size: int, text: str = "x" * 500, right: Sequence[int] = (201,)) -> None:
        number = _NEW + time.monotonic_ns() % 10**9
        addresses = [{"type": "other", "formatted": text, "locality": str(at)} for at in range(size // 600)]
        self._scim("POST", "/Users", _new(number) | {"addresses": addresses}, right)

    def _group(self, *operations: dict[str, Any]) -> None:
        self._scim("PATCH", "/Groups/users", {"schemas": [_PATCH], "Operations": operations})

    def _put(self, ids: Sequence[str]) -> None:
        members = [{"value": each, "display": "Somebody", "$ref": f"{self._url}/scim/v2/Users/{each}"} for each in ids]
        self._scim("PUT", "/Groups/users", {"schemas": [_GROUP], "displayName": "Users", "members": members})

    def _largest(self, times: int) -> None:
        unknown = [f"{at:08}-0000-7000-8000-000000000000" for at in range((_LARGEST_BODY - 1000) // 52)]
        value = ",".join([f'{{"value":"{each}"}}' for each in unknown])
        body = f'{{"schemas":["{_PATCH}"],"Operations":[{{"op":"add","path":"members","value":[{value}]}}]}}'
        for _ in range(times):
            self._raw("PATCH", "/Groups/users", body.encode(), (204,))

    def _bulk(self, count: int, padding: int = 0) -> None:
        first = _NEW + time.monotonic_ns() % 10**9
        operations = [
            {
                "method": "POST",
                "path": "/Users",
                "bulkId": f"b{at}",
                "data": _new(first + at) | ({"nickName": "x" * padding} if padding else {}),
            }
            for at in range(count)
        ]
        self._scim("POST", "/Bulk", {"schemas": [_BULK], "Operations": operations})

    def _import(self, *, dry_run: bool) -> None:
        first = _NEW + time.monotonic_ns() % 10**9
        rows = "\n".join(f"import{first + at}@crowd.test,Somebody {at},user" for at in range(_ROWS_OF_AN_IMPORT))
        query = "mutation($csv: String!, $dry: Boolean) { importMembers(input: {csv: $csv, dryRun: $dry}) { "
        query += "__typename ... on ImportMembersSuccess { job { id } } } }"
        self._finish(query, {"csv": "email,name,role\n" + rows, "dry": dry_run}, "importMembers")

    def _bulk_change(self) -> None:
        query = "mutation($ids: [ID!]!, $c: BulkChange!) { bulkUpdateMembers(input: {memberIds: $ids, change: $c}) { "
        query += "__typename ... on BulkUpdateMembersSuccess { job { id } } } }"
        chosen = self._ask("{ organization { members(first: 200) { nodes { id } } } }")
        ids = [each["id"] for each in chosen["organization"]["members"]["nodes"][1:]]
        for change in ("DEACTIVATE", "REACTIVATE"):
            self._finish(query, {"ids": ids, "c": change}, "bulkUpdateMembers")

    def _finish(self, query: str, variables: dict[str, Any], name: str) -> None:
        body = json.dumps({"query": query, "variables": variables}).encode()
        told = json.loads(self._answer("/graphql", body, api=True, right=(200,)))
        assert "errors" not in told, told
        job = told["data"][name]["job"]["id"]
        deadline = time.monotonic() + _JOB_SECONDS
        while time.monotonic() < deadline:
            now = self._ask(f'{{ node(id: "{job}") {{ ... on Job {{ finishedAt failure done }} }} }}')["node"]
            if now["finishedAt"] is not None:
                assert now["failure"] is None, now
                return
            time.sleep(0.2)
        raise AssertionError(f"the job of {name} does not end: {now}")


def _new(number: int) -> dict[str, Any]:
    name = f"heavy{number}@crowd.test"
    return {
        "schemas": [_USER],
        **person(1),
        "userName": name,
        "externalId": f"heavy{number}",
        "emails": [{"value": name, "type": "work", "primary": True}],
    }


def _removal(ids: Sequence[str]) -> list[dict[str, Any]]:
    return [{"op": "remove", "path": "members", "value": [{"value": each} for each in ids]}]


def _addition(ids: Sequence[str]) -> list[dict[str, Any]]:
    return [{"op": "add", "path": "members", "value": [{"value": each} for each in ids]}]


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())

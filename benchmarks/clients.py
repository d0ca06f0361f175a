"""One client on one connection, as an identity provider or a tool has it."""

import http.client
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from benchmarks.installations import Organization, ServerProcess
from benchmarks.processes import MEGABYTE

_IDLE_SECONDS = 2.0
_PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


class Client:
    """A client of one organization, at a server or its URL. It gets answers, and no errors."""

    def __init__(self, server: ServerProcess | str, organization: Organization) -> None:
        url = server if isinstance(server, str) else server.url
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=600)
        self._used = 0.0
        self._scim = {
            "Authorization": f"Bearer {organization.scim_token}",
            "Content-Type": "application/scim+json",
        }
        self._api = {"Authorization": f"Bearer {organization.api_token}", "Content-Type": "application/json"}

    def send(self, method: str, path: str, body: Any = None) -> http.client.HTTPResponse:
        """The answer of the SCIM facade, its body not read yet."""
        return self._sent(method, f"/scim/v2{path}", body, self._scim)

    def get(self, path: str) -> Any:
        """The answer of the SCIM facade to GET, as JSON."""
        return json.loads(self.send("GET", path).read())

    def change(self, path: str, *operations: dict[str, Any]) -> None:
        """A PATCH of these operations."""
        self.send("PATCH", path, {"schemas": [_PATCH], "Operations": operations}).read()

    def graphql(self, query: str) -> Any:
        """The data of the answer to a query."""
        told = json.loads(self._sent("POST", "/graphql", {"query": query}, self._api).read())
        assert "errors" not in told, told
        return told["data"]

    def export(self, name: str) -> http.client.HTTPResponse:
        """The file of that name, not read yet."""
        return self._sent("GET", f"/exports/{name}", None, self._api)

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def _sent(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> http.client.HTTPResponse:
        if time.monotonic() - self._used > _IDLE_SECONDS:
            self._connection.close()  # the next request opens it again; the server closes what idles for 5 s
        sent = None if body is None else json.dumps(body)
        self._connection.request(method, path, sent, headers)
        response = self._connection.getresponse()
        self._used = time.monotonic()
        assert response.status in (200, 201, 204), (method, path, response.status, response.read())
        return response


def read_through(response: http.client.HTTPResponse, pause: float = 0.0) -> int:
    """How many bytes the answer has, read a megabyte at a time with so many seconds between."""
    size = 0
    while piece := response.read(MEGABYTE):
        size += len(piece)
        time.sleep(pause)
    return size

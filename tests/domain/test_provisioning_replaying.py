"""A request as a command: what it says, and that a shell and curl send what it says."""

import asyncio
import os
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import pytest

from rollbook.domain.provisioning import ProvisioningRequest
from rollbook.domain.replaying import curl

BODY = """{"userName":"o'hara@acme.test","title":"\\"$(touch x)\\" `id` !! \\\\ %22 ✓"}"""


def entry(**given: Any) -> ProvisioningRequest:
    plain: dict[str, Any] = {"method": "POST", "path": "/Users", "status": 409}
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    return ProvisioningRequest("e1", "o1", None, moment, request_id=None, **plain | given)


class _Server(BaseHTTPRequestHandler):
    told: ClassVar[list[tuple[str, str, str | None, str | None, bytes]]] = []

    def _answer(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kind, token = self.headers.get("Content-Type"), self.headers.get("Authorization")
        self.told.append((self.command, self.path, kind, token, sent))
        self.send_response(204)
        self.end_headers()

    do_GET = do_HEAD = do_POST = do_PATCH = do_DELETE = _answer

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def endpoint() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Server)
    _Server.told.clear()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/scim/v2"
    server.shutdown()
    thread.join()
    server.server_close()


async def run(command: str) -> str:
    environment = {"ROLLBOOK_TOKEN": "the one of now", "PATH": os.environ["PATH"]}
    process = await asyncio.create_subprocess_exec(
        "bash", "-c", command, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return output.decode()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
async def test_a_shell_sends_what_was_sent(endpoint):
    raw = 'filter=userName eq "o\'hara" and emails[type eq "work"]&count=1'
    commands = [
        curl(entry(), endpoint, BODY, None),
        curl(entry(method="GET"), endpoint, None, raw),
        curl(entry(method="HEAD", path="/Users/ü x"), endpoint, None, "count=%22"),
        curl(entry(method="DELETE"), endpoint, None, ""),
    ]

    outputs = [await run(command) for command in commands]

    assert all(output.startswith("HTTP/1.") for output in outputs)
    bearer = "Bearer the one of now"
    json = "application/scim+json"
    filtered = "/scim/v2/Users?filter=userName%20eq%20%22o'hara%22%20and%20emails%5Btype%20eq%20%22work%22%5D&count=1"
    assert _Server.told == [
        ("POST", "/scim/v2/Users", json, bearer, BODY.encode()),
        ("GET", filtered, None, bearer, b""),
        ("HEAD", "/scim/v2/Users/%C3%BC%20x?count=%22", None, bearer, b""),
        ("DELETE", "/scim/v2/Users", None, bearer, b""),
    ]


def test_what_the_command_cannot_send_is_told_above_it():
    shortened = curl(entry(shortened=True, status=412), "https://x.test/scim/v2", '{"title":"•••"}', None)
    masked = curl(entry(method="GET"), "https://x.test/scim/v2", None, "filter=%22a%E2%80%A2%E2%80%A2%E2%80%A2%22")
    unreadable = curl(entry(shortened=True), "https://x.test/scim/v2", "not JSON, 512 bytes", None)

    assert [line[:32] for line in shortened.splitlines() if line.startswith("#")] == [
        "# Values are left out where ••• ",
        "# The body is shortened: what is",
        "# The If-Match header is not kep",
    ]
    assert "# The body was not JSON and is not kept.\n" in unreadable
    assert "--data" not in unreadable
    assert shortened.splitlines()[-1] == """  --data-raw '{"title":"•••"}'"""
    assert masked.startswith("# Values are left out where ••• stands")
    assert "#" not in curl(entry(method="DELETE"), "https://x.test/scim/v2", None, None)

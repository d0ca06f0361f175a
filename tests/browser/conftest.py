"""A real server, a real Chromium, and an organization of its own for every journey."""

import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fake_idp import FakeIdp

CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 60
COMMAND_SECONDS = 60
WAIT_MS = 15_000
_numbers = count(1)


def _unavailable(reason: str) -> None:
    """Skip where somebody works without a browser; fail where the tests are the gate."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason}; with CI set the browser tests may not be skipped")
    pytest.skip(reason)


@pytest.fixture(scope="module")
def playwright_api() -> Any:
    """Playwright's synchronous API, if it is installed."""
    try:
        from playwright import sync_api
    except ImportError:
        _unavailable("Playwright is not installed (pip install -e '.[test]')")
    sync_api.expect.set_options(timeout=WAIT_MS)
    return sync_api


@pytest.fixture(scope="module")
def chromium(playwright_api: Any) -> Iterator[Any]:
    """One browser for a module: an open synchronous API would stand in the way of asynchronous tests elsewhere."""
    if not CHROMIUM.exists():
        _unavailable(f"{CHROMIUM} is missing (apt-get install chromium)")
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def expect(playwright_api: Any) -> Any:
    """Playwright's assertions, which wait."""
    return playwright_api.expect


@dataclass
class Server:
    """A running `rollbook serve` on an embedded database of its own."""

    base_url: str
    environment: dict[str, str]
    log: Path

    def printed(self, pattern: str) -> str:
        """What the server printed at its start that fits the pattern."""
        found = re.search(pattern, self.log.read_text(encoding="utf-8"))
        assert found is not None, f"the server did not print {pattern}"
        return found.group()

    def change(self, statement: str, *values: object) -> None:
        """Change the server's database behind its back, for what takes too long to wait for."""
        database = Path(self.environment["ROLLBOOK_DATA_DIR"]) / "rollbook.sqlite3"
        with closing(sqlite3.connect(database, timeout=30)) as connection, connection:
            connection.execute(statement, values)

    def command(self, *arguments: str) -> str:
        """Run the command line against the same data folder; its standard output."""
        done = subprocess.run(
            [sys.executable, "-m", "rollbook", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"rollbook {' '.join(arguments)}: {done.stderr}"
        return done.stdout.strip()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_health(base_url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{base_url}/healthz", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)  # not listening yet; the condition is asked again
    pytest.fail(f"rollbook serve did not become healthy:\n{log.read_text(encoding='utf-8')}")


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """A new installation in the folder. It is called localhost, because passkeys belong to a name."""
    port = _free_port()
    base_url = f"http://localhost:{port}"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ROLLBOOK_")}
    environment = {
        **inherited,
        "ROLLBOOK_DATA_DIR": str(folder / "data"),
        "ROLLBOOK_BASE_URL": base_url,
        "ROLLBOOK_GRAPHIQL": "on",
        "ROLLBOOK_SIGN_INS_PER_MINUTE": "off",
        "ROLLBOOK_SSO_PRIVATE_HOSTS": "127.0.0.1",  # the provider of the tests
        "ROLLBOOK_TRUSTED_DOCUMENTS": "ui",  # as it is wherever the pages have an address of their own
    }
    log = folder / "serve.log"
    serve = [sys.executable, "-m", "rollbook", "serve", "--host", "127.0.0.1", "--port", str(port)]
    with log.open("wb") as output, subprocess.Popen(serve, env=environment, stdout=output, stderr=output) as process:
        try:
            _await_health(base_url, process, log)
            yield Server(base_url, environment, log)
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server of a module; journeys keep apart by working in organizations of their own."""
    with serving(tmp_path_factory.mktemp("rollbook")) as server:
        yield server


@pytest.fixture
def new_server(tmp_path: Path) -> Iterator[Server]:
    """A server without any organization."""
    with serving(tmp_path) as server:
        yield server


@dataclass
class Organization:
    """An organization with one admin, and both ways into it: the sign-in link and the SCIM endpoint."""

    server: Server
    handle: str
    admin_email: str

    def sign_in_link(self, email: str | None = None) -> str:
        """A fresh one-time link; it makes an admin of whoever is not a member yet."""
        return self.server.command(
            "admin", "login-link", "--organization", self.handle, "--email", email or self.admin_email
        )

    def let_pass(self, minutes: int) -> None:
        """Make every sign-in so much older."""
        self.server.change(
            "UPDATE sessions SET authenticated_at = strftime('%Y-%m-%dT%H:%M:%S.000000Z', authenticated_at, ?) "
            "WHERE organization_id = (SELECT id FROM organizations WHERE handle = ?)",
            f"-{minutes} minutes",
            self.handle,
        )

    def scim_token(self, name: str = "Okta") -> str:
        """The secret of a new token."""
        return self.server.command("token", "create", "--organization", self.handle, "--kind", "scim", "--name", name)

    def address(self, name: str) -> str:
        """An e-mail address that no other organization of the server uses."""
        return f"{name.lower()}@{self.handle}.test"

    def scim(self, token: str, method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        """One exchange of a provisioning client."""
        headers = {"Authorization": f"Bearer {token}", "User-Agent": "Okta SCIM Client 1.0.0"}
        return httpx.request(method, f"{self.server.base_url}/scim/v2{path}", headers=headers, json=body, timeout=30)

    def provision(self, token: str, given_name: str, family_name: str = "Example") -> httpx.Response:
        """POST a person as a provisioning client does."""
        address = self.address(given_name)
        return self.scim(
            token,
            "POST",
            "/Users",
            {
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                "userName": address,
                "name": {"givenName": given_name, "familyName": family_name},
                "emails": [{"value": address, "type": "work", "primary": True}],
                "active": True,
            },
        )


@pytest.fixture
def acme(server: Server) -> Organization:
    """An organization that only this test knows."""
    handle = f"acme-{os.getpid()}-{next(_numbers)}"
    organization = Organization(server, handle, f"admin@{handle}.test")
    server.command(
        "organization", "create", "--handle", handle, "--name", "Acme", "--admin-email", organization.admin_email
    )
    return organization


@dataclass
class Browsing:
    """Opens pages and keeps what they said on the console and which hosts they asked, but for those of `elsewhere`."""

    browser: Any
    base_url: str
    console: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    contexts: list[Any] = field(default_factory=list)

    def page(self, **options: Any) -> Any:
        """A page in a browser context of its own: no cookie, no storage."""
        context = self.browser.new_context(base_url=self.base_url, locale="en-GB", **options)
        context.set_default_timeout(WAIT_MS)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.on("request", self._note)
        return page

    def signed_in(self, link: str, **options: Any) -> Any:
        """A page that followed a sign-in link to the member list."""
        page = self.page(**options)
        page.goto(link)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", name="Members").wait_for()
        page.get_by_role("table").wait_for()
        return page

    def refusals(self) -> list[str]:
        """The paths of the requests of which the browser noted on the console that they were refused."""
        for page in (page for context in self.contexts for page in context.pages):
            page.wait_for_load_state("networkidle")
        told, self.console = self.console, []
        assert [line for line in told if not line.startswith("Failed to load resource:")] == []
        return [line.rpartition(self.base_url)[2] for line in told]

    def _hear(self, message: Any) -> None:
        address = message.location["url"]
        if not address.startswith(tuple(self.elsewhere)):
            self.console.append(f"{message.text} {address}".strip())

    def _note(self, request: Any) -> None:
        if not request.url.startswith((f"{self.base_url}/", "data:", *self.elsewhere)):
            self.foreign.append(request.url)


@pytest.fixture
def browsing(chromium: Any, server: Server) -> Iterator[Browsing]:
    """Pages of this test; at its end the console must be empty and no request may have left the origin."""
    browsing = Browsing(chromium, server.base_url)
    yield browsing
    for context in browsing.contexts:
        context.close()
    assert browsing.foreign == []
    assert browsing.console == []


@pytest.fixture
def provider(browsing: Browsing, idp: FakeIdp) -> FakeIdp:
    """An identity provider whose pages the browser may ask; without a page it lets in whoever comes."""
    browsing.elsewhere.append(f"{idp.issuer}/")
    return idp


def hold_passkeys(page: Any) -> None:
    """Give the page's browser a device that makes and keeps passkeys, and always finds its owner in front of it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": device})


@pytest.fixture
def page(browsing: Browsing) -> Any:
    """A page that nobody has signed in on."""
    return browsing.page()


@pytest.fixture
def admin_page(browsing: Browsing, acme: Organization) -> Any:
    """The member list of Acme, as its admin sees it."""
    return browsing.signed_in(acme.sign_in_link())

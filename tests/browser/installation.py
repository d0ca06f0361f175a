"""A real server on an embedded database of its own, and the organizations in it, as the journeys use them."""

import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

from rollbook.domain.actors import Actor
from rollbook.domain.criteria import EVERYONE
from rollbook.domain.roles import Role
from rollbook.domain.sessions import link_to
from rollbook.domain.tokens import TokenKind
from rollbook.services import Services
from rollbook.services.opening import open_services
from rollbook.settings import Settings

START_SECONDS = 60
COMMAND_SECONDS = 60
T = TypeVar("T")


@dataclass
class Server:
    """A running `rollbook serve` on an embedded database of its own."""

    base_url: str
    environment: dict[str, str]
    log: Path
    portal: BlockingPortal
    services: Services

    @property
    def data_dir(self) -> Path:
        """The folder that everything is kept in."""
        return Path(self.environment["ROLLBOOK_DATA_DIR"])

    def operate(self, handle: str, work: Callable[[Services, Actor], Awaitable[T]]) -> T:
        """Do what the command line does, in this process: on the server's database, as the organization's operator.

        It saves the second that a command takes to start. It runs in a thread of its own, because the browser's
        synchronous API holds the event loop of this one.
        """

        async def acting() -> T:
            return await work(self.services, await self.services.organizations.operator(handle))

        return self.portal.call(acting)

    def printed(self, pattern: str) -> str:
        """What the server printed at its start that fits the pattern."""
        found = re.search(pattern, self.log.read_text(encoding="utf-8"))
        assert found is not None, f"the server did not print {pattern}"
        return found.group()

    def change(self, statement: str, *values: object) -> None:
        """Change the server's database behind its back, for what takes too long to wait for."""
        database = self.data_dir / "rollbook.sqlite3"
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


def free_port() -> int:
    """A port that nobody listens on."""
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
def serving(folder: Path, port: int | None = None) -> Iterator[Server]:
    """A new installation in the folder. It is called localhost, because passkeys belong to a name."""
    port = port or free_port()
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
            settings = Settings(data_dir=folder / "data", base_url=base_url)
            with (
                start_blocking_portal() as portal,
                portal.wrap_async_context_manager(open_services(settings)) as services,
            ):
                yield Server(base_url, environment, log, portal, services)
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()


@dataclass
class Organization:
    """An organization with one admin, and both ways into it: the sign-in link and the SCIM endpoint."""

    server: Server
    handle: str
    admin_email: str

    def sign_in_link(self, email: str | None = None) -> str:
        """A fresh one-time link; it makes an admin of whoever is not a member yet."""

        async def work(services: Services, operator: Actor) -> str:
            return await services.sessions.create_login_link(operator, email or self.admin_email)

        return link_to(self.server.base_url, self.server.operate(self.handle, work))

    def demote(self, email: str) -> None:
        """Make a plain user of the admin with that address."""

        async def work(services: Services, operator: Actor) -> None:
            members = await services.memberships.search(operator, EVERYONE, offset=0, limit=100)
            (member,) = (each for each in members.memberships if each.email == email)
            await services.memberships.change_role(operator, member.id, Role.USER)

        self.server.operate(self.handle, work)

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

        async def work(services: Services, operator: Actor) -> str:
            return (await services.tokens.issue(operator, TokenKind.SCIM, name))[1]

        return self.server.operate(self.handle, work)

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


def an_organization(server: Server, handle: str, name: str = "Acme", admin_email: str | None = None) -> Organization:
    """A new organization of the server, as `rollbook organization create` makes it."""
    organization = Organization(server, handle, admin_email or f"admin@{handle}.test")
    server.portal.call(server.services.organizations.create, handle, name, organization.admin_email)
    return organization

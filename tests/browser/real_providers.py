"""OpenID providers that others wrote, each a process of its own, and how a person signs in at them.

The mock of PyPI takes everybody at their word, and is there wherever the tests are. The one of npm is certified and
strict, and needs Node.js and `make conformance`, which fetches it.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from .conftest import Browsing
from .installation import Organization, free_port

STRICT = Path(__file__).parents[1] / "conformance" / "oidc"
DECORATIONS = ("https://cdn.jsdelivr.net/", "https://fonts.googleapis.com/")
"""What the pages of the providers fetch to look better. Nobody is asked: the browser gets nothing instead."""

CLIENT_ID = "rollbook"
CLIENT_SECRET = "a secret that the provider made up"
START_SECONDS = 60

Claims = dict[str, Any]


@dataclass(frozen=True)
class RealProvider:
    """A provider that runs, and what a page does there for the person of this subject."""

    issuer: str
    sign_in: Callable[[Any, str], None]


def strict_unavailable() -> str | None:
    """Why the strict provider cannot run here, or None."""
    if shutil.which("node") is None:
        return "node is missing (apt-get install nodejs)"
    if not (STRICT / "node_modules" / "oidc-provider").is_dir():
        return "the npm package oidc-provider is missing; `make conformance` fetches it"
    return None


@contextmanager
def mock_provider(browsing: Browsing, people: list[Claims], log: Path) -> Iterator[RealProvider]:
    """PyPI's oidc-provider-mock: any client, no PKCE, no kid, no auth_time, no iss."""
    port = free_port()
    users = [argument for person in people for argument in ("--user-claims", json.dumps(person))]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true", *users]
    with _running(browsing, command, {"PYTHONWARNINGS": "ignore"}, port, log) as issuer:
        yield RealProvider(issuer, _at_the_mock)


@contextmanager
def strict_provider(browsing: Browsing, acme: Organization, people: list[Claims], log: Path) -> Iterator[RealProvider]:
    """npm's oidc-provider, with PKCE required and for this one organization."""
    port = free_port()
    given = {
        "ACCOUNTS": json.dumps({person["sub"]: person for person in people}),
        "CLIENT_ID": CLIENT_ID,
        "CLIENT_SECRET": CLIENT_SECRET,
        "PORT": str(port),
        "REDIRECT_URI": f"{acme.server.base_url}/auth/sso/{acme.handle}/callback",
        "SIGNED_OUT_URI": f"{acme.server.base_url}/sign-in",
    }
    with _running(browsing, ["node", str(STRICT / "provider.mjs")], given, port, log) as issuer:
        yield RealProvider(issuer, _at_the_strict)


@contextmanager
def _running(
    browsing: Browsing, command: list[str], environment: dict[str, str], port: int, log: Path
) -> Iterator[str]:
    issuer = f"http://127.0.0.1:{port}"
    browsing.elsewhere += [f"{issuer}/", *DECORATIONS]
    with (
        log.open("wb") as output,
        subprocess.Popen(command, env=os.environ | environment, stdout=output, stderr=output) as process,
    ):
        try:
            _await(issuer, process, log)
            yield issuer
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()


def _await(issuer: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{issuer}/.well-known/openid-configuration", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)  # not listening yet; the condition is asked again
    pytest.fail(f"{issuer} did not start:\n{log.read_text(encoding='utf-8')}")


def undecorated(page: Any) -> Any:
    """The page, whose browser answers what providers fetch from elsewhere with nothing."""
    for address in DECORATIONS:
        page.context.route(f"{address}**", lambda route: route.fulfill(body="", content_type="text/css"))
    return page


def _at_the_mock(page: Any, subject: str) -> None:
    page.get_by_role("button", name=subject, exact=True).click()


def _at_the_strict(page: Any, subject: str) -> None:
    page.get_by_placeholder("Enter any login").fill(subject)
    page.get_by_placeholder("and password").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    consent = page.get_by_role("button", name="Continue")
    back = page.locator("body")  # who has agreed before is sent back at once
    consent.or_(back).first.wait_for()
    if consent.count():
        consent.click()

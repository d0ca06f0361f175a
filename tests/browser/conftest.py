"""A real server, a real Chromium, and an organization of its own for every journey."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.browser.installation import Organization, Server, an_organization, serving
from tests.browser.screens import GO
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
WAIT_MS = 15_000
QUIET_SECONDS = 0.5
_numbers = count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last, so that one browser and one server serve all those of a worker.

    Once the synchronous API is open, no asynchronous test can run in the same process.
    """
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def _unavailable(reason: str) -> None:
    """Skip where somebody works without a browser; fail where the tests are the gate."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason}; with CI set the browser tests may not be skipped")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def playwright_api() -> Any:
    """Playwright's synchronous API, if it is installed."""
    try:
        from playwright import sync_api
    except ImportError:
        _unavailable("Playwright is not installed (pip install -e '.[test]')")
    sync_api.expect.set_options(timeout=WAIT_MS)
    return sync_api


@pytest.fixture(scope="session")
def chromium(playwright_api: Any) -> Iterator[Any]:
    """One browser for all tests of a worker."""
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


@pytest.fixture(scope="session")
def the_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server of all tests of a worker; journeys keep apart by working in organizations of their own."""
    with serving(tmp_path_factory.mktemp("rollbook")) as server:
        yield server


@pytest.fixture
def server(the_server: Server) -> Server:
    """The server that the test's pages come from."""
    return the_server


@pytest.fixture
def new_server(tmp_path: Path) -> Iterator[Server]:
    """A server without any organization."""
    with serving(tmp_path) as server:
        yield server


@pytest.fixture
def acme(server: Server) -> Organization:
    """An organization that only this test knows."""
    return an_organization(server, f"acme-{os.getpid()}-{next(_numbers)}")


@dataclass
class Browsing:
    """Opens pages and keeps what they said on the console and which hosts they asked, but for those of `elsewhere`."""

    browser: Any
    base_url: str
    console: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    contexts: list[Any] = field(default_factory=list)
    _pending: set[Any] = field(default_factory=set)
    _asked: bool = False

    def page(self, **options: Any) -> Any:
        """A page in a browser context of its own: no cookie, no storage."""
        context = self.browser.new_context(base_url=self.base_url, locale="en-GB", **options)
        context.set_default_timeout(WAIT_MS)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.on("request", self._note)
        for answered in ("requestfinished", "requestfailed"):
            page.on(answered, lambda request: self._pending.discard(request))
        return page

    def signed_in(self, link: str, *, at: str = "/members", **options: Any) -> Any:
        """A page that followed a sign-in link, and then went to the screen; to its table, if it is the member list."""
        page = self.page(**options)
        page.goto(link)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Sign out").or_(page.get_by_role("button", name="Menu")).first.wait_for()
        page.evaluate(GO, at)
        if at == "/members":
            page.get_by_role("table").wait_for()
        return page

    def refusals(self) -> list[str]:
        """The paths of the requests of which the browser noted on the console that they were refused."""
        self.settle()
        return self.failures()

    def settle(self) -> None:
        """Wait until every page has its answers and asks for no more, but for the stream that it goes on hearing."""
        deadline, quiet_since = time.monotonic() + WAIT_MS / 1000, time.monotonic()
        page = self.contexts[-1].pages[-1]
        while time.monotonic() - quiet_since < QUIET_SECONDS:
            assert time.monotonic() < deadline, f"no answer to {[request.url for request in self._pending]}"
            page.wait_for_timeout(20)  # hears what happens meanwhile
            if self._pending or self._asked:
                self._asked, quiet_since = False, time.monotonic()

    def failures(self) -> list[str]:
        """The paths of the requests of which the browser has noted by now that they were refused, or not answered."""
        told = self.told()
        assert [line for line in told if not line.startswith("Failed to load resource:")] == []
        return [line.rpartition(self.base_url)[2] for line in told]

    def told(self) -> list[str]:
        """What was said on the console by now; whoever asks takes it upon themselves."""
        told, self.console = self.console, []
        return told

    def _hear(self, message: Any) -> None:
        address = message.location["url"]
        if not address.startswith(tuple(self.elsewhere)):
            self.console.append(f"{message.text} {address}".strip())

    def _note(self, request: Any) -> None:
        if request.headers.get("accept") != "text/event-stream":
            self._pending.add(request)
            self._asked = True
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

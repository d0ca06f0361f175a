"""Pages: how soon the members page of a large organization is there, in a real Chromium on the same machine.

When something is painted, when the rows stand there, when they are counted; for a browser that has nothing of the page,
and for one that comes back.
"""

import asyncio
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Page, sync_playwright

from benchmarks.crowds import fill
from benchmarks.figures import Part, Table, grouped
from benchmarks.installations import DATABASES, TITLES, found, installation, opened, serving
from rollbook.domain.sessions import link_to
from rollbook.settings import Settings

MEMBERS = 50_000
QUICK = 2_000
ROUNDS = 10
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu"]
NOTE_MOMENTS = """
    const seen = window.seen = {};
    const note = (name, there) => { if (there && !(name in seen)) seen[name] = performance.now(); };
    new MutationObserver(() => {
      note("rows", document.querySelectorAll("tbody tr").length >= 50);
      note("counts", /\\d/.test(document.querySelector(".pager-count")?.textContent ?? ""));
    }).observe(document, { childList: true, subtree: true, characterData: true });
"""
MOMENTS = """async () => {
    while (!("rows" in window.seen && "counts" in window.seen)) {
        await new Promise((resolve) => { setTimeout(resolve, 20); });
    }
    return { ...window.seen, paint: performance.getEntriesByName("first-contentful-paint")[0].startTime };
}"""
SEARCH = """async (text) => {
    const field = document.querySelector("input[type=search]");
    const began = performance.now();
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    while (document.querySelectorAll("tbody tr").length > 20) await new Promise(requestAnimationFrame);
    return performance.now() - began;
}"""


async def _prepared(settings: Settings, members: int) -> str:
    """The secret of a link by which the organization's admin signs in; its members are loaded."""
    async with opened(settings) as services:
        organization = await found(services, "large")
        operator = await services.organizations.operator("large")
        await fill(settings, organization.id, range(members))
        return await services.sessions.create_login_link(operator, "admin@large.test")


def measure(members: int, databases: Sequence[str] = DATABASES) -> Part:
    """The moments of the page on each database; without a browser, why they are not measured."""
    titles = [TITLES[each] for each in databases]
    title = f"The members page of {grouped(members)} members"
    rows: dict[str, dict[str, list[float]]] = {}
    version = ""
    try:
        for database in databases:
            with installation(database) as settings:
                secret = asyncio.run(_prepared(settings, members))  # before the browser, which has a loop of its own
                with serving(settings) as server, _browser() as browser, _page(browser, server.url, secret) as page:
                    version = browser.version
                    for name, times in _measured(page):
                        print(f"pages: {TITLES[database]}: {name}: {_said(times)}", flush=True)
                        rows.setdefault(name, {})[database] = times
    except _NoBrowser as reason:
        print(f"pages: NOT MEASURED: {reason}", flush=True)
        return Part([Table(title, ["", *titles], [], [f"Not measured: {reason}"])])
    note = f"Medians of {ROUNDS} visits, since the page was asked for."
    told = [[name, *(_said(times[each]) for each in databases)] for name, times in rows.items()]
    return Part([Table(title, ["", *titles], told, [note])], {"members": members, "rows": rows}, {"Chromium": version})


class _NoBrowser(Exception):
    """There is none, or it does not start; the text says why."""


@contextmanager
def _browser() -> Iterator[Browser]:
    path = str(CHROMIUM) if CHROMIUM.exists() else None
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        except Error as reason:
            raise _NoBrowser(str(reason).split("\n")[0]) from reason
        yield browser
        browser.close()


@contextmanager
def _page(browser: Browser, url: str, secret: str) -> Iterator[Page]:
    page = browser.new_page(base_url=url)
    page.goto(link_to(url, secret))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()
    page.add_init_script(NOTE_MOMENTS)
    yield page
    page.close()


def _said(times: list[float]) -> str:
    return f"{statistics.median(times):.0f} ms, at most {max(times):.0f} ms"


def _moments(page: Page) -> dict[str, float]:
    page.goto("/members")
    moments: dict[str, float] = page.evaluate(MOMENTS)
    return moments


def _measured(page: Page) -> Iterator[tuple[str, list[float]]]:
    cdp = page.context.new_cdp_session(page)

    def cold() -> dict[str, float]:
        cdp.send("Network.clearBrowserCache")
        return _moments(page)

    ways: dict[str, Callable[[], dict[str, float]]] = {"nothing cached": cold, "coming back": lambda: _moments(page)}
    for way, visit in ways.items():
        rounds = [visit() for _ in range(ROUNDS)]
        for moment in ("paint", "rows", "counts"):
            yield f"{moment}, {way}", [moments[moment] for moments in rounds]
    times: list[Any] = []
    for number in range(ROUNDS):
        _moments(page)
        times.append(page.evaluate(SEARCH, f"person00{number:02}77"))
    yield "search, the pause of 250 ms after the last key included", times

"""How soon the members page of a large organization is there, in a real Chromium on the same machine.

`python -m benchmarks.first_paint [--members 50000] [--database sqlite]` prints a table: when something is painted, when
the rows stand there, when they are counted; for a browser that has nothing of the page, and for one that comes back.
"""

import argparse
import asyncio
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.crowds import fill
from benchmarks.installations import found, installation, opened, serving
from rollbook.domain.sessions import link_to
from rollbook.settings import Settings

ROUNDS = 10
CHROMIUM = "/usr/bin/chromium"
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


@contextmanager
def _page(url: str, secret: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(base_url=url)
        page.goto(link_to(url, secret))
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Sign out").wait_for()
        page.add_init_script(NOTE_MOMENTS)
        yield page
        browser.close()


def _moments(page: Page) -> dict[str, float]:
    page.goto("/members")
    moments: dict[str, float] = page.evaluate(MOMENTS)
    return moments


def _measured(page: Page) -> Iterator[tuple[str, str]]:
    cdp = page.context.new_cdp_session(page)

    def cold() -> dict[str, float]:
        cdp.send("Network.clearBrowserCache")
        return _moments(page)

    ways: dict[str, Callable[[], dict[str, float]]] = {"nothing cached": cold, "coming back": lambda: _moments(page)}
    for way, visit in ways.items():
        rounds = [visit() for _ in range(ROUNDS)]
        for moment in ("paint", "rows", "counts"):
            yield f"{moment}, {way}", _told([moments[moment] for moments in rounds])
    times: list[Any] = []
    for number in range(ROUNDS):
        _moments(page)
        times.append(page.evaluate(SEARCH, f"person00{number:02}77"))
    yield "search, the pause of 250 ms after the last key included", _told(times)


def _told(times: list[float]) -> str:
    return f"{statistics.median(times):.0f} ms, at most {max(times):.0f} ms"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=50_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    arguments = parser.parse_args()
    with installation(arguments.database) as settings:
        secret = asyncio.run(_prepared(settings, arguments.members))
        with serving(settings) as server, _page(server.url, secret) as page:
            print(f"| {arguments.members:,} members on {arguments.database} | since the page was asked for |")
            print("|---|---|")
            for name, value in _measured(page):
                print(f"| {name} | {value} |")


if __name__ == "__main__":
    main()

"""Takes a picture of every screen, in both themes, of an organization in which three months have passed.

Run by `make screenshots`, which needs Chromium. The pictures are for the README, and for whoever changes a screen to
look at what they did.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM, CHROMIUM_ARGUMENTS, hold_passkeys
from tests.browser.installation import Organization, an_organization, serving
from tests.browser.sample import play_history
from tests.browser.screens import SCREENS, go, use_theme

PICTURES = Path(__file__).with_name("screenshots")
MOST_BYTES = 3_000_000
PORT = 8642  # the same each time, because the addresses of the endpoints are on the pictures
PEOPLE = 40
WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 360, "height": 740}
NARROW_TOO = ("/overview", "/members", "/activity")
ELSEWHERE = {
    "ada.lindqvist@acme.test": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "robin.hart@acme.test": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile Safari/604.1",
}
REFUSED = "/activity?outcome=REFUSED"
"""The pushes that went wrong; the newest is opened."""


def main() -> None:
    """Take every picture anew, and refuse to keep too much."""
    PICTURES.mkdir(exist_ok=True)
    for old in PICTURES.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), port=PORT) as server:
        acme = an_organization(server, "acme", "Acme", "robin.hart@acme.test")
        play_history(acme, people=PEOPLE)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_ARGUMENTS)
            _sign_in_elsewhere(browser, acme)
            page = _signed_in(browser, acme)
            for to in SCREENS:
                _take_screen(page, to)
            _take_explanation(page)
            browser.close()
    size = sum(picture.stat().st_size for picture in PICTURES.glob("*.png"))
    if size > MOST_BYTES:
        sys.exit(f"The pictures have {size:,} bytes, and the repository shall not hold more than {MOST_BYTES:,}.")


def _signed_in(browser: Any, acme: Organization) -> Any:
    context = browser.new_context(base_url=acme.server.base_url, locale="en-GB", timezone_id="UTC", viewport=WIDE)
    page = context.new_page()
    hold_passkeys(page)
    page.goto(acme.sign_in_link())
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Overview").wait_for()
    go(page, "/account")  # with a passkey, so that no screen warns of a way back that is missing
    page.get_by_role("button", name="Add passkey").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("The passkey is added.").wait_for()
    page.get_by_text("The passkey is added.").wait_for(state="detached")
    return page


def _sign_in_elsewhere(browser: Any, acme: Organization) -> None:
    for email, user_agent in ELSEWHERE.items():
        context = browser.new_context(user_agent=user_agent)
        page = context.new_page()
        page.goto(acme.sign_in_link(email))
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", name="Overview").wait_for()
        context.close()


def _name_of(to: str) -> str:
    path, _, tab = to.partition("?tab=")
    return path.strip("/").replace("/", "-") + (f"-{tab}" if tab else "")


def _take(page: Any, name: str) -> None:
    for theme, suffix in (("light", ""), ("dark", "-dark")):
        use_theme(page, theme)
        page.screenshot(path=PICTURES / f"{name}{suffix}.png", animations="disabled", caret="hide")


def _take_screen(page: Any, to: str) -> None:
    go(page, to)
    _take(page, _name_of(to))
    if to in NARROW_TOO:
        page.set_viewport_size(NARROW)
        _take(page, f"{_name_of(to)}-narrow")
        page.set_viewport_size(WIDE)


def _take_explanation(page: Any) -> None:
    go(page, REFUSED)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_text("What to do").wait_for()
    _take(page, "explanation")


if __name__ == "__main__":
    main()

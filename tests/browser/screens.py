"""The screens, and how a test gets to each and knows that it is there."""

from typing import Any

SCREENS = {
    "/overview": "Overview",
    "/members": "Members",
    "/invitations": "Invitations",
    "/activity": "Activity",
    "/activity?tab=audit": "Activity",
    "/settings/authentication": "Authentication",
    "/settings/authentication?tab=provisioning": "Authentication",
    "/settings/api-tokens": "API tokens",
    "/settings/sessions": "Sessions",
    "/account": "Account",
}
"""The address of each screen, and its heading."""

GO = """(to) => { history.replaceState(null, "", to); dispatchEvent(new PopStateEvent("popstate")); }"""
"""Goes to a screen as a link does, without loading the page anew."""

IS_COMPLETE = """([path, heading]) => {
    const main = document.querySelector("#main");
    const arrived = location.pathname === path && main?.querySelector("h1")?.textContent === heading;
    return arrived && !main.querySelector(".skeleton, [aria-busy=true]");
}"""


def go(page: Any, to: str) -> None:
    """Go to a screen and wait until all of it is there."""
    path = to.partition("?")[0]
    page.evaluate(GO, to)
    page.wait_for_function(IS_COMPLETE, arg=[path, SCREENS[path]])


def sideways(page: Any) -> int:
    """By how many pixels the page can be scrolled sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def use_theme(page: Any, theme: str) -> None:
    """Let the system be light or dark, and wait until the page has followed."""
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.locator(f"html.{theme}").wait_for(state="attached")

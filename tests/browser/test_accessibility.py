"""WCAG 2.2 AA by axe, on every screen and on what opens over it, in both themes and at both ends of the widths."""

import json
from itertools import product

import pytest

from tests.browser.sample import play_history
from tests.browser.screens import SCREENS, go, sideways, use_theme

pytestmark = pytest.mark.browser

THEMES = ["light", "dark"]
WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 360, "height": 800}
DIALOGS = [
    ("/members", "Add member"),
    ("/invitations", "Invite"),
    ("/settings/authentication?tab=provisioning", "Generate token"),
    ("/settings/api-tokens", "Generate token"),
]
DRAWERS = ["/members", "/activity?outcome=REFUSED", "/activity?tab=audit"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": RULES}}


class Examiner:
    """Runs axe on a page as it stands, in each theme and width, and keeps what it finds wrong."""

    def __init__(self, page):
        axe = pytest.importorskip("axe_playwright_python.base")
        self._page = page
        self._script = axe.AXE_SCRIPT
        self.found = {}

    def load(self):
        """Bring axe into the page; needed again after the page was loaded anew."""
        self._page.evaluate(self._script)

    def examine(self, what):
        """Note every violation, and whether the page scrolls sideways."""
        for size, theme in product([WIDE, NARROW], THEMES):
            self._page.set_viewport_size(size)
            use_theme(self._page, theme)
            violations = self._page.evaluate(f"axe.run({json.dumps(OPTIONS)}).then((done) => done.violations)")
            told = [
                f"{rule['id']}: {node['target']} {node['html'][:160]}" for rule in violations for node in rule["nodes"]
            ]
            told += [f"failed: {state.inner_text()}" for state in self._page.locator(".state-failure").all()]
            if sideways(self._page):
                told.append(f"scrolls sideways by {sideways(self._page)} px")
            if told:
                self.found[f"{what}, {theme}, {size['width']} px"] = told


@pytest.fixture
def history(acme):
    """Acme with something to show on every screen."""
    play_history(acme)
    return acme


def test_no_screen_has_a_violation_in_either_theme_at_either_width(browsing, history):
    page = browsing.signed_in(history.sign_in_link())
    examiner = Examiner(page)
    examiner.load()

    for to in SCREENS:
        go(page, to)
        examiner.examine(to)

    assert examiner.found == {}


def test_nothing_that_opens_has_a_violation_in_either_theme_at_either_width(browsing, history, expect):
    page = browsing.signed_in(history.sign_in_link())
    examiner = Examiner(page)
    examiner.load()

    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keyboard shortcuts").wait_for()
    examiner.examine("the list of shortcuts")
    page.keyboard.press("Escape")
    page.set_viewport_size(WIDE)
    page.get_by_role("button", name="Display and help").click()
    examiner.examine("the menu")
    page.keyboard.press("Escape")
    for to, opener in DIALOGS:
        go(page, to)
        page.get_by_role("button", name=opener).first.click()
        page.get_by_role("dialog").wait_for()
        examiner.examine(f"{opener} on {to}")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.set_viewport_size(WIDE)
    for to in DRAWERS:
        go(page, to)
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.get_by_role("dialog").wait_for()
        examiner.examine(f"the first row of {to}")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.set_viewport_size(WIDE)

    assert examiner.found == {}


def test_who_is_not_signed_in_finds_no_violation_either(browsing, page):
    examiner = Examiner(page)

    for address in ("/sign-in", "/sign-in?problem=provider_failed&organization=acme", "/setup#rollbook_setup_unknown"):
        page.goto(address)
        page.get_by_role("heading", level=1).wait_for()
        examiner.load()
        examiner.examine(address)

    assert examiner.found == {}
    assert set(browsing.refusals()) <= {"/graphql"}

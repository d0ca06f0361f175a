"""A whole journey without a pointer, and the single keys that make it short."""

import pytest

pytestmark = pytest.mark.browser


def tab_to(page, target):
    """Press Tab until the target has the focus, as somebody without a pointer does."""
    for _ in range(60):
        if target.evaluate("(element) => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the focus never came to {target}")


def test_an_admin_signs_in_makes_a_token_and_signs_out_without_a_pointer(browsing, acme, expect):
    page = browsing.page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(acme.sign_in_link())
    tab_to(page, page.get_by_role("button", name="Sign in"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()

    tab_to(page, page.get_by_role("link", name="API tokens", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="API tokens", level=1)).to_be_focused()
    tab_to(page, page.get_by_role("button", name="Generate token"))
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    tab_to(page, dialog.get_by_label("Name", exact=True))
    page.keyboard.type("Reports")
    page.keyboard.press("Enter")
    stored = dialog.get_by_label("I stored it")
    expect(stored).to_be_visible()
    tab_to(page, stored)
    page.keyboard.press("Space")
    tab_to(page, dialog.get_by_role("button", name="Done"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("row").filter(has_text="Reports")).to_have_count(1)
    expect(page.get_by_role("button", name="Generate token")).to_be_focused()

    tab_to(page, page.get_by_role("button", name="Sign out", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_text("You have signed out of Rollbook.")).to_be_visible()


def test_single_keys_lead_everywhere_and_do_what_the_list_says(browsing, acme, expect):
    token = acme.scim_token()
    for name in ("Ann", "Ben"):
        acme.provision(token, name)
    page = browsing.signed_in(acme.sign_in_link())
    keys = page.keyboard

    keys.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_contain_text("Go to Sessions")
    keys.press("g")
    keys.press("s")
    keys.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("heading", name="Members", level=1)).to_be_visible()
    for letter, heading in {
        "o": "Overview",
        "a": "Activity",
        "s": "Sessions",
        "t": "API tokens",
        "m": "Members",
    }.items():
        keys.press("g")
        keys.press(letter)
        expect(page.get_by_role("heading", name=heading, level=1)).to_be_focused()

    expect(page.get_by_role("row").filter(has_text="Ann")).to_be_visible()
    rows = page.locator("tbody tr")
    keys.press("j")
    keys.press("j")
    expect(rows.nth(1)).to_be_focused()
    keys.press("k")
    expect(rows.nth(0)).to_be_focused()
    keys.press("/")
    search = page.get_by_role("searchbox", name="Search members")
    expect(search).to_be_focused()
    keys.type("gm?n")
    expect(search).to_have_value("gm?n")
    search.fill("")
    search.blur()
    keys.press("g")
    keys.press("u")
    tab = page.get_by_role("tab", selected=True).first  # the guides have some of their own
    tab.focus()
    keys.press("Alt+ArrowRight")  # the browser's own
    expect(tab).to_have_text("Single sign-on")
    keys.press("ArrowRight")
    expect(tab).to_have_text("Provisioning")
    keys.press("g")
    keys.press("m")
    search.wait_for()
    keys.press("Control+j")
    keys.press("n")
    expect(page.get_by_role("dialog", name="Add member")).to_be_visible()


def test_single_keys_work_from_the_first_moment_of_a_page(admin_page, expect):
    """They are two in a row only after a `g`, however young the page is by its own clock."""
    admin_page.clock.install()
    admin_page.reload()
    admin_page.get_by_role("table").wait_for()

    admin_page.keyboard.press("?")

    expect(admin_page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def test_single_keys_can_be_switched_off_for_good(browsing, admin_page, expect):
    admin_page.keyboard.press("?")
    admin_page.get_by_label("Use single-key shortcuts in this browser").uncheck()
    admin_page.keyboard.press("Escape")

    admin_page.reload()
    admin_page.get_by_role("table").wait_for()
    admin_page.keyboard.press("n")
    admin_page.keyboard.press("?")

    admin_page.get_by_role("button", name="Display and help").click()
    expect(admin_page.get_by_role("dialog")).to_have_count(0)
    admin_page.get_by_role("menuitem", name="Keyboard shortcuts").click()
    expect(admin_page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()

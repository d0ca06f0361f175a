"""What holds on every screen: the strict policy, narrow windows, both themes, the way in, and what may go wrong."""

import re

import pytest

from tests.browser.screens import SCREENS, go, sideways, use_theme

pytestmark = pytest.mark.browser

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
}
LOST = "Rollbook does not answer."


def is_dark(page):
    background = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    dark, light = (("rgb(17,", "color(display-p3 0.06"), ("rgb(249,", "color(display-p3 0.97"))
    assert background.startswith(dark + light)
    return background.startswith(dark)


def test_the_page_is_served_under_the_strict_policy(page, expect):
    response = page.goto("/sign-in#rollbook_link_unknown")

    expect(page.get_by_role("heading", name="Sign in to Rollbook")).to_be_visible()
    assert {part.strip() for part in response.headers["content-security-policy"].split(";")} == POLICY


def test_no_screen_scrolls_sideways_at_360_px_and_the_menu_leads_to_all(browsing, acme, expect):
    token = acme.scim_token("A token with a name as long as it may be, written in all earnest")
    acme.provision(token, "Wolfeschlegelsteinhausenbergerdorff", "Wolfeschlegelsteinhausenbergerdorff")
    narrow = {"viewport": {"width": 360, "height": 740}}
    unsigned = browsing.page(**narrow)
    unsigned.goto(acme.sign_in_link())
    widths = {"a link": sideways(unsigned)}
    unsigned.goto("/setup#rollbook_setup_unknown")
    widths["/setup"] = sideways(unsigned)
    unsigned.goto(f"/sign-in?problem=provider_failed&organization={acme.handle}")
    unsigned.get_by_text("I have no way in").click()
    widths["/sign-in"] = sideways(unsigned)
    page = browsing.signed_in(acme.sign_in_link(), **narrow)

    for to in SCREENS:
        go(page, to)
        widths[to] = sideways(page)
    page.get_by_role("button", name="Menu").click()
    widths["the menu"] = sideways(page)
    page.get_by_role("link", name="Members", exact=True).click()
    expect(page.get_by_role("heading", name="Members", level=1)).to_be_focused()
    expect(page.get_by_role("link", name="Members", exact=True)).to_be_hidden()

    assert widths == dict.fromkeys(widths, 0)
    assert set(browsing.refusals()) <= {"/graphql"}


def test_the_theme_follows_the_system_until_one_is_chosen_and_is_there_before_the_first_paint(browsing, acme, expect):
    page = browsing.signed_in(acme.sign_in_link(), color_scheme="dark")
    assert is_dark(page)
    use_theme(page, "light")
    assert not is_dark(page)

    page.get_by_role("button", name="Display and help").click()
    page.get_by_role("menuitemradio", name="Dark").click()
    assert is_dark(page)
    page.route("**/app/main.js", lambda route: route.abort())
    page.reload(wait_until="domcontentloaded")
    assert is_dark(page)
    page.unroute("**/app/main.js")
    page.reload()
    page.get_by_role("button", name="Display and help").click()
    expect(page.get_by_role("menuitemradio", name="Dark")).to_be_checked()
    tab = page.context.new_page()
    tab.goto("/account")
    tab.get_by_role("button", name="Display and help").click()
    tab.get_by_role("menuitemradio", name="Colours of the system").click()

    expect(page.get_by_role("menuitemradio", name="Colours of the system")).to_be_checked()
    assert not is_dark(page)
    assert browsing.failures() == ["/app/main.js"]


def test_the_first_tab_offers_to_skip_the_navigation(admin_page, expect):
    admin_page.reload()
    admin_page.get_by_role("table").wait_for()

    admin_page.keyboard.press("Tab")
    expect(admin_page.get_by_role("link", name="Skip to content")).to_be_focused()
    admin_page.keyboard.press("Enter")
    admin_page.keyboard.press("Tab")

    focused = admin_page.evaluate("Boolean(document.activeElement.closest('#main'))")
    assert focused


def test_moving_between_screens_names_the_page_and_goes_back(admin_page, acme, expect):
    expect(admin_page).to_have_title("Members · Rollbook")

    admin_page.get_by_role("link", name="Authentication", exact=True).click()
    expect(admin_page).to_have_title("Authentication · Rollbook")
    expect(admin_page.get_by_role("heading", name="Authentication", level=1)).to_be_focused()
    admin_page.go_back()

    expect(admin_page).to_have_title("Members · Rollbook")
    assert admin_page.url == f"{acme.server.base_url}/members"


def test_a_drawer_leaves_no_step_behind_and_only_a_press_beside_it_closes_it(admin_page, acme, expect):
    admin_page.get_by_role("link", name="Account", exact=True).click()
    admin_page.get_by_role("link", name="Members", exact=True).click()
    opener = admin_page.get_by_role("row").filter(has_text=acme.admin_email).get_by_role("link").first
    opener.click()
    drawer = admin_page.get_by_role("dialog")
    expect(drawer.get_by_role("heading").first).to_be_focused()
    box = drawer.bounding_box()
    inside, beside = (box["x"] + 8, box["height"] - 8), (box["x"] - 40, box["height"] - 8)

    admin_page.mouse.click(*inside)
    admin_page.mouse.move(*inside)
    admin_page.mouse.down()
    admin_page.mouse.move(*beside)
    admin_page.mouse.up()
    expect(drawer).to_be_visible()
    admin_page.mouse.click(*beside)

    expect(drawer).to_have_count(0)
    expect(opener).to_be_focused()
    opener.click()
    expect(drawer).to_be_visible()
    admin_page.reload()
    drawer.wait_for()
    admin_page.keyboard.press("Escape")
    expect(admin_page.get_by_role("heading", name="Members", level=1)).to_be_focused()  # no opener since the page began
    expect(admin_page).to_have_url(f"{acme.server.base_url}/members")
    admin_page.go_back()
    expect(admin_page.get_by_role("heading", name="Account", level=1)).to_be_visible()


def test_an_address_without_a_screen_says_so_and_leads_back(admin_page, expect):
    admin_page.goto("/settings/nowhere")

    expect(admin_page.get_by_role("heading", name="Page not found")).to_be_visible()
    admin_page.get_by_role("link", name="Go to Members").click()
    expect(admin_page.get_by_role("table")).to_be_visible()


def test_a_member_begins_at_the_members_and_is_told_what_is_not_for_them(browsing, acme, expect):
    token = acme.scim_token()
    acme.provision(token, "Ann")
    link = acme.sign_in_link(acme.address("Ann"))
    acme.demote(acme.address("Ann"))

    page = browsing.signed_in(link)
    expect(page.get_by_role("navigation", name="Settings").get_by_role("link")).to_have_text(["Members", "Account"])
    page.goto("/overview")

    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    expect(page.get_by_text("You do not have access to this page")).to_be_visible()
    page.goto("/")
    expect(page).to_have_url(re.compile("/members$"))


def test_a_silence_is_told_and_what_was_missed_is_read_when_it_is_over(browsing, acme, admin_page, expect):
    token = acme.scim_token()
    admin_page.context.set_offline(True)
    admin_page.get_by_role("link", name="Members", exact=True).press("Enter")  # nothing happens: it is there
    admin_page.evaluate("dispatchEvent(new Event('visibilitychange'))")  # the page looks whether all is well
    expect(admin_page.get_by_text(LOST)).to_be_visible()
    expect(admin_page.get_by_role("table")).to_be_visible()
    acme.provision(token, "Ann")

    admin_page.context.set_offline(False)

    expect(admin_page.get_by_text(LOST)).to_have_count(0)
    expect(admin_page.get_by_role("row").filter(has_text="Ann")).to_be_visible()
    parts = ("/graphql", "/healthz", "/app/screens/", "/app/ui/")  # some are fetched before anybody wants them
    assert [path for path in browsing.failures() if not path.startswith(parts)] == []


def test_a_screen_that_does_not_arrive_or_breaks_leaves_the_rest_in_order(browsing, admin_page, expect):
    admin_page.route("**/screens/account.js", lambda route: route.abort())
    admin_page.get_by_role("link", name="Account", exact=True).click()
    expect(admin_page.get_by_text("A part of this page did not arrive.")).to_be_visible()
    admin_page.unroute("**/screens/account.js")
    admin_page.get_by_role("button", name="Try again").click()
    expect(admin_page.get_by_role("heading", name="Passkeys")).to_be_visible()

    broken = "export function OrganizationSessions() { throw new Error('it broke'); }"
    admin_page.route(
        "**/organization-sessions.js", lambda route: route.fulfill(body=broken, content_type="text/javascript")
    )
    admin_page.get_by_role("link", name="Sessions", exact=True).click()
    expect(admin_page.get_by_text("This page failed: it broke")).to_be_visible()
    admin_page.get_by_role("link", name="Account", exact=True).click()
    expect(admin_page.get_by_role("heading", name="Passkeys")).to_be_visible()

    assert [line for line in browsing.told() if "account.js" not in line and "it broke" not in line] == []

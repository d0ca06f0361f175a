"""What holds on every screen: the strict policy, narrow windows, both colour schemes, the keyboard's way in."""

import pytest

pytestmark = pytest.mark.browser

SCREENS = {
    "/members": "Members",
    "/settings/authentication": "Authentication",
    "/settings/sessions": "Sessions",
    "/account": "Account",
}
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


def sideways(page):
    """By how many pixels the page can be scrolled sideways."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_the_page_is_served_under_the_strict_policy(page, expect):
    response = page.goto("/sign-in#rollbook_link_unknown")

    expect(page.get_by_role("heading", name="Sign in to Rollbook")).to_be_visible()
    assert {part.strip() for part in response.headers["content-security-policy"].split(";")} == POLICY


def test_no_screen_scrolls_sideways_at_360_px(browsing, acme, expect):
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

    for path, heading in SCREENS.items():
        page.goto(path)
        expect(page.get_by_role("heading", name=heading, exact=True, level=1)).to_be_visible()
        expect(page.get_by_role("table")).to_be_visible()
        widths[path] = sideways(page)
    page.goto("/invitations")
    expect(page.get_by_text("Nobody is invited")).to_be_visible()
    widths["/invitations"] = sideways(page)
    page.goto("/settings/authentication")
    page.get_by_label("Domain", exact=True).fill(f"{'a' * 60}.{acme.handle}.example")
    page.get_by_role("button", name="Add domain").click()
    expect(page.get_by_role("button", name="Check a")).to_be_visible()
    widths["a domain"] = sideways(page)
    page.get_by_role("button", name="Set up", exact=True).click()
    expect(page.get_by_role("button", name="Save")).to_be_in_viewport(ratio=1)
    widths["the connection"] = sideways(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Generate token").click()
    page.get_by_label("Name", exact=True).fill("Okta")
    page.get_by_role("button", name="Generate", exact=True).click()
    expect(page.get_by_role("button", name="Copy Token")).to_be_in_viewport(ratio=1)
    widths["the secret"] = sideways(page)

    assert widths == dict.fromkeys(widths, 0)
    assert set(browsing.refusals()) <= {"/graphql"}


def test_the_page_follows_the_colour_scheme_of_the_system(browsing, acme):
    def background(scheme):
        page = browsing.signed_in(acme.sign_in_link(), color_scheme=scheme)
        return page.evaluate("getComputedStyle(document.documentElement).backgroundColor")

    light, dark = background("light"), background("dark")

    assert light.startswith("rgb(249,") or light.startswith("color(display-p3 0.97")
    assert dark.startswith("rgb(17,") or dark.startswith("color(display-p3 0.06")


def test_the_first_tab_offers_to_skip_the_navigation(admin_page, expect):
    admin_page.reload()
    admin_page.get_by_role("table").wait_for()

    admin_page.keyboard.press("Tab")
    expect(admin_page.get_by_role("link", name="Skip to content")).to_be_focused()
    admin_page.keyboard.press("Enter")
    admin_page.keyboard.press("Tab")

    expect(admin_page.get_by_role("button", name="Add member")).to_be_focused()


def test_moving_between_screens_names_the_page_and_goes_back(admin_page, acme, expect):
    expect(admin_page).to_have_title("Members · Rollbook")

    admin_page.get_by_role("link", name="Authentication", exact=True).click()
    expect(admin_page).to_have_title("Authentication · Rollbook")
    expect(admin_page.get_by_role("heading", name="Authentication")).to_be_focused()
    admin_page.go_back()

    expect(admin_page).to_have_title("Members · Rollbook")
    assert admin_page.url == f"{acme.server.base_url}/members"


def test_an_address_without_a_screen_says_so_and_leads_back(admin_page, expect):
    admin_page.goto("/settings/nowhere")

    expect(admin_page.get_by_role("heading", name="Page not found")).to_be_visible()
    admin_page.get_by_role("link", name="Go to Members").click()
    expect(admin_page.get_by_role("table")).to_be_visible()

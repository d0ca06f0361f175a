"""What is dangerous asks once more who one is, in one dialog, and then goes on where it was."""

import pytest

from tests.browser.conftest import hold_passkeys
from tests.browser.screens import go
from tests.browser.test_single_sign_on_page import connect, pass_once

pytestmark = pytest.mark.browser

PLACE = "/settings/authentication?tab=provisioning"


@pytest.fixture
def page(browsing, acme):
    """The Provisioning tab of Acme, whose admin holds a device for passkeys."""
    page = browsing.signed_in(acme.sign_in_link())
    hold_passkeys(page)
    go(page, PLACE)
    page.get_by_role("heading", name="Tokens").wait_for()
    return page


def add_passkey(page):
    page.get_by_role("link", name="Account").click()
    page.get_by_role("button", name="Add passkey").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("The passkey is added.").wait_for()
    go(page, PLACE)


def again(page):
    return page.get_by_role("dialog", name="Sign in again")


def test_a_passkey_shows_it_and_what_was_typed_is_still_there(page, acme, expect):
    add_passkey(page)
    page.get_by_role("button", name="Generate token").click()
    page.get_by_label("Name", exact=True).fill("Okta")
    acme.let_pass(minutes=11)
    page.get_by_role("button", name="Generate", exact=True).click()
    expect(again(page)).to_be_visible()
    expect(again(page).get_by_role("button", name="Use single sign-on")).to_have_count(0)

    again(page).get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_role("dialog", name="Store the token Okta")).to_be_visible()
    expect(again(page)).to_have_count(0)
    page.get_by_label("I stored it").check()
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("row").filter(has_text="Okta")).to_have_count(1)


def test_it_is_asked_before_a_form_opens(page, acme, expect):
    acme.let_pass(minutes=11)

    page.get_by_role("button", name="Generate token").click()

    expect(again(page)).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_count(0)


def test_who_declines_reads_why_nothing_happened_and_can_go_on(page, acme, expect):
    page.get_by_role("button", name="Generate token").click()
    page.get_by_label("Name", exact=True).fill("Okta")
    acme.let_pass(minutes=11)
    page.get_by_role("button", name="Generate", exact=True).click()
    expect(again(page)).to_be_visible()

    page.keyboard.press("Escape")

    expect(again(page)).to_have_count(0)
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("within the last 10 minutes")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Okta")
    expect(page.get_by_role("button", name="Generate", exact=True)).to_be_focused()
    page.get_by_role("button", name="Generate", exact=True).click()
    expect(again(page)).to_be_visible()


def test_a_new_link_opened_in_another_tab_shows_it_too(page, acme, expect):
    page.get_by_role("button", name="Generate token").click()
    page.get_by_label("Name", exact=True).fill("Okta")
    acme.let_pass(minutes=11)
    page.get_by_role("button", name="Generate", exact=True).click()
    expect(again(page)).to_contain_text(
        f"rollbook admin login-link --organization {acme.handle} --email {acme.admin_email}"
    )
    again(page).get_by_role("button", name="I have signed in by a link").click()
    expect(again(page).get_by_role("alert")).to_contain_text("You have not signed in anew yet.")
    tab = page.context.new_page()
    tab.goto(acme.sign_in_link())
    tab.get_by_role("button", name="Sign in").click()
    tab.get_by_role("heading", name="Overview").wait_for()
    busy = {"errors": [{"message": "Rollbook is occupied.", "extensions": {"code": "BUSY"}}]}
    page.route("**/graphql", lambda route: route.fulfill(json=busy))
    again(page).get_by_role("button", name="I have signed in by a link").click()
    expect(again(page).get_by_role("alert")).to_contain_text("Rollbook is occupied.")
    page.unroute("**/graphql")

    again(page).get_by_role("button", name="I have signed in by a link").click()

    expect(page.get_by_role("dialog", name="Store the token Okta")).to_be_visible()


def test_the_identity_provider_shows_it_and_leads_back_to_the_same_page(page, acme, provider, expect):
    page.get_by_role("tab", name="Single sign-on").click()
    connect(page, provider)
    pass_once(page, provider, acme)
    acme.let_pass(minutes=11)
    page.get_by_role("button", name="Change…").click()
    expect(again(page).get_by_role("button", name="Use a passkey")).to_have_count(0)

    again(page).get_by_role("button", name="Use single sign-on").click()
    page.wait_for_url(f"{acme.server.base_url}/settings/authentication")
    page.get_by_role("button", name="Change…").click()

    expect(page.get_by_role("dialog", name="Change single sign-on")).to_be_visible()
    asked = [seen.parameters for seen in provider.seen if seen.endpoint == "authorization"]
    assert asked[-1]["prompt"] == "login"


def test_somebody_elses_sign_in_does_not_go_on_with_what_was_begun(page, acme, expect):
    other = acme.address("second")
    page.get_by_role("button", name="Generate token").click()
    page.get_by_label("Name", exact=True).fill("Okta")
    acme.let_pass(minutes=11)
    page.get_by_role("button", name="Generate", exact=True).click()
    tab = page.context.new_page()
    tab.goto(acme.sign_in_link(other))
    tab.get_by_role("button", name="Sign in").click()
    tab.get_by_role("heading", name="Overview").wait_for()

    again(page).get_by_role("button", name="I have signed in by a link").click()

    expect(page.get_by_text("No tokens yet")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_title(other)).to_be_visible()

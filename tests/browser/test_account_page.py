"""Account and Sessions: what is one's own, and who else is signed in."""

import pytest

from tests.browser.conftest import hold_passkeys
from tests.browser.test_single_sign_on_page import ADA, connect

pytestmark = pytest.mark.browser


def open_account(page):
    page.get_by_role("link", name="Account").click()
    page.get_by_role("heading", name="Passkeys").wait_for()
    return page


def choose(page, email, action):
    """Choose an action from the menu of the first session of the member with that address."""
    row = rows(page, "Sessions").filter(has_text=email).first
    row.get_by_role("button", name="Actions for a session of").click()
    page.get_by_role("menuitem", name=action).click()


def rows(page, caption):
    return page.get_by_role("table", name=caption).get_by_role("row")


def test_one_signs_out_elsewhere_and_stays_here(browsing, acme, expect):
    elsewhere = browsing.signed_in(acme.sign_in_link())
    page = open_account(browsing.signed_in(acme.sign_in_link()))
    expect(rows(page, "Your sessions")).to_have_count(3)
    expect(rows(page, "Your sessions").filter(has_text="This browser")).to_contain_text("Sign-in link")

    page.get_by_role("button", name="Sign out elsewhere…").click()
    page.get_by_role("dialog").get_by_role("button", name="Sign out elsewhere").click()

    expect(rows(page, "Your sessions")).to_have_count(2)
    expect(page.get_by_role("button", name="Sign out elsewhere…")).to_have_count(0)
    expect(elsewhere.get_by_text("Your session has ended.")).to_be_visible()
    assert set(browsing.refusals()) <= {"/graphql"}


def test_ending_the_session_of_this_browser_signs_out(browsing, acme, expect):
    page = open_account(browsing.signed_in(acme.sign_in_link()))

    page.get_by_role("button", name="End this browser's session").click()
    expect(page.get_by_role("dialog")).to_contain_text("you are signed out")
    page.get_by_role("dialog").get_by_role("button", name="End session").click()

    expect(page.get_by_text("Your session has ended.")).to_be_visible()
    assert set(browsing.refusals()) <= {"/graphql"}


def test_a_passkey_is_named_listed_and_removed(browsing, acme, expect):
    page = browsing.signed_in(acme.sign_in_link())
    hold_passkeys(page)
    open_account(page)
    page.get_by_role("button", name="Add passkey").click()
    page.get_by_label("Name", exact=True).fill("My laptop")
    page.get_by_role("button", name="Continue").click()
    expect(rows(page, "Your passkeys").filter(has_text="My laptop")).to_contain_text("Never")
    page.get_by_role("button", name="Add passkey").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("holds a passkey of yours")
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Remove My laptop").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove passkey").click()

    expect(page.get_by_text("No passkeys yet")).to_be_visible()


def test_an_account_is_connected_to_the_provider_and_disconnected(browsing, acme, provider, expect):
    page = browsing.signed_in(acme.sign_in_link())
    open_account(page)
    expect(page.get_by_text("Your organization has not set up single sign-on.")).to_be_visible()
    page.get_by_role("link", name="Authentication", exact=True).click()
    connect(page, provider)
    open_account(page)
    provider.person = {**ADA, "email": "elsewhere@other.test"}

    page.get_by_role("button", name="Connect…").click()
    expect(page.get_by_text(f"Connected to subject-of-ada at {provider.issuer}.")).to_be_visible()
    expect(page.get_by_text("subject-of-ada", exact=True)).to_be_visible()
    assert page.url == f"{acme.server.base_url}/account"
    page.get_by_role("link", name="Members").click()
    page.get_by_role("button", name="Actions for").click()
    expect(page.get_by_role("menuitem", name="Disconnect single sign-on…")).to_be_visible()
    page.keyboard.press("Escape")
    open_account(page)
    page.get_by_role("button", name="Disconnect…").click()
    page.get_by_role("dialog").get_by_role("button", name="Disconnect").click()

    expect(page.get_by_text("Your session has ended.")).to_be_visible()  # it had come through the provider
    assert set(browsing.refusals()) <= {"/graphql"}


def test_an_admin_sees_everybodys_sessions_and_ends_one(browsing, acme, expect):
    second = acme.address("second")
    other = browsing.signed_in(acme.sign_in_link(second))
    page = browsing.signed_in(acme.sign_in_link(), at="/settings/sessions")
    expect(rows(page, "Sessions")).to_have_count(3)
    expect(rows(page, "Sessions").filter(has_text=acme.admin_email)).to_contain_text("This browser")
    expect(rows(page, "Sessions").filter(has_text=second)).to_contain_text("Chrome on Linux")

    choose(page, second, "End this session…")
    page.get_by_role("dialog").get_by_role("button", name="End session").click()

    expect(rows(page, "Sessions")).to_have_count(2)
    expect(other.get_by_text("Your session has ended.")).to_be_visible()
    assert set(browsing.refusals()) <= {"/graphql"}


def test_sign_ins_come_into_the_list_by_themselves_and_all_of_a_member_end_at_once(browsing, acme, expect):
    second = acme.address("second")
    page = browsing.signed_in(acme.sign_in_link(), at="/settings/sessions")
    expect(rows(page, "Sessions")).to_have_count(2)
    others = [browsing.signed_in(acme.sign_in_link(second)) for _ in range(2)]
    expect(rows(page, "Sessions").filter(has_text=second)).to_have_count(2)

    choose(page, second, "End all sessions of this member…")
    page.get_by_role("dialog").get_by_role("button", name="End sessions").click()

    expect(rows(page, "Sessions")).to_have_count(2)
    for other in others:
        expect(other.get_by_text("Your session has ended.")).to_be_visible()
    assert set(browsing.refusals()) <= {"/graphql"}


def test_when_the_last_session_of_a_page_ends_the_first_page_is_shown(browsing, acme, expect):
    async def sign_in_often(services, operator):
        for _ in range(49):
            await services.sessions.redeem(await services.sessions.create_login_link(operator, acme.admin_email))

    browsing.signed_in(acme.sign_in_link(acme.address("second")))
    page = browsing.signed_in(acme.sign_in_link())
    acme.server.operate(acme.handle, sign_in_often)
    page.get_by_role("link", name="Sessions").click()
    expect(rows(page, "Sessions")).to_have_count(51)
    page.get_by_role("button", name="Next").click()
    expect(rows(page, "Sessions")).to_have_count(2)

    choose(page, acme.address("second"), "End this session…")
    page.get_by_role("dialog").get_by_role("button", name="End session").click()

    expect(rows(page, "Sessions")).to_have_count(51)
    expect(page.get_by_role("button", name="Next")).to_be_disabled()
    expect(page.get_by_role("button", name="Previous")).to_be_disabled()
    assert set(browsing.refusals()) <= {"/graphql"}


def test_all_sessions_of_a_member_end_from_the_list(browsing, acme, expect):
    second = acme.address("second")
    other = browsing.signed_in(acme.sign_in_link(second))
    page = browsing.signed_in(acme.sign_in_link())

    page.get_by_role("row").filter(has_text=second).get_by_role("button", name="Actions for").click()
    page.get_by_role("menuitem", name="End sessions…").click()
    page.get_by_role("dialog").get_by_role("button", name="End sessions").click()
    expect(page.get_by_text("is signed out everywhere.")).to_be_visible()

    expect(other.get_by_text("Your session has ended.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text=second)).to_contain_text("Active")
    assert set(browsing.refusals()) <= {"/graphql"}


def test_a_user_has_an_account_and_sees_nobody_elses_sessions(browsing, acme, expect):
    second = acme.address("second")
    page = browsing.signed_in(acme.sign_in_link(second))
    admin = browsing.signed_in(acme.sign_in_link())
    admin.get_by_role("row").filter(has_text=second).get_by_role("combobox").select_option(label="User")
    admin.get_by_role("dialog").get_by_role("button", name="Change to User").click()
    expect(admin.get_by_role("dialog")).to_have_count(0)
    page.reload()

    expect(page.get_by_role("link", name="Account")).to_be_visible()
    expect(page.get_by_role("link", name="Sessions")).to_have_count(0)
    page.goto("/settings/sessions")
    expect(page.get_by_text("You do not have access to this page")).to_be_visible()
    page.get_by_role("link", name="Account").click()

    expect(rows(page, "Your sessions")).to_have_count(2)

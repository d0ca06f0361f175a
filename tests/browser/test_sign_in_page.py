"""Signing in by a one-time link, by a passkey and through the identity provider, and out again."""

import re

import pytest

from rollbook.domain.sso import SignInProblem
from tests.browser.conftest import hold_passkeys

pytestmark = pytest.mark.browser

REMEDY = "rollbook admin login-link --organization"


def show_remedy(page):
    page.get_by_text("I have no way in").click()


def test_a_link_signs_in_and_leaves_no_trace_in_the_address_bar(page, acme, expect):
    link = acme.sign_in_link()

    page.goto(link)
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    address_before = page.url
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()

    assert re.search(r"/sign-in#rollbook_link_", link)
    assert address_before == f"{acme.server.base_url}/sign-in"
    assert page.url == f"{acme.server.base_url}/overview"
    page.go_back()
    assert "rollbook_link_" not in page.url


def test_opening_a_link_does_not_use_it_up(browsing, acme, expect):
    link = acme.sign_in_link()

    previewer = browsing.page()
    previewer.goto(link)
    expect(previewer.get_by_role("button", name="Sign in")).to_be_visible()
    person = browsing.signed_in(link)

    expect(person.get_by_role("row").filter(has_text=acme.admin_email)).to_have_count(1)


def test_a_used_link_is_refused_with_the_remedy(browsing, acme, expect):
    link = acme.sign_in_link()
    browsing.signed_in(link)

    second = browsing.page()
    second.goto(link)
    second.get_by_role("button", name="Sign in").click()

    expect(second.get_by_role("alert")).to_be_visible()
    expect(second.get_by_text(REMEDY)).to_be_visible()
    expect(second.get_by_role("button", name="Sign in")).to_have_count(0)
    assert browsing.refusals() == ["/auth/redeem"]


def test_skipping_to_the_content_keeps_the_link(page, acme, expect):
    page.goto(acme.sign_in_link())
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()

    page.get_by_role("link", name="Skip to content").press("Enter")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("heading", name="Overview")).to_be_visible()


def test_a_new_link_in_the_same_tab_replaces_a_used_one(browsing, acme, expect):
    used = acme.sign_in_link()
    page = browsing.signed_in(used)
    page.goto(used)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()

    page.goto(acme.sign_in_link())
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    assert browsing.refusals() == ["/auth/redeem"]


def test_without_a_session_every_page_offers_the_ways_in_and_comes_back_to_itself(browsing, page, acme, expect):
    page.goto("/settings/authentication")

    expect(page).to_have_url(re.compile(r"/sign-in$"))
    expect(page.get_by_label("E-mail address or organization")).to_be_visible()
    expect(page.get_by_text(REMEDY)).to_be_hidden()
    show_remedy(page)
    expect(page.get_by_text(REMEDY)).to_be_visible()
    page.goto(acme.sign_in_link())
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("heading", name="Authentication")).to_be_visible()
    assert browsing.refusals() == ["/graphql"]


def test_signing_out_ends_the_session(browsing, admin_page, expect):
    admin_page.get_by_role("button", name="Sign out").click()
    expect(admin_page.get_by_text("You have signed out of Rollbook.")).to_be_visible()
    expect(admin_page.get_by_role("link", name="Sign out there too")).to_have_count(0)

    admin_page.goto("/members")

    expect(admin_page).to_have_url(re.compile(r"/sign-in$"))
    expect(admin_page.get_by_role("table")).to_have_count(0)
    assert set(browsing.refusals()) == {"/graphql"}


def test_what_is_being_read_when_somebody_signs_out_is_not_waited_for(browsing, admin_page, expect):
    browsing.settle()
    held, given_up = [], []
    admin_page.route("**/graphql", lambda route: held.append(route.request))
    admin_page.on("requestfailed", lambda request: given_up.append(request))
    with admin_page.expect_request("**/graphql"):
        admin_page.get_by_role("searchbox", name="Search members").fill("ann")

    admin_page.get_by_role("button", name="Sign out").click()

    expect(admin_page.get_by_text("You have signed out of Rollbook.")).to_be_visible()
    assert held
    assert set(held) <= set(given_up)


def test_a_sign_out_that_fails_leaves_the_page_as_it_was(browsing, admin_page, expect):
    admin_page.route("**/auth/sign-out", lambda route: route.fulfill(status=500, json={}))

    admin_page.get_by_role("button", name="Sign out").click()

    expect(admin_page.get_by_text("cannot read (HTTP 500)")).to_be_visible()
    expect(admin_page.get_by_role("table")).to_be_visible()
    admin_page.unroute("**/auth/sign-out")
    admin_page.get_by_role("button", name="Sign out").click()
    expect(admin_page.get_by_text("You have signed out of Rollbook.")).to_be_visible()
    assert browsing.failures() == ["/auth/sign-out"]


def test_a_session_that_ended_elsewhere_says_so_and_comes_back_to_where_it_was(browsing, admin_page, acme, expect):
    admin_page.get_by_role("link", name="Account").click()
    expect(admin_page.get_by_role("heading", name="Passkeys")).to_be_visible()
    acme.server.change("UPDATE sessions SET ended_at = created_at WHERE ended_at IS NULL")

    admin_page.get_by_role("link", name="Sessions", exact=True).click()
    expect(admin_page.get_by_text("Your session has ended. Sign in again.")).to_be_visible()
    admin_page.goto(acme.sign_in_link())
    admin_page.get_by_role("button", name="Sign in").click()

    expect(admin_page.get_by_role("heading", name="Sessions", level=1)).to_be_visible()
    assert set(browsing.refusals()) == {"/graphql"}


def test_a_page_that_nobody_touches_closes_when_access_ends(browsing, admin_page, acme, expect):
    admin_page.clock.install()
    admin_page.reload()
    expect(admin_page.get_by_role("heading", name="Members")).to_be_visible()
    acme.server.change("UPDATE sessions SET ended_at = created_at WHERE ended_at IS NULL")

    admin_page.clock.fast_forward(31_000)

    expect(admin_page.get_by_text("Your session has ended. Sign in again.")).to_be_visible()
    expect(admin_page.get_by_role("table")).to_have_count(0)
    assert set(browsing.refusals()) == {"/graphql"}


def test_a_passkey_signs_in_without_a_name_or_a_link(browsing, admin_page, expect):
    hold_passkeys(admin_page)
    expect(admin_page.get_by_text("Without a new link you cannot sign in again.")).to_be_visible()
    admin_page.get_by_role("link", name="Add a passkey").click()
    admin_page.get_by_role("button", name="Add passkey").click()
    admin_page.get_by_role("button", name="Continue").click()
    expect(admin_page.get_by_role("row").filter(has_text="Chrome on Linux").first).to_be_visible()
    expect(admin_page.get_by_text("The passkey is added.")).to_be_visible()
    admin_page.get_by_role("button", name="Sign out").click()

    admin_page.get_by_role("button", name="Sign in with a passkey").click()

    expect(admin_page.get_by_role("heading", name="Overview")).to_be_visible()
    admin_page.get_by_role("link", name="Members", exact=True).click()
    expect(admin_page.get_by_role("table")).to_be_visible()
    expect(admin_page.get_by_text("Without a new link you cannot sign in again.")).to_have_count(0)


def test_a_passkey_that_is_not_there_is_told_in_words(page, browsing, expect):
    hold_passkeys(page)
    page.goto("/sign-in")

    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_role("alert")).to_contain_text("No passkey was used.")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_enabled()
    assert browsing.refusals() == ["/graphql"]


def test_a_browser_without_passkeys_is_not_offered_one(browsing, page, expect):
    page.add_init_script("delete globalThis.PublicKeyCredential")

    page.goto("/sign-in")

    expect(page.get_by_role("button", name="Continue")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_have_count(0)
    assert browsing.refusals() == ["/graphql"]


def test_a_name_that_has_no_single_sign_on_is_refused_beside_the_field(browsing, page, acme, expect):
    page.goto("/sign-in")

    page.get_by_label("E-mail address or organization").fill(acme.handle)
    page.get_by_role("button", name="Continue").click()

    expect(page.get_by_text("No organization with single sign-on goes by that.")).to_be_visible()
    expect(page.get_by_label("E-mail address or organization")).to_have_attribute("aria-invalid", "true")
    assert page.url == f"{acme.server.base_url}/sign-in"
    assert browsing.refusals() == ["/graphql"]


def test_every_problem_is_told_with_its_remedy(browsing, page, expect):
    unknown = "Rollbook refused this sign-in."
    request_id = "01a21fb6-b741-7504-a1bf-0aaa6071e894"
    told = {}

    for problem in [*SignInProblem, "newer_than_this_page"]:
        page.goto(f"/sign-in?problem={problem}&organization=acme&request={request_id}")
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text(request_id)
        expect(page.get_by_role("button", name="Continue")).to_be_visible()
        told[str(problem)] = alert.inner_text()

    assert len(set(told.values())) == len(told)
    assert [problem for problem, text in told.items() if unknown in text] == ["newer_than_this_page"]
    assert set(browsing.refusals()) == {"/graphql"}


def test_an_address_cannot_put_words_or_ways_of_its_own_on_the_page(browsing, page, expect):
    page.goto("/sign-in?problem=cancelled&organization=call%20555-1234&request=call%20555-1234")

    expect(page.get_by_role("alert")).to_contain_text("You were not signed in")
    expect(page.get_by_text("555-1234")).to_have_count(0)
    expect(page.get_by_role("link", name=re.compile("again"))).to_have_count(0)
    assert browsing.refusals() == ["/graphql"]


def test_a_problem_that_may_pass_offers_another_try(browsing, page, acme, expect):
    page.goto(f"/sign-in?problem=cancelled&organization={acme.handle}")

    page.get_by_role("link", name=f"Sign in to {acme.handle} again").click()

    expect(page.get_by_role("alert")).to_contain_text("There is no single sign-on here")
    assert set(browsing.refusals()) == {"/graphql"}


def test_a_problem_is_told_to_who_is_signed_in_too(admin_page, expect):
    admin_page.goto("/sign-in?problem=step_up_failed&organization=acme")

    expect(admin_page.get_by_role("alert")).to_contain_text("Your identity provider did not ask who you are")
    admin_page.get_by_role("link", name="Go to Members").click()
    expect(admin_page.get_by_role("table")).to_be_visible()

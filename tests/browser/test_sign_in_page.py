"""Signing in by a one-time link, and out again."""

import re

import pytest

pytestmark = pytest.mark.browser

REMEDY = "rollbook admin login-link --organization"


def test_a_link_signs_in_and_leaves_no_trace_in_the_address_bar(page, acme, expect):
    link = acme.sign_in_link()

    page.goto(link)
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    address_before = page.url
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Members")).to_be_visible()

    assert re.search(r"/sign-in#rollbook_link_", link)
    assert address_before == f"{acme.server.base_url}/sign-in"
    assert page.url == f"{acme.server.base_url}/members"
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
    [line] = browsing.console  # the browser's own note of the refusal
    assert line.endswith("/auth/redeem")
    browsing.console.clear()


def test_skipping_to_the_content_keeps_the_link(page, acme, expect):
    page.goto(acme.sign_in_link())
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()

    page.get_by_role("link", name="Skip to content").press("Enter")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("heading", name="Members")).to_be_visible()


def test_a_new_link_in_the_same_tab_replaces_a_used_one(browsing, acme, expect):
    used = acme.sign_in_link()
    page = browsing.signed_in(used)
    page.goto(used)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()

    page.goto(acme.sign_in_link())
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("table")).to_be_visible()
    [line] = browsing.console
    assert line.endswith("/auth/redeem")
    browsing.console.clear()


def test_without_a_session_every_page_explains_how_to_get_a_link(browsing, page, acme, expect):
    page.goto("/settings/authentication")

    expect(page).to_have_url(re.compile(r"/sign-in$"))
    expect(page.get_by_text(REMEDY)).to_be_visible()
    [line] = browsing.console
    assert line.endswith("/graphql")
    browsing.console.clear()


def test_signing_out_ends_the_session(browsing, admin_page, expect):
    admin_page.get_by_role("button", name="Sign out").click()
    expect(admin_page.get_by_text(REMEDY)).to_be_visible()

    admin_page.goto("/members")

    expect(admin_page).to_have_url(re.compile(r"/sign-in$"))
    expect(admin_page.get_by_role("table")).to_have_count(0)
    [line] = browsing.console
    assert line.endswith("/graphql")
    browsing.console.clear()

"""A new installation: from the link that the server prints to the first admin's member list."""

import re

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def link(new_server):
    return new_server.printed(r"http://\S+/setup#rollbook_setup_\w+")


@pytest.fixture
def server(new_server):
    """The server whose pages are opened is the one that nobody has set up."""
    return new_server


def fill(page, name, email="ada@acme.test"):
    page.get_by_label("Organization").fill(name)
    page.get_by_label("Your e-mail address").fill(email)


def test_the_first_admin_sets_up_and_is_signed_in(browsing, page, link, server, expect):
    page.goto("/sign-in")
    expect(page.get_by_text("Nobody has set this Rollbook up yet.")).to_be_visible()
    page.goto("/setup")
    expect(page.get_by_text("rollbook admin login-link")).to_be_visible()
    page.goto(link)
    expect(page.get_by_role("button", name="Set up Rollbook")).to_be_visible()
    address = page.url
    fill(page, "Éclair & Söhne GmbH")
    expect(page.get_by_label("Handle")).to_have_value("eclair-sohne-gmbh")
    page.get_by_role("button", name="Set up Rollbook").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    page.get_by_role("link", name="Members", exact=True).click()
    expect(page.get_by_role("row").filter(has_text="ada@acme.test")).to_contain_text("(you)")
    expect(page.get_by_text("Éclair & Söhne GmbH")).to_be_visible()

    second = browsing.page()
    second.goto(link)
    fill(second, "Globex")
    second.get_by_role("button", name="Set up Rollbook").click()

    expect(second.get_by_role("alert")).to_be_visible()
    expect(second.get_by_role("link", name="Sign in")).to_be_visible()
    assert address == f"{server.base_url}/setup"
    assert browsing.refusals() == ["/graphql", "/graphql", "/auth/setup"]


def test_what_cannot_be_a_handle_or_an_address_leaves_the_link_valid(browsing, page, link, expect):
    page.goto(link)
    fill(page, "Acme", "ada@acme")
    page.get_by_label("Handle").fill("Acme Corp")
    submit = page.get_by_role("button", name="Set up Rollbook")

    submit.click()
    expect(page.get_by_label("Handle")).to_be_focused()
    page.get_by_label("Handle").fill("acme")
    page.get_by_label("Your e-mail address").evaluate("(input) => { input.type = 'text'; }")
    page.get_by_label("Your e-mail address").fill("nobody")
    submit.click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Your e-mail address").fill("ada@acme.test")
    submit.click()

    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/overview$"))
    assert browsing.refusals() == ["/auth/setup"]

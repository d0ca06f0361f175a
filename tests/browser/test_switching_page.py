"""Signed in to one organization, and sent by another site to the door of a second one."""

import os
import re

import pytest

from tests.browser.installation import an_organization

pytestmark = pytest.mark.browser


@pytest.fixture
def globex(browsing, server, provider):
    """Another organization of the server, with single sign-on."""
    globex = an_organization(server, f"globex-{os.getpid()}-{os.urandom(3).hex()}", "Globex")
    page = browsing.signed_in(globex.sign_in_link())
    page.goto("/settings/authentication")
    page.get_by_role("button", name="Set up", exact=True).click()
    page.get_by_label("Identity provider").select_option(label="Another OpenID Connect provider")
    page.get_by_label("Issuer").fill(provider.issuer)
    page.get_by_label("Client ID").fill(provider.client_id)
    page.get_by_label("Client secret").fill(provider.client_secret)
    page.get_by_role("button", name="Save").click()
    provider.person = {"sub": "subject-of-g", "email": globex.admin_email, "email_verified": True, "name": "G"}
    page.get_by_role("button", name="Sign in through it").click()
    page.get_by_text("First sign-in of an admin").wait_for()
    return globex


def start_of(organization):
    return f"{organization.server.base_url}/auth/sso/{organization.handle}/start?next=/account"


def brand(page, name):
    return page.get_by_role("banner").get_by_text(name, exact=True)


def test_who_is_sent_elsewhere_is_asked_and_may_stay(admin_page, globex, provider, expect):
    admin_page.goto(start_of(globex))

    told = admin_page.get_by_role("status")
    expect(told).to_contain_text(f"You are signed in to Acme. {globex.handle} asks you to sign in there.")
    expect(admin_page.get_by_label("E-mail address or organization")).to_have_count(0)
    admin_page.get_by_role("link", name="Stay signed in").click()
    expect(admin_page.get_by_role("heading", name="Overview")).to_be_visible()

    expect(brand(admin_page, "Acme")).to_be_visible()
    assert len(provider.asked("authorization")) == 1  # of the admin who set it up


def test_who_wants_to_go_there_signs_out_and_arrives_where_the_way_led(admin_page, globex, expect):
    admin_page.goto(start_of(globex))

    admin_page.get_by_role("button", name="Sign out and go there").click()
    expect(admin_page.get_by_role("heading", name="Passkeys")).to_be_visible()

    assert admin_page.url == f"{globex.server.base_url}/account"
    expect(brand(admin_page, "Globex")).to_be_visible()


def test_a_form_of_another_site_moves_nobody(browsing, admin_page, globex, provider, expect):
    site = f"{provider.issuer}/elsewhere"  # 127.0.0.1 is another site than localhost
    form = f"<form method=post action='{start_of(globex)}'><button>Free things</button></form>"
    admin_page.route(site, lambda route: route.fulfill(body=form, content_type="text/html"))
    admin_page.goto(site)

    admin_page.get_by_role("button", name="Free things").click()

    expect(admin_page.get_by_role("status")).to_contain_text("You are signed in to Acme.")
    admin_page.goto("/members")
    expect(brand(admin_page, "Acme")).to_be_visible()
    assert len(provider.asked("authorization")) == 1


def test_who_is_not_signed_in_any_more_finds_the_way_there_and_every_other(browsing, page, globex, expect):
    page.goto(f"/sign-in?organization={globex.handle}&switch=1&next=/account")

    expect(page.get_by_label("E-mail address or organization")).to_be_visible()
    page.get_by_role("link", name=f"Sign in to {globex.handle}").click()

    expect(page.get_by_role("heading", name="Passkeys")).to_be_visible()
    assert browsing.refusals() == ["/graphql"]


def test_an_address_that_was_made_up_asks_nothing_and_leads_nowhere_else(browsing, admin_page, acme, expect):
    base = acme.server.base_url
    for query in (f"organization={acme.handle}&switch=1", "organization=call%20555-1234&switch=1", "organization=x"):
        admin_page.goto(f"/sign-in?{query}&next=//evil.test")
        expect(admin_page).to_have_url(f"{base}/overview")

    admin_page.goto("/sign-in?organization=initech&switch=1&next=//evil.test")
    admin_page.get_by_role("button", name="Sign out and go there").click()

    expect(admin_page.get_by_role("alert")).to_contain_text("There is no single sign-on here")
    expect(admin_page).to_have_url(re.compile(f"^{re.escape(base)}/sign-in"))
    assert browsing.refusals() == ["/graphql"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_question_fits_a_narrow_screen(browsing, acme, globex, expect, scheme):
    page = browsing.signed_in(acme.sign_in_link(), viewport={"width": 360, "height": 740}, color_scheme=scheme)

    page.goto(start_of(globex))
    expect(page.get_by_role("button", name="Sign out and go there")).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

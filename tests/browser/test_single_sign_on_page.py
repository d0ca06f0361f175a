"""Settings, Authentication: the connection to the identity provider, from the form to requiring it, and the domains."""

import json
import re

import pytest

pytestmark = pytest.mark.browser

ADA = {"email_verified": True, "name": "Ada", "sub": "subject-of-ada"}


@pytest.fixture
def sso_page(browsing, acme):
    """The Authentication screen of Acme."""
    page = browsing.signed_in(acme.sign_in_link(), permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("link", name="Authentication", exact=True).click()
    page.get_by_role("heading", name="Login domains").wait_for()
    return page


def fill(page, provider, secret=None):
    page.get_by_label("Identity provider").select_option(label="Another OpenID Connect provider")
    page.get_by_label("Issuer").fill(provider.issuer)
    page.get_by_label("Client ID").fill(provider.client_id)
    page.get_by_label("Client secret").fill(secret or provider.client_secret)


def connect(page, provider):
    """Set the connection up and save it."""
    page.get_by_role("button", name="Set up", exact=True).click()
    fill(page, provider)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Sign in through it").wait_for()


def pass_once(page, provider, acme):
    """Sign in through the connection as its first admin."""
    provider.person = {**ADA, "email": acme.admin_email}
    page.get_by_role("button", name="Sign in through it").click()
    page.get_by_text("First sign-in of an admin").wait_for()


def answer(page, operation, data, before=lambda: None):
    """Answer an operation in the server's place, as what it says depends on the world outside; call `before` first."""

    def handle(route):
        if json.loads(route.request.post_data)["operationName"] == operation:
            before()
            route.fulfill(json={"data": data}, content_type="application/graphql-response+json")
        else:
            route.fallback()

    page.route("**/graphql", handle)


def finding(page, step):
    return page.get_by_role("listitem").filter(has_text=step)


def test_the_addresses_for_the_provider_are_there_before_anything_is_set_up(sso_page, acme, expect):
    base = f"{acme.server.base_url}/auth/sso/{acme.handle}"

    expect(sso_page.get_by_text("Not set up")).to_be_visible()
    expect(sso_page.get_by_label("Redirect URI", exact=True)).to_have_value(f"{base}/callback")
    expect(sso_page.get_by_label("Initiate-login URI", exact=True)).to_have_value(f"{base}/start")
    expect(sso_page.get_by_label("Sign-out redirect URI", exact=True)).to_have_value(f"{acme.server.base_url}/sign-in")
    sso_page.get_by_role("button", name="Copy Redirect URI").click()
    expect(sso_page.get_by_role("button", name="Copied")).to_be_visible()

    assert sso_page.evaluate("navigator.clipboard.readText()") == f"{base}/callback"


def test_a_connection_is_tested_step_by_step_before_it_is_saved(sso_page, provider, expect):
    sso_page.get_by_role("button", name="Set up", exact=True).click()
    dialog = sso_page.get_by_role("dialog", name="Set up single sign-on")
    fill(sso_page, provider, secret="not the secret")
    dialog.get_by_role("button", name="Test connection").click()
    expect(dialog.get_by_text("The connection does not work yet.")).to_be_visible()
    expect(finding(sso_page, "Configuration document")).to_contain_text("Passed")
    expect(finding(sso_page, "Client ID and secret")).to_contain_text("Failed")
    sso_page.get_by_label("Client secret").fill(provider.client_secret)
    expect(finding(sso_page, "Client ID and secret")).to_have_count(0)

    dialog.get_by_role("button", name="Test connection").click()

    expect(finding(sso_page, "Client ID and secret")).to_contain_text("Passed")
    sso_page.keyboard.press("Escape")
    expect(dialog.get_by_text("Nothing is saved yet.")).to_be_visible()
    sso_page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(sso_page.get_by_text("Not set up")).to_be_visible()


def test_a_secret_can_be_replaced_and_never_read_again(sso_page, provider, expect):
    connect(sso_page, provider)
    sso_page.reload()
    expect(sso_page.get_by_text(re.compile(r"^Set on \d"))).to_be_visible()
    saved = sso_page.content()

    sso_page.get_by_role("button", name="Change…").click()
    expect(sso_page.get_by_label("Client secret")).to_have_value("")
    expect(sso_page.get_by_text("Leave it empty to keep it")).to_be_visible()
    sso_page.get_by_label("New people who sign in").select_option(label="Become members as User")
    sso_page.get_by_role("button", name="Save").click()
    expect(sso_page.get_by_text("Become members as User")).to_be_visible()
    sso_page.get_by_role("button", name="Test connection").click()
    expect(finding(sso_page, "Client ID and secret")).to_contain_text("Passed")
    sso_page.get_by_role("button", name="Change…").click()
    sso_page.get_by_label("Client ID").fill("another")
    sso_page.get_by_role("button", name="Save").click()

    expect(sso_page.get_by_text("Another issuer or client ID needs its own secret.")).to_be_visible()
    expect(sso_page.get_by_label("Client secret")).to_be_focused()
    assert provider.client_secret not in saved


def test_another_client_is_tried_as_if_nobody_had_been_connected(browsing, sso_page, provider, acme, expect):
    connect(sso_page, provider)
    pass_once(sso_page, provider, acme)
    expect(sso_page.get_by_text(f"Connected to subject-of-ada at {provider.issuer}.")).to_be_visible()
    sso_page.reload()
    expect(sso_page.get_by_text("First sign-in of an admin")).to_be_visible()
    expect(sso_page.get_by_text("Connected to subject-of-ada")).to_have_count(0)

    sso_page.get_by_role("button", name="Change…").click()
    sso_page.get_by_label("Client ID").fill("another")
    sso_page.get_by_label("Client secret").fill("another secret")
    sso_page.get_by_role("button", name="Save").click()

    expect(sso_page.get_by_text("it shows that it works and connects your own account.")).to_be_visible()


def test_what_cannot_be_an_issuer_is_said_beside_the_field(sso_page, provider, expect):
    sso_page.get_by_role("button", name="Set up", exact=True).click()
    fill(sso_page, provider)
    sso_page.get_by_label("Issuer").fill("http://login.example.com")

    sso_page.get_by_role("button", name="Save").click()

    expect(sso_page.get_by_label("Issuer")).to_have_attribute("aria-invalid", "true")
    expect(sso_page.get_by_text("An issuer begins with https://")).to_be_visible()
    expect(sso_page.get_by_role("dialog").get_by_role("alert")).to_have_count(0)


def test_single_sign_on_can_be_required_only_after_an_admin_has_passed_it(browsing, sso_page, provider, acme, expect):
    connect(sso_page, provider)
    expect(sso_page.get_by_role("button", name="Require…")).to_be_disabled()
    pass_once(sso_page, provider, acme)

    sso_page.get_by_role("button", name="Require…").click()
    dialog = sso_page.get_by_role("dialog", name="Require single sign-on?")
    expect(dialog).to_contain_text("What closes.")
    expect(dialog).to_contain_text("the passkeys of admins")
    expect(dialog).to_contain_text(f"rollbook admin login-link --organization {acme.handle}")
    dialog.get_by_role("button", name="Require").click()
    expect(sso_page.get_by_text("Required", exact=True)).to_be_visible()
    sso_page.get_by_role("button", name="Allow other ways…").click()
    sso_page.get_by_role("dialog").get_by_role("button", name="Allow").click()

    expect(sso_page.get_by_text("On", exact=True)).to_be_visible()
    expect(sso_page.get_by_role("button", name="Require…")).to_be_enabled()


def test_who_signs_in_by_name_comes_back_to_what_they_wanted_and_can_leave_the_provider_too(
    browsing, sso_page, provider, acme, expect
):
    connect(sso_page, provider)
    pass_once(sso_page, provider, acme)
    page = browsing.page()
    page.goto("/account")
    page.get_by_label("E-mail address or organization").fill(acme.handle)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Account")).to_be_visible()
    expect(page.get_by_text("subject-of-ada")).to_be_visible()

    page.get_by_role("button", name="Sign out", exact=True).click()

    expect(page.get_by_role("link", name="Sign out there too")).to_have_attribute(
        "href", re.compile(f"^{re.escape(provider.issuer)}/")
    )
    page.get_by_role("link", name="Sign out there too").click()
    expect(page).to_have_url(re.compile(r"/sign-in(\?|$)"))
    assert set(browsing.refusals()) == {"/graphql"}


def test_who_is_turned_away_reads_why_and_may_try_again(browsing, sso_page, provider, acme, expect):
    connect(sso_page, provider)
    provider.person = {**ADA, "sub": "subject-of-mallory", "email": acme.address("mallory")}
    page = browsing.page()
    page.goto(f"/auth/sso/{acme.handle}/start")
    expect(page.get_by_role("alert")).to_contain_text("You are not a member")
    expect(page.get_by_role("link", name=re.compile("again"))).to_have_count(0)
    provider.refuses = "access_denied"
    page.goto(f"/auth/sso/{acme.handle}/start")

    expect(page.get_by_role("alert")).to_contain_text("You were not signed in")
    expect(page.get_by_role("alert")).to_contain_text("Request id:")
    expect(page.get_by_role("link", name=f"Sign in to {acme.handle} again")).to_be_visible()
    assert set(browsing.refusals()) == {"/graphql"}


def test_a_removed_connection_is_gone_with_its_identities(browsing, sso_page, provider, acme, expect):
    connect(sso_page, provider)
    sso_page.get_by_role("button", name="Remove…").click()
    dialog = sso_page.get_by_role("dialog", name="Remove single sign-on?")
    expect(dialog).to_contain_text("Members stay members.")
    dialog.get_by_role("button", name="Remove").click()

    expect(sso_page.get_by_text("Not set up")).to_be_visible()
    expect(sso_page.get_by_role("heading", name="Require single sign-on")).to_have_count(0)


def test_a_domain_is_added_with_its_record_and_removed(sso_page, acme, expect):
    domain = f"{acme.handle}.example"
    sso_page.get_by_label("Domain", exact=True).fill("not a domain")
    sso_page.get_by_role("button", name="Add domain").click()
    expect(sso_page.get_by_role("alert")).to_be_visible()
    sso_page.get_by_label("Domain", exact=True).fill(domain.upper())
    sso_page.get_by_role("button", name="Add domain").click()

    item = sso_page.get_by_role("listitem").filter(has_text=domain)
    expect(item).to_contain_text("Not proven")
    expect(item.get_by_label("Name of the record", exact=True)).to_have_value(f"_rollbook-challenge.{domain}")
    expect(item.get_by_label("Value of the record", exact=True)).to_have_value(re.compile("^rollbook-verification="))
    expect(sso_page.get_by_label("Domain", exact=True)).to_have_value("")
    item.get_by_role("button", name=f"Remove {domain}").click()
    sso_page.get_by_role("dialog").get_by_role("button", name="Remove domain").click()
    expect(item).to_have_count(0)


def test_checking_a_domain_says_whether_the_record_is_there(sso_page, acme, expect):
    domain = f"{acme.handle}.example"
    sso_page.get_by_label("Domain", exact=True).fill(domain)
    sso_page.get_by_role("button", name="Add domain").click()
    item = sso_page.get_by_role("listitem").filter(has_text=domain)
    check = item.get_by_role("button", name=f"Check {domain} now")
    found = {"__typename": "ProveLoginDomainSuccess", "loginDomain": {"id": "1", "domain": domain}}

    def proven():
        # Only now: the page reads its domains again whenever it likes, and the button goes with a proof.
        acme.server.change("UPDATE login_domains SET proven_at = created_at WHERE domain = ?", domain)

    answer(sso_page, "ProveLoginDomain", {"proveLoginDomain": {**found, "proven": False}})
    check.click()
    expect(item).to_contain_text("The record is not there yet.")
    answer(sso_page, "ProveLoginDomain", {"proveLoginDomain": {**found, "proven": True}}, before=proven)
    check.click()

    expect(item).to_contain_text("Proven")
    expect(sso_page.get_by_text(f"{domain} is proven.")).to_be_visible()
    expect(check).to_have_count(0)

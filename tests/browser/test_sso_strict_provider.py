"""The same at a certified provider that is strict: PKCE, iss in the answer, the address from userinfo, auth_time.

It is a package of npm: where Node.js or the package is missing these tests are skipped, but not in `make conformance`.
"""

import os

import pytest

from .real_providers import strict_provider, strict_unavailable
from .sso_journey import ADMIN, ANN, people_of, set_up, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def strict(browsing, acme, tmp_path):
    reason = strict_unavailable()
    if reason and os.environ.get("STRICT_PROVIDER") == "required":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    with strict_provider(browsing, acme, people_of(acme), tmp_path / "provider.log") as provider:
        yield provider


def test_a_test_of_the_connection_finds_nothing_wrong(browsing, acme, strict, expect):
    page = set_up(browsing, acme, strict)

    page.get_by_role("button", name="Test connection").click()

    expect(page.get_by_text("The connection works.", exact=True)).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="Passed")).to_have_count(8)


def test_who_was_provisioned_signs_in_and_signs_out_there_too(browsing, acme, strict, expect):
    acme.provision(acme.scim_token(), "Ann")
    set_up(browsing, acme, strict)

    page = sign_in(browsing, acme, strict, ANN)
    expect(page.get_by_role("heading", name="Members")).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("link", name="Sign out there too").click()
    page.get_by_role("button", name="Yes, sign me out").click()

    expect(page.get_by_role("heading", name="Sign in to Rollbook")).to_be_visible()
    page.get_by_label("E-mail address or organization").fill(acme.handle)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_placeholder("Enter any login")).to_be_visible()
    assert set(browsing.refusals()) <= {"/graphql"}


def test_something_dangerous_later_needs_the_password_again(browsing, acme, strict, expect):
    page = set_up(browsing, acme, strict)
    acme.let_pass(minutes=20)
    page.goto("/settings/authentication?tab=provisioning")

    page.get_by_role("button", name="Generate token").first.click()
    page.get_by_role("button", name="Use single sign-on").click()
    strict.sign_in(page, ADMIN)
    page.get_by_role("button", name="Generate token").first.click()

    expect(page.get_by_role("dialog", name="Generate")).to_be_visible()

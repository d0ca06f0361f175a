"""The way of an organization through single sign-on, at whatever provider: set it up, use it, and lose it."""

from typing import Any

from .conftest import Browsing
from .installation import Organization
from .real_providers import CLIENT_ID, CLIENT_SECRET, Claims, RealProvider, undecorated

ADMIN, ANN = "subject-of-the-admin", "subject-of-ann"


def people_of(acme: Organization) -> list[Claims]:
    """Whom the provider knows: the admin, and Ann."""
    return [
        {"sub": ADMIN, "email": acme.admin_email, "email_verified": True, "name": "Ada Admin"},
        {"sub": ANN, "email": acme.address("ann"), "email_verified": True, "name": "Ann Example"},
    ]


def set_up(browsing: Browsing, acme: Organization, provider: RealProvider) -> Any:
    """The admin's page, after they entered the connection, saved it, and signed in through it."""
    page = undecorated(browsing.signed_in(acme.sign_in_link()))
    page.get_by_role("link", name="Authentication", exact=True).click()
    page.get_by_role("button", name="Set up", exact=True).click()
    page.get_by_label("Identity provider").select_option(label="Another OpenID Connect provider")
    page.get_by_label("Issuer").fill(provider.issuer)
    page.get_by_label("Client ID").fill(CLIENT_ID)
    page.get_by_label("Client secret").fill(CLIENT_SECRET)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Sign in through it").click()
    provider.sign_in(page, ADMIN)
    page.get_by_text("First sign-in of an admin").wait_for()
    return page


def sign_in(browsing: Browsing, acme: Organization, provider: RealProvider, subject: str) -> Any:
    """A new browser, in which somebody named the organization and signed in at the provider."""
    page = undecorated(browsing.page())
    page.goto("/sign-in")
    page.get_by_label("E-mail address or organization").fill(acme.handle)
    page.get_by_role("button", name="Continue").click()
    provider.sign_in(page, subject)
    return page

"""What a real browser and its authenticator make of our options, and what we make of their answers."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.browser.conftest import Browsing
from tests.browser.installation import Organization, an_organization

pytestmark = pytest.mark.browser

_ADD = """async (name) => {
    const knock = async (door, body) => {
        const headers = { "Content-Type": "application/json", "X-CSRF": "1" };
        const response = await fetch(`/auth/passkeys/${door}`, { method: "POST", headers, body: JSON.stringify(body) });
        return { status: response.status, ...(await response.json()) };
    };
    const begun = await knock("register/options", {});
    if (begun.status !== 200) return begun;
    try {
        const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(begun.options);
        const made = await navigator.credentials.create({ publicKey });
        return await knock("register", { credential: made.toJSON(), name });
    } catch (error) {
        return { browser: error.name };
    }
}"""
_ENTER = """async () => {
    const knock = async (door, body) => {
        const headers = { "Content-Type": "application/json", "X-CSRF": "1" };
        const response = await fetch(`/auth/passkeys/${door}`, { method: "POST", headers, body: JSON.stringify(body) });
        return { status: response.status, ...(await response.json()) };
    };
    const { options } = await knock("options", {});
    try {
        const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
        const found = await navigator.credentials.get({ publicKey });
        return await knock("sign-in", { credential: found.toJSON() });
    } catch (error) {
        return { browser: error.name };
    }
}"""


def go_where_it_is_quiet(page: Any) -> None:
    """Go to a page of the same origin that asks nothing by itself."""
    page.route("**/quiet", lambda route: route.fulfill(body="<link rel=icon href='data:,'>", content_type="text/html"))
    page.goto("/quiet")


@pytest.fixture
def admin_page(browsing: Browsing, acme: Organization) -> Any:
    """A page of Acme's admin on which only the test asks something."""
    page = browsing.signed_in(acme.sign_in_link())
    go_where_it_is_quiet(page)
    return page


@dataclass
class Device:
    """A virtual authenticator in the browser of a page."""

    session: Any
    id: str

    def keys(self) -> list[dict[str, Any]]:
        """The passkeys in it, with their private halves."""
        credentials: list[dict[str, Any]] = self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})[
            "credentials"
        ]
        return credentials

    def take(self, key: dict[str, Any], **otherwise: Any) -> None:
        """Put a copy of a passkey into it."""
        self.session.send("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": key | otherwise})

    def drop(self, key: dict[str, Any]) -> None:
        """Forget a passkey."""
        told = {"authenticatorId": self.id, "credentialId": key["credentialId"]}
        self.session.send("WebAuthn.removeCredential", told)

    def stop_verifying(self) -> None:
        """From now on its owner cannot show that it is them."""
        self.session.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": False})


def a_device(page: Any, **otherwise: Any) -> Device:
    """A device that makes passkeys, in front of which its owner always is."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options | otherwise})
    return Device(session, made["authenticatorId"])


def add(page: Any, name: str = "Phone") -> Any:
    """Add a passkey, as the page does; what the door or the browser answers."""
    return page.evaluate(_ADD, name)


def enter(page: Any) -> Any:
    """Sign in with a passkey, as the page does; what the door or the browser answers."""
    page.context.clear_cookies()
    return page.evaluate(_ENTER)


def test_a_browser_makes_a_passkey_that_signs_in_by_itself(admin_page, acme, expect):
    device = a_device(admin_page)

    added, entered = add(admin_page), enter(admin_page)

    assert (added, entered) == ({"status": 200, "ok": True}, {"status": 200, "ok": True})
    (key,) = device.keys()
    assert (key["isResidentCredential"], key["rpId"]) == (True, "localhost")
    admin_page.goto("/members")
    expect(admin_page.get_by_role("row").filter(has_text=acme.admin_email)).to_have_count(1)


def test_a_security_key_works_like_the_device_itself(admin_page):
    a_device(admin_page, transport="usb")

    assert add(admin_page) == {"status": 200, "ok": True}
    assert enter(admin_page) == {"status": 200, "ok": True}


def test_one_device_makes_no_second_passkey_for_the_same_member(admin_page):
    device = a_device(admin_page)
    add(admin_page)

    assert add(admin_page, "Second") == {"browser": "InvalidStateError"}
    assert len(device.keys()) == 1


def test_one_device_holds_a_passkey_for_each_organization(browsing, acme, admin_page):
    globex = an_organization(acme.server, f"{acme.handle}-two", "Globex", acme.admin_email)
    device = a_device(admin_page)
    add(admin_page)
    (first,) = device.keys()
    admin_page.goto(globex.sign_in_link())
    admin_page.get_by_role("button", name="Sign in").click()
    admin_page.get_by_role("heading", name="Overview").wait_for()
    go_where_it_is_quiet(admin_page)

    assert add(admin_page) == {"status": 200, "ok": True}

    assert len(device.keys()) == 2
    device.drop(first)
    assert enter(admin_page) == {"status": 200, "ok": True}
    admin_page.goto("/members")
    admin_page.get_by_text("Globex").first.wait_for()


def test_an_owner_who_does_not_show_that_it_is_them_neither_adds_nor_enters(admin_page):
    device = a_device(admin_page)
    add(admin_page)
    device.stop_verifying()

    assert enter(admin_page) == {"browser": "NotAllowedError"}


def test_a_device_that_cannot_tell_its_owner_makes_no_passkey(admin_page):
    a_device(admin_page, hasUserVerification=False)

    assert add(admin_page) == {"browser": "NotAllowedError"}


def test_a_copied_passkey_is_found_out_by_its_count(browsing, admin_page):
    device = a_device(admin_page)
    add(admin_page)
    (copied,) = device.keys()
    enter(admin_page)
    enter(admin_page)
    thief = browsing.page()
    thief.goto("/sign-in")
    a_device(thief).take(copied)

    refused = enter(thief)

    assert (refused["status"], "copied" in refused["error"]["message"]) == (401, True)
    # the sign-in page has asked whether somebody is signed in
    assert sorted(browsing.refusals()) == ["/auth/passkeys/sign-in", "/graphql"]
    assert enter(admin_page) == {"status": 200, "ok": True}


def test_a_passkey_that_another_address_made_is_unknown_here(browsing, acme, admin_page):
    device = a_device(admin_page)
    add(admin_page)
    (key,) = device.keys()
    device.drop(key)
    device.take(key, credentialId="AAAAAAAAAAAAAAAAAAAAAA==")

    refused = enter(admin_page)

    assert (refused["status"], refused["error"]["code"]) == (401, "UNAUTHENTICATED")
    assert browsing.refusals() == ["/auth/passkeys/sign-in"]


def test_who_left_the_organization_is_told_so_by_the_door(browsing, acme):
    token = acme.scim_token()
    leaver = acme.provision(token, "Leaver").json()
    page = browsing.signed_in(acme.sign_in_link(acme.address("Leaver")))
    go_where_it_is_quiet(page)
    a_device(page)
    add(page)
    assert acme.scim(token, "DELETE", f"/Users/{leaver['id']}").status_code == 204

    refused = enter(page)

    assert (refused["status"], refused["error"]["problem"]) == (401, "access_ended")
    assert browsing.refusals() == ["/auth/passkeys/sign-in"]

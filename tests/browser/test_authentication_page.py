"""Settings, Authentication: the endpoint URL and the life of a SCIM token, from Generate to Revoke."""

import re
import time

import pytest

pytestmark = pytest.mark.browser

SECRET = re.compile(r"^rollbook_scim_[0-9A-Za-z]{49}$")


@pytest.fixture
def tokens_page(browsing, acme):
    """The Authentication screen of Acme, in a browser that lets the page use the clipboard."""
    page = browsing.signed_in(acme.sign_in_link(), permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("link", name="Authentication", exact=True).click()
    page.get_by_role("heading", name="Tokens").wait_for()
    return page


def generate(page, name):
    """Press Generate, fill the form, and return the secret that is shown."""
    page.get_by_role("button", name="Generate token").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Generate", exact=True).click()
    return page.get_by_label("Token", exact=True).input_value()


def close_secret(page):
    page.get_by_label("I stored it").check()
    page.get_by_role("button", name="Done").click()


def reload_until(page, row):
    """Reload until the row is there: the last use of a token is written down a moment after the request."""
    deadline = time.monotonic() + 15
    while row.count() == 0:
        assert time.monotonic() < deadline, "the row never came"
        page.reload()
        page.get_by_role("table").wait_for()


def token_row(page, name):
    return page.get_by_role("row").filter(has_text=name)


def test_the_endpoint_url_is_there_before_any_token_and_can_be_copied(tokens_page, acme, expect):
    endpoint = f"{acme.server.base_url}/scim/v2"

    tokens_page.get_by_role("button", name="Copy Endpoint URL").click()

    expect(tokens_page.get_by_text("No tokens yet")).to_be_visible()
    expect(tokens_page.get_by_label("Endpoint URL", exact=True)).to_have_value(endpoint)
    expect(tokens_page.get_by_role("button", name="Copied")).to_be_visible()
    assert tokens_page.evaluate("navigator.clipboard.readText()") == endpoint


def test_a_generated_token_is_shown_once_copied_and_gone(tokens_page, expect):
    secret = generate(tokens_page, "Okta production")
    tokens_page.get_by_role("button", name="Copy Token").click()
    expect(tokens_page.get_by_role("button", name="Copied")).to_be_visible()
    copied = tokens_page.evaluate("navigator.clipboard.readText()")
    expect(tokens_page.get_by_role("button", name="Done")).to_be_disabled()
    close_secret(tokens_page)
    expect(token_row(tokens_page, "Okta production")).to_have_count(1)
    after_done = tokens_page.content()
    tokens_page.reload()
    expect(token_row(tokens_page, "Okta production")).to_contain_text("Active")

    assert SECRET.match(secret)
    assert copied == secret
    assert secret not in after_done
    assert secret not in tokens_page.content()
    expect(token_row(tokens_page, "Okta production")).to_contain_text(secret[-4:])


def test_escape_asks_once_before_the_secret_is_lost(tokens_page, expect):
    generate(tokens_page, "Okta")

    tokens_page.keyboard.press("Escape")
    expect(tokens_page.get_by_role("alert")).to_contain_text("cannot be shown again")
    expect(tokens_page.get_by_role("dialog")).to_be_visible()
    tokens_page.keyboard.press("Escape")

    expect(tokens_page.get_by_role("dialog")).to_have_count(0)
    expect(token_row(tokens_page, "Okta")).to_have_count(1)


def test_a_generated_token_provisions_a_member(tokens_page, acme, expect):
    secret = generate(tokens_page, "Okta")
    close_secret(tokens_page)

    created = acme.provision(secret, "Grace", "Hopper")
    tokens_page.get_by_role("navigation", name="Settings").get_by_role("link", name="Members").click()

    assert created.status_code == 201
    row = tokens_page.get_by_role("row").filter(has_text=acme.address("Grace"))
    expect(row).to_contain_text("Grace Hopper")
    expect(row).to_contain_text("Active")
    expect(row).to_contain_text("SCIM")


def test_a_revoked_token_is_refused_at_once(tokens_page, acme, expect):
    secret = generate(tokens_page, "Okta")
    close_secret(tokens_page)
    before = acme.provision(secret, "Grace")

    token_row(tokens_page, "Okta").get_by_role("button", name="Revoke").click()
    dialog = tokens_page.get_by_role("dialog", name="Revoke Okta?")
    expect(dialog).to_contain_text("Provisioning with this token stops at once; members stay as they are.")
    dialog.get_by_role("button", name="Revoke token").click()
    expect(token_row(tokens_page, "Okta")).to_contain_text("Revoked")
    after = acme.provision(secret, "Alan")

    assert before.status_code == 201
    assert after.status_code == 401
    expect(token_row(tokens_page, "Okta").get_by_role("button", name="Revoke")).to_have_count(0)
    tokens_page.get_by_role("navigation", name="Settings").get_by_role("link", name="Members").click()
    expect(tokens_page.get_by_role("row").filter(has_text=acme.address("Grace"))).to_have_count(1)
    expect(tokens_page.get_by_role("row").filter(has_text=acme.address("Alan"))).to_have_count(0)


def test_a_token_in_use_wants_its_name_typed_before_it_is_revoked(tokens_page, acme, expect):
    secret = generate(tokens_page, "Okta")
    close_secret(tokens_page)
    acme.provision(secret, "Grace")
    reload_until(tokens_page, token_row(tokens_page, "Okta SCIM Client 1.0.0"))

    token_row(tokens_page, "Okta").get_by_role("button", name="Revoke").click()
    dialog = tokens_page.get_by_role("dialog", name="Revoke Okta?")
    confirm = dialog.get_by_role("button", name="Revoke token")
    expect(dialog).to_contain_text("Okta SCIM Client 1.0.0 used it just now.")
    expect(confirm).to_be_disabled()
    dialog.get_by_label("Type “Okta” to confirm").fill("Okta")
    confirm.click()

    expect(token_row(tokens_page, "Okta")).to_contain_text("Revoked")
    assert acme.provision(secret, "Alan").status_code == 401


def test_a_token_can_be_generated_by_keyboard_alone(tokens_page, expect):
    keyboard = tokens_page.keyboard

    def tab_to(name):
        for _ in range(30):
            if tokens_page.evaluate("document.activeElement.innerText").strip() == name:
                return
            keyboard.press("Tab")
        pytest.fail(f"{name} cannot be reached with Tab")

    tab_to("Generate token")
    keyboard.press("Enter")
    expect(tokens_page.get_by_label("Name", exact=True)).to_be_focused()
    keyboard.type("Okta")
    tab_to("Generate")
    keyboard.press("Enter")
    expect(tokens_page.get_by_role("button", name="Copy Token")).to_be_focused()
    secret = tokens_page.get_by_label("Token", exact=True).input_value()
    keyboard.press("Enter")
    expect(tokens_page.get_by_role("button", name="Copied")).to_be_focused()
    tab_to("Copy as curl test")
    keyboard.press("Tab")
    keyboard.press("Space")
    tab_to("Done")
    keyboard.press("Enter")

    expect(tokens_page.get_by_role("dialog")).to_have_count(0)
    expect(token_row(tokens_page, "Okta")).to_have_count(1)
    expect(tokens_page.get_by_role("button", name="Generate token")).to_be_focused()
    assert tokens_page.evaluate("navigator.clipboard.readText()") == secret


def test_copying_works_where_the_clipboard_api_is_missing(browsing, acme, expect):
    page = browsing.page(permissions=["clipboard-read"])
    page.add_init_script(
        "navigator.clipboard.writeText = undefined"
    )  # as on plain http, where only reading is asked for
    page.goto(acme.sign_in_link())
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Authentication", exact=True).click()

    secret = generate(page, "Okta")
    page.get_by_role("button", name="Copy Token").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()

    assert page.evaluate("navigator.clipboard.readText()") == secret

"""Settings, Authentication, Provisioning: the endpoint, the life of a SCIM token, and how far a provider has come."""

import json
import re

import httpx
import pytest

pytestmark = pytest.mark.browser

SECRET = re.compile(r"^rollbook_scim_[0-9A-Za-z]{49}$")
PLACE = "/settings/authentication?tab=provisioning"


@pytest.fixture
def tokens_page(browsing, acme):
    """The Provisioning tab of Acme, in a browser that lets the page use the clipboard."""
    page = browsing.signed_in(acme.sign_in_link(), at=PLACE, permissions=["clipboard-read", "clipboard-write"])
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


def token_row(page, name):
    return page.get_by_role("row").filter(has_text=name)


def choose(page, token, action):
    """Choose an action from the menu of the token in the first row of that name."""
    token_row(page, token).first.get_by_role("button", name=f"Actions for {token}").click()
    page.get_by_role("menuitem", name=action).click()


def clipboard(page):
    return page.evaluate("navigator.clipboard.readText()")


def test_a_generated_token_is_shown_once_copied_and_gone(tokens_page, acme, expect):
    endpoint = f"{acme.server.base_url}/scim/v2"
    expect(tokens_page.get_by_text("No tokens yet")).to_be_visible()
    expect(tokens_page.get_by_label("Endpoint URL", exact=True)).to_have_value(endpoint)
    tokens_page.get_by_role("button", name="Copy Endpoint URL").click()
    expect(tokens_page.get_by_role("button", name="Copied")).to_be_visible()
    assert clipboard(tokens_page) == endpoint

    secret = generate(tokens_page, "Okta production")
    tokens_page.get_by_role("button", name="Copy Token").click()
    expect(tokens_page.get_by_role("dialog").get_by_role("button", name="Copied")).to_be_visible()
    copied = clipboard(tokens_page)
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


def test_neither_one_escape_nor_back_nor_a_failed_look_takes_the_secret_away(tokens_page, acme, expect):
    tokens_page.get_by_role("link", name="Invitations").click()
    tokens_page.get_by_role("link", name="Authentication", exact=True).click()
    tokens_page.get_by_role("tab", name="Provisioning").click()
    here = tokens_page.url
    secret = generate(tokens_page, "Okta")
    failure = {"errors": [{"message": "It failed.", "extensions": {"code": "FAILED"}}], "data": None}

    def fail(route):
        if json.loads(route.request.post_data)["operationName"] == "Authentication":
            route.fulfill(json=failure, content_type="application/graphql-response+json")
        else:
            route.fallback()

    tokens_page.route("**/graphql", fail)
    acme.scim_token("Another")  # of which the page hears, and looks
    expect(tokens_page.get_by_text("This may be out of date.")).to_be_attached()
    expect(tokens_page.get_by_label("Token", exact=True)).to_have_value(secret)
    tokens_page.unroute("**/graphql")
    with tokens_page.expect_event("dialog") as asked:
        tokens_page.evaluate("setTimeout(() => location.reload())")
    asked.value.dismiss()
    tokens_page.evaluate("history.back()")
    expect(tokens_page.get_by_role("dialog").get_by_role("alert")).to_contain_text("cannot be shown again")
    expect(tokens_page.get_by_label("Token", exact=True)).to_have_value(secret)
    stayed = tokens_page.url
    tokens_page.keyboard.press("Escape")
    expect(tokens_page.get_by_role("dialog")).to_have_count(0)
    generate(tokens_page, "Third")
    tokens_page.keyboard.press("Escape")
    expect(tokens_page.get_by_role("dialog").get_by_role("alert")).to_contain_text("cannot be shown again")
    tokens_page.keyboard.press("Escape")

    expect(tokens_page.get_by_role("dialog")).to_have_count(0)
    expect(token_row(tokens_page, "Okta")).to_have_count(1)
    expect(token_row(tokens_page, "Another")).to_have_count(1)
    expect(tokens_page.get_by_text("This may be out of date.")).to_have_count(0)
    assert asked.value.type == "beforeunload"
    assert stayed == here


def test_the_page_shows_by_itself_how_far_the_provider_has_come(tokens_page, acme, expect):
    connection = tokens_page.get_by_role("region", name="Connection")
    current = connection.locator("[aria-current=step]")
    expect(connection.get_by_role("status")).to_have_text("Not connected")
    connection.get_by_role("button", name="Generate one").click()
    tokens_page.get_by_label("Name", exact=True).fill("Okta")
    tokens_page.get_by_role("button", name="Generate", exact=True).click()
    secret = tokens_page.get_by_label("Token", exact=True).input_value()
    close_secret(tokens_page)
    expect(current).to_contain_text("Waiting for the first request")

    acme.scim(secret, "GET", "/Users?count=1")
    expect(current).to_contain_text("Waiting for the first person")
    expect(connection).to_contain_text("It came just now.")
    acme.scim(secret, "POST", "/Groups", {"displayName": "Engineering"})
    expect(connection.get_by_role("link", name="POST /Groups")).to_be_visible()
    expect(connection).to_contain_text("Failed")
    acme.provision(secret, "Grace", "Hopper")

    expect(connection.get_by_role("status")).to_have_text("Connected")
    expect(current).to_have_count(0)
    expect(connection.get_by_role("link", name="POST /Users")).to_be_visible()
    expect(connection).to_contain_text("Succeeded")
    choose(tokens_page, "Okta", "Revoke…")
    tokens_page.get_by_label("Type “Okta” to confirm").fill("Okta")
    tokens_page.get_by_role("button", name="Revoke token").click()
    expect(connection.get_by_role("status")).to_have_text("Not connected")
    expect(current).to_contain_text("Generate one and copy it.")
    connection.get_by_role("link", name="Grace Hopper").click()
    expect(tokens_page.get_by_role("dialog", name="Grace Hopper")).to_be_visible()


def test_a_rotated_token_works_on_until_the_new_one_is_in_use(tokens_page, acme, expect):
    old = generate(tokens_page, "Okta")
    close_secret(tokens_page)
    choose(tokens_page, "Okta", "Rotate…")
    tokens_page.get_by_label("The old token works on for").select_option(label="3 days")
    tokens_page.get_by_role("button", name="Rotate", exact=True).click()
    expect(tokens_page.get_by_role("dialog")).to_contain_text(f"{old[-4:]} stops working in 3 days.")
    fresh = tokens_page.get_by_label("Token", exact=True).input_value()
    close_secret(tokens_page)

    rotation = tokens_page.get_by_role("region", name="Rotation of Okta")
    expect(rotation).to_contain_text("Not used yet")
    expect(token_row(tokens_page, "Okta")).to_have_count(2)
    assert acme.provision(old, "Ann").status_code == 201
    assert acme.provision(fresh, "Ben").status_code == 201
    expect(rotation).to_contain_text("The new token is in use.")
    expect(rotation).not_to_contain_text("Not used yet")
    rotation.get_by_role("button", name="Revoke the old token…").click()
    expect(tokens_page.get_by_role("dialog")).to_contain_text(old[-4:])
    tokens_page.get_by_label("Type “Okta” to confirm").fill("Okta")
    tokens_page.get_by_role("button", name="Revoke token").click()

    expect(rotation).to_have_count(0)
    expect(token_row(tokens_page, "Okta")).to_have_count(1)
    assert [acme.provision(token, "Cem").status_code for token in (old, fresh)] == [401, 201]


def test_a_revoked_token_is_refused_at_once(tokens_page, acme, expect):
    spare, secret = acme.scim_token("Spare"), acme.scim_token("Okta")
    before = acme.provision(secret, "Grace")
    expect(token_row(tokens_page, "Okta SCIM Client 1.0.0")).to_have_count(1)

    choose(tokens_page, "Okta", "Revoke…")
    dialog = tokens_page.get_by_role("dialog", name="Revoke Okta?")
    expect(dialog).to_contain_text("Okta SCIM Client 1.0.0 used it just now.")
    expect(dialog).to_contain_text("Provisioning with this token stops at once; members stay as they are.")
    expect(dialog.get_by_role("button", name="Revoke token")).to_be_disabled()  # it is in use
    dialog.get_by_label("Type “Okta” to confirm").fill("Okta")
    dialog.get_by_role("button", name="Revoke token").click()
    expect(tokens_page.get_by_role("dialog")).to_have_count(0)
    after = acme.provision(secret, "Alan")

    assert (before.status_code, after.status_code) == (201, 401)
    assert acme.provision(spare, "Ben").status_code == 201
    expect(token_row(tokens_page, "Okta")).to_have_count(0)
    tokens_page.get_by_role("button", name="Show 1 that ended").click()
    expect(token_row(tokens_page, "Okta")).to_contain_text("Revoked")
    choose(tokens_page, "Okta", "See its requests")
    expect(tokens_page.get_by_role("row").filter(has_text="401")).to_have_count(1)
    expect(tokens_page.get_by_role("row").filter(has_text=acme.address("Ben"))).to_have_count(0)


def test_a_token_keeps_its_secret_when_its_name_and_its_dialect_change(tokens_page, acme, expect):
    secret = acme.scim_token("Okta")
    choose(tokens_page, "Okta", "Edit…")
    tokens_page.get_by_label("Name", exact=True).fill("Test client")
    tokens_page.get_by_label("Strict").check()
    tokens_page.get_by_role("button", name="Save").click()

    expect(token_row(tokens_page, "Test client")).to_contain_text("Strict dialect")
    # what only the automatic dialect repairs
    assert acme.scim(secret, "PATCH", "/Groups/users", {"Operations": [{"op": "Add"}]}).status_code == 400
    choose(tokens_page, "Test client", "Edit…")
    expect(tokens_page.get_by_label("Strict")).to_be_checked()


def test_the_tabs_and_the_guides_are_in_the_address_and_move_by_arrow_keys(browsing, acme, expect):
    page = browsing.signed_in(
        acme.sign_in_link(), at="/settings/authentication", permissions=["clipboard-read", "clipboard-write"]
    )
    page.get_by_role("tab", name="Single sign-on").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Provisioning")).to_be_focused()
    expect(page.get_by_role("heading", name="Tokens")).to_be_visible()
    expect(page.get_by_role("heading", name="Login domains")).to_have_count(0)
    page.get_by_role("tab", name="Okta").focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"tab=provisioning&guide=entra$"))
    page.reload()

    page.get_by_role("button", name="Copy Tenant URL").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert clipboard(page) == f"{acme.server.base_url}/scim/v2?aadOptscim062020"
    assert httpx.head(clipboard(page), timeout=30).status_code in (401, 405)


def test_copying_works_where_the_clipboard_api_is_missing(browsing, acme, expect):
    page = browsing.page(permissions=["clipboard-read"])
    page.add_init_script(
        "navigator.clipboard.writeText = undefined"
    )  # as on plain http, where only reading is asked for
    page.goto(acme.sign_in_link())
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Authentication", exact=True).click()
    page.get_by_role("tab", name="Provisioning").click()

    secret = generate(page, "Okta")
    page.get_by_role("button", name="Copy Token").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()

    assert clipboard(page) == secret

"""Settings, API tokens: what a program may do, how long, and how its token is replaced and ended."""

import re
from dataclasses import replace

import httpx
import pytest

from tests.browser.test_authentication_page import close_secret, token_row

pytestmark = pytest.mark.browser

SECRET = re.compile(r"^rollbook_api_[0-9A-Za-z]{49}$")
NAMES = "{ organization { members { nodes { email } } } }"
EVENTS = "{ organization { auditEvents(first: 1) { nodes { action } } } }"


@pytest.fixture
def page(browsing, acme):
    """The API tokens screen of Acme."""
    page = browsing.signed_in(acme.sign_in_link(), at="/settings/api-tokens")
    page.get_by_text("No API tokens yet").wait_for()
    return page


def ask(acme, secret, query):
    """What GraphQL answers the program: its status, and whether it told what was asked."""
    headers = {"Authorization": f"Bearer {secret}"}
    answer = httpx.post(f"{acme.server.base_url}/graphql", json={"query": query}, headers=headers, timeout=30)
    return answer.status_code, "errors" not in answer.json()


def generate(page, name, *scopes):
    page.get_by_role("button", name="Generate token").click()
    page.get_by_label("Name", exact=True).fill(name)
    for scope in scopes:
        page.get_by_label(scope, exact=True).check()
    page.get_by_role("button", name="Generate", exact=True).click()
    return page.get_by_label("Token", exact=True).input_value()


def choose(page, name, action):
    token_row(page, name).first.get_by_role("button", name=f"Actions for {name}").click()
    page.get_by_role("menuitem", name=action).click()


def test_a_token_does_what_it_was_given_until_that_is_changed(page, acme, expect):
    secret = generate(page, "Nightly report", "Read activity")
    close_secret(page)
    expect(token_row(page, "Nightly report")).to_contain_text("Read activity, Read members")
    given = [ask(acme, secret, query) for query in (NAMES, EVENTS)]
    expect(token_row(page, "Nightly report")).to_contain_text("python-httpx")  # the use shows without a reload

    choose(page, "Nightly report", "Edit…")
    dialog = page.get_by_role("dialog", name="Edit Nightly report")
    dialog.get_by_label("Read activity", exact=True).uncheck()
    dialog.get_by_label("Read members", exact=True).uncheck()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Choose at least one thing")
    dialog.get_by_label("Read members", exact=True).check()
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(token_row(page, "Nightly report")).not_to_contain_text("Read activity")

    assert SECRET.match(secret)
    assert secret not in page.content()
    assert given == [(200, True), (200, True)]
    assert [ask(acme, secret, query) for query in (NAMES, EVENTS)] == [(200, True), (200, False)]


def test_a_token_that_leaked_is_replaced_at_once_and_its_successor_revoked(page, acme, expect):
    leaked = generate(page, "Import")
    close_secret(page)
    choose(page, "Import", "Rotate…")
    page.get_by_label("The old token works on for").select_option(label="Not at all: revoke it at once")
    expect(page.get_by_text("Requests are refused until the new token is entered.")).to_be_visible()
    page.get_by_role("button", name="Rotate", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text(f"{leaked[-4:]} is revoked.")
    fresh = page.get_by_label("Token", exact=True).input_value()
    close_secret(page)
    rotated = [ask(acme, token, NAMES)[0] for token in (leaked, fresh)]
    expect(page.get_by_role("region", name="Rotation of Import")).to_have_count(0)  # nothing is left to do

    page.reload()
    expect(token_row(page, "Import").first).to_contain_text("python-httpx")  # a use is noted a moment after the answer
    choose(page, "Import", "Revoke…")
    dialog = page.get_by_role("dialog", name="Revoke Import?")
    expect(dialog).to_contain_text("Requests with this token are refused from now on.")
    dialog.get_by_label("Type “Import” to confirm").fill("Import")
    dialog.get_by_role("button", name="Revoke token").click()

    expect(token_row(page, "Revoked")).to_have_count(2)
    assert rotated == [401, 200]
    assert ask(acme, fresh, NAMES)[0] == 401


def test_no_token_works_longer_than_the_organization_allows(page, acme, expect):
    async def limit(services, operator):
        def shorter(organization):
            return replace(organization, settings=replace(organization.settings, token_max_lifetime_days=60))

        await services.organizations.update(operator, shorter)

    acme.server.operate(acme.handle, limit)
    page.reload()
    page.get_by_role("button", name="Generate token").click()
    lifetimes = page.get_by_label("Expires after")
    expect(lifetimes.get_by_role("option")).to_have_text(["30 days", "60 days, the most allowed"])
    expect(lifetimes).to_have_value("60")
    page.get_by_label("Name", exact=True).fill("Report")
    page.get_by_role("button", name="Generate", exact=True).click()
    close_secret(page)

    expect(token_row(page, "Report").get_by_role("time")).to_have_count(2)  # when it was made, and when it ends

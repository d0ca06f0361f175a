"""The overview: first steps, what needs attention and charts that are tables too; it follows by itself."""

import re
import time

import pytest

from rollbook.domain.criteria import Page
from rollbook.domain.memberships import MembershipDraft
from rollbook.domain.provisioning import ProvisioningFilter, ProvisioningOutcome
from tests.browser.screens import sideways

pytestmark = pytest.mark.browser

REFUSED = ProvisioningFilter(outcomes=frozenset({ProvisioningOutcome.REFUSED}))


def card(page, name):
    return page.get_by_role("region", name=name, exact=True)


def await_refusal(acme):
    """Return when the log has a refused request; it is written down a moment after the answer."""

    async def kept(services, operator):
        return (await services.provisioning_log.page(operator, REFUSED, Page())).rows

    deadline = time.monotonic() + 15
    while not acme.server.operate(acme.handle, kept):
        assert time.monotonic() < deadline, "the refusal does not reach the log"


def test_an_organization_begins_with_first_steps_and_what_fails_shows_up_by_itself(browsing, acme, expect):
    page = browsing.signed_in(acme.sign_in_link(), at="/overview")
    steps = card(page, "First steps")
    expect(steps.get_by_role("listitem").first).to_contain_text("Set up single sign-on")
    expect(card(page, "Members").get_by_role("link", name="1 member", exact=True)).to_be_visible()
    expect(card(page, "Provisioning results")).to_contain_text("No requests in this time")

    token = acme.scim_token()
    expect(steps.get_by_role("listitem").filter(has_text="(done)")).to_have_count(1)
    assert acme.provision(token, "Ada").status_code == 201
    expect(steps).to_be_hidden()
    expect(card(page, "Members").get_by_role("link", name="2 members", exact=True)).to_be_visible()
    expect(card(page, "Last provisioning request")).to_contain_text(f"POST /Users about {acme.address('Ada')}")
    attention = card(page, "Needs attention")
    expect(attention.get_by_role("listitem")).to_have_count(1)
    expect(attention).to_contain_text("Only one member is an admin.")

    async def add(services, operator):
        await services.memberships.create(operator, MembershipDraft(acme.address("Zoe")))

    acme.server.operate(acme.handle, add)
    assert acme.provision(token, "Zoe").status_code == 409
    await_refusal(acme)
    assert acme.provision(token, "Bo").status_code == 201  # of a refusal the page hears only at its next look
    worst = attention.get_by_role("listitem").first
    expect(worst).to_contain_text(f"What Okta sent about {acme.address('Zoe')} did not go through.")
    worst.get_by_role("link", name="Provisioning log").click()

    expect(page.get_by_role("row")).to_have_count(2)  # with the head
    expect(page.get_by_role("row").last).to_contain_text(acme.address("Zoe"))


def test_a_chart_is_read_as_a_table_by_keyboard_and_a_failure_takes_only_itself_away(browsing, acme, expect):
    token = acme.scim_token()
    acme.provision(token, "Ada")
    page = browsing.page()
    failing = {"errors": [{"message": "Rollbook is occupied.", "extensions": {"code": "BUSY"}}]}
    page.goto(acme.sign_in_link())
    page.get_by_role("button", name="Sign in").click()
    results = card(page, "Provisioning results")
    expect(results.get_by_role("figure")).to_have_accessible_name(
        "Provisioning results. 1 request in the time shown, of which 0 were refused or failed."
    )

    page.get_by_label("90 days").check()
    expect(page).to_have_url(re.compile(r"/overview\?range=90d$"))
    page.reload()
    expect(page.get_by_label("90 days")).to_be_checked()
    summary = results.get_by_text("Numbers as a table")
    summary.focus()
    page.keyboard.press("Enter")
    expect(results.get_by_role("columnheader")).to_have_text(["Week of", "Succeeded", "Unchanged", "Refused", "Failed"])
    expect(results.get_by_role("row").nth(1).get_by_role("cell")).to_have_text(["1", "0", "0", "0"])
    assert results.get_by_role("row").count() in {14, 15}  # 90 days touch 13 or 14 weeks

    members = card(page, "Members by source")
    box = members.locator(".plot-drawing").bounding_box()
    page.mouse.move(box["x"] + 1, box["y"] + 10)
    expect(members.get_by_role("list")).to_have_text(re.compile(r"SCIM\s*0\s*SSO\s*0\s*Manual\s*0"))
    page.mouse.move(0, 0)
    expect(members.get_by_role("list")).to_have_text(re.compile(r"SCIM\s*1\s*SSO\s*0\s*Manual\s*1"))

    page.set_viewport_size({"width": 360, "height": 740})
    assert sideways(page) == 0

    answer_busy = "**/graphql"
    page.route(
        answer_busy,
        lambda route: (
            route.fulfill(json=failing) if '"OverviewResults"' in (route.request.post_data or "") else route.continue_()
        ),
    )
    page.get_by_label("7 days").check()
    expect(results.get_by_role("alert")).to_contain_text("Rollbook is occupied.")
    expect(members.get_by_role("figure")).to_be_visible()
    page.unroute(answer_busy)
    results.get_by_role("button", name="Try again").click()
    expect(results.get_by_role("figure")).to_be_visible()

    page.route(
        answer_busy,
        lambda route: route.fulfill(json=failing) if '"Overview"' in route.request.post_data else route.continue_(),
    )
    acme.provision(token, "Bo")
    expect(page.get_by_text("This may be out of date. Rollbook is occupied.")).to_be_visible()
    expect(card(page, "Members").get_by_role("link", name="2 members", exact=True)).to_be_visible()
    page.unroute(answer_busy)
    page.get_by_role("button", name="Try again").click()
    expect(card(page, "Members").get_by_role("link", name="3 members", exact=True)).to_be_visible()
    expect(page.get_by_text("This may be out of date.")).to_have_count(0)

"""Activity: refusals explained, new entries as they come, who changed what, and how long it is kept."""

import json
import re

import pytest

pytestmark = pytest.mark.browser

BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@pytest.fixture
def token(acme):
    """The secret of a SCIM token of Acme."""
    return acme.scim_token("Okta production")


def patch(acme, token, path, *operations):
    answer = acme.scim(token, "PATCH", path, {"schemas": [PATCH], "Operations": list(operations)})
    assert answer.status_code < 300, answer.text
    return answer


def refusing(operation):
    """Answers an operation as Rollbook does when it has too much to do."""
    failing = {"errors": [{"message": "Rollbook is occupied.", "extensions": {"code": "BUSY"}}]}

    def answer(route):
        if operation in (route.request.post_data or ""):
            route.fulfill(status=200, content_type="application/json", body=json.dumps(failing))
        else:
            route.continue_()

    return answer


def row(page, text):
    return page.get_by_role("row").filter(has_text=text)


def choose(page, label, text):
    page.get_by_label(label, exact=True).select_option(label=text)


def test_a_refusal_is_explained_and_can_be_sent_again(browsing, acme, token, expect):
    grace = acme.address("grace")
    acme.provision(token, "Grace", "Hopper")
    acme.provision(token, "Ada", "Lovelace")
    assert acme.provision(token, "Grace", "Hopper").status_code == 409
    page = browsing.signed_in(acme.sign_in_link(), at="/activity")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    expect(page.get_by_role("row")).to_have_count(4)  # with the head
    choose(page, "Outcome", "Problems")
    expect(page.get_by_role("row")).to_have_count(2)
    expect(row(page, grace)).to_contain_text("409 uniqueness")
    row(page, grace).get_by_role("link").click()
    drawer = page.get_by_role("dialog", name="POST /Users")
    expect(drawer.get_by_role("region", name="What happened")).to_contain_text("What to do:")
    expect(drawer).to_contain_text("Okta production (rollbook_scim_")
    sent = drawer.get_by_role("region", name="What was sent")
    expect(sent).to_contain_text('"givenName": "G•••"')
    assert "Hopper" not in sent.inner_text()

    page.reload()  # the address holds the filter and the entry
    drawer.get_by_label("Show personal values").check()
    expect(sent).to_contain_text('"familyName": "Hopper"')
    drawer.get_by_role("button", name="Copy as curl").click()
    expect(drawer.get_by_role("button", name="Copied")).to_be_visible()
    command = page.evaluate("navigator.clipboard.readText()")
    held = []
    page.route("**/graphql", lambda route: held.append(route))
    drawer.get_by_label("Show personal values").uncheck()
    expect(drawer.get_by_text("Hiding personal values")).to_be_attached()
    assert "familyName" not in drawer.inner_text()
    for route in held:
        route.continue_()
    page.unroute("**/graphql")
    expect(sent).to_contain_text('"givenName": "G•••"')
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    expect(page.get_by_role("row")).to_have_count(2)

    expect(page).not_to_have_url(re.compile("entry="))  # a step back takes effect a moment after the drawer is gone
    assert "outcome=REFUSED%2CFAILED" in page.url
    assert "curl" in command
    assert "$ROLLBOOK_TOKEN" in command
    assert "Hopper" in command
    assert token not in command
    assert token not in page.content()


def test_new_requests_wait_until_somebody_wants_to_see_them(browsing, acme, token, expect):
    page = browsing.signed_in(acme.sign_in_link(), at="/activity")
    expect(page.get_by_text("No requests yet")).to_be_visible()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()

    acme.provision(token, "Ada")  # an empty list has nothing that could jump
    expect(row(page, acme.address("ada"))).to_be_visible()
    acme.provision(token, "Grace")
    fresh = page.get_by_role("button", name="1 new request", exact=True)
    expect(fresh).to_be_visible()
    expect(row(page, acme.address("grace"))).to_have_count(0)
    assert acme.provision(token, "Grace").status_code == 409  # it leaves no event that the stream could tell of
    fresh = page.get_by_role("button", name="2 new requests")
    expect(fresh).to_be_visible()
    fresh.click()
    expect(row(page, acme.address("grace"))).to_have_count(2)
    expect(fresh).to_have_count(0)

    page.get_by_role("heading", name="Activity").click()
    page.keyboard.press("/")
    page.keyboard.type("nobody at all")
    expect(page.get_by_text("No requests match these filters")).to_be_visible()
    assert "search=nobody+at+all" in page.url
    page.get_by_role("button", name="Show all requests").click()
    expect(page.get_by_role("row")).to_have_count(4)
    expect(page.get_by_role("heading", name="Activity")).to_be_focused()  # the button is gone
    expect(page.get_by_label("Search the log")).to_have_value("")
    page.get_by_role("heading", name="Activity").click()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="POST /Users")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_audit_trail_tells_what_changed_by_whom_and_leads_to_the_request(browsing, acme, token, expect):
    ada = acme.provision(token, "Ada", "Byron").json()["id"]
    acme.provision(token, "Grace", "Hopper")
    patch(
        acme,
        token,
        f"/Users/{ada}",
        {"op": "replace", "path": "name.familyName", "value": "Lovelace"},
        {"op": "replace", "path": "active", "value": False},
    )
    page = browsing.signed_in(acme.sign_in_link(), at="/activity")

    page.get_by_role("tab", name="Audit trail").click()
    expect(row(page, "Signed in")).to_be_visible()
    person = page.get_by_role("combobox", name="Done to")
    chosen = page.get_by_role("button", name=f"Done to Ada Lovelace ({acme.address('ada')})")
    person.fill("nobody at all")
    expect(page.get_by_text("Nobody matches")).to_be_visible()
    person.fill("grace")
    people = page.get_by_role("listbox", name="Done to").get_by_role("option")
    expect(people).to_have_count(1)
    person.fill("ada")
    person.press("Enter")  # before it is known who alone fits, and never whom the text before found
    expect(chosen).to_be_focused()
    expect(page.get_by_role("row")).to_have_count(3)
    chosen.press("Enter")
    expect(person).to_be_focused()
    person.fill("ada")
    people.filter(has_text="Ada Lovelace").click()
    expect(chosen).to_be_focused()
    choose(page, "Action", "Member changed")
    expect(page.get_by_role("row")).to_have_count(2)
    row(page, "Member changed").get_by_role("link").click()
    drawer = page.get_by_role("dialog", name="Member changed")
    changes = drawer.get_by_role("region", name="What changed").locator(".diff-change")
    expect(changes.filter(has_text="Status")).to_contain_text("Before: Active")
    expect(changes.filter(has_text="Status")).to_contain_text("After: Inactive")
    expect(changes.filter(has_text="familyName")).to_contain_text("Lovelace")
    expect(drawer.get_by_role("link", name="Ada Lovelace")).to_be_visible()

    drawer.get_by_role("link", name="See the request").click()
    expect(page.get_by_role("tab", name="Provisioning log")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("row").get_by_role("link").click()
    page.get_by_role("dialog", name=f"PATCH /Users/{ada}").get_by_role("link", name="What it changed").click()
    expect(drawer.get_by_role("link", name="Okta production")).to_be_visible()
    drawer.get_by_role("link", name="Okta production").click()
    expect(page.get_by_role("button", name="Done by Okta production")).to_be_visible()
    expect(row(page, "Signed in")).to_have_count(0)
    expect(page.get_by_role("row")).to_have_count(4)


def test_whatever_narrows_the_log_is_shown_even_where_it_cannot_be_chosen(browsing, acme, token, expect):
    acme.provision(token, "Ada")
    page = browsing.signed_in(acme.sign_in_link(), at="/activity")
    known = page.get_by_label("Token", exact=True).locator("option").nth(1).get_attribute("value")
    row(page, acme.address("ada")).get_by_role("link").click()
    person = page.get_by_role("link", name="All requests about them").get_attribute("href").split("member=")[1]

    page.route("**/graphql", refusing("LogTokens"))
    page.goto(f"/activity?token={known}&since=2026-03-09T00:00:00Z&until=2026-03-10T00:00:00Z&entry={person}")
    expect(page.get_by_role("dialog").get_by_role("heading")).to_have_text("Request")
    expect(page.get_by_role("dialog")).to_contain_text("This request is not in the log")
    page.keyboard.press("Escape")
    expect(page.get_by_text("No requests match these filters")).to_be_visible()
    period = page.get_by_role("button", name=re.compile("From .*2026.* to .*2026"))
    period.click()
    expect(page.get_by_label("Period")).to_be_focused()
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("button", name="Token Okta production").click()

    expect(page).to_have_url(re.compile("/activity$"))


def test_the_events_that_fit_the_filter_are_exported(browsing, acme, token, expect):
    for given_name in ("Ada", "Grace"):
        acme.provision(token, given_name)
    page = browsing.signed_in(acme.sign_in_link(), at="/activity?tab=audit&channel=SCIM&action=MEMBERSHIP_CREATED")
    expect(page.get_by_role("row")).to_have_count(3)
    link = page.get_by_role("link", name="NDJSON")
    expect(link).to_have_attribute("href", "/exports/audit.ndjson?action=MEMBERSHIP_CREATED&channel=SCIM")

    with page.expect_download() as downloading:
        link.click()
    file = downloading.value

    events = [json.loads(line) for line in file.path().read_text(encoding="utf-8").splitlines()]
    assert [event["target"] for event in events] == [acme.address("grace"), acme.address("ada")]
    assert re.fullmatch(rf".*{acme.handle}.*\.ndjson", file.suggested_filename)
    expect(page.get_by_role("row")).to_have_count(3)  # the page stays


def test_how_long_requests_are_kept_is_changed_unless_somebody_else_was_faster(browsing, acme, expect):
    page = browsing.signed_in(acme.sign_in_link(), at="/activity")
    other = browsing.signed_in(acme.sign_in_link(), at="/activity")
    for each in (page, other):
        expect(each.get_by_text("Kept for 90 days, up to 1,000 MB")).to_be_visible()
        each.get_by_role("button", name="Change how long requests are kept").click()

    page.get_by_label("Days").fill("30")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Kept for 30 days, up to 1,000 MB")).to_be_visible()
    other.get_by_label("Megabytes").fill("50")
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_role("alert")).to_contain_text("changed in the meantime")
    other.get_by_role("alert").get_by_role("button", name="Reload").click()

    expect(other.get_by_label("Days")).to_have_value("30")
    other.get_by_label("Megabytes").fill("50")
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_text("Kept for 30 days, up to 50 MB")).to_be_visible()


def test_a_list_that_cannot_be_read_is_read_again_on_demand_and_goes_on_to_what_is_older(browsing, acme, token, expect):
    people = [{"schemas": [USER], "userName": acme.address(f"person{number}")} for number in range(52)]
    operations = [
        {"method": "POST", "path": "/Users", "bulkId": person["userName"], "data": person} for person in people
    ]
    acme.scim(token, "POST", "/Bulk", {"schemas": [BULK], "Operations": operations})
    page = browsing.signed_in(acme.sign_in_link(), at="/account")
    page.route("**/graphql", refusing("AuditTrail"))
    page.get_by_role("link", name="Activity").click()
    page.get_by_role("tab", name="Audit trail").click()
    expect(page.get_by_role("alert")).to_contain_text("Rollbook is occupied.")
    page.unroute("**/graphql")
    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_role("row")).to_have_count(51)  # with the head
    page.get_by_role("button", name="Show older").click()
    expect(page.get_by_role("row")).to_have_count(57)
    expect(row(page, "Organization made")).to_be_visible()
    expect(page.get_by_role("row").nth(51).get_by_role("link")).to_be_focused()

    page.route("**/graphql", refusing("AuditTrail"))
    acme.provision(token, "Ada")  # of which the page hears
    expect(page.get_by_text("This may be out of date. Rollbook is occupied.")).to_be_visible()
    page.unroute("**/graphql")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("button", name="1 new event", exact=True)).to_be_visible()
    expect(page.get_by_text("This may be out of date.")).to_have_count(0)
    expect(page.get_by_role("row")).to_have_count(57)

    page.get_by_label("Period").select_option(label="Choose days…")
    page.get_by_label("From", exact=True).fill("2001-01-01")
    page.get_by_label("To", exact=True).fill("2001-01-02")
    expect(page.get_by_text("No events match these filters")).to_be_visible()
    page.get_by_label("To", exact=True).fill("2100-01-01")
    expect(page.get_by_role("row")).to_have_count(51)

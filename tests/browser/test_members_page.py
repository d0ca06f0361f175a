"""The member list: what arrived, who may change it, and how a refusal reads."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.browser.member_list import facet, member_row, patch

pytestmark = pytest.mark.browser


def three_days_pass(acme):
    """Make what has happened in the organization so much older."""
    tables = {"organizations": "created_at", "memberships": "created_at", "audit_events": "occurred_at"}
    for table, column in tables.items():
        organization = "id" if table == "organizations" else "organization_id"
        acme.server.change(
            f"UPDATE {table} SET {column} = strftime('%Y-%m-%dT%H:%M:%S.000000Z', {column}, '-3 days') "
            f"WHERE {organization} = (SELECT id FROM organizations WHERE handle = ?)",
            acme.handle,
        )


def choose_role(page, text, role):
    """Choose a role in a member's row and confirm the change."""
    member_row(page, text).get_by_role("combobox").select_option(label=role)
    page.get_by_role("dialog").get_by_role("button", name=f"Change to {role}").click()


def act(page, text, action):
    """Choose an action in a member's menu and confirm it."""
    member_row(page, text).get_by_role("button", name="Actions for").click()
    page.get_by_role("menuitem", name=f"{action}…").click()
    page.get_by_role("dialog").get_by_role("button", name=action).click()


def fail_once(operation):
    """Lets the operation fail the first time, and all others through."""
    failed = []

    def answer(route):
        if failed or f'"operationName":"{operation}"' not in route.request.post_data:
            route.fallback()
        else:
            failed.append(operation)
            route.fulfill(json={"errors": [{"message": "An odd answer.", "extensions": {"code": "INTERNAL"}}]})

    return answer


def test_people_provisioned_through_scim_are_in_the_list_with_their_source(browsing, acme, expect):
    token = acme.scim_token()
    for given_name in ("Grace", "Alan"):
        assert acme.provision(token, given_name).status_code == 201

    page = browsing.signed_in(acme.sign_in_link())

    expect(page.get_by_text("3 active members")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(4)
    expect(member_row(page, acme.admin_email)).to_contain_text("Manual")
    member_row(page, "Grace").get_by_role("button", name="SCIM").click()
    expect(member_row(page, "Grace").get_by_text("Name and e-mail come from there")).to_be_visible()


def test_a_role_change_lasts(admin_page, acme, expect):
    acme.provision(acme.scim_token(), "Grace")
    admin_page.reload()

    choose_role(admin_page, "Grace", "Admin")
    expect(admin_page.get_by_role("dialog")).to_have_count(0)
    expect(admin_page.get_by_text("Grace Example is now an admin.")).to_be_visible()
    admin_page.reload()

    expect(member_row(admin_page, "Grace").get_by_role("combobox")).to_have_value("ADMIN")


def test_the_last_admin_cannot_step_down(admin_page, acme, expect):
    choose_role(admin_page, acme.admin_email, "User")

    expect(admin_page.get_by_role("dialog").get_by_role("alert")).to_contain_text("admin")
    admin_page.get_by_role("button", name="Cancel").click()
    expect(member_row(admin_page, acme.admin_email).get_by_role("combobox")).to_have_value("ADMIN")
    admin_page.reload()
    expect(member_row(admin_page, acme.admin_email).get_by_role("combobox")).to_have_value("ADMIN")


def test_a_deactivated_member_waits_behind_the_filter_and_comes_back(admin_page, acme, expect):
    acme.provision(acme.scim_token(), "Grace")
    admin_page.reload()

    act(admin_page, "Grace", "Deactivate")
    expect(member_row(admin_page, "Grace")).to_have_count(0)
    facet(admin_page, "Active").click()
    expect(member_row(admin_page, "Grace")).to_contain_text("Inactive")
    facet(admin_page, "Inactive").click()
    expect(admin_page.get_by_text("1 inactive member", exact=True)).to_be_visible()
    act(admin_page, "Grace", "Reactivate")
    expect(admin_page.get_by_text("Nobody is inactive")).to_be_visible()
    admin_page.get_by_role("button", name="Show all active members").click()

    expect(member_row(admin_page, "Grace")).to_contain_text("Active")
    expect(admin_page.get_by_text("2 active members", exact=True)).to_be_visible()


def test_a_removed_member_leaves_every_list(admin_page, acme, expect):
    acme.provision(acme.scim_token(), "Grace")
    admin_page.reload()

    act(admin_page, "Grace", "Remove")
    expect(admin_page.get_by_text("Grace Example is no longer a member.")).to_be_visible()
    facet(admin_page, "Active").click()

    expect(admin_page.get_by_text("1 member", exact=True)).to_be_visible()
    expect(member_row(admin_page, "Grace")).to_have_count(0)


def test_a_member_is_added_by_hand_and_a_second_time_refused_beside_the_form(admin_page, acme, expect):
    def add(name):
        admin_page.get_by_role("button", name="Add member").first.click()
        admin_page.get_by_label("E-mail").fill(acme.address("barbara"))
        admin_page.get_by_label("Name", exact=True).fill(name)
        admin_page.get_by_role("dialog").get_by_role("button", name="Add member").click()

    add("Barbara Liskov")
    expect(member_row(admin_page, "Barbara Liskov")).to_contain_text("Manual")
    add("Somebody Else")

    expect(admin_page.get_by_role("dialog").get_by_role("alert")).to_be_visible()
    admin_page.keyboard.press("Escape")
    expect(admin_page.get_by_role("dialog")).to_have_count(0)
    expect(admin_page.get_by_text("2 active members")).to_be_visible()
    expect(member_row(admin_page, "Somebody Else")).to_have_count(0)


def test_a_change_made_meanwhile_is_a_conflict_that_reloading_solves(admin_page, acme, expect):
    token = acme.scim_token()
    member = acme.provision(token, "Grace").json()
    admin_page.reload()
    member_row(admin_page, "Grace Example").get_by_role("button", name="Actions for").click()
    admin_page.get_by_role("menuitem", name="Deactivate…").click()
    renamed = {**member, "name": {"givenName": "Grace", "familyName": "Hopper"}}

    assert acme.scim(token, "PUT", f"/Users/{member['id']}", renamed).status_code == 200
    admin_page.get_by_role("dialog").get_by_role("button", name="Deactivate").click()
    expect(admin_page.get_by_role("dialog").get_by_role("alert")).to_be_visible()
    admin_page.get_by_role("button", name="Reload the list").click()

    expect(admin_page.get_by_role("dialog")).to_have_count(0)
    expect(member_row(admin_page, "Grace Hopper")).to_contain_text("Active")


def test_a_demoted_admin_with_an_open_page_can_do_nothing_more(browsing, acme, expect):
    second_admin = acme.address("second")
    stale = browsing.signed_in(acme.sign_in_link(second_admin))
    admin = browsing.signed_in(acme.sign_in_link())
    member_row(stale, acme.admin_email).get_by_role("combobox").select_option(label="User")

    choose_role(admin, second_admin, "User")
    expect(stale.get_by_role("link", name="Authentication")).to_have_count(0)  # the page hears of it
    stale.get_by_role("dialog").get_by_role("button", name="Change to User").click()

    expect(stale.get_by_role("dialog").get_by_role("alert")).to_contain_text("Only admins")
    stale.keyboard.press("Escape")
    expect(member_row(stale, acme.admin_email)).to_contain_text("Admin")
    for role, name in (("combobox", None), ("checkbox", None), ("button", "Actions for"), ("button", "Add member")):
        expect(stale.get_by_role(role, name=name)).to_have_count(0)
    expect(stale.get_by_label("Members as of")).to_have_count(0)
    stale.goto("/settings/authentication")
    expect(stale.get_by_text("You do not have access to this page")).to_be_visible()


def test_an_admin_who_steps_down_loses_the_controls_at_once(browsing, acme, expect):
    acme.sign_in_link(acme.address("second"))
    page = browsing.signed_in(acme.sign_in_link())

    choose_role(page, acme.admin_email, "User")

    expect(member_row(page, acme.admin_email)).to_contain_text("User")
    expect(page.get_by_role("combobox")).to_have_count(0)
    expect(page.get_by_role("button", name="Add member")).to_have_count(0)
    expect(page.get_by_role("link", name="Authentication")).to_have_count(0)


def test_a_long_list_is_walked_sorted_and_searched_and_its_address_says_how(browsing, acme, expect):
    token = acme.scim_token()
    for number in range(52):
        assert acme.provision(token, f"Person{number:02}").status_code == 201
    page = browsing.signed_in(acme.sign_in_link())
    previous, following = (page.get_by_role("button", name=name) for name in ("Previous", "Next"))
    people = page.get_by_role("row")

    expect(page.get_by_text("53 active members")).to_be_visible()
    expect(people).to_have_count(51)
    expect(previous).to_be_disabled()
    following.click()
    expect(people).to_have_count(4)
    expect(following).to_be_disabled()
    expect(previous).to_be_focused()
    previous.click()
    expect(people.nth(1)).to_contain_text("Admin")
    following.click()
    expect(people).to_have_count(4)
    page.get_by_label("Select everybody on this page").check()
    page.get_by_role("button", name="Remove…").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Done").click()
    expect(people).to_have_count(51)  # the page has become empty: the first one is there in its place
    expect(page.get_by_text("50 active members")).to_be_visible()
    page.get_by_role("button", name="Member", exact=True).click()
    expect(page.get_by_role("columnheader", name="Member")).to_have_attribute("aria-sort", "descending")
    expect(people.nth(1)).to_contain_text("Person48")
    page.get_by_label("Search members").fill("Person4")
    facet(page, "SCIM").click()
    expect(people).to_have_count(10)
    expect(facet(page, "Manual")).to_have_text("Manual 0")
    page.reload()
    expect(people).to_have_count(10)
    expect(people.nth(1)).to_contain_text("Person48")
    expect(facet(page, "SCIM")).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Search members").fill("nobody at all")

    expect(page.get_by_text("Nobody matches “nobody at all”")).to_be_visible()
    page.get_by_role("button", name="Clear the search").click()
    expect(page.get_by_text("49 active members")).to_be_visible()
    expect(page.get_by_label("Search members")).to_be_focused()


def test_many_are_changed_at_once_and_who_was_refused_is_named_and_stays_selected(browsing, acme, expect):
    token = acme.scim_token()
    for name in ("Grace", "Alan", "Barbara"):
        acme.provision(token, name)
    page = browsing.signed_in(acme.sign_in_link())
    bar, dialog = page.get_by_role("region", name="Selected members"), page.get_by_role("dialog")

    expect(page.get_by_text("4 active members")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(bar).to_contain_text("1 selected")
    page.get_by_label("Select everybody on this page").check()
    member_row(page, "Alan").get_by_role("checkbox").uncheck()
    bar.get_by_role("button", name="Change role").click()
    expect(dialog).to_contain_text("1 of them is an admin now and becomes a user.")
    page.keyboard.press("Escape")
    page.route("**/graphql", fail_once("BulkJob"))
    bar.get_by_role("button", name="Deactivate").click()
    expect(dialog).to_contain_text("Deactivate 3 members?")
    expect(dialog).to_contain_text("You are among them yourself")
    expect(dialog).to_contain_text("manages 2 of them")
    dialog.get_by_role("button", name="Deactivate", exact=True).click()

    expect(dialog.get_by_text("2 members made inactive, 1 refused.")).to_be_visible()
    expect(dialog.get_by_role("list", name="Not changed")).to_contain_text("Admin: ")
    dialog.get_by_role("button", name="Done").click()
    expect(page.get_by_text("2 active members")).to_be_visible()
    expect(bar).to_contain_text("1 selected")
    expect(member_row(page, acme.admin_email).get_by_role("checkbox")).to_be_checked()
    expect(member_row(page, "Alan")).to_contain_text("Active")
    expect(facet(page, "Inactive")).to_have_text("Inactive 2")


def test_what_the_identity_provider_does_shows_up_by_itself(browsing, acme, expect):
    token = acme.scim_token()
    grace = acme.provision(token, "Grace").json()
    page = browsing.signed_in(acme.sign_in_link())
    expect(page.get_by_text("2 active members")).to_be_visible()
    browsing.settle()  # it reads the list once more when its stream has begun
    page.evaluate("document.body.dataset.same = 'page'")

    acme.provision(token, "Alan")
    page.get_by_role("button", name="1 new member").click()
    expect(member_row(page, "Alan")).to_contain_text("SCIM")
    acme.scim(token, "PATCH", f"/Users/{grace['id']}", patch({"op": "replace", "value": {"active": False}}))
    expect(member_row(page, "Grace")).to_contain_text("Inactive")  # where it stands, until the list is read anew
    member_row(page, "Grace").get_by_role("checkbox").check()
    expect(page.get_by_role("region", name="Selected members")).to_contain_text("1 selected")
    acme.scim(token, "DELETE", f"/Users/{grace['id']}")

    expect(member_row(page, "Grace")).to_contain_text("Removed")
    expect(member_row(page, "Grace").get_by_role("button", name="Actions for")).to_have_count(0)
    expect(page.get_by_role("region", name="Selected members")).to_have_count(0)  # nobody could deselect her
    expect(page.get_by_text("2 active members")).to_be_visible()
    facet(page, "Manual").click()
    expect(page.get_by_text("1 active member", exact=True)).to_be_visible()
    acme.provision(token, "Ada")
    expect(page.get_by_role("button", name="The list may have changed")).to_be_visible()
    facet(page, "Manual").click()
    expect(member_row(page, "Ada")).to_have_count(1)
    expect(page.get_by_role("button", name="The list may have changed")).to_have_count(0)
    assert page.evaluate("document.body.dataset.same") == "page"


def test_the_list_is_turned_back_to_a_day(browsing, acme, expect):
    token = acme.scim_token()
    grace = acme.provision(token, "Grace").json()
    acme.provision(token, "Alan")
    admins = {"op": "add", "path": "members", "value": [{"value": grace["id"]}]}
    acme.scim(token, "PATCH", "/Groups/admins", patch(admins))
    three_days_pass(acme)
    acme.scim(token, "DELETE", f"/Users/{grace['id']}")
    page = browsing.signed_in(acme.sign_in_link())
    expect(page.get_by_text("2 active members")).to_be_visible()

    page.get_by_label("Members as of").fill((datetime.now(UTC) + timedelta(days=2)).date().isoformat())
    assert "asof" not in page.url  # nothing can be said of the future
    page.get_by_label("Members as of").fill(datetime.now(UTC).date().isoformat())
    expect(page.get_by_text("Who had access today")).to_be_visible()
    expect(page.get_by_text("3 members", exact=True)).to_be_visible()  # some minutes ago
    page.get_by_label("Members as of").fill((datetime.now(UTC) - timedelta(days=2)).date().isoformat())
    expect(page.get_by_text("Who had access at the end of")).to_be_visible()
    expect(page.get_by_text("3 members", exact=True)).to_be_visible()
    expect(member_row(page, "Grace")).to_contain_text("Admin")
    expect(page.get_by_role("button", name="Add member")).to_have_count(0)
    facet(page, "User").click()
    expect(member_row(page, "Grace")).to_have_count(0)
    expect(member_row(page, "Alan")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("link", name="All of them as CSV").click()
    assert "Grace Example" in download.value.path().read_text(encoding="utf-8")
    page.get_by_role("button", name="Back to now").click()

    expect(page.get_by_label("Members as of")).to_have_value("")
    expect(member_row(page, "Alan")).to_have_count(1)


def test_a_server_out_of_reach_is_said_and_can_be_tried_again(browsing, admin_page, expect):
    def silence(route):  # a proxy answers in its place
        route.fulfill(status=502, body="<p>Bad", content_type="text/html")

    def silence_until_tried(route):  # else the page may have read anew by itself before the button is pressed
        route.continue_() if admin_page.evaluate("window.tried === true") else silence(route)

    admin_page.route("**/graphql", silence_until_tried)
    admin_page.route("**/healthz", silence)
    facet(admin_page, "Active").click()
    expect(admin_page.get_by_text("Rollbook did not answer.")).to_be_visible()
    admin_page.evaluate("document.addEventListener('click', () => { window.tried = true; }, true)")

    admin_page.get_by_role("button", name="Try again").click()

    expect(admin_page.get_by_text("1 member", exact=True)).to_be_visible()
    admin_page.unroute_all()
    expect(admin_page.get_by_role("status", name="Connection")).to_be_empty()
    assert set(browsing.refusals()) <= {"/graphql", "/healthz"}

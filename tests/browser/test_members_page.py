"""The member list: what arrived, who may change it, and how a refusal reads."""

import pytest

pytestmark = pytest.mark.browser


def member_row(page, text):
    return page.get_by_role("row").filter(has_text=text)


def choose_role(page, text, role):
    """Choose a role in a member's row and confirm the change."""
    member_row(page, text).get_by_role("combobox").select_option(label=role)
    page.get_by_role("dialog").get_by_role("button", name=f"Change to {role}").click()


def act(page, text, action):
    """Choose an action in a member's menu and confirm it."""
    member_row(page, text).get_by_role("button", name="Actions for").click()
    page.get_by_role("menuitem", name=f"{action}…").click()
    page.get_by_role("dialog").get_by_role("button", name=action).click()


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
    admin_page.get_by_label("Inactive", exact=True).check()
    expect(member_row(admin_page, "Grace")).to_contain_text("Inactive")
    expect(admin_page.get_by_text("1 inactive member", exact=True)).to_be_visible()
    act(admin_page, "Grace", "Reactivate")
    expect(admin_page.get_by_text("Nobody is inactive")).to_be_visible()
    admin_page.get_by_label("All", exact=True).check()

    expect(member_row(admin_page, "Grace")).to_contain_text("Active")
    expect(admin_page.get_by_text("2 members", exact=True)).to_be_visible()


def test_a_removed_member_leaves_every_list(admin_page, acme, expect):
    acme.provision(acme.scim_token(), "Grace")
    admin_page.reload()

    act(admin_page, "Grace", "Remove")
    expect(admin_page.get_by_text("Grace Example is no longer a member.")).to_be_visible()
    admin_page.get_by_label("All", exact=True).check()

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
    expect(member_row(admin_page, "Grace Example")).to_have_count(1)
    renamed = acme.scim(
        token, "PUT", f"/Users/{member['id']}", {**member, "name": {"givenName": "Grace", "familyName": "Hopper"}}
    )

    act(admin_page, "Grace Example", "Deactivate")
    expect(admin_page.get_by_role("dialog").get_by_role("alert")).to_be_visible()
    admin_page.get_by_role("button", name="Reload the list").click()

    assert renamed.status_code == 200
    expect(admin_page.get_by_role("dialog")).to_have_count(0)
    expect(member_row(admin_page, "Grace Hopper")).to_contain_text("Active")


def test_a_user_sees_the_list_without_actions_and_no_tokens(browsing, acme, expect):
    second_admin = acme.address("second")
    page = browsing.signed_in(acme.sign_in_link(second_admin))
    admin = browsing.signed_in(acme.sign_in_link())

    choose_role(admin, second_admin, "User")
    expect(admin.get_by_role("dialog")).to_have_count(0)
    page.reload()

    expect(member_row(page, acme.admin_email)).to_contain_text("Admin")
    expect(page.get_by_role("combobox")).to_have_count(0)
    expect(page.get_by_role("button", name="Actions for")).to_have_count(0)
    expect(page.get_by_role("button", name="Add member")).to_have_count(0)
    expect(page.get_by_role("link", name="Authentication")).to_have_count(0)
    page.goto("/settings/authentication")
    expect(page.get_by_text("Only admins can see and manage tokens.")).to_be_visible()


def test_a_demoted_admin_with_an_open_page_can_do_nothing_more(browsing, acme, expect):
    second_admin = acme.address("second")
    stale = browsing.signed_in(acme.sign_in_link(second_admin))
    admin = browsing.signed_in(acme.sign_in_link())
    choose_role(admin, second_admin, "User")
    expect(admin.get_by_role("dialog")).to_have_count(0)

    choose_role(stale, acme.admin_email, "User")

    expect(stale.get_by_role("dialog").get_by_role("alert")).to_contain_text("Only admins")
    expect(stale.get_by_role("link", name="Authentication")).to_have_count(0)
    admin.reload()
    expect(member_row(admin, acme.admin_email).get_by_role("combobox")).to_have_value("ADMIN")


def test_an_admin_who_steps_down_loses_the_controls_at_once(browsing, acme, expect):
    acme.sign_in_link(acme.address("second"))
    page = browsing.signed_in(acme.sign_in_link())

    choose_role(page, acme.admin_email, "User")

    expect(member_row(page, acme.admin_email)).to_contain_text("User")
    expect(page.get_by_role("combobox")).to_have_count(0)
    expect(page.get_by_role("button", name="Add member")).to_have_count(0)
    expect(page.get_by_role("link", name="Authentication")).to_have_count(0)


def test_a_long_list_is_walked_page_by_page_and_searched(browsing, acme, expect):
    token = acme.scim_token()
    for number in range(55):
        assert acme.provision(token, f"Person{number:02}").status_code == 201
    page = browsing.signed_in(acme.sign_in_link())
    previous, following = (page.get_by_role("button", name=name) for name in ("Previous", "Next"))

    expect(page.get_by_text("56 active members")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(51)
    expect(previous).to_be_disabled()
    following.click()
    expect(page.get_by_role("row")).to_have_count(7)
    expect(following).to_be_disabled()
    previous.click()
    expect(page.get_by_role("row")).to_have_count(51)
    page.get_by_label("Search members").fill("Person4")
    expect(page.get_by_role("row")).to_have_count(11)
    page.get_by_label("Search members").fill("nobody at all")

    expect(page.get_by_text("Nobody matches “nobody at all”")).to_be_visible()
    page.get_by_role("button", name="Clear the search").click()
    expect(page.get_by_text("56 active members")).to_be_visible()


def test_a_server_out_of_reach_is_said_and_can_be_tried_again(browsing, admin_page, expect):
    admin_page.route("**/graphql", lambda route: route.abort())
    admin_page.get_by_label("All", exact=True).check()
    expect(admin_page.get_by_text("Rollbook did not answer.")).to_be_visible()
    admin_page.unroute("**/graphql")

    admin_page.get_by_role("button", name="Try again").click()

    expect(admin_page.get_by_text("1 member", exact=True)).to_be_visible()
    assert [line.endswith("/graphql") for line in browsing.console] == [True]
    browsing.console.clear()

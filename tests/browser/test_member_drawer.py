"""The drawer of a member: what it tells, and a profile that is changed there."""

import pytest

from tests.browser.member_list import member_row, patch

pytestmark = pytest.mark.browser


def test_the_drawer_tells_all_about_a_provisioned_member_and_why_it_is_read_only(browsing, acme, expect):
    token = acme.scim_token()
    acme.provision(token, "Grace", "Hopper")
    page = browsing.signed_in(acme.sign_in_link())
    drawer = page.get_by_role("dialog", name="Grace Hopper")

    member_row(page, "Grace").get_by_role("link").click()
    expect(drawer.get_by_role("region", name="Profile")).to_contain_text("can only be changed there")
    expect(drawer.get_by_role("button", name="Edit")).to_have_count(0)
    expect(drawer.get_by_role("region", name="Access")).to_contain_text("Users")
    expect(drawer.get_by_role("region", name="History")).to_contain_text("Member added")
    requests = drawer.get_by_role("region", name="Provisioning")
    requests.get_by_text("POST /Users").click()
    expect(requests.get_by_label("What was sent", exact=True)).to_contain_text('"familyName": "Hopper"')
    drawer.get_by_label("Role of Grace Hopper").select_option(label="Admin")
    page.get_by_role("button", name="Change to Admin").click()
    expect(drawer.get_by_role("region", name="History")).to_contain_text("Role: User → Admin, User")

    page.reload()  # the address holds who is looked at
    expect(drawer.get_by_role("region", name="Access")).to_contain_text("Admins, Users")
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    expect(member_row(page, "Grace").get_by_role("combobox")).to_have_value("ADMIN")


def test_a_profile_is_changed_by_hand_until_the_identity_provider_takes_it_over(browsing, acme, expect):
    token = acme.scim_token()
    acme.sign_in_link(acme.address("barbara"))  # which makes a member by hand
    page = browsing.signed_in(acme.sign_in_link())
    drawer = page.get_by_role("dialog")

    member_row(page, "Barbara").get_by_role("link").click()
    drawer.get_by_role("button", name="Edit").click()
    expect(drawer.get_by_label("Name", exact=True)).to_be_focused()
    drawer.get_by_label("E-mail").fill(acme.admin_email)
    drawer.get_by_role("button", name="Save").click()
    expect(drawer.get_by_label("E-mail")).to_have_attribute("aria-invalid", "true")
    drawer.get_by_label("E-mail").fill(acme.address("barbara"))
    drawer.get_by_label("Name", exact=True).fill("Barbara Liskov")
    drawer.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog", name="Barbara Liskov")).to_be_visible()
    expect(drawer.get_by_role("button", name="Edit")).to_be_focused()
    drawer.get_by_role("button", name="Edit").click()
    drawer.get_by_label("Name", exact=True).fill("Barbara the First")
    page.keyboard.press("Escape")
    expect(drawer.get_by_role("alert")).to_contain_text("Nothing is saved yet.")
    drawer.get_by_label("Name", exact=True).fill("Barbara the Second")
    expect(drawer.get_by_role("alert")).to_have_count(0)
    found = acme.scim(token, "GET", f'/Users?filter=userName eq "{acme.address("barbara")}"').json()
    barbara = found["Resources"][0]
    acme.scim(token, "PATCH", f"/Users/{barbara['id']}", patch({"op": "add", "path": "title", "value": "Professor"}))

    expect(drawer.get_by_role("alert")).to_contain_text("was changed meanwhile")
    expect(drawer.get_by_label("Name", exact=True)).to_have_value("Barbara the Second")  # what was typed stays
    expect(drawer.get_by_role("button", name="Save")).to_be_disabled()
    drawer.get_by_role("button", name="Reload").click()
    expect(drawer.get_by_role("region", name="Profile")).to_contain_text("can only be changed there")
    expect(drawer.get_by_role("region", name="Profile")).to_contain_text("Barbara Liskov")

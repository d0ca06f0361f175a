"""Invitations: from the form to the link to a member, and links that are replaced and revoked."""

import re

import pytest

pytestmark = pytest.mark.browser

LINK = re.compile(r"/sign-in#rollbook_invite_\w+$")


@pytest.fixture
def page(browsing, acme):
    """The Invitations screen of Acme."""
    page = browsing.signed_in(acme.sign_in_link())
    page.get_by_role("link", name="Invitations").click()
    page.get_by_text("Nobody is invited").wait_for()
    return page


def ask_for(page, email):
    page.get_by_role("button", name="Invite", exact=True).click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("dialog").get_by_role("button", name="Invite", exact=True).click()


def invite(page, email, name=""):
    """Invite somebody; the link that is shown."""
    page.get_by_role("button", name="Invite", exact=True).click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("dialog").get_by_role("button", name="Invite", exact=True).click()
    return taken_link(page)


def taken_link(page):
    link = page.get_by_label("Link", exact=True).input_value()
    page.get_by_role("button", name="Done").click()
    return link


def choose(page, email, action):
    page.get_by_role("row").filter(has_text=email).get_by_role("button", name="Actions for").click()
    page.get_by_role("menuitem", name=action).click()


def test_an_invited_person_joins_by_the_link(browsing, page, acme, expect):
    grace = acme.address("grace")
    ask_for(page, grace)
    expect(page.get_by_text("No e-mail was sent, because this server has no mail server.")).to_be_visible()
    link = taken_link(page)
    expect(page.get_by_role("row").filter(has_text=grace)).to_contain_text("Waiting")

    joining = browsing.page()
    joining.goto(link)
    expect(joining.get_by_text("Acme invites you.")).to_be_visible()
    joining.get_by_role("button", name="Join").click()

    expect(joining.get_by_role("row").filter(has_text=grace)).to_contain_text("(you)")
    expect(joining.get_by_text("Without a new link you cannot sign in again.")).to_be_visible()
    expect(joining.get_by_role("link", name="Invitations")).to_have_count(0)
    expect(page.get_by_role("row").filter(has_text=grace)).to_contain_text("Joined")
    assert LINK.search(link)
    assert link.rpartition("#")[2] not in page.content()


def test_a_new_link_takes_the_place_of_the_former_one(browsing, page, acme, expect):
    grace = acme.address("grace")
    former = invite(page, grace, "Grace Hopper")
    choose(page, grace, "Invite again…")
    page.get_by_role("dialog").get_by_role("button", name="Make a new link").click()
    link = taken_link(page)

    late = browsing.page()
    late.goto(former)
    late.get_by_role("button", name="Join").click()
    expect(late.get_by_role("alert")).to_be_visible()
    late.goto(link)
    late.get_by_role("button", name="Join").click()

    expect(late.get_by_role("row").filter(has_text=grace)).to_contain_text("Grace Hopper")
    assert browsing.refusals() == ["/auth/redeem"]


def test_a_revoked_invitation_lets_nobody_in(browsing, page, acme, expect):
    grace = acme.address("grace")
    link = invite(page, grace)
    choose(page, grace, "Revoke…")
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("row").filter(has_text=grace)).to_contain_text("Revoked")

    late = browsing.page()
    late.goto(link)
    late.get_by_role("button", name="Join").click()

    expect(late.get_by_role("alert")).to_be_visible()
    expect(late.get_by_text("Ask an admin of your organization to invite you.")).to_be_visible()
    assert browsing.refusals() == ["/auth/redeem"]


def test_a_member_is_not_invited_a_second_time(page, acme, expect):
    ask_for(page, acme.admin_email)

    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("They need no invitation.")
    page.keyboard.press("Escape")
    expect(page.get_by_text("Nobody is invited")).to_be_visible()


def test_one_escape_does_not_lose_a_link_that_nobody_has_copied(page, acme, expect):
    grace = acme.address("grace")
    ask_for(page, grace)
    expect(page.get_by_label("Link", exact=True)).to_have_value(LINK)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("nobody has copied it")
    page.get_by_role("button", name="Copy Link").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_have_count(0)

    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("row").filter(has_text=grace)).to_contain_text("Waiting")

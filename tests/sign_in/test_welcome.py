"""The door that tells the sign-in page what to say to whom it does not know."""

from datetime import timedelta

import pytest

from rollbook.domain.roles import Role
from rollbook.domain.tokens import SecretKind, mint
from tests.graphql.client import OWN_PAGE

WEEK = timedelta(days=7)


async def welcome(http, **body):
    response = await http.post("/auth/welcome", json=body, headers=OWN_PAGE)
    assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")
    assert "set-cookie" not in response.headers
    return response.json()


async def test_it_is_told_while_nobody_has_set_the_installation_up(http, services):
    before = await welcome(http)
    await services.organizations.create("acme", "Acme", "a@acme.test")

    assert before == {"isSetUp": False, "organization": None}
    assert await welcome(http) == {"isSetUp": True, "organization": None}


async def test_an_invitation_names_its_organization_and_is_good_afterwards(http, services, acme):
    invitation, link = await services.invitations.create(acme.operator, "bo@acme.test", Role.USER, lifetime=WEEK)

    asked = [await welcome(http, token=link) for _ in range(2)]
    joined = await http.post("/auth/redeem", json={"token": link}, headers=OWN_PAGE)

    assert asked == [{"isSetUp": True, "organization": "Acme"}] * 2
    assert joined.status_code == 200
    assert invitation.email not in str(asked)
    assert (await welcome(http, token=link))["organization"] is None  # it is used up


@pytest.mark.parametrize(
    "token",
    [mint(SecretKind.INVITE), "rollbook_invite_x", "nonsense", "\0"],
    ids=["unknown", "short", "no secret", "nul"],
)
async def test_what_is_no_invitation_names_nothing(http, services, acme, token):
    assert (await welcome(http, token=token))["organization"] is None


async def test_neither_a_revoked_invitation_nor_a_sign_in_link_names_anything(http, services, acme):
    invitation, revoked = await services.invitations.create(acme.operator, "bo@acme.test", Role.USER, lifetime=WEEK)
    await services.invitations.revoke(acme.operator, invitation.id)
    link = await services.sessions.create_login_link(acme.operator, "a@acme.test")

    assert [(await welcome(http, token=token))["organization"] for token in (revoked, link)] == [None, None]

"""Inviting through GraphQL, and joining through the door of the sign-in page."""

import pytest

from rollbook.domain.policy import Permission
from rollbook.domain.tokens import TokenKind
from tests.conftest import BASE_URL

from .client import OWN_PAGE, Client, a_member, global_id, with_token

SENT = """{ link mail mailProblem invitation {
  id email name role status invitedBy createdAt expiresAt acceptedAt member { id }
} }"""
LIST = """query($first: Int, $after: String) { organization { invitations(first: $first, after: $after) {
  nodes { id email status member { email } } edges { cursor node { email } } pageInfo { hasNextPage endCursor }
} } }"""


@pytest.fixture
def client(http, api_token):
    return with_token(http, api_token)


async def invite(client, email="bo@acme.test", **given):
    return await client.change("inviteMember", f"...on InviteMemberSuccess {SENT}", email=email, **given)


async def join(http, link):
    """What the sign-in page does with the link that it was opened by."""
    secret = link.partition("#")[2]
    return await http.post("/auth/redeem", json={"token": secret}, headers=OWN_PAGE)


async def test_an_invited_person_joins_by_the_link(client, http, services, acme):
    answer = await invite(client, name="Bo Ek", role="ADMIN", expiresInDays=3)

    response = await join(http, answer["link"])

    assert answer["link"].startswith(f"{BASE_URL}/sign-in#rollbook_invite_")
    assert (answer["mail"], answer["mailProblem"]) == ("NOT_CONFIGURED", None)
    shown = answer["invitation"]
    assert (shown["email"], shown["name"], shown["role"]) == ("bo@acme.test", "Bo Ek", "ADMIN")
    assert (shown["status"], shown["invitedBy"], shown["member"]) == ("PENDING", "Tools", None)
    assert (response.status_code, response.json()) == (200, {"ok": True})
    viewer = await Client(http, **OWN_PAGE).data("{ viewer { name member { email role } } }")
    assert viewer == {"viewer": {"name": "Bo Ek", "member": {"email": "bo@acme.test", "role": "ADMIN"}}}
    listed = (await client.data(LIST))["organization"]["invitations"]
    assert listed["nodes"] == [
        {"id": shown["id"], "email": "bo@acme.test", "status": "ACCEPTED", "member": {"email": "bo@acme.test"}}
    ]
    again = await join(http, answer["link"])
    assert (again.status_code, again.json()["error"]["code"]) == (401, "UNAUTHENTICATED")


async def test_an_account_outside_is_refused_an_addition_and_joins_by_invitation(client, http, services, globex):
    theirs = await a_member(services, globex, "eve@globex.test")
    refused = await client.change("addMember", email="eve@globex.test")

    joined = await join(http, (await invite(client, "eve@globex.test"))["link"])

    assert "invite" in refused["message"]
    assert joined.status_code == 200
    assert await services.memberships.get(globex.operator, theirs.id) == theirs


async def test_a_repeated_invitation_does_not_tell_the_link_again(client):
    first = await invite(client, idempotencyKey="k1")
    again = await invite(client, idempotencyKey="k1")

    assert first["link"]
    assert again == first | {"link": None, "mail": None}


async def test_a_resent_invitation_has_another_link(client, http):
    first = await invite(client)
    given = {"invitationId": first["invitation"]["id"], "idempotencyKey": "k2"}

    resent = await client.change("resendInvitation", f"...on ResendInvitationSuccess {SENT}", **given)
    repeated = await client.change("resendInvitation", f"...on ResendInvitationSuccess {SENT}", **given)

    assert resent["invitation"]["id"] == first["invitation"]["id"]
    assert repeated == resent | {"link": None, "mail": None}
    assert (await join(http, first["link"])).status_code == 401
    assert (await join(http, resent["link"])).status_code == 200


async def test_a_revoked_invitation_lets_nobody_in(client, http):
    sent = await invite(client)
    given = {"invitationId": sent["invitation"]["id"]}
    select = "...on RevokeInvitationSuccess { invitation { status } }"

    answers = [await client.change("revokeInvitation", select, **given, idempotencyKey="k") for _ in "ab"]

    assert answers == [{"__typename": "RevokeInvitationSuccess", "invitation": {"status": "REVOKED"}}] * 2
    assert (await join(http, sent["link"])).status_code == 401
    resent = await client.change("resendInvitation", **given)
    assert (resent["__typename"], resent["path"]) == ("ValidationError", ["input", "invitationId"])


@pytest.mark.parametrize(
    ("given", "type_name", "path"),
    [
        ({"email": "nobody"}, "ValidationError", ["input", "email"]),
        ({"email": "x" * 320 + "@acme.test"}, "ValidationError", ["input", "email"]),
        ({"email": "bo@acme.test", "name": "\0"}, "ValidationError", ["input", "name"]),
        ({"email": "bo@acme.test", "expiresInDays": 0}, "ValidationError", ["input", "expiresInDays"]),
        ({"email": "bo@acme.test", "expiresInDays": 31}, "ValidationError", ["input", "expiresInDays"]),
        ({"email": "A@acme.test"}, "ConflictError", ["input", "email"]),
    ],
)
async def test_what_cannot_be_invited_is_refused(client, services, acme, given, type_name, path):
    events = len(await services.audit.events(acme.operator))

    answer = await client.change("inviteMember", **given)

    assert (answer["__typename"], answer["path"]) == (type_name, path)
    assert len(await services.audit.events(acme.operator)) == events


async def test_invitations_are_read_page_by_page(client):
    for at in range(3):
        await invite(client, f"u{at}@acme.test")

    first = (await client.data(LIST, first=2))["organization"]["invitations"]
    rest = (await client.data(LIST, first=2, after=first["pageInfo"]["endCursor"]))["organization"]["invitations"]

    assert [edge["node"]["email"] for edge in first["edges"]] == ["u2@acme.test", "u1@acme.test"]
    assert first["pageInfo"]["hasNextPage"] is True
    assert [node["email"] for node in rest["nodes"]] == ["u0@acme.test"]


async def test_an_invitation_is_a_node_of_its_organization_only(client, services, acme, globex, http):
    sent = await invite(client)
    node = "query($id: ID!) { node(id: $id) { __typename id } }"

    assert await client.data(node, id=sent["invitation"]["id"]) == {
        "node": {"__typename": "Invitation", "id": sent["invitation"]["id"]}
    }
    _, secret = await services.tokens.issue(
        globex.operator, TokenKind.API, "Theirs", scopes=frozenset({Permission.MEMBERS_READ, Permission.MEMBERS_WRITE})
    )
    theirs = with_token(http, secret)
    assert await theirs.data(node, id=sent["invitation"]["id"]) == {"node": None}
    for mutation in ("resendInvitation", "revokeInvitation"):
        answer = await theirs.change(mutation, invitationId=sent["invitation"]["id"])
        assert answer["__typename"] == "NotFoundError"
        wrong = await theirs.change(mutation, invitationId=global_id("Member", "x"))
        assert (wrong["__typename"], wrong["path"]) == ("ValidationError", ["input", "invitationId"])


async def test_who_may_not_read_members_sees_no_invitations(client, http, services, acme):
    await invite(client)
    scopes = frozenset({Permission.SETTINGS_WRITE})
    _, secret = await services.tokens.issue(acme.operator, TokenKind.API, "Settings", scopes=scopes)

    body = (await with_token(http, secret).send(LIST)).json()

    assert [error["extensions"]["code"] for error in body["errors"]] == ["FORBIDDEN"] * len(body["errors"])
    assert await with_token(http, secret).codes("{ organization { invitations { nodes { email } } } }") == ["FORBIDDEN"]

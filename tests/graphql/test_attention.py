"""What needs attention, as the API tells it: what a provisioning client could not do, until it could."""

from rollbook.domain.memberships import MembershipDraft
from rollbook.domain.tokens import TokenKind

from .client import global_id, with_token

READ = """{ organization { attention {
  kind message remedy isUrgent since count token { id name status ... on ScimToken { dialect } }
} } }"""
ZOE = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "zoe@acme.test"}


async def test_a_push_that_failed_is_told_until_it_is_done(http, services, acme, api_token):
    token, secret = await services.tokens.issue(acme.operator, TokenKind.SCIM, "Okta")
    client, scim = with_token(http, api_token), {"Authorization": f"Bearer {secret}", "User-Agent": "Okta SCIM Client"}
    zoe = await services.memberships.create(acme.operator, MembershipDraft("zoe@acme.test"))

    refused = await http.post("/scim/v2/Users", json=ZOE, headers=scim)
    await services.provisioning.keep_noted()

    assert refused.status_code == 409
    push, admins = (await client.data(READ))["organization"]["attention"]
    assert (push.pop("remedy"), push.pop("since")) != ("", None)
    assert push == {
        "kind": "PUSHES_FAILING",
        "message": "What Okta sent about zoe@acme.test did not go through.",
        "isUrgent": True,
        "count": 1,
        "token": {"id": global_id("ScimToken", token.id), "name": "Okta", "status": "ACTIVE", "dialect": "AUTO"},
    }
    assert (admins["kind"], admins["isUrgent"], admins["token"]) == ("ONLY_ONE_ADMIN", False, None)

    await services.memberships.remove(acme.operator, zoe.id)
    assert (await http.post("/scim/v2/Users", json=ZOE, headers=scim)).status_code == 201
    kinds = [item["kind"] for item in (await client.data(READ))["organization"]["attention"]]
    assert kinds == ["ONLY_ONE_ADMIN"]

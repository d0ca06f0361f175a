"""Tokens through GraphQL: shown once, listed without their secret, replaced, changed, and revoked at once."""

from datetime import timedelta

import pytest

from rollbook.domain.errors import Unauthenticated
from rollbook.domain.policy import API_SCOPES, Permission
from rollbook.domain.tokens import TokenKind

from .client import global_id, with_token

GENERATED = """...on GenerateScimTokenSuccess {
  secret token { id name hint dialect status createdBy expiresAt firstUsedAt lastUsedAt lastUsedBy revokedAt }
}"""
API_GENERATED = "...on GenerateApiTokenSuccess { secret token { id name scopes status expiresAt } }"
ROTATED = """...on RotateTokenSuccess {
  secret
  token { __typename id name status replaces { id } replacedBy { id } }
  replaced { id status expiresAt revokedBy replacedBy { id } }
}"""
UPDATED = """...on UpdateTokenSuccess {
  token { id name ... on ScimToken { dialect } ... on ApiToken { scopes } }
}"""
REVOKED = "...on RevokeTokenSuccess { token { id status revokedAt revokedBy } }"
LIST = "{ organization { scimEndpointUrl tokens(kind: SCIM, includeEnded: true) { id name hint status } } }"


@pytest.fixture
def client(http, api_token):
    return with_token(http, api_token)


async def test_a_generated_token_opens_scim_and_is_shown_once(http, client, services):
    answer = await client.change("generateScimToken", GENERATED, name=" Okta ")

    secret, token = answer["secret"], answer["token"]
    assert (await services.tokens.authenticate(secret, TokenKind.SCIM)).name == "Okta"
    assert token.pop("id")
    assert token == {
        "name": "Okta",
        "hint": f"rollbook_scim_…{secret[-4:]}",
        "dialect": "AUTO",
        "status": "ACTIVE",
        "createdBy": "Tools",
        "expiresAt": None,
        "firstUsedAt": None,
        "lastUsedAt": None,
        "lastUsedBy": None,
        "revokedAt": None,
    }
    assert secret not in (await client.send(LIST)).text


async def test_a_token_can_expire_and_can_be_strict(client, services, acme):
    answer = await client.change("generateScimToken", GENERATED, name="Dev", dialect="STRICT", expiresInDays=90)

    (token,) = await services.tokens.list(acme.operator, TokenKind.SCIM)
    assert token.expires_at == token.created_at + timedelta(days=90)
    assert (answer["token"]["dialect"], answer["token"]["expiresAt"][:10]) == ("STRICT", str(token.expires_at)[:10])
    assert (await services.tokens.authenticate(answer["secret"], TokenKind.SCIM)).strict is True


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"name": ""}, ["input", "name"]),
        ({"name": "x" * 65}, ["input", "name"]),
        ({"name": "a\0"}, ["input", "name"]),
        ({"name": "Okta", "expiresInDays": 0}, ["input", "expiresInDays"]),
        ({"name": "Okta", "expiresInDays": -1}, ["input", "expiresInDays"]),
        ({"name": "Okta", "expiresInDays": 2**31 - 1}, ["input", "expiresInDays"]),
    ],
)
async def test_a_token_that_cannot_be_is_refused(client, services, acme, given, path):
    answer = await client.change("generateScimToken", **given)

    assert (answer["__typename"], answer["path"]) == ("ValidationError", path)
    assert await services.tokens.list(acme.operator, TokenKind.SCIM) == []


async def test_tokens_are_listed_newest_first_with_the_revoked_ones(client, services, acme, globex):
    await services.tokens.issue(globex.operator, TokenKind.SCIM, "Elsewhere")
    old, _ = await services.tokens.issue(acme.operator, TokenKind.SCIM, "Old")
    await services.tokens.issue(acme.operator, TokenKind.SCIM, "New")
    await services.tokens.revoke(acme.operator, old.id)

    organization = (await client.data(LIST))["organization"]

    assert [(t["name"], t["status"]) for t in organization["tokens"]] == [("New", "ACTIVE"), ("Old", "REVOKED")]
    assert organization["scimEndpointUrl"] == "https://rollbook.test/scim/v2"


async def test_an_expired_token_is_shown_as_expired(client, services, acme):
    await services.tokens.issue(acme.operator, TokenKind.SCIM, "Short", lifetime=timedelta(microseconds=1))
    live = "{ organization { tokens { name status } } }"

    organization = (await client.data(LIST))["organization"]

    assert [token["status"] for token in organization["tokens"]] == ["EXPIRED"]
    assert (await client.data(live))["organization"]["tokens"] == [{"name": "Tools", "status": "ACTIVE"}]


async def test_a_revoked_token_fails_at_once_and_revoking_twice_is_no_mistake(client, services):
    made = await client.change("generateScimToken", GENERATED, name="Okta")

    first = await client.change("revokeToken", REVOKED, tokenId=made["token"]["id"])
    second = await client.change("revokeToken", REVOKED, tokenId=made["token"]["id"])

    assert first["token"]["status"] == "REVOKED"
    assert second == first
    with pytest.raises(Unauthenticated, match="was revoked"):
        await services.tokens.authenticate(made["secret"], TokenKind.SCIM)


async def test_a_token_of_another_organization_or_kind_is_not_found(client, services, acme, globex):
    foreign, foreign_secret = await services.tokens.issue(globex.operator, TokenKind.SCIM, "Elsewhere")
    api, api_secret = await services.tokens.issue(acme.operator, TokenKind.API, "Other tools")

    answers = [
        await client.change(mutation, tokenId=global_id("ScimToken", token_id))
        for token_id in (foreign.id, api.id, "no-uuid", "")
        for mutation in ("revokeToken", "rotateToken", "updateToken")
    ]

    assert [answer["__typename"] for answer in answers] == ["NotFoundError"] * 12
    await services.tokens.authenticate(foreign_secret, TokenKind.SCIM)
    await services.tokens.authenticate(api_secret, TokenKind.API)


async def test_what_is_no_tokens_id_is_refused(client):
    answer = await client.change("revokeToken", tokenId=global_id("Member", "x"))

    assert (answer["__typename"], answer["path"]) == ("ValidationError", ["input", "tokenId"])


async def test_tokens_need_their_scope(http, services, acme):
    scopes = API_SCOPES - {Permission.TOKENS_WRITE}
    _, secret = await services.tokens.issue(acme.operator, TokenKind.API, "No tokens", scopes=scopes)
    client = with_token(http, secret)

    answer = await client.change("generateScimToken", name="Okta")

    assert (answer["__typename"], answer["code"]) == ("ForbiddenError", "FORBIDDEN")
    assert await client.codes(LIST) == ["FORBIDDEN"]
    assert await services.tokens.list(acme.operator, TokenKind.SCIM) == []


async def test_a_list_that_one_may_not_read_is_null_beside_what_one_may(http, services, acme):
    _, secret = await services.tokens.issue(acme.operator, TokenKind.API, "Reader")
    client = with_token(http, secret)

    body = (await client.send("{ organization { name tokens { id } settings { tokenMaxLifetimeDays } } }")).json()

    assert body["data"] == {"organization": {"name": "Acme", "tokens": None, "settings": None}}
    assert [(error["path"], error["extensions"]["code"]) for error in body["errors"]] == [
        (["organization", "tokens"], "FORBIDDEN"),
        (["organization", "settings"], "FORBIDDEN"),
    ]


async def test_an_api_token_has_the_scopes_that_were_asked_for(client, services):
    answer = await client.change(
        "generateApiToken", API_GENERATED, name="Reports", scopes=["MEMBERS_READ", "AUDIT_READ"], expiresInDays=30
    )
    plain = await client.change("generateApiToken", API_GENERATED, name="Plain")

    assert (answer["token"]["scopes"], answer["token"]["status"]) == (["AUDIT_READ", "MEMBERS_READ"], "ACTIVE")
    assert answer["token"]["expiresAt"] is not None
    assert plain["token"]["scopes"] == ["MEMBERS_READ"]
    actor = await services.tokens.authenticate(answer["secret"], TokenKind.API)
    assert actor.scopes == {"audit:read", "members:read"}


async def test_nobody_gives_what_they_lack(http, client, services, acme):
    scopes = frozenset({Permission.TOKENS_WRITE})
    _, secret = await services.tokens.issue(acme.operator, TokenKind.API, "Tokens only", scopes=scopes)
    poor = with_token(http, secret)
    mine = await client.change("generateApiToken", API_GENERATED, name="Wide", scopes=["AUDIT_READ"])
    before = await services.tokens.list(acme.operator)

    answers = [
        await poor.change("generateApiToken", name="More", scopes=["MEMBERS_READ"]),
        await poor.change("rotateToken", tokenId=mine["token"]["id"]),
        await poor.change("updateToken", tokenId=mine["token"]["id"], scopes=["AUDIT_READ", "ROLES_WRITE"]),
    ]

    assert [answer["__typename"] for answer in answers] == ["ForbiddenError"] * 3
    assert await services.tokens.list(acme.operator) == before


async def test_a_rotated_token_is_shown_with_its_successor(client, services):
    made = await client.change("generateScimToken", GENERATED, name="Okta")

    answer = await client.change("rotateToken", ROTATED, tokenId=made["token"]["id"])

    new, old = answer["token"], answer["replaced"]
    assert new == {
        "__typename": "ScimToken",
        "id": new["id"],
        "name": "Okta",
        "status": "ACTIVE",
        "replaces": {"id": made["token"]["id"]},
        "replacedBy": None,
    }
    assert (old["id"], old["status"], old["replacedBy"]) == (made["token"]["id"], "ACTIVE", {"id": new["id"]})
    assert old["expiresAt"] is not None
    for secret in (made["secret"], answer["secret"]):
        assert (await services.tokens.authenticate(secret, TokenKind.SCIM)).name == "Okta"


async def test_a_token_can_be_rotated_without_an_overlap_and_only_once(client, services, acme):
    made = await client.change("generateApiToken", API_GENERATED, name="Reports")
    first = await client.change("rotateToken", ROTATED, tokenId=made["token"]["id"], overlapHours=0)
    before = await services.tokens.list(acme.operator)

    again = await client.change("rotateToken", ROTATED, tokenId=made["token"]["id"])
    odd = [
        await client.change("rotateToken", ROTATED, tokenId=first["token"]["id"], overlapHours=hours)
        for hours in (-1, 721, 2**31 - 1)
    ]

    assert (first["replaced"]["status"], first["replaced"]["revokedBy"]) == ("REVOKED", "Tools")
    assert (again["__typename"], again["path"]) == ("ValidationError", ["input", "tokenId"])
    assert [(answer["__typename"], answer["path"]) for answer in odd] == [
        ("ValidationError", ["input", "overlapHours"])
    ] * 3
    assert await services.tokens.list(acme.operator) == before


async def test_a_token_is_updated_within_its_kind(client):
    scim = await client.change("generateScimToken", GENERATED, name="Okta")
    api = await client.change("generateApiToken", API_GENERATED, name="Reports")

    strict = await client.change("updateToken", UPDATED, tokenId=scim["token"]["id"], dialect="STRICT")
    wider = await client.change("updateToken", UPDATED, tokenId=api["token"]["id"], name="R", scopes=["AUDIT_READ"])
    wrong = [
        await client.change("updateToken", UPDATED, tokenId=scim["token"]["id"], scopes=["AUDIT_READ"]),
        await client.change("updateToken", UPDATED, tokenId=api["token"]["id"], dialect="STRICT"),
        await client.change("updateToken", UPDATED, tokenId=api["token"]["id"], scopes=[]),
    ]

    assert strict["token"] == {"id": scim["token"]["id"], "name": "Okta", "dialect": "STRICT"}
    assert wider["token"] == {"id": api["token"]["id"], "name": "R", "scopes": ["AUDIT_READ"]}
    assert [(answer["__typename"], answer["path"][-1]) for answer in wrong] == [
        ("ValidationError", "scopes"),
        ("ValidationError", "dialect"),
        ("ValidationError", "scopes"),
    ]


async def test_a_repetition_never_answers_the_secret(client, services, acme):
    key = {"idempotencyKey": "0b0f2a52-5d5b-4f4e-8a61-6a9c8e0e1a11"}
    made = await client.change("generateScimToken", GENERATED, name="Okta", **key)
    api = await client.change("generateApiToken", API_GENERATED, name="Reports", idempotencyKey="api")
    rotated = await client.change("rotateToken", ROTATED, tokenId=made["token"]["id"], idempotencyKey="rotate")
    before = await services.tokens.list(acme.operator)

    answers = [
        (made, await client.change("generateScimToken", GENERATED, name="Okta", **key)),
        (api, await client.change("generateApiToken", API_GENERATED, name="Reports", idempotencyKey="api")),
        (
            rotated,
            await client.change("rotateToken", ROTATED, tokenId=made["token"]["id"], idempotencyKey="rotate"),
        ),
    ]

    for first, second in answers:
        assert first["secret"] is not None
        assert second["secret"] is None
        assert second["token"]["id"] == first["token"]["id"]
    assert await services.tokens.list(acme.operator) == before


async def test_a_key_stands_for_one_thing(client, services, acme):
    made = await client.change("generateScimToken", GENERATED, name="Okta", idempotencyKey="k")
    tokens = await services.tokens.list(acme.operator)

    other = await client.change("generateScimToken", name="Other", idempotencyKey="k")
    revoked = [
        await client.change("revokeToken", REVOKED, tokenId=made["token"]["id"], idempotencyKey="r") for _ in range(2)
    ]

    assert (other["__typename"], other["code"]) == ("IdempotencyError", "KEY_REUSED")
    assert revoked[0] == revoked[1]
    assert len(await services.tokens.list(acme.operator)) == len(tokens)


async def test_replacements_of_a_whole_list_are_read_at_once(client, services, acme):
    for name in ("One", "Two", "Three"):
        token, _ = await services.tokens.issue(acme.operator, TokenKind.SCIM, name)
        await services.tokens.rotate(acme.operator, token.id)

    listed = await client.data("{ organization { tokens(kind: SCIM) { name replaces { name } replacedBy { id } } } }")

    tokens = listed["organization"]["tokens"]
    assert [(t["name"], t["replaces"] and t["replaces"]["name"], t["replacedBy"] is None) for t in tokens] == [
        ("Three", "Three", True),
        ("Three", None, False),
        ("Two", "Two", True),
        ("Two", None, False),
        ("One", "One", True),
        ("One", None, False),
    ]

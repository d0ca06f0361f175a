"""SCIM tokens through GraphQL: shown once, listed without their secret, revoked at once."""

from datetime import timedelta

import pytest

from rollbook.domain.errors import Unauthenticated
from rollbook.domain.policy import API_SCOPES, Permission
from rollbook.domain.tokens import TokenKind

from .client import global_id, with_token

GENERATED = """...on GenerateScimTokenSuccess {
  secret token { id name hint dialect status createdBy expiresAt firstUsedAt lastUsedAt lastUsedBy revokedAt }
}"""
REVOKED = "...on RevokeScimTokenSuccess { token { id status revokedAt } }"
LIST = "{ organization { scimEndpointUrl scimTokens { id name hint status } } }"


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

    assert [(t["name"], t["status"]) for t in organization["scimTokens"]] == [("New", "ACTIVE"), ("Old", "REVOKED")]
    assert organization["scimEndpointUrl"] == "http://rollbook.test/scim/v2"


async def test_an_expired_token_is_shown_as_expired(client, services, acme):
    await services.tokens.issue(acme.operator, TokenKind.SCIM, "Short", lifetime=timedelta(microseconds=1))

    organization = (await client.data(LIST))["organization"]

    assert [token["status"] for token in organization["scimTokens"]] == ["EXPIRED"]


async def test_a_revoked_token_fails_at_once_and_revoking_twice_is_no_mistake(client, services):
    made = await client.change("generateScimToken", GENERATED, name="Okta")

    first = await client.change("revokeScimToken", REVOKED, tokenId=made["token"]["id"])
    second = await client.change("revokeScimToken", REVOKED, tokenId=made["token"]["id"])

    assert first["token"]["status"] == "REVOKED"
    assert second == first
    with pytest.raises(Unauthenticated, match="was revoked"):
        await services.tokens.authenticate(made["secret"], TokenKind.SCIM)


async def test_a_token_of_another_organization_or_kind_is_not_found(client, services, acme, globex):
    foreign, foreign_secret = await services.tokens.issue(globex.operator, TokenKind.SCIM, "Elsewhere")
    api, api_secret = await services.tokens.issue(acme.operator, TokenKind.API, "Other tools")

    answers = [
        await client.change("revokeScimToken", tokenId=global_id("ScimToken", token_id))
        for token_id in (foreign.id, api.id, "no-uuid", "")
    ]

    assert [answer["__typename"] for answer in answers] == ["NotFoundError"] * 4
    await services.tokens.authenticate(foreign_secret, TokenKind.SCIM)
    await services.tokens.authenticate(api_secret, TokenKind.API)


async def test_what_is_no_tokens_id_is_refused(client):
    answer = await client.change("revokeScimToken", tokenId=global_id("Member", "x"))

    assert (answer["__typename"], answer["path"]) == ("ValidationError", ["input", "tokenId"])


async def test_tokens_need_their_scope(http, services, acme):
    scopes = API_SCOPES - {Permission.TOKENS_WRITE}
    _, secret = await services.tokens.issue(acme.operator, TokenKind.API, "No tokens", scopes=scopes)
    client = with_token(http, secret)

    answer = await client.change("generateScimToken", name="Okta")

    assert (answer["__typename"], answer["code"]) == ("ForbiddenError", "FORBIDDEN")
    assert await client.codes(LIST) == ["FORBIDDEN"]
    assert await services.tokens.list(acme.operator, TokenKind.SCIM) == []

"""The organization through GraphQL: renamed, decided about, and left."""

import pytest

from rollbook.domain.policy import API_SCOPES, Permission
from rollbook.domain.roles import Role
from rollbook.domain.tokens import TokenKind

from .client import OWN_PAGE, Client, signed_in, with_token

READ = "{ organization { name version settings { tokenMaxLifetimeDays provisioningLogRetentionDays } } }"
UPDATED = """...on UpdateOrganizationSuccess {
  organization { name version settings { tokenMaxLifetimeDays provisioningLogRetentionDays } }
}
...on OrganizationConflictError { currentVersion current { name version } }"""
LEFT = "...on LeaveOrganizationSuccess { handle }"


@pytest.fixture
def client(http, api_token):
    return with_token(http, api_token)


async def test_what_is_left_out_stays(client):
    first = await client.change("updateOrganization", UPDATED, name=" Acme & Co ", tokenMaxLifetimeDays=365)
    second = await client.change("updateOrganization", UPDATED, provisioningLogRetentionDays=7)
    third = await client.change("updateOrganization", UPDATED, tokenMaxLifetimeDays=None)

    def settings(days, retention):
        return {"tokenMaxLifetimeDays": days, "provisioningLogRetentionDays": retention}

    assert [answer["organization"] for answer in (first, second, third)] == [
        {"name": "Acme & Co", "version": 2, "settings": settings(365, 90)},
        {"name": "Acme & Co", "version": 3, "settings": settings(365, 7)},
        {"name": "Acme & Co", "version": 4, "settings": settings(None, 7)},
    ]
    assert (await client.data(READ))["organization"] == third["organization"]


async def test_a_conflict_returns_the_current_state(client):
    await client.change("updateOrganization", name="Newer")

    answer = await client.change("updateOrganization", UPDATED, name="Older", expectedVersion=1)

    assert (answer["__typename"], answer["code"], answer["currentVersion"]) == (
        "OrganizationConflictError",
        "VERSION_CONFLICT",
        2,
    )
    assert answer["current"] == {"name": "Newer", "version": 2}
    assert (await client.data(READ))["organization"]["name"] == "Newer"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "a\0"}, "name"),
        ({"tokenMaxLifetimeDays": 0}, "tokenMaxLifetimeDays"),
        ({"provisioningLogRetentionDays": 2**31 - 1}, "provisioningLogRetentionDays"),
    ],
)
async def test_what_cannot_be_is_refused(client, given, field):
    answer = await client.change("updateOrganization", UPDATED, **given)

    assert (answer["__typename"], answer["path"]) == ("ValidationError", ["input", field])
    assert (await client.data(READ))["organization"]["version"] == 1


async def test_a_repeated_change_answers_the_present_state(client):
    first = await client.change("updateOrganization", UPDATED, name="Once", idempotencyKey="k")
    await client.change("updateOrganization", name="Later")

    again = await client.change("updateOrganization", UPDATED, name="Once", idempotencyKey="k")

    assert (first["organization"]["name"], again["organization"]["name"]) == ("Once", "Later")
    assert again["organization"]["version"] == 3


async def test_a_limit_on_tokens_acts_at_once(client, services, acme):
    await client.change("updateOrganization", tokenMaxLifetimeDays=30)

    endless = await client.change("generateScimToken", name="Okta")
    short = await client.change("generateScimToken", name="Okta", expiresInDays=30)

    assert (endless["__typename"], endless["path"]) == ("ValidationError", ["input", "expiresInDays"])
    assert short["__typename"] == "GenerateScimTokenSuccess"
    assert len(await services.tokens.list(acme.operator, TokenKind.SCIM)) == 1


async def test_settings_need_their_scope(http, services, acme):
    scopes = API_SCOPES - {Permission.SETTINGS_WRITE}
    _, secret = await services.tokens.issue(acme.operator, TokenKind.API, "No settings", scopes=scopes)
    client = with_token(http, secret)

    answer = await client.change("updateOrganization", name="Mine")

    assert answer["__typename"] == "ForbiddenError"
    assert await client.codes(READ) == ["FORBIDDEN"]
    assert (await services.organizations.get(acme.operator)).name == "Acme"


async def test_a_member_leaves_and_is_signed_out(http, services, acme):
    page = await signed_in(http, services, acme, "bo@acme.test")

    wrong = await page.change("leaveOrganization", LEFT, handle="globex")
    left = await page.change("leaveOrganization", LEFT, handle="acme")
    after = await Client(http, **OWN_PAGE).send(READ)

    assert (wrong["__typename"], wrong["path"]) == ("ValidationError", ["input", "handle"])
    assert left == {"__typename": "LeaveOrganizationSuccess", "handle": "acme"}
    assert after.status_code == 401


async def test_the_last_admin_and_an_api_token_cannot_leave(http, client, services, acme):
    page = await signed_in(http, services, acme, "a@acme.test")

    answers = [await each.change("leaveOrganization", LEFT, handle="acme") for each in (page, client)]

    assert [answer["__typename"] for answer in answers] == ["LastAdminError", "ForbiddenError"]
    assert "an API token has no membership" in answers[1]["message"]
    assert (await services.memberships.get(acme.operator, acme.admin.id)).role is Role.ADMIN

"""Single sign-on through GraphQL: set up, tested, enforced, taken away, and who is linked to it."""

import asyncio

import pytest

from rollbook.domain.policy import Permission
from rollbook.domain.roles import Role
from rollbook.domain.sessions import SignInMethod
from rollbook.domain.tokens import TokenKind
from rollbook.graphql import sso_changes
from rollbook.services import Services
from tests.conftest import BASE_URL
from tests.services.conftest import PEPPER, Clock
from tests.services.connections import ISSUER, SECRET, a_connection, inside, linked, passed
from tests.services.facts import everything_in, opened
from tests.services.outside import PASSED, Outside

from .client import OWN_PAGE, Client, a_member, global_id, member_id, signed_in, with_token

CONNECTION = """{
  id provider issuer clientId clientAuthentication jitRole enforced secretSetAt passedAt version createdAt updatedAt
}"""
SSO = f"{{ organization {{ sso {{ redirectUri initiateLoginUri signOutRedirectUri connection {CONNECTION} }} }} }}"
SAVED = f"""...on SaveSsoConnectionSuccess {{ connection {CONNECTION} }}
...on SsoConnectionConflictError {{ currentVersion current {{ issuer version }} }}"""
TESTED = "...on TestSsoConnectionSuccess { findings { step status detail } }"
ENFORCED = "...on EnforceSsoSuccess { connection { enforced version } }"
REMOVED = "...on RemoveSsoConnectionSuccess { sso { redirectUri connection { id } } }"
UNLINKED = "...on UnlinkIdentitySuccess { member { id ssoIdentity { subject } } }"
IDENTITIES = """{
  viewer { ssoIdentity { issuer subject createdAt lastUsedAt } }
  organization { members { nodes { email ssoIdentity { subject } } } }
}"""
ENTERED = {"provider": "OKTA", "issuer": ISSUER, "clientId": "0oa1", "clientSecret": SECRET}
NOW = "2026-03-01T12:00:00.000Z"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def outside():
    return Outside()


@pytest.fixture
async def database(settings):
    database = await opened(settings)
    yield database
    await database.close()


@pytest.fixture
async def services(database, clock, outside):
    return Services(database, PEPPER, clock, base_url=BASE_URL, gateways=outside.gateways())


@pytest.fixture
def client(http, api_token):
    return with_token(http, api_token)


@pytest.fixture
async def connection(services, acme):
    return await services.sso.save(acme.operator, a_connection())


async def test_a_connection_is_set_up_and_its_secret_is_never_shown(client):
    before = (await client.data(SSO))["organization"]["sso"]

    answer = await client.change("saveSsoConnection", SAVED, **ENTERED, jitRole="USER", clientAuthentication="POST")
    after = await client.send(SSO)

    assert before == {
        "redirectUri": f"{BASE_URL}/auth/sso/acme/callback",
        "initiateLoginUri": f"{BASE_URL}/auth/sso/acme/start",
        "signOutRedirectUri": f"{BASE_URL}/sign-in",
        "connection": None,
    }
    shown = answer["connection"]
    assert after.json()["data"]["organization"]["sso"] == before | {"connection": shown}
    assert shown.pop("id")
    assert shown == {
        "provider": "OKTA",
        "issuer": ISSUER,
        "clientId": "0oa1",
        "clientAuthentication": "POST",
        "jitRole": "USER",
        "enforced": False,
        "secretSetAt": NOW,
        "passedAt": None,
        "version": 1,
        "createdAt": NOW,
        "updatedAt": NOW,
    }
    assert SECRET not in after.text


async def test_what_is_left_out_takes_its_default_and_the_secret_stays(client, clock):
    await client.change("saveSsoConnection", **ENTERED, jitRole="ADMIN", clientAuthentication="POST")
    clock.move(minutes=1)

    given = {name: value for name, value in ENTERED.items() if name != "clientSecret"}
    answer = await client.change("saveSsoConnection", SAVED, **given, expectedVersion=1)

    shown = answer["connection"]
    assert (shown["jitRole"], shown["clientAuthentication"], shown["version"]) == (None, "BASIC", 2)
    assert (shown["secretSetAt"], shown["updatedAt"]) == (NOW, "2026-03-01T12:01:00.000Z")


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"issuer": "http://acme.okta.test"}, ["input", "issuer"]),
        ({"issuer": "https://other.okta.test", "clientSecret": None}, ["input", "clientSecret"]),
        ({"clientId": ""}, ["input", "clientId"]),
    ],
)
@pytest.mark.usefixtures("connection")
async def test_what_cannot_be_a_connection_is_refused(client, given, path):
    before = await client.data(SSO)

    answer = await client.change("saveSsoConnection", **ENTERED | given)

    assert (answer["__typename"], answer["path"]) == ("ValidationError", path)
    assert await client.data(SSO) == before


async def test_a_conflict_brings_the_connection_as_it_is_now(client, services, acme, connection):
    stale = {"expectedVersion": connection.version}
    await services.sso.save(acme.operator, a_connection(jit_role=Role.USER))

    answer = await client.change("saveSsoConnection", SAVED, **ENTERED, **stale)
    await services.sso.remove(acme.operator)
    removed = await client.change("saveSsoConnection", SAVED, **ENTERED, **stale)

    assert (answer["__typename"], answer["code"]) == ("SsoConnectionConflictError", "VERSION_CONFLICT")
    assert (answer["currentVersion"], answer["current"]) == (2, {"issuer": ISSUER, "version": 2})
    assert (removed["__typename"], removed["current"]) == ("SsoConnectionConflictError", None)
    assert (await client.data(SSO))["organization"]["sso"]["connection"] is None


async def test_a_repeated_save_is_done_once_and_another_secret_is_another_input(client, database):
    first = await client.change("saveSsoConnection", SAVED, **ENTERED, idempotencyKey="k")

    again = await client.change("saveSsoConnection", SAVED, **ENTERED, idempotencyKey="k")
    other = await client.change("saveSsoConnection", SAVED, **ENTERED | {"clientSecret": "another"}, idempotencyKey="k")

    assert again == first
    assert other["code"] == "KEY_REUSED"
    assert SECRET not in await everything_in(database, "idempotency_keys", "audit_events", "sso_connections")


async def test_a_repetition_says_if_the_connection_has_gone_meanwhile(client, services, acme):
    await client.change("saveSsoConnection", SAVED, **ENTERED, idempotencyKey="k")
    await services.sso.remove(acme.operator)

    again = await client.change("saveSsoConnection", SAVED, **ENTERED, idempotencyKey="k")

    assert (again["__typename"], again["path"]) == ("ValidationError", ["input", "idempotencyKey"])
    assert await services.sso.get(acme.operator) is None


async def test_a_test_tells_of_every_step_and_changes_nothing(client, outside, connection):
    told = [{"step": each.step.name, "status": each.status.name, "detail": each.detail} for each in PASSED]

    saved = await client.change("testSsoConnection", TESTED)
    entered = await client.change(
        "testSsoConnection", TESTED, connection=ENTERED | {"issuer": "https://other.okta.test"}
    )

    assert [answer["findings"] for answer in (saved, entered)] == [told, told]
    assert [party.issuer for party in outside.examiner.parties] == [ISSUER, "https://other.okta.test"]
    shown = (await client.data(SSO))["organization"]["sso"]["connection"]
    assert (shown["issuer"], shown["version"]) == (connection.issuer, connection.version)


async def test_a_test_needs_something_to_test(client, outside):
    nothing = await client.change("testSsoConnection")
    incomplete = await client.change("testSsoConnection", connection=ENTERED | {"clientSecret": None})

    assert nothing["__typename"] == "NotFoundError"
    assert (incomplete["__typename"], incomplete["path"]) == (
        "ValidationError",
        ["input", "connection", "clientSecret"],
    )
    assert outside.examiner.parties == []


@pytest.mark.usefixtures("connection")
async def test_a_test_that_takes_too_long_is_told_of(client, services, monkeypatch):
    async def stuck(party):
        await asyncio.Event().wait()

    monkeypatch.setattr(services.sso._gateways.openid, "examine", stuck)
    monkeypatch.setattr(sso_changes, "TEST_SECONDS", 0.01)

    answer = await client.change("testSsoConnection", TESTED)

    assert (answer["__typename"], answer["code"]) == ("ProviderError", "PROVIDER_FAILED")


async def test_sso_is_enforced_once_an_admin_has_passed_it(client, database, clock, connection):
    early = await client.change("enforceSso", enforced=True)
    await passed(database, connection, clock())

    enforced = await client.change("enforceSso", ENFORCED, enforced=True)
    released = await client.change("enforceSso", ENFORCED, enforced=False, idempotencyKey="k")
    again = await client.change("enforceSso", ENFORCED, enforced=False, idempotencyKey="k")

    assert (early["__typename"], early["path"]) == ("ValidationError", ["input", "enforced"])
    assert enforced["connection"] == {"enforced": True, "version": 2}
    assert released["connection"] == {"enforced": False, "version": 3}
    assert again == released


async def test_without_a_connection_there_is_nothing_to_enforce_and_nothing_to_remove(client):
    enforced = await client.change("enforceSso", enforced=True)
    removed = await client.change("removeSsoConnection", REMOVED)

    assert enforced["__typename"] == "NotFoundError"
    assert removed["sso"] == {"redirectUri": f"{BASE_URL}/auth/sso/acme/callback", "connection": None}


@pytest.mark.usefixtures("connection")
async def test_a_connection_is_removed_once(client, services, acme):
    first = await client.change("removeSsoConnection", REMOVED, idempotencyKey="k")
    made = await services.sso.save(acme.operator, a_connection())

    again = await client.change("removeSsoConnection", REMOVED, idempotencyKey="k")

    assert first["sso"]["connection"] is None
    assert again["sso"]["connection"] == {"id": global_id("SsoConnection", made.id)}


async def test_a_member_sees_their_own_identity_and_an_admin_everybodys(
    http, client, services, acme, database, clock, connection
):
    bo = await a_member(services, acme, "bo@acme.test")
    await linked(database, connection, acme.admin, clock(), "00u-a")
    await linked(database, connection, bo, clock(), "00u-b")
    secret, _ = await inside(database, bo, SignInMethod.SSO, clock())

    admins = await (await signed_in(http, services, acme, "a@acme.test")).data(IDENTITIES)
    http.cookies.clear()
    members = await as_session(http, secret).data(IDENTITIES)
    tools = await client.data(IDENTITIES)

    def listed(answer):
        nodes = answer["organization"]["members"]["nodes"]
        return {node["email"]: node["ssoIdentity"] and node["ssoIdentity"]["subject"] for node in nodes}

    assert listed(admins) == listed(tools) == {"a@acme.test": "00u-a", "bo@acme.test": "00u-b"}
    assert listed(members) == {"a@acme.test": None, "bo@acme.test": "00u-b"}
    assert admins["viewer"]["ssoIdentity"]["subject"] == "00u-a"
    assert members["viewer"]["ssoIdentity"] == {
        "issuer": ISSUER,
        "subject": "00u-b",
        "createdAt": NOW,
        "lastUsedAt": NOW,
    }
    assert tools["viewer"]["ssoIdentity"] is None


async def test_an_identity_is_unlinked_and_its_sessions_end(http, client, services, acme, database, clock, connection):
    await linked(database, connection, acme.admin, clock())
    secret, _ = await inside(database, acme.admin, SignInMethod.SSO, clock())
    given = {"memberId": member_id(acme.admin), "idempotencyKey": "k"}

    answers = [await client.change("unlinkIdentity", UNLINKED, **given) for _ in "ab"]

    expected = {"id": member_id(acme.admin), "ssoIdentity": None}
    assert [answer["member"] for answer in answers] == [expected] * 2
    assert await as_session(http, secret).codes("{ viewer { name } }") == ["UNAUTHENTICATED"]
    assert len(await services.audit.events(acme.operator)) == 4  # made, token, connection, unlinked


async def test_another_organizations_member_is_not_unlinked(client, globex):
    unknown = await client.change("unlinkIdentity", memberId=member_id(globex.admin))
    wrong = await client.change("unlinkIdentity", memberId=global_id("User", globex.admin.user_id))

    assert unknown["__typename"] == "NotFoundError"
    assert (wrong["__typename"], wrong["path"]) == ("ValidationError", ["input", "memberId"])


@pytest.mark.usefixtures("connection")
async def test_who_may_not_change_settings_sees_and_changes_nothing(http, services, acme):
    scopes = frozenset(Permission(each) for each in ("members:read", "members:write", "roles:write", "tokens:write"))
    _, secret = await services.tokens.issue(acme.operator, TokenKind.API, "Tools", scopes=scopes)
    tool = with_token(http, secret)
    before = await services.sso.get(acme.operator)

    body = (await tool.send("{ organization { sso { redirectUri } loginDomains { id } } }")).json()
    answers = [
        await tool.change("saveSsoConnection", **ENTERED | {"clientId": "0oa2"}),
        await tool.change("testSsoConnection"),
        await tool.change("enforceSso", enforced=False),
        await tool.change("removeSsoConnection"),
    ]

    assert body["data"] == {"organization": {"sso": None, "loginDomains": None}}
    assert {error["extensions"]["code"] for error in body["errors"]} == {"FORBIDDEN"}
    assert [answer["__typename"] for answer in answers] == ["ForbiddenError"] * 4
    assert await services.sso.get(acme.operator) == before


async def test_to_say_which_provider_is_believed_needs_the_right_to_grant_admin(http, services, acme):
    _, secret = await services.tokens.issue(
        acme.operator, TokenKind.API, "Settings", scopes=frozenset({Permission.SETTINGS_WRITE})
    )

    answer = await with_token(http, secret).change("saveSsoConnection", **ENTERED)

    assert answer["__typename"] == "ForbiddenError"
    assert await services.sso.get(acme.operator) is None


def as_session(http, secret):
    """A browser that holds this session."""
    http.cookies.clear()
    return Client(http, **OWN_PAGE, Cookie=f"__Host-sid={secret}")

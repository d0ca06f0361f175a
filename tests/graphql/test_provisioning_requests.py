"""The provisioning log in the API: what an entry tells, how the log is filtered and paged, and who may read what."""

import json
from datetime import timedelta

import pytest

from rollbook.domain.memberships import MembershipDraft
from rollbook.domain.policy import API_SCOPES, Permission
from rollbook.domain.provisioning import ProvisioningClient, ProvisioningOutcome
from rollbook.domain.tokens import TokenKind
from tests.conftest import BASE_URL
from tests.entries import MOMENT, an_entry, keep
from tests.services.facts import opened

from .client import global_id, member_id, okta, signed_in, with_token

ENTRY = """fragment entry on ProvisioningRequest {
  id occurredAt client clientName userAgent method path query about memberId outcome status scimType code detail
  durationMs requestId notes isShortened token { id name } member { email } auditEvent { action }
  requestBody responseBody curl explanation { what why remedy }
}"""
LIST = """query($first: Int, $after: String, $last: Int, $before: String, $filter: ProvisioningRequestFilter) {
  organization { provisioningRequests(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
    edges { cursor node { id path } } nodes { id } pageInfo { hasNextPage endCursor startCursor hasPreviousPage }
  } }
}"""
SHOWN = """{ organization { provisioningRequests { nodes {
  requestBody(personalValues: SHOWN) responseBody(personalValues: SHOWN) curl(personalValues: SHOWN)
  detail(personalValues: SHOWN) explanation(personalValues: SHOWN) { why }
} } } }"""
OF_MEMBER = """query($id: ID!) { member(id: $id) { provisioningRequests(first: 1) {
  nodes { path requestBody } pageInfo { hasNextPage endCursor } } } }"""
RESULTS = """query($since: DateTime!, $until: DateTime, $bucket: TimeBucket!) { organization {
  provisioningResults(since: $since, until: $until, bucket: $bucket) { start succeeded unchanged refused failed } } }"""
BODY = '{"userName":"ada@acme.test","active":true}'
REFUSED = "The userName 'ada@acme.test' belongs to another member of this organization."


@pytest.fixture
async def database(settings):
    database = await opened(settings)
    yield database
    await database.close()


@pytest.fixture
async def admin(http, services, acme):
    return await signed_in(http, services, acme, "a@acme.test")


@pytest.fixture
async def idp(services, scim_token):
    return await okta(services, scim_token)


@pytest.fixture
async def ada(services, idp):
    return await services.memberships.create(idp, MembershipDraft("ada@acme.test"))


@pytest.fixture
async def entries(database, services, acme, globex, idp, ada):
    """The newest last: a write about Ada, a refusal about her, and a search that is about nobody."""
    (event,) = await services.audit.events(acme.operator, membership_id=ada.id)
    about = {"membership_id": ada.id, "about": "ada@acme.test", "token_id": idp.id, "request_body": BODY}
    at, okta_is, entra_is = acme.organization.id, ProvisioningClient.OKTA, ProvisioningClient.ENTRA
    taken = {"outcome": ProvisioningOutcome.REFUSED, "scim_type": "uniqueness", "code": "CONFLICT", "detail": REFUSED}
    made = [
        an_entry(at, method="POST", status=201, client=okta_is, user_agent="Okta SCIM Client 1.0.0", event_id=event.id,
                 duration_microseconds=1500, response_body=f'{{"id":"{ada.id}"}}', **about),
        an_entry(at, minutes=1, method="PUT", path=f"/Users/{ada.id}", status=409, client=entra_is, **taken, **about),
        an_entry(at, minutes=2, query="filter=userName+eq+%22ada%40acme.test%22", user_agent="curl/8.1",
                 notes=("x was ignored.",), request_id="r1",
                 detail="Neither 'ada' nor 'bo'."),
    ]  # fmt: skip
    await keep(database, *made, an_entry(globex.organization.id, minutes=3, path="/Groups"))
    return made


async def test_an_entry_tells_what_happened(admin, acme, entries, ada, idp):
    document = f"query($id: ID!) {{ node(id: $id) {{ ...entry }} }} {ENTRY}"

    made, refused, read = [
        (await admin.data(document, id=global_id("ProvisioningRequest", entry.id)))["node"] for entry in entries
    ]

    assert made.pop("curl").startswith("# Values are left out where ••• stands")
    assert made == {
        "id": global_id("ProvisioningRequest", entries[0].id),
        "occurredAt": "2026-03-01T12:00:00.000Z",
        "client": "OKTA",
        "clientName": "Okta",
        "userAgent": "Okta SCIM Client 1.0.0",
        "method": "POST",
        "path": "/Users",
        "query": None,
        "about": "ada@acme.test",
        "memberId": member_id(ada),
        "outcome": "SUCCEEDED",
        "status": 201,
        "scimType": None,
        "code": None,
        "detail": None,
        "durationMs": 1.5,
        "requestId": None,
        "notes": [],
        "isShortened": False,
        "token": {"id": global_id("ScimToken", idp.id), "name": "Okta"},
        "member": {"email": "ada@acme.test"},
        "auditEvent": {"action": "MEMBERSHIP_CREATED"},
        "requestBody": '{"userName":"a•••@acme.test","active":true}',
        "responseBody": f'{{"id":"{ada.id}"}}',
        "explanation": None,
    }
    masked = REFUSED.replace("ada@", "a•••@")
    assert (refused["outcome"], refused["scimType"], refused["detail"]) == ("REFUSED", "uniqueness", masked)
    assert (
        refused["explanation"]["what"] == "Microsoft Entra ID wanted to change ada@acme.test, and Rollbook refused it."
    )
    assert "Another member" in refused["explanation"]["why"]
    assert "Provision on demand" in refused["explanation"]["remedy"]
    assert (read["clientName"], read["member"], read["token"], read["auditEvent"]) == ("curl", None, None, None)
    assert (read["notes"], read["requestId"], read["requestBody"]) == (["x was ignored."], "r1", None)
    assert "ada" not in json.dumps(read)
    assert f"{BASE_URL}/scim/v2/Users?filter=userName%20eq%20%22a%E2%80%A2" in read["curl"]


async def test_the_log_is_filtered_and_paged(admin, entries, ada, idp):
    async def paths(**arguments):
        connection = (await admin.data(LIST, **arguments))["organization"]["provisioningRequests"]
        assert [node["id"] for node in connection["nodes"]] == [edge["node"]["id"] for edge in connection["edges"]]
        return [edge["node"]["id"] for edge in connection["edges"]], connection["pageInfo"]

    made, refused, read = [global_id("ProvisioningRequest", entry.id) for entry in entries]
    conditions = [
        ({}, [read, refused, made]),
        ({"outcome": ["REFUSED", "FAILED"]}, [refused]),
        ({"client": ["OKTA"]}, [made]),
        ({"method": ["put", "DELETE"]}, [refused]),
        ({"status": [201, 409], "scimType": ["uniqueness"]}, [refused]),
        ({"token": global_id("ScimToken", idp.id)}, [refused, made]),
        ({"member": member_id(ada), "since": "2026-03-01T12:01:00Z"}, [refused]),
        ({"hasNotes": True}, [read]),
        ({"search": "ADA@"}, [refused, made]),
        ({"search": "r1", "until": "2026-03-02T00:00:00Z"}, [read]),
    ]

    assert [(given, (await paths(filter=given))[0]) for given, _ in conditions] == conditions
    first, info = await paths(first=2)
    rest, end = await paths(first=2, after=info["endCursor"])
    back, _ = await paths(last=2, before=end["startCursor"])
    assert (first, rest, back, info["hasNextPage"], end["hasNextPage"]) == ([read, refused], [made], first, True, False)


async def test_wrong_conditions_are_refused(admin, entries, idp):
    wrong = [
        ({"filter": {"token": global_id("ApiToken", idp.id)}}, "INVALID_ID"),
        ({"filter": {"member": "x"}}, "INVALID_ID"),
        ({"filter": {"status": list(range(21))}}, "LIMIT_EXCEEDED"),
        ({"filter": {"method": [""]}}, "VALIDATION"),
        ({"filter": {"search": "\0"}}, "VALIDATION"),
        ({"after": "x"}, "VALIDATION"),
    ]

    assert [(given, await admin.codes(LIST, **given)) for given, _ in wrong] == [(g, [code]) for g, code in wrong]


async def test_personal_values_are_shown_of_a_member_to_those_who_may_read_members(
    admin, http, services, acme, entries
):
    async def nodes(client):
        return (await client.data(SHOWN))["organization"]["provisioningRequests"]["nodes"]

    read, refused, made = await nodes(admin)
    _, secret = await services.tokens.issue(
        acme.operator, TokenKind.API, "Reader", scopes=frozenset({Permission.AUDIT_READ})
    )
    reader = with_token(http, secret)

    assert made["requestBody"] == refused["requestBody"] == BODY
    assert refused["detail"] == REFUSED
    assert read["detail"] == "Neither 'a•••' nor 'b•••'."
    assert BODY in made["curl"]
    assert "•••" not in made["curl"]
    assert "a%E2%80%A2%E2%80%A2%E2%80%A2%40acme.test" in read["curl"]
    assert set(await reader.codes(SHOWN)) == {"FORBIDDEN"}
    beside = await reader.send(
        "{ organization { provisioningRequests(last: 1) { nodes {"
        " masked: requestBody shown: requestBody(personalValues: SHOWN) } } } }"
    )
    (node,) = beside.json()["data"]["organization"]["provisioningRequests"]["nodes"]
    assert [error["path"][-1] for error in beside.json()["errors"]] == ["shown"]
    assert node == {"masked": BODY.replace("ada@", "a•••@"), "shown": None}
    listed = await reader.data(f"{{ organization {{ provisioningRequests {{ nodes {{ ...entry }} }} }} }} {ENTRY}")
    blank = [(each["token"], each["member"]) for each in listed["organization"]["provisioningRequests"]["nodes"]]
    assert blank == [(None, None)] * 3


async def test_a_members_entries_are_read_with_the_member(admin, http, services, acme, entries, ada):
    found = (await admin.data(OF_MEMBER, id=member_id(ada)))["member"]["provisioningRequests"]
    _, secret = await services.tokens.issue(
        acme.operator, TokenKind.API, "No log", scopes=API_SCOPES - {Permission.AUDIT_READ}
    )

    assert found["nodes"] == [{"path": f"/Users/{ada.id}", "requestBody": BODY.replace("ada@", "a•••@")}]
    assert found["pageInfo"]["hasNextPage"]
    assert await with_token(http, secret).data(OF_MEMBER, id=member_id(ada)) == {
        "member": {"provisioningRequests": None}
    }


async def test_results_are_points_of_a_chart(admin, entries):
    until = (MOMENT + timedelta(days=1)).isoformat()

    found = await admin.data(RESULTS, since=MOMENT.isoformat(), until=until, bucket="DAY")

    assert found["organization"]["provisioningResults"] == [
        {"start": "2026-03-01T00:00:00.000Z", "succeeded": 2, "unchanged": 0, "refused": 1, "failed": 0},
        {"start": "2026-03-02T00:00:00.000Z", "succeeded": 0, "unchanged": 0, "refused": 0, "failed": 0},
    ]
    assert await admin.codes(RESULTS, since=until, until=MOMENT.isoformat(), bucket="DAY") == ["VALIDATION"]

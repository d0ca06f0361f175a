"""The audit trail: what an event tells, how the trail is filtered and paged, and who may read which part of it."""

import json

import pytest

from rollbook.domain.groups import GroupChange
from rollbook.domain.memberships import MembershipDraft
from rollbook.domain.policy import Permission
from rollbook.domain.roles import Role
from rollbook.domain.tokens import TokenKind

from .client import a_member, global_id, member_id, okta, signed_in, with_token

LIST = """query($first: Int, $after: String, $last: Int, $before: String, $filter: AuditEventFilter) {
  organization {
    auditEvents(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
      edges { cursor node { id action } }
      nodes { id }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
}"""
EVENT = """{ organization { auditEvents(first: 1) { nodes {
  id occurredAt action channel actor { kind name id } target requestId warning
  changes { field before after } targets { id gained member { email } } hasMoreTargets
} } } }"""
HISTORY = """query($id: ID!, $first: Int, $after: String, $last: Int) { member(id: $id) {
  lastProvisioning { action channel }
  history(first: $first, after: $after, last: $last) {
    edges { gained node { action } } nodes { action } pageInfo { hasNextPage endCursor }
  }
} }"""


@pytest.fixture
def client(http, api_token):
    return with_token(http, api_token)


@pytest.fixture
async def idp(services, scim_token):
    return await okta(services, scim_token)


@pytest.fixture
async def bo(services, acme, idp):
    """A provisioned member, who was made an admin by the operator and put out of Admins by the provider."""
    bo = await services.memberships.create(idp, MembershipDraft("bo@acme.test"))
    await services.memberships.change_role(acme.operator, bo.id, Role.ADMIN)
    await services.groups.change(idp, "admins", GroupChange(remove=(bo.id,)))
    return bo


async def listed(client, **arguments):
    """The actions that are shown, and the connection."""
    connection = (await client.data(LIST, **arguments))["organization"]["auditEvents"]
    assert [node["id"] for node in connection["nodes"]] == [edge["node"]["id"] for edge in connection["edges"]]
    return [edge["node"]["action"] for edge in connection["edges"]], connection


async def test_an_event_tells_who_did_what_to_whom(client, services, idp, bo):
    await services.memberships.update(idp, bo.id, lambda member: member.with_active(False))

    (event,) = (await client.data(EVENT))["organization"]["auditEvents"]["nodes"]

    assert event.pop("occurredAt").endswith("Z")
    assert event.pop("id")
    assert event == {
        "action": "MEMBERSHIP_UPDATED",
        "channel": "SCIM",
        "actor": {"kind": "SCIM_TOKEN", "name": "Okta", "id": global_id("ScimToken", idp.id)},
        "target": "bo@acme.test",
        "requestId": None,
        "warning": None,
        "changes": [{"field": "active", "before": "true", "after": "false"}],
        "targets": [{"id": member_id(bo), "gained": None, "member": {"email": "bo@acme.test"}}],
        "hasMoreTargets": False,
    }


async def test_the_actor_of_a_session_is_the_member(client, http, services, acme):
    browser = await signed_in(http, services, acme, "a@acme.test")
    response = await browser.send('mutation { addMember(input: {email: "cy@acme.test"}) { __typename } }')
    (event,) = (await client.data(EVENT))["organization"]["auditEvents"]["nodes"]

    assert event["actor"] == {"kind": "SESSION", "name": "A", "id": member_id(acme.admin)}
    assert event["requestId"] == response.headers["x-request-id"]
    assert {change["field"] for change in event["changes"]} >= {"active", "email", "grants", "userName"}
    assert all(change["before"] is None for change in event["changes"])
    assert json.loads(next(c["after"] for c in event["changes"] if c["field"] == "grants")) == ["user"]


async def test_the_operator_has_no_id(client, acme):
    (event,) = (await client.data(EVENT.replace("first: 1", "filter: {action: [ORGANIZATION_CREATED]}")))[
        "organization"
    ]["auditEvents"]["nodes"]

    assert (event["actor"]["kind"], event["actor"]["id"]) == ("OPERATOR", None)


async def test_a_change_of_a_group_names_the_first_20_members(client, services, acme, idp):
    members = [await a_member(services, acme, f"m{number}@acme.test") for number in range(21)]
    await services.groups.change(idp, "admins", GroupChange(add=tuple(member.id for member in members)))
    (many,) = (await client.data(EVENT))["organization"]["auditEvents"]["nodes"]
    await services.groups.change(idp, "admins", GroupChange(remove=(members[0].id,)))
    (single,) = (await client.data(EVENT))["organization"]["auditEvents"]["nodes"]

    assert many["target"] == "admins"
    assert many["changes"] == [{"field": "members", "before": "0", "after": "21"}]
    assert ([each["gained"] for each in many["targets"]], many["hasMoreTargets"]) == ([True] * 20, True)
    assert [(each["id"], each["gained"]) for each in single["targets"]] == [(member_id(members[0]), False)]


async def test_a_member_who_left_is_still_named_by_id(client, services, acme, bo):
    await services.memberships.remove(acme.operator, bo.id)

    (event,) = (await client.data(EVENT))["organization"]["auditEvents"]["nodes"]

    assert event["action"] == "MEMBERSHIP_REMOVED"
    assert event["targets"] == [{"id": member_id(bo), "gained": None, "member": None}]


@pytest.mark.parametrize(
    "moment",
    [
        "",
        "2026-11-24",
        "2026-11-24T09:30:00",
        "20261124T093000Z",
        "2026-W48-2T09:30:00Z",
        "2026-13-24T09:30:00Z",
        "0001-01-01T00:00:00+14:00",
        1.5,
        True,
    ],
)
async def test_what_is_no_moment_of_rfc_3339_is_refused(client, moment):
    response = await client.send(LIST, filter={"since": moment})

    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "BAD_REQUEST"
    assert "a moment is RFC 3339 text with a time zone" in error["message"] or "no such moment" in error["message"]


@pytest.mark.parametrize(
    "moment", ["2000-01-01T00:00:00Z", "2000-01-01t00:00:00.5z", "2000-01-01 02:00:00.123456789+02:00"]
)
async def test_a_moment_may_be_written_as_rfc_3339_allows(client, moment):
    assert (await client.data(LIST, first=1, filter={"until": moment}))["organization"]["auditEvents"]["nodes"] == []


async def test_the_trail_is_filtered(client, services, acme, globex, idp, bo):
    events = (await client.data("{ organization { auditEvents { nodes { occurredAt } } } }"))["organization"]
    newest = events["auditEvents"]["nodes"][0]["occurredAt"]

    for wanted, expected in (
        ({"channel": ["SCIM"]}, ["GROUP_MEMBERS_CHANGED", "MEMBERSHIP_CREATED"]),
        ({"action": ["ORGANIZATION_CREATED", "MEMBERSHIP_CREATED"]}, ["MEMBERSHIP_CREATED", "ORGANIZATION_CREATED"]),
        ({"member": member_id(bo), "channel": ["CLI"]}, ["MEMBERSHIP_UPDATED"]),
        ({"member": member_id(globex.admin)}, []),
        ({"actor": global_id("ScimToken", idp.id), "action": ["MEMBERSHIP_CREATED"]}, ["MEMBERSHIP_CREATED"]),
        ({"actor": global_id("ApiToken", idp.id), "action": []}, ["GROUP_MEMBERS_CHANGED", "MEMBERSHIP_CREATED"]),
        ({"actor": member_id(acme.admin)}, []),
        ({"until": "2020-01-01T00:00:00Z"}, []),
        ({"since": "2020-01-01T00:00:00+14:00", "channel": ["SCIM"], "until": "3000-01-01T00:00:00Z"},
         ["GROUP_MEMBERS_CHANGED", "MEMBERSHIP_CREATED"]),
    ):  # fmt: skip
        assert (await listed(client, filter=wanted))[0] == expected, wanted
    assert (await listed(client, filter={"since": newest}))[0][0] == "GROUP_MEMBERS_CHANGED"


@pytest.mark.usefixtures("bo")
async def test_pages_forward_and_backward_show_every_event_once(client):
    everything, _ = await listed(client)
    forward, backward, after, before = [], [], None, None

    while len(forward) < len(everything):
        shown, connection = await listed(client, first=2, after=after)
        forward, after = forward + shown, connection["pageInfo"]["endCursor"]
        shown, connection = await listed(client, last=2, before=before)
        backward, before = shown + backward, connection["pageInfo"]["startCursor"]

    assert forward == backward == everything
    assert everything[1:4] == ["GROUP_MEMBERS_CHANGED", "MEMBERSHIP_UPDATED", "MEMBERSHIP_CREATED"]


@pytest.mark.usefixtures("bo")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"first": 201}, "LIMIT_EXCEEDED"),
        ({"after": "nonsense"}, "VALIDATION"),
        ({"filter": {"member": "nonsense"}}, "INVALID_ID"),
        ({"filter": {"actor": global_id("User", "x")}}, "INVALID_ID"),
        ({"filter": {"since": "2026-01-01"}}, "BAD_REQUEST"),
        ({"filter": {"since": "2026-01-01T00:00:00"}}, "BAD_REQUEST"),
        ({"filter": {"since": "0001-01-01T00:00:00+23:59"}}, "BAD_REQUEST"),
        ({"filter": {"since": 5}}, "BAD_REQUEST"),
        ({"filter": {"action": ["NOTHING"]}}, "BAD_REQUEST"),
    ],
)
async def test_arguments_that_cannot_be_are_refused(client, arguments, code):
    assert await client.codes(LIST, **arguments) == [code]


async def test_a_cursor_of_the_members_list_is_none_of_the_trail(client, bo):
    members = await client.data("{ organization { members(first: 1) { pageInfo { endCursor } } } }")

    after = members["organization"]["members"]["pageInfo"]["endCursor"]

    assert await client.codes(LIST, after=after) == ["VALIDATION"]


async def test_a_cursor_of_another_organization_is_refused(client, http, services, globex, bo):
    _, secret = await services.tokens.issue(globex.operator, TokenKind.API, "Ours", scopes={Permission.AUDIT_READ})
    theirs = with_token(http, secret)
    _, connection = await listed(theirs, first=1)

    assert await client.codes(LIST, after=connection["pageInfo"]["endCursor"]) == ["VALIDATION"]


async def test_a_history_is_what_touched_the_member(client, services, idp, bo):
    history = (await client.data(HISTORY, id=member_id(bo)))["member"]["history"]
    first = (await client.data(HISTORY, id=member_id(bo), first=1))["member"]["history"]
    second = await client.data(HISTORY, id=member_id(bo), first=2, after=first["pageInfo"]["endCursor"])

    told = [(edge["node"]["action"], edge["gained"]) for edge in history["edges"]]
    assert told == [("GROUP_MEMBERS_CHANGED", False), ("MEMBERSHIP_UPDATED", None), ("MEMBERSHIP_CREATED", None)]
    assert [node["action"] for node in history["nodes"]] == [action for action, _ in told]
    assert first["pageInfo"]["hasNextPage"] is True
    rest = second["member"]["history"]
    assert [node["action"] for node in rest["nodes"]] == ["MEMBERSHIP_UPDATED", "MEMBERSHIP_CREATED"]
    assert rest["pageInfo"]["hasNextPage"] is False


async def test_the_last_provisioning_is_the_newest_event_through_scim(client, services, acme, idp, bo):
    await services.memberships.change_role(acme.operator, bo.id, Role.ADMIN)

    of_bo = await client.data(HISTORY, id=member_id(bo))
    of_admin = await client.data(HISTORY, id=member_id(acme.admin))

    assert of_bo["member"]["lastProvisioning"] == {"action": "GROUP_MEMBERS_CHANGED", "channel": "SCIM"}
    assert of_admin["member"]["lastProvisioning"] is None


async def test_a_plain_member_reads_their_own_history_only(client, http, services, acme, idp, bo):
    browser = await signed_in(http, services, acme, "eve@acme.test")
    (eve,) = (await browser.data('{ organization { members(search: "eve@") { nodes { id } } } }'))["organization"][
        "members"
    ]["nodes"]
    await client.change("setMemberRole", memberId=eve["id"], role="USER")

    own = (await browser.data(HISTORY, id=eve["id"]))["member"]
    other = (await browser.data(HISTORY, id=member_id(bo)))["member"]
    trail = (await browser.send(LIST)).json()

    assert own["history"]["nodes"][0] == {"action": "MEMBERSHIP_UPDATED"}
    assert other == {"lastProvisioning": None, "history": None}
    assert trail["data"] == {"organization": {"auditEvents": None}}
    assert {error["extensions"]["code"] for error in trail["errors"]} == {"FORBIDDEN"}


async def test_what_is_forbidden_does_not_take_the_rest_of_the_answer_away(http, services, acme):
    _, secret = await services.tokens.issue(acme.operator, TokenKind.API, "Auditor", scopes={Permission.AUDIT_READ})
    auditor = with_token(http, secret)

    answer = await auditor.send(
        """{ organization { handle members { nodes { id } }
             auditEvents(last: 1) { nodes { action targets { member { id } } } }
             groups { displayName memberCount members { totalCount } }
             membershipSeries(since: "2026-01-01T00:00:00Z", until: "2026-01-02T00:00:00Z") { source } } }"""
    )

    data = answer.json()["data"]["organization"]
    assert data == {
        "handle": "acme",
        "members": None,
        "auditEvents": {"nodes": [{"action": "ORGANIZATION_CREATED", "targets": [{"member": None}]}]},
        "groups": [{"displayName": name, "memberCount": None, "members": None} for name in ("Admins", "Users")],
        "membershipSeries": None,
    }
    assert {error["extensions"]["code"] for error in answer.json()["errors"]} == {"FORBIDDEN"}

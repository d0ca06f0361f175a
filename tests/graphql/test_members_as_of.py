"""The list of members as of a moment: as they were, in pages, counted, and for whom may read the trail and members."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from rollbook.domain.groups import GroupChange
from rollbook.domain.policy import Permission
from rollbook.domain.roles import Role
from rollbook.domain.tokens import TokenKind
from rollbook.domain.values import now

from .client import a_member, signed_in, with_token

PAGE = (Path(__file__).parents[2] / "frontend_stub" / "operations" / "MembersAsOf.graphql").read_text("utf-8")
"""What the settings pages ask."""

NARROW = """query($asOf: DateTime!, $filter: MemberFilter, $search: String, $orderBy: MemberOrder, $after: String) {
  organization { members(asOf: $asOf, filter: $filter, search: $search, orderBy: $orderBy, after: $after) {
    totalCount nodes { name groups { displayName } version user { email } }
    facets { role { value count } status { value count } source { value count } }
} } }"""


@pytest.fixture
def client(http, api_token):
    return with_token(http, api_token)


@pytest.fixture
async def then(services, acme):
    """A moment after which B was promoted and renamed, D left, E was let in again, and F came.

    Then D was an admin, E inactive, and G without a role.
    """
    made = {
        letter: await a_member(services, acme, f"{letter}@acme.test", name=f"{letter.upper()} x", role=role)
        for letter, role in (("b", Role.USER), ("d", Role.ADMIN), ("e", Role.USER), ("g", Role.USER))
    }
    memberships, operator = services.memberships, acme.operator
    await memberships.update(operator, made["e"].id, lambda each: each.with_active(False))
    await services.groups.change(operator, "users", GroupChange(remove=(made["g"].id,)))
    moment = now()
    await memberships.change_role(operator, made["b"].id, Role.ADMIN)
    await memberships.update(operator, made["b"].id, lambda each: replace(each, name="Ruth y"))
    await memberships.remove(operator, made["d"].id)
    await memberships.update(operator, made["e"].id, lambda each: each.with_active(True))
    await a_member(services, acme, "f@acme.test", name="F x")
    return moment.isoformat()


async def members(client, query=NARROW, **arguments):
    """The connection, and the first letters of the names in it."""
    connection = (await client.data(query, **arguments))["organization"]["members"]
    return "".join(node["name"][0] for node in connection["nodes"]).lower(), connection


async def test_the_page_lists_who_had_access_then_and_as_what(http, services, acme, then):
    client = await signed_in(http, services, acme, "a@acme.test")

    first, shown = await members(client, PAGE, asOf=then, first=2)
    rest, more = await members(client, PAGE, asOf=then, first=2, after=shown["pageInfo"]["endCursor"])
    back, before = await members(client, PAGE, asOf=then, last=1, before=more["pageInfo"]["startCursor"])

    assert (first, rest, back) == ("ab", "d", "b")
    assert (shown["pageInfo"]["hasNextPage"], more["pageInfo"]["hasNextPage"]) == (True, False)
    assert (await members(client, asOf=then))[1]["totalCount"] == 3
    assert before["pageInfo"]["hasPreviousPage"] is True
    (bea,) = before["nodes"]
    assert (bea["name"], bea["role"], bea["status"]) == ("B x", "USER", "ACTIVE")
    assert more["nodes"][0]["role"] == "ADMIN"


async def test_the_filter_the_search_and_the_facets_hold_for_then(client, then):
    assert (await members(client, asOf=then, filter={"status": ["INACTIVE"]}))[0] == "e"
    assert (await members(client, asOf=then, filter={"status": []}))[0] == "abdeg"
    assert (await members(client, asOf=then, filter={"role": ["USER"]}))[0] == "b"
    assert (await members(client, asOf=then, search="ruth"))[0] == ""
    assert (await members(client, asOf=now().isoformat(), search="ruth"))[0] == "r"

    shown, connection = await members(client, asOf=then, search="b x")

    assert (shown, connection["totalCount"]) == ("b", 1)
    (bea,) = connection["nodes"]
    assert bea == {"name": "B x", "groups": [{"displayName": "Users"}], "version": 1, "user": {"email": "b@acme.test"}}
    facets = (await members(client, asOf=then, filter={"status": []}))[1]["facets"]
    assert {name: {each["value"]: each["count"] for each in values} for name, values in facets.items()} == {
        "role": {"ADMIN": 2, "USER": 1},
        "status": {"ACTIVE": 4, "INACTIVE": 1},
        "source": {"MANUAL": 5, "SCIM": 0, "SSO": 0},
    }


async def test_what_cannot_be_asked_of_a_moment_is_refused(client, services, acme, then):
    cursor = (await members(client, PAGE, asOf=then, first=1))[1]["pageInfo"]["endCursor"]
    early = (acme.organization.created_at - timedelta(seconds=1)).isoformat()

    assert await client.codes(NARROW, asOf=(now() + timedelta(days=1)).isoformat()) == ["VALIDATION"]
    assert await client.codes(NARROW, asOf=early) == ["VALIDATION"]
    assert await client.codes(NARROW, asOf=then, orderBy={"field": "EMAIL"}) == ["VALIDATION"]
    assert await client.codes(NARROW, asOf=now().isoformat(), after=cursor) == ["VALIDATION"]
    assert await client.codes(NARROW, asOf=then, search="a\0b") == ["VALIDATION"]


@pytest.mark.parametrize("missing", [Permission.AUDIT_READ, Permission.MEMBERS_READ])
async def test_it_takes_two_permissions(http, services, acme, then, missing):
    both = frozenset({Permission.AUDIT_READ, Permission.MEMBERS_READ})
    issue = services.tokens.issue
    _, whole = await issue(acme.operator, TokenKind.API, "Both", scopes=both)
    _, part = await issue(acme.operator, TokenKind.API, "One", scopes=both - {missing})

    assert (await members(with_token(http, whole), asOf=then))[0] == "abd"
    assert await with_token(http, part).codes(NARROW, asOf=then) == ["FORBIDDEN"]

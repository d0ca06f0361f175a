"""The list of members: what it shows, in which order, and how it is paged."""

import pytest

from rollbook.domain.memberships import MembershipDraft
from rollbook.domain.policy import Permission
from rollbook.domain.roles import Role
from rollbook.domain.tokens import TokenKind

from .client import a_member, global_id, member_id, okta, signed_in, with_token

LIST = """query($first: Int, $after: String, $last: Int, $before: String, $filter: MemberFilter, $search: String,
                $orderBy: MemberOrder) {
  organization {
    members(first: $first, after: $after, last: $last, before: $before, filter: $filter, search: $search,
            orderBy: $orderBy) {
      edges { cursor node { email } }
      nodes { email }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      totalCount
    }
  }
}"""


@pytest.fixture
def client(http, api_token):
    return with_token(http, api_token)


@pytest.fixture
async def people(services, acme, globex):
    """Five members besides the admin A; E is inactive, D an admin. Globex has people of its own."""
    made = {}
    for letter, role in (("d", Role.ADMIN), ("b", Role.USER), ("e", Role.USER), ("c", Role.USER)):
        made[letter] = await a_member(services, acme, f"{letter}@acme.test", name=f"{letter.upper()} x", role=role)
    await services.memberships.update(acme.operator, made["e"].id, lambda member: member.with_active(False))
    await a_member(services, globex, "b@globex.test", name="B x")
    return made


async def listed(client, **arguments):
    """The first letters of the shown members' addresses, and the connection."""
    connection = (await client.data(LIST, **arguments))["organization"]["members"]
    shown = [edge["node"]["email"] for edge in connection["edges"]]
    assert [node["email"] for node in connection["nodes"]] == shown
    return "".join(email[0] for email in shown), connection


async def test_active_members_are_listed_by_name(client, people):
    shown, connection = await listed(client)

    assert shown == "abcd"
    assert connection["totalCount"] == 4
    assert connection["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": False,
        "startCursor": connection["edges"][0]["cursor"],
        "endCursor": connection["edges"][-1]["cursor"],
    }


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ({"filter": {"status": ["INACTIVE"]}}, "e"),
        ({"filter": {"status": ["ACTIVE", "INACTIVE"]}}, "abcde"),
        ({"filter": {"status": []}}, "abcde"),
        ({"filter": {"status": None}}, "abcde"),
        ({"filter": {}}, "abcd"),
        ({"filter": None}, "abcd"),
        ({"filter": {"role": ["ADMIN"]}}, "ad"),
        ({"filter": {"role": ["USER"]}}, "bc"),
        ({"filter": {"source": ["SCIM"]}}, ""),
        ({"filter": {"source": ["MANUAL", "SCIM"], "role": ["USER", "ADMIN"]}}, "abcd"),
        ({"search": "C X"}, "c"),
        ({"search": "ACME.test"}, "abcd"),
        ({"search": "  "}, "abcd"),
        ({"search": "%"}, ""),
        ({"search": "b@globex"}, ""),
        ({"orderBy": {"direction": "DESC"}}, "dcba"),
        ({"orderBy": {"field": "EMAIL"}}, "abcd"),
        ({"orderBy": {"field": "CREATED_AT"}}, "adbc"),
        ({"orderBy": {"field": "CREATED_AT", "direction": "DESC"}}, "cbda"),
    ],
)
async def test_a_filter_a_search_and_an_order_decide_what_is_shown(client, people, arguments, shown):
    found, connection = await listed(client, **arguments)

    assert found == shown
    assert connection["totalCount"] == len(shown)


async def test_members_of_a_group_are_listed_by_its_id(client, acme, globex, people):
    def group(organization, name):
        return global_id("Group", f"{organization.organization.id}:{name}")

    every_status = {"status": None, "groupId": group(acme, "admins")}

    assert (await listed(client, filter=every_status))[0] == "ad"
    assert (await listed(client, filter={"groupId": group(acme, "users"), "role": ["USER"]}))[0] == "bc"
    assert await client.codes(LIST, filter={"groupId": group(globex, "admins")}) == ["NOT_FOUND"]
    assert await client.codes(LIST, filter={"groupId": group(acme, "owners")}) == ["NOT_FOUND"]
    assert await client.codes(LIST, filter={"groupId": member_id(acme.admin)}) == ["INVALID_ID"]


async def test_members_are_listed_by_when_they_were_made(client, people):
    since = people["b"].created_at.isoformat()
    before = people["c"].created_at.isoformat()

    assert (await listed(client, filter={"createdSince": since}))[0] == "bc"
    assert (await listed(client, filter={"createdSince": since, "createdBefore": before, "status": []}))[0] == "be"
    assert (await listed(client, filter={"createdBefore": "1900-01-01T00:00:00Z"}))[0] == ""


FACETS = """query($filter: MemberFilter, $search: String) { organization { members(filter: $filter, search: $search) {
  facets { role { value count } status { value count } source { value count } }
} } }"""


async def test_facets_tell_what_other_choices_would_show(client, people):
    async def facets(**arguments):
        counted = (await client.data(FACETS, **arguments))["organization"]["members"]["facets"]
        return {name: {each["value"]: each["count"] for each in values} for name, values in counted.items()}

    assert await facets() == {
        "role": {"ADMIN": 2, "USER": 2},
        "status": {"ACTIVE": 4, "INACTIVE": 1},
        "source": {"MANUAL": 4, "SCIM": 0, "SSO": 0},
    }
    assert await facets(filter={"role": ["ADMIN"], "status": []}, search="X") == {
        "role": {"ADMIN": 1, "USER": 2},
        "status": {"ACTIVE": 1, "INACTIVE": 0},
        "source": {"MANUAL": 1, "SCIM": 0, "SSO": 0},
    }


async def test_a_group_lists_its_active_members_page_by_page(client, people):
    query = """query($first: Int, $after: String, $last: Int) { organization { groups { displayName
      members(first: $first, after: $after, last: $last) {
        nodes { email } totalCount pageInfo { hasNextPage endCursor }
    } } } }"""

    async def groups(**arguments):
        found = (await client.data(query, **arguments))["organization"]["groups"]
        return {
            each["displayName"]: ("".join(node["email"][0] for node in each["members"]["nodes"]), each["members"])
            for each in found
        }

    whole = await groups()
    first = await groups(first=3)
    rest = await groups(first=3, after=first["Users"][1]["pageInfo"]["endCursor"])

    assert {name: (shown, members["totalCount"]) for name, (shown, members) in whole.items()} == {
        "Admins": ("ad", 2),
        "Users": ("adbc", 4),
    }
    assert (first["Users"][0], first["Users"][1]["pageInfo"]["hasNextPage"]) == ("adb", True)
    assert (rest["Users"][0], rest["Users"][1]["pageInfo"]["hasNextPage"]) == ("c", False)
    assert {name: shown for name, (shown, _) in (await groups(last=1)).items()} == {"Admins": "d", "Users": "c"}


async def test_the_source_of_provisioned_members_is_scim(client, services, scim_token, people):
    await services.memberships.create(await okta(services, scim_token), MembershipDraft("f@acme.test"))

    assert (await listed(client, filter={"source": ["SCIM"]}))[0] == "f"


@pytest.mark.parametrize("field", ["NAME", "EMAIL", "CREATED_AT"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_pages_forward_and_backward_show_everybody_once(client, people, field, direction):
    arguments = {"orderBy": {"field": field, "direction": direction}, "filter": {"status": []}}
    everybody, _ = await listed(client, **arguments)
    forward, backward, after, before = "", "", None, None

    for _ in range(3):
        shown, connection = await listed(client, first=2, after=after, **arguments)
        forward, after = forward + shown, connection["pageInfo"]["endCursor"]
        shown, connection = await listed(client, last=2, before=before, **arguments)
        backward, before = shown + backward, connection["pageInfo"]["startCursor"]

    assert forward == backward == everybody
    assert len(everybody) == 5


async def test_a_page_says_what_lies_beside_it(client, people):
    _, first = await listed(client, first=2)
    shown, second = await listed(client, first=1, after=first["pageInfo"]["endCursor"])
    back, before_second = await listed(client, last=1, before=second["pageInfo"]["startCursor"])

    assert (shown, back) == ("c", "b")
    told = [(p["pageInfo"]["hasPreviousPage"], p["pageInfo"]["hasNextPage"]) for p in (first, second, before_second)]
    assert told == [(False, True), (True, True), (True, True)]


async def test_a_page_between_two_cursors(client, people):
    cursors = [edge["cursor"] for edge in (await listed(client))[1]["edges"]]

    assert (await listed(client, after=cursors[0], before=cursors[3]))[0] == "bc"


async def test_a_cursor_stays_good_when_its_member_is_gone(client, services, acme, people):
    _, connection = await listed(client, first=2)

    await services.memberships.remove(acme.operator, people["b"].id)

    assert (await listed(client, after=connection["pageInfo"]["endCursor"]))[0] == "cd"


async def test_an_empty_page_has_no_cursors(client, people):
    _, connection = await listed(client, search="nobody")

    assert connection["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": False,
        "startCursor": None,
        "endCursor": None,
    }


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"first": 201}, "LIMIT_EXCEEDED"),
        ({"last": 201}, "LIMIT_EXCEEDED"),
        ({"first": 0}, "VALIDATION"),
        ({"first": -1}, "VALIDATION"),
        ({"first": 1, "last": 1}, "VALIDATION"),
        ({"after": "nonsense"}, "VALIDATION"),
        ({"before": ""}, "VALIDATION"),
        ({"search": "a\0b"}, "VALIDATION"),
        ({"search": "x" * 257}, "VALIDATION"),
    ],
)
async def test_arguments_that_cannot_be_are_refused(client, people, arguments, code):
    assert await client.codes(LIST, **arguments) == [code]


async def test_a_cursor_of_another_order_is_refused(client, people):
    _, connection = await listed(client, first=1)

    after = connection["pageInfo"]["endCursor"]

    assert await client.codes(LIST, after=after, orderBy={"field": "EMAIL"}) == ["VALIDATION"]
    assert await client.codes(LIST, after=after, orderBy={"direction": "DESC"}) == ["VALIDATION"]


async def test_a_member_shows_what_is_known_of_them(client, services, acme, scim_token):
    draft = MembershipDraft("ann@acme.test", external_id="00u1", grants=frozenset({Role.ADMIN, Role.USER}))
    ann = await services.memberships.create(await okta(services, scim_token), draft)

    data = await client.data(
        """query($id: ID!) { member(id: $id) { id name email userName externalId status role grants source version
             createdAt updatedAt user { name email } groups { displayName role memberCount } } }""",
        id=member_id(ann),
    )

    created_at = data["member"].pop("createdAt")
    assert created_at == data["member"].pop("updatedAt")
    assert created_at.endswith("Z")
    assert data["member"] == {
        "id": member_id(ann),
        "name": "Ann",
        "email": "ann@acme.test",
        "userName": "ann@acme.test",
        "externalId": "00u1",
        "status": "ACTIVE",
        "role": "ADMIN",
        "grants": ["ADMIN", "USER"],
        "source": "SCIM",
        "version": 1,
        "user": {"name": "Ann", "email": "ann@acme.test"},
        "groups": [
            {"displayName": "Admins", "role": "ADMIN", "memberCount": 2},
            {"displayName": "Users", "role": "USER", "memberCount": 2},
        ],
    }


async def test_an_inactive_member_keeps_the_grants_but_has_no_role_and_no_group(client, people):
    query = "query($id: ID!) { member(id: $id) { status role grants groups { id } } }"

    data = await client.data(query, id=member_id(people["e"]))

    assert data == {"member": {"status": "INACTIVE", "role": None, "grants": ["USER"], "groups": []}}


async def test_a_plain_member_sees_the_directory_and_all_of_themselves(http, services, acme, people):
    client = await signed_in(http, services, acme, "c@acme.test")
    await services.memberships.change_role(acme.operator, people["c"].id, Role.USER)

    data = await client.data("{ organization { members { nodes { email role userName externalId } } } }")

    shown = {node["email"]: node["userName"] for node in data["organization"]["members"]["nodes"]}
    assert shown == {"a@acme.test": None, "b@acme.test": None, "c@acme.test": "c@acme.test", "d@acme.test": None}


async def test_a_token_without_the_scope_reads_no_members(http, services, acme, people):
    scopes = frozenset({Permission.TOKENS_WRITE})
    _, secret = await services.tokens.issue(acme.operator, TokenKind.API, "Rotation", scopes=scopes)

    codes = await with_token(http, secret).codes("{ organization { members { nodes { id } totalCount } } }")

    assert set(codes) == {"FORBIDDEN"}

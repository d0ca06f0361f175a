"""Which credential opens which door, and that a door closes at once."""

import pytest

from rollbook.domain.tokens import TokenKind
from rollbook.services.opening import open_services
from tests.builders import a_session
from tests.conftest import BASE_URL, SESSION_COOKIE, client_of
from tests.facades.drivers.graphql import GraphQL
from tests.facades.drivers.scim import Scim
from tests.log import log

VIEWER = {"query": "{ viewer { kind name permissions } }"}


async def test_a_token_of_one_kind_is_refused_at_the_other_door(http, scim_token, api_token):
    at_scim = await Scim(http, api_token).send("GET", "/Users")
    at_graphql = await http.post("/graphql", json=VIEWER, headers={"Authorization": f"Bearer {scim_token}"})

    assert at_scim.status_code == at_graphql.status_code == 401
    assert "rollbook_scim_" in at_scim.json()["detail"]
    assert "rollbook_api_" in at_graphql.text
    for answer, token in ((at_scim, api_token), (at_graphql, scim_token)):
        assert token not in answer.text


async def test_a_session_opens_graphql_only(http, services, acme):
    secret = await a_session(services, acme.operator, "a@acme.test")
    page = {"Origin": BASE_URL, "X-CSRF": "1", "Cookie": f"{SESSION_COOKIE}={secret}"}

    at_graphql = await http.post("/graphql", json=VIEWER, headers=page)
    at_scim = await http.get("/scim/v2/Users", headers=page)
    as_bearer = await Scim(http, secret).send("GET", "/Users")

    assert at_graphql.json()["data"]["viewer"]["kind"] == "SESSION"
    assert at_scim.status_code == as_bearer.status_code == 401


async def test_a_scim_token_may_come_without_the_word_bearer(http, scim_token):
    answer = await http.get("/scim/v2/Users", headers={"Authorization": scim_token})

    assert answer.status_code == 200


@pytest.mark.parametrize("kind", TokenKind)
async def test_a_revoked_token_fails_at_its_next_request_in_every_process(services, settings, http, acme, kind):
    token, secret = await services.tokens.issue(acme.operator, kind, "Soon revoked")

    async def statuses():
        answers = []
        for client in (http, other):
            if kind is TokenKind.SCIM:
                answers.append(await Scim(client, secret).send("GET", "/Users"))
            else:
                headers = {"Authorization": f"Bearer {secret}"}
                answers.append(await client.post("/graphql", json=VIEWER, headers=headers))
        return [answer.status_code for answer in answers]

    async with open_services(settings) as elsewhere, client_of(elsewhere) as other:
        before = await statuses()
        await services.tokens.revoke(acme.operator, token.id)
        after = await statuses()

    assert (before, after) == ([200, 200], [401, 401])


async def test_a_token_that_graphql_makes_opens_scim_until_graphql_revokes_it(http, graphql):
    data = await graphql.query(
        """mutation { generateScimToken(input: { name: "Okta" }) {
             ...on GenerateScimTokenSuccess { secret token { id hint status } } } }"""
    )
    made = data["generateScimToken"]
    scim = Scim(http, made["secret"])

    before = await scim.send("GET", "/Users")
    await graphql.query(
        "mutation($id: ID!) { revokeToken(input: { tokenId: $id }) { __typename } }", id=made["token"]["id"]
    )
    after = await scim.send("GET", "/Users")

    assert (made["token"]["status"], before.status_code, after.status_code) == ("ACTIVE", 200, 401)
    assert made["token"]["hint"].endswith(made["secret"][-4:])


async def test_a_demoted_admin_with_an_open_page_can_do_nothing_more(http, services, acme, scim):
    await scim.create("bo@acme.test", "Bo Ek", role="admin")
    secret = await a_session(services, acme.operator, "a@acme.test")
    page = {"Origin": BASE_URL, "X-CSRF": "1", "Cookie": f"{SESSION_COOKIE}={secret}"}
    add = {
        "query": """mutation { addMember(input: { email: "eve@acme.test" }) {
            __typename ...on UserError { code } } }"""
    }

    await scim.set_role(acme.admin.id, "user")
    answer = await http.post("/graphql", json=add, headers=page)

    assert answer.json()["data"]["addMember"] == {"__typename": "ForbiddenError", "code": "FORBIDDEN"}
    assert await scim.search("eve@acme.test") == []


async def test_a_read_only_tool_reads_and_changes_nothing(http, services, acme, scim):
    bo = await scim.create("bo@acme.test", "Bo Ek")
    _, secret = await services.tokens.issue(acme.operator, TokenKind.API, "Reader")
    reader = GraphQL(http, secret)

    for mutation, given in (
        ("addMember", {"email": "eve@acme.test"}),
        ("deactivateMember", {"memberId": (await reader.member(bo.id))["id"]}),
    ):
        name = mutation[0].upper() + mutation[1:]
        data = await reader.query(
            f"mutation($input: {name}Input!) {{ {mutation}(input: $input) {{ __typename }} }}", input=given
        )
        assert data[mutation] == {"__typename": "ForbiddenError"}
    assert await reader.get(bo.id) == bo
    assert [person.id for person in await reader.everyone()] == [acme.admin.id, bo.id]


async def test_a_password_that_is_sent_is_neither_kept_nor_shown(scim, graphql, services, acme):
    secret = "correct horse battery staple"
    made = await scim.call("POST", "/Users", {"userName": "bo@acme.test", "password": secret})
    await scim.patch(f"/Users/{made['id']}", {"op": "replace", "path": "password", "value": secret})

    told = [
        str(made),
        str(await scim.call("GET", f"/Users/{made['id']}")),
        str(await services.memberships.get(acme.operator, made["id"])),
        str(await services.audit.events(acme.operator)),
        str(await log(services, acme)),
    ]
    assert [secret in text for text in told] == [False] * len(told)

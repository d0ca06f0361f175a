"""Objects by their global id: found inside the organization, absent outside, refused when the id is none."""

from datetime import timedelta

import pytest

from rollbook.domain.policy import Permission
from rollbook.domain.roles import Role
from rollbook.domain.tokens import TokenKind
from tests.builders import signed_in
from tests.services.connections import a_connection

from .client import global_id, member_id, with_token

NODE = "query($id: ID!) { node(id: $id) { __typename id } }"
MEMBER = "query($id: ID!) { member(id: $id) { id } }"


@pytest.fixture
def client(http, api_token):
    return with_token(http, api_token)


async def ids_of(services, organization):
    """One global id of each type of object that an organization has."""
    token, _ = await services.tokens.issue(organization.operator, TokenKind.SCIM, "Okta")
    event = (await services.audit.events(organization.operator, limit=1))[0]
    api, _ = await services.tokens.issue(organization.operator, TokenKind.API, "Reports")
    invitation, _ = await services.invitations.create(
        organization.operator, f"ivy@{organization.organization.handle}.test", Role.USER, lifetime=timedelta(days=7)
    )
    domain = await services.login_domains.add(organization.operator, f"{organization.organization.handle}.test")
    connection = await services.sso.save(organization.operator, a_connection())
    session = await signed_in(services, organization.operator, organization.admin.user_name)
    job = await services.jobs.import_members(organization.operator, "email\njo@acme.test", dry_run=True)
    inner = organization.organization.id
    return {
        "ApiToken": global_id("ApiToken", api.id),
        "AuditEvent": global_id("AuditEvent", event.id),
        "Group": global_id("Group", f"{inner}:admins"),
        "Invitation": global_id("Invitation", invitation.id),
        "Job": global_id("Job", job.id),
        "LoginDomain": global_id("LoginDomain", domain.id),
        "Member": member_id(organization.admin),
        "Organization": global_id("Organization", inner),
        "ScimToken": global_id("ScimToken", token.id),
        "Session": global_id("Session", session.session_id or ""),
        "SsoConnection": global_id("SsoConnection", connection.id),
        "User": global_id("User", organization.admin.user_id),
    }


async def test_every_object_of_the_organization_is_found_by_its_id(client, services, acme):
    for type_name, node_id in (await ids_of(services, acme)).items():
        assert await client.data(NODE, id=node_id) == {"node": {"__typename": type_name, "id": node_id}}


async def test_the_ids_that_the_api_gives_are_the_ones_that_it_takes(client, services, acme):
    shown = await client.data(
        "{ organization { id groups { id } tokens { id } members { nodes { id user { id } groups { id } } } } }"
    )

    organization = shown["organization"]
    (member,) = organization["members"]["nodes"]
    expected = await ids_of(services, acme)
    assert organization["id"] == expected["Organization"]
    assert (member["id"], member["user"]["id"]) == (expected["Member"], expected["User"])
    assert organization["groups"] == member["groups"]
    assert organization["groups"][0]["id"] == expected["Group"]


async def test_an_object_of_another_organization_does_not_exist(client, services, globex):
    for node_id in (await ids_of(services, globex)).values():
        assert await client.data(NODE, id=node_id) == {"node": None}
    assert await client.data(MEMBER, id=member_id(globex.admin)) == {"member": None}


@pytest.mark.parametrize(
    "type_name",
    [
        "AuditEvent",
        "Group",
        "Invitation",
        "Job",
        "LoginDomain",
        "Member",
        "Organization",
        "ScimToken",
        "Session",
        "SsoConnection",
        "User",
    ],
)
@pytest.mark.parametrize("inner", ["", "x", "\0", "00000000-0000-0000-0000-000000000000"])
async def test_an_id_of_nothing_finds_nothing(client, type_name, inner):
    assert await client.data(NODE, id=global_id(type_name, inner)) == {"node": None}


async def test_a_group_that_the_organization_does_not_have_is_not_found(client, acme):
    assert await client.data(NODE, id=global_id("Group", f"{acme.organization.id}:owners")) == {"node": None}


@pytest.mark.parametrize("text", ["", "nonsense", "ä", "TWVtYmVy", global_id("Viewer", "x"), global_id("Nothing", "x")])
async def test_what_is_no_id_is_refused(client, text):
    assert await client.codes(NODE, id=text) == ["INVALID_ID"]
    assert await client.codes(MEMBER, id=text) == ["INVALID_ID"]


async def test_the_id_of_another_type_is_refused(client, acme):
    assert await client.codes(MEMBER, id=global_id("User", acme.admin.user_id)) == ["INVALID_ID"]


async def test_a_token_of_another_kind_is_not_found(client, services, acme):
    token, _ = await services.tokens.issue(acme.operator, TokenKind.API, "Other tools")

    assert await client.data(NODE, id=global_id("ScimToken", token.id)) == {"node": None}


async def test_what_one_may_not_read_inside_the_organization_is_forbidden(http, services, acme):
    nodes = await ids_of(services, acme)
    scopes = frozenset({Permission.MEMBERS_READ})
    _, secret = await services.tokens.issue(acme.operator, TokenKind.API, "Reader", scopes=scopes)
    client = with_token(http, secret)

    assert await client.codes(NODE, id=nodes["ScimToken"]) == ["FORBIDDEN"]
    assert await client.codes(NODE, id=nodes["AuditEvent"]) == ["FORBIDDEN"]
    assert await client.codes(NODE, id=nodes["LoginDomain"]) == ["FORBIDDEN"]
    assert await client.codes(NODE, id=nodes["SsoConnection"]) == ["FORBIDDEN"]
    assert (await client.data(NODE, id=nodes["Member"]))["node"]["id"] == nodes["Member"]

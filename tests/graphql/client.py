"""A GraphQL client for the tests, and the people they need."""

import base64
from typing import Any

import httpx

from rollbook.domain.actors import Actor
from rollbook.domain.memberships import Membership, MembershipDraft
from rollbook.domain.profiles import Profile
from rollbook.domain.roles import Role, grants_for
from rollbook.domain.tokens import TokenKind
from rollbook.services import Services
from tests.conftest import BASE_URL, AnOrganization

OWN_PAGE = {"X-CSRF": "1", "Origin": BASE_URL}
"""What the settings page sends with every request."""


class Client:
    """Asks the server as one principal."""

    def __init__(self, http: httpx.AsyncClient, **headers: str) -> None:
        self.http = http
        self.headers = headers

    async def send(self, query: str, **variables: Any) -> httpx.Response:
        """The raw answer."""
        return await self.http.post(
            "/graphql", json={"query": query, "variables": variables}, headers=self.headers, timeout=60
        )

    async def data(self, query: str, **variables: Any) -> Any:
        """The data of an answer without errors."""
        body = (await self.send(query, **variables)).json()
        assert "errors" not in body, body["errors"]
        return body["data"]

    async def codes(self, query: str, **variables: Any) -> list[str]:
        """The codes of the top-level errors."""
        body = (await self.send(query, **variables)).json()
        return [error["extensions"]["code"] for error in body.get("errors", [])]

    async def change(self, mutation: str, select: str = "", **given: Any) -> Any:
        """What a mutation answers: its type, what every refusal tells, the member on success, and what is selected."""
        type_name = mutation[0].upper() + mutation[1:]
        if mutation in _ANSWERS_WITH_MEMBER:
            select += f" ...on {type_name}Success {{ member {{ id name email role status version }} }}"
        query = f"""mutation($input: {type_name}Input!) {{
            {mutation}(input: $input) {{ __typename ...on UserError {{ code message path }} {select} }}
        }}"""
        return (await self.data(query, input=given))[mutation]


_ANSWERS_WITH_MEMBER = {"addMember", "deactivateMember", "reactivateMember", "setMemberRole", "updateMember"}


def with_token(http: httpx.AsyncClient, token: str) -> Client:
    """A client that sends a bearer token."""
    return Client(http, Authorization=f"Bearer {token}")


async def signed_in(http: httpx.AsyncClient, services: Services, organization: AnOrganization, email: str) -> Client:
    """A browser in which this admin has signed in by a link."""
    link = await services.sessions.create_login_link(organization.operator, email)
    response = await http.post("/auth/redeem", json={"token": link}, headers=OWN_PAGE)
    assert response.status_code == 200, response.text
    return Client(http, **OWN_PAGE)


def global_id(type_name: str, inner: str) -> str:
    """The Relay id of an object."""
    return base64.b64encode(f"{type_name}:{inner}".encode()).decode()


def member_id(membership: Membership) -> str:
    """The Relay id of a member."""
    return global_id("Member", membership.id)


async def a_member(
    services: Services,
    organization: AnOrganization,
    email: str,
    *,
    name: str | None = None,
    role: Role = Role.USER,
    by: Actor | None = None,
) -> Membership:
    """A new member; added by hand unless somebody else is said to add them."""
    attributes: dict[str, Any] = {"emails": [{"value": email, "type": "work", "primary": True}]}
    if name is not None:
        attributes["displayName"] = name
    draft = MembershipDraft(email, grants=grants_for(role), profile=Profile.of(attributes))
    return await services.memberships.create(by or organization.operator, draft)


async def okta(services: Services, scim_token: str) -> Actor:
    """The identity provider, as an actor."""
    return await services.tokens.authenticate(scim_token, TokenKind.SCIM)

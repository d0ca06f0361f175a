"""Members through GraphQL, as a tool or the settings pages manage them."""

import base64
from typing import Any

import httpx

from tests.facades.driver import Person, Refused

MEMBER = """
fragment M on Member {
  id userName email name status role source externalId version
  groups { displayName }
  user { id email }
}
"""
_KINDS = {
    "CONFLICT": "conflict",
    "LAST_ADMIN": "last admin",
    "MANAGED_BY_SOURCE": "managed",
    "NOT_FOUND": "not found",
    "VALIDATION": "invalid",
}


class GraphQL:
    """A client with an API token."""

    def __init__(self, http: httpx.AsyncClient, token: str) -> None:
        self._http = http
        self._headers = {"Authorization": f"Bearer {token}"}

    async def query(self, text: str, **variables: Any) -> Any:
        """The data of an answer without errors."""
        answer = await self._http.post(
            "/graphql", json={"query": text, "variables": variables}, headers=self._headers, timeout=60
        )
        body = answer.json()
        assert "errors" not in body, body["errors"]
        return body["data"]

    async def member(self, person_id: str) -> dict[str, Any]:
        """Everything about one member, in GraphQL's words."""
        data = await self.query(f"query($id: ID!) {{ member(id: $id) {{ ...M }} }} {MEMBER}", id=_global(person_id))
        if data["member"] is None:
            raise Refused("not found", "")
        return data["member"]

    async def change(self, mutation: str, **given: Any) -> Person:
        """The member whom a mutation answers, or `Refused`."""
        answer = await self._mutate(mutation, "member { ...M }", MEMBER, given)
        return _person(answer["member"])

    async def create(self, email: str, name: str, role: str | None = None) -> Person:
        """The mutation addMember."""
        roles = {} if role is None else {"role": role.upper()}
        return await self.change("addMember", email=email, name=name, **roles)

    async def get(self, person_id: str) -> Person:
        """The field member."""
        return _person(await self.member(person_id))

    async def active(self) -> list[Person]:
        """The members that are shown unless asked otherwise."""
        return await self._list("")

    async def everyone(self) -> list[Person]:
        """The members of any status."""
        return await self._list("filter: { status: [] }")

    async def search(self, email: str) -> list[Person]:
        """The members of any status who are found by the address."""
        return [person for person in await self._list(f'filter: {{ status: [] }}, search: "{email}"')]

    async def in_group(self, group: str) -> list[str]:
        """Those who say that they are in the group; their number is what the group says."""
        ids = [person.id for person in await self.everyone() if group in person.groups]
        groups = (await self.query("{ organization { groups { displayName memberCount } } }"))["organization"]["groups"]
        assert {each["displayName"]: each["memberCount"] for each in groups}[group] == len(ids)
        return ids

    async def deactivate(self, person_id: str) -> Person:
        """The mutation deactivateMember."""
        return await self.change("deactivateMember", memberId=_global(person_id))

    async def reactivate(self, person_id: str) -> Person:
        """The mutation reactivateMember."""
        return await self.change("reactivateMember", memberId=_global(person_id))

    async def rename(self, person_id: str, email: str) -> Person:
        """The mutation updateMember."""
        return await self.change("updateMember", memberId=_global(person_id), email=email)

    async def set_role(self, person_id: str, role: str) -> Person:
        """The mutation setMemberRole."""
        return await self.change("setMemberRole", memberId=_global(person_id), role=role.upper())

    async def remove(self, person_id: str) -> None:
        """The mutation removeMember."""
        await self._mutate("removeMember", "memberId", "", {"memberId": _global(person_id)})

    async def _mutate(self, mutation: str, select: str, fragment: str, given: dict[str, Any]) -> dict[str, Any]:
        name = mutation[0].upper() + mutation[1:]
        data = await self.query(
            f"""mutation($input: {name}Input!) {{
              {mutation}(input: $input) {{ ...on {name}Success {{ {select} }} ...on UserError {{ code message }} }}
            }} {fragment}""",
            input=given,
        )
        answer: dict[str, Any] = data[mutation]
        if "code" in answer:
            raise Refused(_KINDS[answer["code"]], answer["message"])
        return answer

    async def _list(self, arguments: str) -> list[Person]:
        arguments = f"({arguments + ', ' if arguments else ''}first: 200, orderBy: {{ field: CREATED_AT }})"
        data = await self.query(
            f"{{ organization {{ members{arguments} {{ totalCount nodes {{ ...M }} }} }} }} {MEMBER}"
        )
        members = data["organization"]["members"]
        assert members["totalCount"] == len(members["nodes"])
        return [_person(member) for member in members["nodes"]]


def _global(person_id: str) -> str:
    return base64.b64encode(f"Member:{person_id}".encode()).decode()


def _person(member: dict[str, Any]) -> Person:
    groups = frozenset(group["displayName"] for group in member["groups"])
    person = Person(
        id=base64.b64decode(member["id"]).decode().partition(":")[2],
        user_name=member["userName"],
        email=member["email"],
        name=member["name"],
        active=member["status"] == "ACTIVE",
        groups=groups,
    )
    assert (member["role"] or "none").lower() == (person.role or "none")
    return person

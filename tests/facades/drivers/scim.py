"""Members through SCIM, as an identity provider manages them."""

from typing import Any

import httpx

from tests.facades.driver import Person, Refused

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
_KINDS = {
    (400, "invalidValue"): "invalid",
    (404, None): "not found",
    (409, "uniqueness"): "conflict",
    (409, None): "last admin",
}


class Scim:
    """A provisioning client with a token."""

    def __init__(self, http: httpx.AsyncClient, token: str) -> None:
        self._http = http
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/scim+json"}

    async def send(self, method: str, path: str, body: Any = None, **parameters: Any) -> httpx.Response:
        """The raw answer."""
        return await self._http.request(
            method, f"/scim/v2{path}", json=body, params=parameters, headers=self._headers, timeout=60
        )

    async def call(self, method: str, path: str, body: Any = None, **parameters: Any) -> Any:
        """The body of a success, or `Refused`."""
        answer = await self.send(method, path, body, **parameters)
        if answer.is_success:
            return answer.json() if answer.content else None
        error = answer.json()
        kind = _KINDS.get((answer.status_code, error.get("scimType")), f"{answer.status_code} {error.get('scimType')}")
        raise Refused(kind, error["detail"])

    async def patch(self, path: str, *operations: dict[str, Any]) -> Any:
        """Apply operations."""
        return await self.call("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)})

    async def create(self, email: str, name: str, role: str | None = None, **more: Any) -> Person:
        """POST /Users, as Okta sends it."""
        roles = {} if role is None else {"roles": [{"value": role}]}
        body = {
            "schemas": [CORE],
            "userName": email,
            "displayName": name,
            "emails": [{"value": email, "type": "work", "primary": True}],
            "active": True,
        }
        return _person(await self.call("POST", "/Users", body | roles | more))

    async def get(self, person_id: str) -> Person:
        """GET /Users/{id}."""
        return _person(await self.call("GET", f"/Users/{person_id}"))

    async def active(self) -> list[Person]:
        """GET /Users with a filter."""
        return await self._list(filter="active eq true")

    async def everyone(self) -> list[Person]:
        """GET /Users."""
        return await self._list()

    async def search(self, email: str) -> list[Person]:
        """GET /Users with a filter on the address."""
        return await self._list(filter=f'emails.value eq "{email}"')

    async def in_group(self, group: str) -> list[str]:
        """GET /Groups/{id}."""
        return [member["value"] for member in (await self.call("GET", f"/Groups/{group.lower()}"))["members"]]

    async def deactivate(self, person_id: str) -> Person:
        """PATCH active, as Okta's catalogue apps do (O-35)."""
        return _person(await self.patch(f"/Users/{person_id}", {"op": "replace", "value": {"active": False}}))

    async def reactivate(self, person_id: str) -> Person:
        """The same the other way."""
        return _person(await self.patch(f"/Users/{person_id}", {"op": "replace", "value": {"active": True}}))

    async def rename(self, person_id: str, email: str) -> Person:
        """PATCH userName and the work e-mail."""
        return _person(
            await self.patch(
                f"/Users/{person_id}",
                {"op": "replace", "path": "userName", "value": email},
                {"op": "replace", "path": 'emails[type eq "work"].value', "value": email},
            )
        )

    async def set_role(self, person_id: str, role: str) -> Person:
        """PATCH both groups, in the order that never leaves the member without one."""
        operation = {"op": "add" if role == "admin" else "remove", "path": "members", "value": [{"value": person_id}]}
        await self.patch("/Groups/users", operation | {"op": "add"})
        await self.patch("/Groups/admins", operation)
        return await self.get(person_id)

    async def remove(self, person_id: str) -> None:
        """DELETE /Users/{id}."""
        await self.call("DELETE", f"/Users/{person_id}")

    async def _list(self, **parameters: Any) -> list[Person]:
        answer = await self.call("GET", "/Users", count=1000, **parameters)
        assert answer["totalResults"] == len(answer["Resources"])
        return [_person(resource) for resource in answer["Resources"]]


def _person(resource: dict[str, Any]) -> Person:
    primary = [email["value"] for email in resource.get("emails", ()) if email.get("primary")]
    return Person(
        id=resource["id"],
        user_name=resource["userName"],
        email=primary[0] if primary else None,
        name=resource.get("displayName", ""),
        active=resource["active"],
        groups=frozenset(group["display"] for group in resource.get("groups", ())),
    )

"""The fake server, with what Entra needs beyond Okta; each of its methods may be replaced by one that misbehaves."""

import copy
import json
import re
from collections.abc import Iterable
from typing import Any

from tests.simulator.fake_server import FakeServer, Refusal

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"

_PATH = re.compile(r'(?:(urn:.+):)?(\w+)(?:\[(\w+) eq "(\w+)"\])?(?:\.(\w+))?')
_TERM = re.compile(r'(.+) eq ("[^"]*"|[^" ]+)')
_EXACT = ("id", "externalId", "members", "manager")


def attribute(name: str, *subs: str, types: Iterable[str] = ()) -> dict[str, Any]:
    """An attribute of /Schemas; with types, a multi-valued one."""
    described: dict[str, Any] = {"name": name, "type": "complex" if subs else "string", "multiValued": bool(types)}
    described |= {"mutability": "readWrite", "returned": "default", "uniqueness": "none", "caseExact": False}
    if subs:
        described["subAttributes"] = [attribute(sub) for sub in subs]
    if types:
        described["subAttributes"].append(attribute("type") | {"canonicalValues": list(types)})
    return described


SCHEMAS = {
    USER: [
        *map(attribute, ("userName", "externalId", "active", "displayName", "title", "preferredLanguage")),
        attribute("name", "formatted", "givenName", "familyName"),
        attribute("emails", "value", types=["work"]),
        attribute("phoneNumbers", "value", types=["work", "mobile", "fax"]),
        attribute(
            "addresses",
            *("formatted", "streetAddress", "locality", "region", "postalCode", "country"),
            types=["work"],
        ),
    ],
    ENTERPRISE: [*map(attribute, ("employeeNumber", "department")), attribute("manager", "value")],
    GROUP: [*map(attribute, ("displayName", "externalId")), attribute("members", "value", types=["User"])],
}


class EntraServer(FakeServer):
    """Filters and PATCH paths of Entra, in both dialects; groups are only linked unless it is told otherwise."""

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        if path == "/Schemas":
            schemas = [{"id": urn, "name": urn, "attributes": attributes} for urn, attributes in SCHEMAS.items()]
            return 200, self.page(copy.deepcopy(schemas), "Schemas", {})
        status, answer = super().answer(method, path, query, body)
        if isinstance(answer, dict) and query.get("excludedAttributes") == "members":
            answer = self.without_members(answer)
        return status, answer

    def without_members(self, answer: dict[str, Any]) -> dict[str, Any]:
        if "Resources" in answer:
            return answer | {"Resources": [self.without_members(one) for one in answer["Resources"]]}
        return {key: value for key, value in answer.items() if key != "members"}

    def page(self, found: list[Any], kind: str, query: dict[str, str]) -> dict[str, Any]:
        if "filter" in query:
            found = [one for one in found if self.hits(one, query["filter"])]
        whole = super().page(found, kind, {"startIndex": "1", "count": "100"} | self.without_filter(query))
        if query.get("attributes") == "id":
            whole["Resources"] = [{"id": one["id"], "schemas": []} for one in whole["Resources"]]
        return whole

    def without_filter(self, query: dict[str, str]) -> dict[str, str]:
        return {key: value for key, value in query.items() if key != "filter"}

    def hits(self, one: dict[str, Any], condition: str) -> bool:
        return all(self.hit(one, term) for term in condition.split(" and "))

    def hit(self, one: dict[str, Any], term: str) -> bool:
        found = _TERM.fullmatch(term)
        assert found, term
        path, literal = found.groups()
        wanted = self.literal(literal)
        holder, key = self.place(copy.deepcopy(one), path)
        value = holder.get(key)
        if path == "members":
            return wanted in value
        value = value.get("value") if path == "manager" and value else value
        return self.equal(path, value, wanted)

    def literal(self, text: str) -> str:
        return json.loads(text) if text.startswith('"') else text

    def equal(self, path: str, value: Any, wanted: str) -> bool:
        return value == wanted if path in _EXACT else str(value).casefold() == wanted.casefold()

    def create_user(self, body: dict[str, Any]) -> tuple[int, Any]:
        dropped = ("department", "manager")
        known = {key: value for key, value in body.items() if value is not None and key not in dropped}
        return super().create_user(known)

    def create_group(self, body: dict[str, Any]) -> tuple[int, Any]:
        if any(group["displayName"] == body["displayName"] for group in self.groups.values()):
            raise Refusal(409, "There is such a group.", "uniqueness")
        return super().create_group(body)

    def change_user(self, method: str, user: dict[str, Any], body: Any) -> tuple[int, Any]:
        if method != "PATCH":
            return super().change_user(method, user, body)
        changed = copy.deepcopy(user)
        for operation in body["Operations"]:
            self.operate(changed, operation["op"], operation.get("path"), operation.get("value"))
        others = (other["userName"] for other in self.users.values() if other is not user)
        if changed["userName"] in others:
            raise Refusal(409, f"{changed['userName']} is taken.", "uniqueness")
        user.clear()
        user.update(changed)
        return 200, user

    def operate(self, user: dict[str, Any], op: str, path: str | None, value: Any) -> None:
        if path is None:
            for key, inner in value.items():
                self.operate(user, op, key, inner)
            return
        holder, key = self.place(user, path)
        if op.lower() == "remove" or value in ("", None):
            self.clear(holder, key)
        elif key == "manager":
            holder[key] = self.manager(value)
        elif key == "roles":
            holder[key] = [*holder.get(key, []), *value]
        else:
            holder[key] = self.boolean(value) if key in ("active", "primary") else value

    def clear(self, holder: dict[str, Any], key: str) -> None:
        holder.pop(key, None)

    def boolean(self, value: Any) -> Any:
        return value.lower() == "true" if isinstance(value, str) else value

    def manager(self, value: Any) -> dict[str, Any]:
        value = value[0] if isinstance(value, list) else value
        return {"value": value} if isinstance(value, str) else value

    def place(self, resource: dict[str, Any], path: str) -> tuple[dict[str, Any], str]:
        """The object that holds a path's value, made if need be, and the key in it."""
        found = _PATH.fullmatch(path)
        assert found, path
        urn, name, key, kind, sub = found.groups()
        if urn or name == "manager":
            resource = resource.setdefault(ENTERPRISE, {})
        if key:
            element = self.element(resource.setdefault(name, []), key, True if kind == "True" else kind)
            return element, sub[:1].lower() + sub[1:]
        return (resource.setdefault(name, {}), sub) if sub else (resource, name)

    def element(self, elements: list[dict[str, Any]], key: str, wanted: Any) -> dict[str, Any]:
        for element in elements:
            if element.get(key) == wanted:
                return element
        elements.append({key: wanted})
        return elements[-1]

    def apply(self, group: dict[str, Any], operation: dict[str, Any]) -> None:
        op, path, value = operation["op"].lower(), operation.get("path"), operation.get("value")
        if path is None or (op, path) == ("replace", "members"):
            super().apply(group, operation)
        elif path in ("displayName", "externalId"):
            group[path] = value
        elif op == "add":
            self.add_members(group, [one["value"] for one in value])
        else:
            self.remove_members(group, path.split('"')[1::2] or [one["value"] for one in value])

    def add_members(self, group: dict[str, Any], ids: list[str]) -> None:
        group["members"] = list(dict.fromkeys([*group["members"], *ids]))

    def remove_members(self, group: dict[str, Any], ids: list[str]) -> None:
        group["members"] = [id for id in group["members"] if id not in ids]

"""A small SCIM server that keeps its people in memory, does what Okta needs, and can be told to spoil its answers."""

import itertools
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs, unquote

Body = dict[str, Any] | None
Spoil = Callable[[str, str, int, Any], tuple[int, Any]]
"""Gets the method, the path, the status and the body of a right answer, and gives the status and the body to send."""

TOKEN = "right"
BASE = "/scim/v2"
MESSAGES = "urn:ietf:params:scim:api:messages:2.0:"


class Refusal(Exception):
    """An answer that is a SCIM error."""

    def __init__(self, status: int, detail: str, scim_type: str | None = None) -> None:
        self.status = status
        self.body = {"schemas": [f"{MESSAGES}Error"], "status": str(status), "detail": detail}
        if scim_type:
            self.body["scimType"] = scim_type


class FakeServer:
    """An ASGI application. ``requests`` holds each (method, path, headers, body) that came, in order."""

    media_type = "application/scim+json"

    def __init__(self, *groups: str, creates_groups: bool = False, spoil: Spoil | None = None) -> None:
        self.users: dict[str, dict[str, Any]] = {}
        self.groups: dict[str, dict[str, Any]] = {}
        self.requests: list[tuple[str, str, dict[str, str], Body]] = []
        self.creates_groups = creates_groups
        self.spoil = spoil
        self._ids = itertools.count(1)
        for name in groups:
            self.add_group(name)

    def add_user(self, user_name: str, *, active: bool = True, **attributes: Any) -> dict[str, Any]:
        user = {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "id": f"user {next(self._ids)}",
            "userName": user_name,
            "name": {"givenName": "Someone", "familyName": "Else"},
            "emails": [{"value": user_name, "primary": True}],
            "active": active,
        }
        self.users[user["id"]] = user | attributes
        return self.users[user["id"]]

    def add_group(self, name: str, *members: str) -> dict[str, Any]:
        group = {"id": f"group {next(self._ids)}", "displayName": name, "members": list(members)}
        self.groups[group["id"]] = group
        return group

    def group(self, name: str) -> dict[str, Any]:
        return next(group for group in self.groups.values() if group["displayName"] == name)

    def user(self, user_name: str) -> dict[str, Any]:
        return next(user for user in self.users.values() if user["userName"] == user_name)

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        content, more = b"", True
        while more:
            message = await receive()
            content, more = content + message.get("body", b""), message.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        method, path = scope["method"], unquote(scope["path"]).removeprefix(BASE)
        query = {key: values[0] for key, values in parse_qs(scope["query_string"].decode()).items()}
        body = json.loads(content) if content else None
        self.requests.append((method, f"{path}?{scope['query_string'].decode()}".rstrip("?"), headers, body))

        extra: list[tuple[bytes, bytes]] = []
        try:
            if headers.get("authorization") != f"Bearer {TOKEN}":
                raise Refusal(401, "The token is not valid.")
            status, answer = self.answer(method, path, query, body)
        except Refusal as refusal:
            status, answer = refusal.status, refusal.body
        if self.spoil:
            status, answer = self.spoil(method, path, status, answer)
        if status == 429:
            extra.append((b"retry-after", b"0"))
        raw = b"" if answer is None else answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        extra.append((b"content-type", self.media_type.encode()))
        await send({"type": "http.response.start", "status": status, "headers": extra})
        await send({"type": "http.response.body", "body": raw})

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        _, kind, *rest = path.split("/")
        known = {"Users": self.users, "Groups": self.groups}[kind]
        if not rest:
            if method == "POST":
                return self.create_user(body) if kind == "Users" else self.create_group(body)
            return 200, self.page(list(known.values()), kind, query)
        if rest[0] not in known:
            raise Refusal(404, f"There is no {rest[0]}.")
        if method == "DELETE":
            del known[rest[0]]
            return 204, None
        one = known[rest[0]]
        if kind == "Users":
            return self.change_user(method, one, body)
        return self.change_group(method, one, body)

    def page(self, found: list[Any], kind: str, query: dict[str, str]) -> dict[str, Any]:
        if "filter" in query:
            wanted = json.loads(query["filter"].removeprefix("userName eq ")).casefold()
            found = [one for one in found if one["userName"].casefold() == wanted]
        start, count = int(query["startIndex"]), int(query["count"])
        page = found[start - 1 : start - 1 + count]
        if kind == "Groups":
            page = [self.rendered(group) for group in page]
        return {
            "schemas": [f"{MESSAGES}ListResponse"],
            "totalResults": len(found),
            "startIndex": start,
            "itemsPerPage": len(page),
            "Resources": page,
        }

    def create_user(self, body: dict[str, Any]) -> tuple[int, Any]:
        profile = {key: value for key, value in body.items() if key not in ("password", "groups", "id")}
        for user in self.users.values():
            if user["userName"].casefold() == body["userName"].casefold():
                if user["active"]:
                    raise Refusal(409, f"{body['userName']} is a member already.", "uniqueness")
                user |= profile
                return 201, user
        return 201, self.add_user(body["userName"], **{k: v for k, v in profile.items() if k != "userName"})

    def change_user(self, method: str, user: dict[str, Any], body: Any) -> tuple[int, Any]:
        if method == "PATCH":
            user |= body["Operations"][0]["value"]
        elif method == "PUT":
            user |= {key: value for key, value in body.items() if key not in ("password", "groups", "id")}
        return 200, user

    def create_group(self, body: dict[str, Any]) -> tuple[int, Any]:
        if not self.creates_groups:
            raise Refusal(501, "Groups are linked, not created.")
        return 201, self.add_group(body["displayName"])

    def change_group(self, method: str, group: dict[str, Any], body: Any) -> tuple[int, Any]:
        if method == "PUT":
            group["members"] = self.known(body["members"])
        elif method == "PATCH":
            for operation in body["Operations"]:
                self.apply(group, operation)
            return 204, None
        return 200, self.rendered(group)

    def apply(self, group: dict[str, Any], operation: dict[str, Any]) -> None:
        path = operation.get("path", "")
        if operation["op"] == "remove":
            group["members"].remove(path.split('"')[1])
        elif path == "members" and operation["op"] == "replace":
            group["members"] = self.known(operation["value"])
        elif path == "members":
            group["members"] = list(dict.fromkeys([*group["members"], *self.known(operation["value"])]))

    def known(self, members: list[dict[str, str]]) -> list[str]:
        return [member["value"] for member in members if member["value"] in self.users]

    def rendered(self, group: dict[str, Any]) -> dict[str, Any]:
        members = [{"value": id, "display": self.users[id]["userName"]} for id in group["members"]]
        return group | {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "members": members}

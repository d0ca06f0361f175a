"""The hot paths: what provisioning clients and tools do again and again, for one person of an organization."""

import itertools
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from benchmarks.clients import Client
from benchmarks.crowds import external_id, user_name
from benchmarks.targets import resource

NAMES = "attributes=userName&count=100"
_FIELDS = "nodes { id name email role status source } pageInfo { endCursor }"
_NEW = 90_000_000
"""The number of the first person that is made here: further than any crowd goes."""
_posted = itertools.count()
_BY_EMAIL = "orderBy: { field: EMAIL, direction: ASC }"


class HotPaths:
    """Of one organization: the person with this number, and a page behind them."""

    def __init__(self, client: Client, number: int) -> None:
        self._client = client
        self._name = user_name(number)
        self._external_id = external_id(number)
        criterion = quote(f'userName eq "{self._name}"')
        self._id = client.get(f"/Users?filter={criterion}")["Resources"][0]["id"]
        self._cursor = client.get(f"/Users?{NAMES}&cursor=")["nextCursor"]
        # by e-mail addresses, which have the numbers in them, people stand where their number says
        self._place = self._page(f'search: "{self._name}", first: 1')["pageInfo"]["endCursor"]

    def get(self) -> None:
        """By id."""
        self._client.get(f"/Users/{self._id}")

    def by_name(self) -> None:
        """By userName, as every provider looks for people."""
        self._find(f'userName eq "{self._name}"')

    def by_external_id(self) -> None:
        """By externalId, with an order that has no index."""
        self._find(f'externalId eq "{self._external_id}"', "&sortBy=userName")

    def by_email(self) -> None:
        """By an e-mail address of a type (E-13)."""
        self._find(f'emails[type eq "work" and value eq "{self._name}"]', "&cursor=")

    def next_page(self) -> None:
        """A page of 100 by cursor."""
        assert self._client.get(f"/Users?{NAMES}&cursor={self._cursor}")["Resources"]

    def page(self) -> None:
        """The members page as the settings show it first."""
        assert len(self._page("first: 50")["nodes"]) == 50

    def page_behind(self) -> None:
        """A page in the middle of the members, by a cursor."""
        assert len(self._page(f'first: 50, after: "{self._place}"')["nodes"]) == 50

    def patch(self) -> None:
        """One attribute."""
        self._client.change(f"/Users/{self._id}", {"op": "replace", "path": "title", "value": str(time.monotonic())})

    def come_and_go(self) -> None:
        """A person is made, and removed."""
        made = self._client.send("POST", "/Users", resource(_NEW + next(_posted)))
        id_ = json.loads(made.read())["id"]
        self._client.send("DELETE", f"/Users/{id_}").read()

    def patch_groups(self) -> None:
        """In and out of both groups."""
        member = {"path": "members", "value": [{"value": self._id}]}
        for group, op in (("admins", "add"), ("users", "remove"), ("users", "add")):
            self._client.change(f"/Groups/{group}", {"op": op, **member})
        self._client.change("/Groups/admins", {"op": "remove", "path": f'members[value eq "{self._id}"]'})

    def check_member(self) -> None:
        """As Entra asks whether somebody is in a group (E-19)."""
        wanted = quote(f'id eq "users" and members eq "{self._id}"')
        assert self._client.get(f"/Groups?excludedAttributes=members&filter={wanted}")["totalResults"] == 1

    def group(self) -> None:
        """A group without its members."""
        self._client.get("/Groups/users?excludedAttributes=members")

    def _find(self, criterion: str, rest: str = "") -> None:
        found = self._client.get(f"/Users?filter={quote(criterion)}{rest}")
        assert found["totalResults"] == 1, criterion

    def _page(self, arguments: str) -> Any:
        query = f"{{ organization {{ members({arguments}, {_BY_EMAIL}) {{ {_FIELDS} }} }} }}"
        return self._client.graphql(query)["organization"]["members"]


HOT_PATHS: dict[str, Callable[[HotPaths], None]] = {
    "GET by id": HotPaths.get,
    "filter `userName eq`": HotPaths.by_name,
    "filter `externalId eq`, sorted": HotPaths.by_external_id,
    "filter `emails[type eq and value eq]`, by cursor": HotPaths.by_email,
    "page of 100 by cursor": HotPaths.next_page,
    "GraphQL `members(first: 50)`": HotPaths.page,
    "the same in the middle": HotPaths.page_behind,
    "PATCH of a User": HotPaths.patch,
    "POST and DELETE of a User": HotPaths.come_and_go,
    "four PATCHes of groups, one member each": HotPaths.patch_groups,
    "`members eq`, as Entra checks a member": HotPaths.check_member,
    "a group without its members": HotPaths.group,
}

"""The operations whose speed is compared: what is sent for each, and how the right answer is told from a wrong one."""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from benchmarks.crowds import external_id, user_name
from benchmarks.load import Sent
from benchmarks.targets import LARGE, SMALL, Target, resource

MANY = 100_000
SMALL_GROUP, LARGE_GROUP = "PATCH of a small group", "PATCH of a large group"
_PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
MEMBERS_PAGE = json.dumps(
    {"query": "{ organization { members(first: 50) { nodes { id name email role status source } } } }"}
)
_DIFFERENT = 500
_IN_MIXED_LOAD = {"filter": 600, "get": 200, "patch": 150, "post": 50}


@dataclass(frozen=True)
class Required:
    """Requests a second that the product is to reach, on a machine whose bare ASGI app answers `AT_FLOOR`."""

    must: float
    goal: float


AT_FLOOR = 51_600


@dataclass(frozen=True)
class Operation:
    """One operation. `requests` is what is sent in turn to a target, nothing where it has no such thing: `lacking`."""

    name: str
    requests: Callable[[Target, int], Sequence[Sent]]
    is_right: Callable[[Any], bool]
    required: Required | None = None
    headers: Callable[[Target], Any] = lambda target: target.headers
    lacking: str = ""


class WrongAnswer(Exception):
    """A target does not do what is to be measured: the figures would be of something else."""


def check(target: Target, operation: Operation, sent: Sent, number: int) -> None:
    """Send the first request once, and look at the answer; `WrongAnswer` if it is none."""
    method, path = sent.method, sent.path.replace("{n}", str(number))
    body = sent.body.replace("{n}", str(number))
    headers = dict(operation.headers(target))
    answer = httpx.request(method, target.origin + path, content=body, headers=headers, timeout=60)
    told = answer.json() if answer.content else None
    if answer.status_code not in {200, 201, 204} or not operation.is_right(told):
        raise WrongAnswer(f"{target.name}, {operation.name}: {answer.status_code} {answer.text[:500]}")


def operations(*, all_of_them: bool = True) -> list[Operation]:
    """In the order in which they run: what makes the crowd larger comes last. Or the ones on people alone."""
    chosen = [*_READS, *_CHANGES]
    return chosen if all_of_them else [each for each in chosen if each.name in _OF_PEOPLE]


def _of_people(make: Callable[[Target, str], Sent]) -> Callable[[Target, int], Sequence[Sent]]:
    return lambda target, members: [make(target, each) for each in target.ids[:_DIFFERENT]]


def _of_numbers(make: Callable[[Target, int], Sent]) -> Callable[[Target, int], Sequence[Sent]]:
    return lambda target, members: [make(target, each) for each in range(0, members, max(1, members // _DIFFERENT))]


def _always(method: str, path: str, body: str = "") -> Callable[[Target, int], Sequence[Sent]]:
    return lambda target, members: [Sent(method, target.scim + path, body)]


def _get(target: Target, id_: str) -> Sent:
    return Sent("GET", f"{target.scim}/Users/{id_}")


def _filter(target: Target, attribute: str, value: str) -> Sent:
    return Sent("GET", f"{target.scim}/Users?filter=" + quote(f'{attribute} eq "{value}"'))


def _change(operations: Sequence[dict[str, Any]]) -> str:
    return json.dumps({"schemas": [_PATCH], "Operations": operations})


def _activity(target: Target, id_: str) -> Sent:
    off, on = (_change([{"op": "replace", "path": "active", "value": active}]) for active in (False, True))
    return Sent("PATCH", f"{target.scim}/Users/{id_}", off, on)


def _post(target: Target, stem: str) -> Sent:
    name = stem + "{n}@crowd.test"
    emails = [{"value": name, "type": "work", "primary": True}]
    person = resource(0) | {"userName": name, "externalId": stem + "{n}", "emails": emails}
    return Sent("POST", f"{target.scim}/Users", json.dumps(person))


def _group_change(size: str) -> Callable[[Target, int], Sequence[Sent]]:
    def sent(target: Target, members: int) -> Sequence[Sent]:
        group = target.groups.get(size)
        if group is None:
            return []
        return [Sent("PATCH", group.path, _leave(each), _join(each)) for each in group.ids]

    return sent


def _leave(id_: str) -> str:
    return _change([{"op": "remove", "path": f'members[value eq "{id_}"]'}])


def _join(id_: str) -> str:
    return _change([{"op": "add", "path": "members", "value": [{"value": id_}]}])


def _group_headers(size: str) -> Callable[[Target], Any]:
    return lambda target: target.groups[size].headers


def _graphql(target: Target, members: int) -> Sequence[Sent]:
    return [Sent("POST", "/graphql", MEMBERS_PAGE)] if target.is_rollbook else []


def _mixed(target: Target, members: int) -> Sequence[Sent]:
    """As identity providers ask: most of all whether somebody is there."""
    chance = random.Random(7)
    # apart from those of the other operations, so that each change of these people really is one
    people = target.ids[_DIFFERENT : _DIFFERENT + _IN_MIXED_LOAD["patch"]]
    sent = [_filter(target, "userName", user_name(chance.randrange(members))) for _ in range(_IN_MIXED_LOAD["filter"])]
    sent += [_get(target, chance.choice(target.ids)) for _ in range(_IN_MIXED_LOAD["get"])]
    sent += [_activity(target, each) for each in people]
    sent += [_post(target, "mixed")] * _IN_MIXED_LOAD["post"]
    chance.shuffle(sent)
    return sent


def _is_one(told: Any) -> bool:
    return bool(told["totalResults"] == 1)


def _has_id(told: Any) -> bool:
    return "id" in told


_READS = (
    Operation(
        "ServiceProviderConfig",
        _always("GET", "/ServiceProviderConfig"),
        lambda told: "patch" in told,
        Required(10_000, 20_000),
    ),
    Operation("Schemas", _always("GET", "/Schemas"), lambda told: len(told["Resources"]) > 1, Required(10_000, 20_000)),
    Operation("GET user by id", _of_people(_get), _has_id, Required(4_000, 7_000)),
    Operation(
        "filter userName eq",
        _of_numbers(lambda target, number: _filter(target, "userName", user_name(number))),
        _is_one,
        Required(4_000, 7_000),
    ),
    Operation(
        "filter externalId eq",
        _of_numbers(lambda target, number: _filter(target, "externalId", external_id(number))),
        _is_one,
        Required(4_000, 7_000),
    ),
    Operation(
        "list of 100",
        _always("GET", "/Users?startIndex=1&count=100"),
        lambda told: len(told["Resources"]) == 100,
        Required(600, 1_500),
    ),
    Operation(
        "GraphQL members(first: 50)",
        _graphql,
        lambda told: len(told["data"]["organization"]["members"]["nodes"]) == 50,
        Required(400, 2_000),
        headers=lambda target: target.graphql_headers,
        lacking="no GraphQL",
    ),
)
_CHANGES = (
    Operation(
        "PATCH active", _of_people(_activity), lambda told: told is None or _has_id(told), Required(1_800, 3_200)
    ),
    *(
        Operation(
            name,
            _group_change(size),
            lambda told: told is None or _has_id(told),
            headers=_group_headers(size),
            lacking="not loaded with such a group",
        )
        for name, size in ((SMALL_GROUP, SMALL), (LARGE_GROUP, LARGE))
    ),
    Operation("mixed load", _mixed, lambda told: told is None or isinstance(told, dict)),
    Operation("POST user", lambda target, members: [_post(target, "new")], _has_id, Required(2_200, 4_300)),
)
_OF_PEOPLE = {
    "GET user by id",
    "filter userName eq",
    "list of 100",
    "PATCH active",
    "mixed load",
    "POST user",
}

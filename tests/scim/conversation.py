"""The format of a conversation file, read strictly: a misspelt key, matcher or captured name is an error.

    {"fact": "O-17", "title": "…", "given": [...], "exchanges": [...]}

`given` prepares the organization, which starts with one member, its admin a@acme.test (`{{admin_id}}`):
    {"user": "ada"}                        creates ada@x.test (externalId 00u-ada) and captures the id as `ada`
    {"user": "ada", "with": {...}}         the same with these attributes instead of the usual ones (null: without it)
    {"users": "people", "count": 129}      creates so many and captures the list of their ids as `people`
    an exchange                            as below
An exchange:
    {"say": "why",
     "request": {"method": "GET", "path": "/Users/{{ada}}", "headers": {...}, "body": ... or "text": "not JSON"},
     "expect": {"status": 200 or [200, 204], "headers": {...}, "body": pattern, "absent": ["$.members"],
                "capture": {"ada": "$.id"}, "within_ms": 600}}
Paths are relative to /scim/v2. A header of null is not sent. Patterns are explained in `matching`; `{{name}}` gives a
captured value, in an array {"$for_each": "people", "put": {"value": "{{each}}"}} one element for each of a list, and
{"$copy_of": "ada_read", "but": {"$.name.givenName": "Augusta"}} a captured object with changes.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import matching, templates

BUILT_IN = frozenset({"admin_id", "strict_token", "token"})
"""The names that every conversation may use without capturing them."""

_FACT = re.compile(r"[A-Z]-\d\d")
_NAME = re.compile(r"[a-z]\w*")
_METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")


class BadConversation(ValueError):
    """The file is not a conversation; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the provisioning client sends."""

    method: str
    path: str
    headers: Mapping[str, str | None] = field(default_factory=dict)
    body: Any = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """What it must be answered, and what to remember of the answer."""

    status: tuple[int, ...]
    headers: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    absent: tuple[str, ...] = ()
    capture: Mapping[str, str] = field(default_factory=dict)
    within_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its expected answer."""

    say: str
    request: Request
    expect: Expectation


@dataclass(frozen=True, slots=True)
class Users:
    """A number of people to create before the conversation; captures the list of their ids."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Conversation:
    """The exchanges that show one fact."""

    name: str
    fact: str
    title: str
    given: tuple[Exchange | Users, ...]
    exchanges: tuple[Exchange, ...]


def load(file: Path) -> Conversation:
    """The conversation of a file; raises `BadConversation` if anything in it is not understood."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=_no_key_twice)
        conversation = read(file.stem, document)
    except ValueError as error:
        raise BadConversation(f"{file.name}: {error}") from error
    if not file.stem.startswith(f"{conversation.fact}_"):
        raise BadConversation(f"{file.name}: the name must begin with the fact, {conversation.fact}_")
    return conversation


def read(name: str, document: Any) -> Conversation:
    """A conversation from its JSON document."""
    members = _members(document, "conversation", {"fact": str, "title": str, "exchanges": list}, {"given": list})
    if not _FACT.fullmatch(members["fact"]):
        raise BadConversation(f"fact: {members['fact']!r} is not an id such as O-12")
    if not members["exchanges"]:
        raise BadConversation("exchanges: there must be at least one")
    conversation = Conversation(
        name=name,
        fact=members["fact"],
        title=members["title"],
        given=tuple(_given(step, f"given[{n}]") for n, step in enumerate(members.get("given", []))),
        exchanges=tuple(_exchange(step, f"exchanges[{n}]") for n, step in enumerate(members["exchanges"])),
    )
    _check_names(conversation)
    return conversation


def a_person(name: str, /, **attributes: Any) -> dict[str, Any]:
    """The body with which Okta creates a person (B-O1, with the externalId that real creates add)."""
    address = f"{name}@x.test"
    body = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": address,
        "externalId": f"00u-{name}",
        "name": {"givenName": name.capitalize(), "familyName": "Example"},
        "emails": [{"primary": True, "value": address, "type": "work"}],
        "displayName": f"{name.capitalize()} Example",
        "active": True,
    }
    return {attribute: value for attribute, value in (body | attributes).items() if value is not None}


def creation(name: str, /, **attributes: Any) -> Exchange:
    """The exchange that creates a person and captures their id under that name."""
    return Exchange(
        say=f"given {name}",
        request=Request("POST", "/Users", body=a_person(name, **attributes)),
        expect=Expectation((201,), capture={name: "$.id"}),
    )


def _given(step: Any, where: str) -> Exchange | Users:
    if isinstance(step, dict) and "user" in step:
        members = _members(step, where, {"user": str}, {"with": dict})
        return creation(_name(members["user"], where), **members.get("with", {}))
    if isinstance(step, dict) and "users" in step:
        members = _members(step, where, {"users": str, "count": int})
        return Users(_name(members["users"], where), members["count"])
    return _exchange(step, where)


def _exchange(step: Any, where: str) -> Exchange:
    members = _members(step, where, {"say": str, "request": dict, "expect": dict})
    try:
        return Exchange(members["say"], _request(members["request"]), _expectation(members["expect"]))
    except ValueError as error:
        raise BadConversation(f"{where}: {error}") from error


def _request(document: Any) -> Request:
    members = _members(
        document, "request", {"method": str, "path": str}, {"headers": dict, "body": (dict, list, str), "text": str}
    )
    if members["method"] not in _METHODS:
        raise BadConversation(f"request.method: {members['method']!r} is none of {', '.join(_METHODS)}")
    if not members["path"].startswith("/"):
        raise BadConversation(f"request.path: {members['path']!r} must begin with /")
    if "body" in members and "text" in members:
        raise BadConversation("request: either body or text")
    for name, value in members.get("headers", {}).items():
        if not isinstance(value, str | None):
            raise BadConversation(f"request.headers: {name} must be a text or null")
    templates.check(members.get("body"))
    return Request(**members)


def _expectation(document: Any) -> Expectation:
    members = _members(
        document,
        "expect",
        {"status": (int, list)},
        {"headers": dict, "body": (dict, str), "absent": list, "capture": dict, "within_ms": int},
    )
    status = members.pop("status")
    statuses = tuple(status if isinstance(status, list) else [status])
    if not statuses or any(type(code) is not int or not 100 <= code <= 599 for code in statuses):
        raise BadConversation(f"expect.status: {status!r} is not a status, nor an array of them")
    if 204 in statuses and {"body", "absent", "capture"} & set(members):
        raise BadConversation("expect: an answer that may be 204 has no body to look into; read it with a GET")
    matching.check(members.get("body"))
    matching.check(members.get("headers"))
    templates.check(members.get("body"))
    for path in [*members.get("absent", []), *members.get("capture", {}).values()]:
        templates.steps(path)
    for name in members.get("capture", {}):
        _name(name, "expect.capture")
    return Expectation(statuses, **(members | {"absent": tuple(members.get("absent", ()))}))


def _check_names(conversation: Conversation) -> None:
    known = set(BUILT_IN)
    for step in (*conversation.given, *conversation.exchanges):
        if isinstance(step, Users):
            known.add(step.name)
            continue
        _check_known(step, [step.request.path, step.request.headers, step.request.body, step.request.text], known)
        known |= set(step.expect.capture)
        _check_known(step, [step.expect.headers, step.expect.body], known)


def _check_known(step: Exchange, texts: list[Any], known: set[str]) -> None:
    unknown = set(templates.placeholders([dict(text) if isinstance(text, Mapping) else text for text in texts])) - known
    if unknown:
        raise BadConversation(f"{step.say!r} uses what nothing captured: {', '.join(sorted(unknown))}")


def _members(document: Any, where: str, required: Mapping[str, Any], optional: Mapping[str, Any] | None = None) -> Any:
    if not isinstance(document, dict):
        raise BadConversation(f"{where} must be an object")
    types = {**required, **(optional or {})}
    for problem in _problems(document, required, types):
        raise BadConversation(f"{where}: {problem}")
    return dict(document)


def _problems(document: Mapping[str, Any], required: Mapping[str, Any], types: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"no such key: {name}" for name in document if name not in types)
    yield from (f"{name} is missing" for name in required if name not in document)
    for name, value in document.items():
        if not isinstance(value, types[name]) or isinstance(value, bool):
            yield f"{name} cannot be {value!r}"


def _name(text: str, where: str) -> str:
    if not _NAME.fullmatch(text) or text in BUILT_IN | {"each"}:
        raise BadConversation(f"{where}: {text!r} cannot name a captured value")
    return text


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise BadConversation(f"a key stands twice in {[name for name, _ in pairs]}")
    return document

"""What holds of every answer below /scim/v2, whatever was asked; the player checks it in each exchange."""

from collections.abc import Iterator
from typing import Any

import httpx

MEDIA_TYPE = "application/scim+json"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
LIST_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"

_MISSING = object()
_NUMBERS = ("totalResults", "startIndex", "itemsPerPage")


def broken(request_path: str, answer: httpx.Response) -> list[str]:
    """Every invariant that the answer breaks, as readable lines."""
    if not answer.content:
        return list(_without_body(answer))
    media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip()
    lines = [] if media_type == MEDIA_TYPE else [f"content type: expected {MEDIA_TYPE}, got {media_type!r}"]
    try:
        body = answer.json()
    except ValueError:
        return [*lines, "the body is not JSON"]
    if not isinstance(body, dict):
        return [*lines, "the body is not a JSON object"]
    return [*lines, *_body(request_path, answer, body)]


def _without_body(answer: httpx.Response) -> Iterator[str]:
    if answer.status_code >= 400:
        yield f"{answer.status_code} must carry a SCIM error body"
    elif answer.status_code != 204:
        # O-30: Okta reports "Create new user returned empty user."
        yield f"{answer.status_code} must carry a body"


def _body(request_path: str, answer: httpx.Response, body: dict[str, Any]) -> Iterator[str]:
    if answer.status_code == 204:
        yield "204 must not carry a body"
    elif answer.status_code >= 400:
        yield from _error(answer.status_code, body)
    elif LIST_RESPONSE in body.get("schemas", []):
        yield from _list_response(request_path, body)
    else:
        yield from _resource(request_path, body, "$")
    if answer.status_code == 201:
        yield from _created(request_path, answer, body)
    yield from (f"{place} is never returned" for place in _passwords(body, "$"))


def _error(status: int, body: dict[str, Any]) -> Iterator[str]:
    # O-70, RFC 7644 section 3.12: the status is a string
    if body.get("schemas") != [ERROR]:
        yield f"error: schemas must be [{ERROR}], got {body.get('schemas')!r}"
    if body.get("status") != str(status):
        yield f"error: status must be the string {str(status)!r}, got {body.get('status')!r}"
    if not _text(body.get("detail")):
        yield f"error: detail must be a text for the admin, got {body.get('detail')!r}"


def _list_response(request_path: str, body: dict[str, Any]) -> Iterator[str]:
    # O-12, O-41: Okta stops silently at "startIndex": "1"
    # RFC 9865: a page by cursor has no startIndex
    numbers = ("totalResults", "itemsPerPage") if "cursor=" in request_path else _NUMBERS
    for name in numbers:
        if type(body.get(name)) is not int:
            yield f"$.{name} must be an integer, got {body.get(name)!r}"
    resources = body.get("Resources", [])
    if not isinstance(resources, list):
        yield f"$.Resources must be an array, got {resources!r}"
        return
    if body.get("itemsPerPage") != len(resources):
        yield f"$.itemsPerPage is {body.get('itemsPerPage')!r}, but the page holds {len(resources)}"
    ids = [resource.get("id") for resource in resources]
    if len(set(ids)) != len(ids):
        yield "$.Resources holds a resource twice"
    for n, resource in enumerate(resources):
        yield from _resource(request_path, resource, f"$.Resources[{n}]")


def _resource(request_path: str, resource: dict[str, Any], at: str) -> Iterator[str]:
    endpoint, _, query = request_path.partition("?")
    kind = endpoint.strip("/").partition("/")[0]
    if kind not in ("Users", "Groups"):
        return
    if not _text(resource.get("id")):
        yield f"{at}.id must be there, got {resource.get('id')!r}"
    # `attributes` and `excludedAttributes` choose what else there is
    if "ttributes=" not in query:
        yield from _user(resource, at) if kind == "Users" else _group(resource, at)


def _user(user: dict[str, Any], at: str) -> Iterator[str]:
    # O-12: Okta's test reads these of whichever user comes first
    if USER not in user.get("schemas", []):
        yield f"{at}.schemas must contain {USER}, got {user.get('schemas')!r}"
    if not _text(user.get("userName")):
        yield f"{at}.userName must be there, got {user.get('userName')!r}"
    if type(user.get("active")) is not bool:
        yield f"{at}.active must be a boolean, got {user.get('active')!r}"
    name = user.get("name")
    for part in ("givenName", "familyName"):
        value = name.get(part) if isinstance(name, dict) else None
        if not _text(value):
            yield f"{at}.name.{part} must be there, got {value!r}"
    emails = user.get("emails", _MISSING)
    if emails is _MISSING and "@" not in str(user.get("userName")):
        return
    first = emails[0] if isinstance(emails, list) and emails else None
    if not isinstance(first, dict) or not _text(first.get("value")):
        yield f"{at}.emails[0].value must be there, got {'no emails' if emails is _MISSING else repr(emails)}"


def _group(group: dict[str, Any], at: str) -> Iterator[str]:
    if GROUP not in group.get("schemas", []):
        yield f"{at}.schemas must contain {GROUP}, got {group.get('schemas')!r}"
    if not _text(group.get("displayName")):
        yield f"{at}.displayName must be there, got {group.get('displayName')!r}"


def _created(request_path: str, answer: httpx.Response, body: dict[str, Any]) -> Iterator[str]:
    # RFC 7644 section 3.3: Location, and the same address in meta.location
    location = answer.headers.get("Location", "")
    meta = body.get("meta")
    if not location.endswith(f"/{body.get('id')}"):
        yield f"201: Location must be the address of the resource, got {location!r}"
    elif "ttributes=" in request_path and meta is None:
        return
    elif not isinstance(meta, dict) or meta.get("location") != location:
        yield f"201: meta.location must be the Location {location!r}, got meta {meta!r}"


def _passwords(value: Any, at: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name.casefold() == "password":
                yield f"{at}.{name}"
            yield from _passwords(inner, f"{at}.{name}")
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield from _passwords(inner, f"{at}[{n}]")


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())

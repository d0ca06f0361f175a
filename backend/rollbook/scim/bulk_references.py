"""References to what other operations of a bulk request create: `bulkId:x` (RFC 7644 section 3.7.2).

A reference is a whole text, or the end of an address (an operation's path, a `$ref`), or a value in a PATCH path:
`members[value eq "bulkId:x"]`.
"""

import re
from collections.abc import Container, Iterator, Mapping
from typing import Any, NamedTuple

import orjson

from rollbook.scim.bulk_message import BulkOperation

_MARK = "bulkId:"
_QUOTED = re.compile(rf'"{_MARK}([^"\\]+)"')
_ADDRESS = "$ref"


class _Reference(NamedTuple):
    """A reference and where it stands in its text."""

    start: int
    end: int
    bulk_id: str


def references(operation: BulkOperation) -> tuple[str, ...]:
    """The bulkIds that the operation refers to, each once, in their order."""
    found = dict.fromkeys(each.bulk_id for each in _in_text(operation.path, _ADDRESS))
    # Most data refer to nothing, and their text tells it faster than their parts
    if _MARK.encode() in orjson.dumps(operation.data):
        found |= dict.fromkeys(_in_value(operation.data, ""))
    return tuple(found)


def resolved(value: Any, locations: Mapping[str, str], name: str = "") -> Any:
    """The value with ids, and under `$ref` addresses, in the place of references to what is at these locations."""
    if isinstance(value, str):
        return _resolved_text(value, locations, name) if _MARK in value else value
    if isinstance(value, list):
        return [resolved(each, locations, name) for each in value]
    if isinstance(value, dict):
        return {key: resolved(inner, locations, key) for key, inner in value.items()}
    return value


def resolved_path(path: str, locations: Mapping[str, str]) -> str:
    """The path of an operation with an id in the place of a reference."""
    return _with_ids(path, _in_text(path, _ADDRESS), locations)


def divided(data: Mapping[str, Any], waiting: Container[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What of a resource can be created at once, and the attributes that refer to what is not there yet."""
    now: dict[str, Any] = {}
    later: dict[str, Any] = {}
    for name, value in data.items():
        if not any(bulk_id in waiting for bulk_id in _in_value(value, name)):
            now[name] = value
        elif isinstance(value, dict) and ":" in name:
            # an extension: what else is in it need not wait
            inner, later[name] = divided(value, waiting)
            if inner:
                now[name] = inner
        else:
            later[name] = value
    return now, later


def id_at(location: str) -> str:
    """The id of the resource at this address."""
    return location.rpartition("/")[2]


def _in_value(value: Any, name: str) -> Iterator[str]:
    if isinstance(value, str):
        if _MARK in value:
            yield from (each.bulk_id for each in _in_text(value, name))
    elif isinstance(value, list):
        for each in value:
            yield from _in_value(each, name)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _in_value(inner, key)


def _in_text(text: str, name: str) -> list[_Reference]:
    """The references in a text that stands under this name."""
    if text.startswith(_MARK):
        return [_Reference(0, len(text), text[len(_MARK) :])]
    match name.lower():
        case "$ref":
            before, mark, bulk_id = text.rpartition(f"/{_MARK}")
            return [_Reference(len(before) + 1, len(text), bulk_id)] if mark else []
        case "path":
            return [_Reference(each.start() + 1, each.end() - 1, each[1]) for each in _QUOTED.finditer(text)]
        case _:
            return []


def _resolved_text(text: str, locations: Mapping[str, str], name: str) -> str:
    if name.lower() == _ADDRESS and text.startswith(_MARK):
        return locations.get(text[len(_MARK) :], text)
    return _with_ids(text, _in_text(text, name), locations)


def _with_ids(text: str, found: list[_Reference], locations: Mapping[str, str]) -> str:
    for start, end, bulk_id in reversed(found):
        if bulk_id in locations:
            text = text[:start] + id_at(locations[bulk_id]) + text[end:]
    return text

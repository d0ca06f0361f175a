"""Personal values out of what a provisioning client sent: a text keeps its first character, a body keeps its shape.

What stays tells an admin how a request was built: attribute names, schemas, ids of resources, operations and their
paths, booleans, numbers that are none of a text, and the words that SCIM itself defines. Masking what is masked changes
nothing. The texts by themselves are masked by `masking_texts`.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote_plus

import orjson

from rollbook.domain.masking_texts import (
    LEFT_OUT,
    MASK,
    Mask,
    masked_filter,
    masked_names,
    masked_path,
    masked_sentence,
    masked_text,
    without_addresses,
)

_COUNT = re.compile(r"-?\d{1,9}")
_STATUS = re.compile(r"\d{3}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_PARAMETER = re.compile(r"[A-Za-z$][\w$.-]*", re.ASCII)
_SCIM_TYPES = frozenset({"invalidFilter", "invalidPath", "invalidSyntax", "invalidValue", "invalidVers", "mutability"})
_SCIM_TYPES |= {"expiredCursor", "invalidCount", "invalidCursor", "noTarget", "sensitive", "tooMany", "uniqueness"}


def masked_query(query: str | None) -> str | None:
    """The query of a request, where nothing is masked encoded as it came."""
    return "&".join(map(_masked_parameter, query.split("&"))) if query else query


def masked_body(body: str | None) -> str | None:
    """A body as it is kept, which is JSON, masked. Of what is not JSON nothing is told but its size."""
    if body is None:
        return None
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return body if LEFT_OUT.fullmatch(body) else MASK
    return orjson.dumps(masked_document(document)).decode()


def masked_document(document: Any) -> Any:
    """The same for a document."""
    match document:
        case dict():
            return _masked_object(document)
        case list():
            return [masked_document(each) for each in document]
        case str():
            return masked_text(document)
        case _:
            return document


def _masked_object(sent: Mapping[str, Any]) -> dict[str, Any]:
    words = _words_of_message(sent)
    return {_masked_name(name): _masked_attribute(name.lower(), value, words) for name, value in sent.items()}


def _masked_name(name: str) -> str:
    return name if LEFT_OUT.fullmatch(name) else _masked_patch_path(name)


def _masked_attribute(name: str, value: Any, words: Mapping[str, Mask]) -> Any:
    if name == "meta" and isinstance(value, dict):
        return {inner: each if _is_moment(each) else masked_document(each) for inner, each in value.items()}
    if isinstance(value, str) and (mask := words.get(name)) is not None:
        return mask(value)
    if name == "schemas" and isinstance(value, list):
        return [_masked_schema(each) if isinstance(each, str) else masked_document(each) for each in value]
    return masked_document(value)


def _is_moment(value: Any) -> bool:
    return isinstance(value, str) and _MOMENT.fullmatch(value) is not None


def _masked_schema(urn: str) -> str:
    return without_addresses(urn) if urn.startswith("urn:") else masked_text(urn)


def _masked_patch_path(path: str) -> str:
    return masked_path(path) if path.startswith("/") else masked_filter(path, may_be_name=True)


def _stays_as(pattern: re.Pattern[str]) -> Mask:
    return lambda text: text if pattern.fullmatch(text) else masked_text(text)


def _masked_scim_type(text: str) -> str:
    return text if text in _SCIM_TYPES else masked_text(text)


_OF_OPERATION: Mapping[str, Mask] = {"path": _masked_patch_path, "status": _stays_as(_STATUS)}
_OF_ERROR: Mapping[str, Mask] = {
    "detail": masked_sentence,
    "scimtype": _masked_scim_type,
    "status": _stays_as(_STATUS),
}
_OF_SEARCH: Mapping[str, Mask] = {
    "attributes": masked_names,
    "excludedattributes": masked_names,
    "filter": masked_filter,
    "sortby": masked_names,
}
_OF_QUERY: Mapping[str, Mask] = {
    **_OF_SEARCH,
    "count": _stays_as(_COUNT),
    "cursor": str,  # sealed by ourselves
    "startindex": _stays_as(_COUNT),
}


def _words_of_message(sent: Mapping[str, Any]) -> Mapping[str, Mask]:
    """How the attributes of this object are masked that are SCIM's own: of an operation, an error or a search."""
    names = {name.lower() for name in sent}
    if "op" in names or "method" in names:
        return _OF_OPERATION
    schemas = sent.get("schemas")
    said = [each for each in schemas if isinstance(each, str)] if isinstance(schemas, list) else []
    words: dict[str, Mask] = {}
    for end, own in ((":Error", _OF_ERROR), (":SearchRequest", _OF_SEARCH)):
        if any(each.endswith(end) for each in said):
            words |= own
    return words


def _masked_parameter(pair: str) -> str:
    name, equals, value = pair.partition("=")
    said, called = unquote_plus(value), unquote_plus(name)
    shown = _OF_QUERY.get(called.lower(), masked_text)(said)
    if not called or _PARAMETER.fullmatch(called):
        return pair if shown == said else f"{name}={quote(shown, safe='')}"
    return quote(masked_text(called), safe="") + (f"={quote(shown, safe='')}" if equals else "")

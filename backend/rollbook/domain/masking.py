"""Personal values out of what a provisioning client sent: a text keeps its first character, a body keeps its shape.

What stays tells an admin how a request was built: attribute names, schemas, ids of resources, operations and their
paths, booleans, numbers, and the words that SCIM itself defines. Masking what is masked changes nothing.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote_plus

import orjson

from rollbook.domain.values import parse_id

MASK = "•••"

_BOOLEANS = {"true", "false", "null"}
"""Also as texts, as Entra writes them (E-12)."""
_CANONICAL = {"direct", "fax", "home", "indirect", "main", "mobile", "other", "pager", "photo", "primary"}
_CANONICAL |= {"thumbnail", "work"}
"""Types of values: those of RFC 7643 sections 2.4 and 4.1.2, and what clients use besides."""
_ROLES = {"admin", "admins", "group", "user", "users"}
_OF_MESSAGES = {"add", "ascending", "delete", "descending", "get", "head", "patch", "post", "put", "remove", "replace"}
_WORDS = frozenset(_BOOLEANS | _CANONICAL | _ROLES | _OF_MESSAGES)

_ID_ATTRIBUTES = frozenset({"$ref", "id", "meta", "schemas"})
"""Attributes that say which resource it is and of what kind, and nothing of a person."""
_OF_FILTERS = frozenset({"attributes", "excludedattributes", "filter", "sortby"})
"""Parameters of a query that hold names of attributes, or filters."""
_SEALED = frozenset({"cursor"})

_ADDRESS = re.compile(r"[^\s@\"'<>(),;:\\\[\]/=]+@(?=[^\s@\"'<>(),;:\\\[\]]+)")
_BARE_VALUE = re.compile(r"((?:^|\s)(?:eq|ne|co|sw|ew|gt|ge|lt|le)\s+)([^\s\"')\]]+)", re.IGNORECASE)
_IN_DOUBLE_QUOTES = re.compile(r'"((?:\\.|[^"\\])*)(?:"|$)')
_LEFT_OUT = re.compile(r"…(?: \d+ more)?|not JSON, \d+ bytes")
"""What stands in the place of what was left out of a body."""
_NUMBER = re.compile(r"-?\d{1,9}(?:\.\d+)?")
_OF_RESOURCE = re.compile(r'W/"\d+"|(?:https?://[^\s@]+)?/(?:Users|Groups)/[^\s@/]+')
"""An entity tag, and the address of a resource."""
_QUOTED = re.compile(r"""(?<!\w)(["'])(.*?)\1(?!\w)""")


def masked_text(text: str) -> str:
    """The text's first character; of an address the domain too. A word that SCIM defines, or an id, stays."""
    if not text or text.lower() in _WORDS or text.startswith("urn:ietf:params:scim:"):
        return text
    if parse_id(text) or _OF_RESOURCE.fullmatch(text) or _LEFT_OUT.fullmatch(text):
        return text
    name, _, domain = text.rpartition("@")
    if name and domain and not re.search(r"\s", text):
        return f"{name[0]}{MASK}@{domain}"
    return text[0] + MASK


def masked_sentence(text: str) -> str:
    """A text of ours, such as the detail of a refusal, with what it quotes masked and the addresses in it."""
    quoted = _QUOTED.sub(lambda found: f"{found[1]}{_masked_value(found[2])}{found[1]}", text)
    return _ADDRESS.sub(lambda found: f"{found[0][0]}{MASK}@", quoted)


def masked_filter(text: str) -> str:
    """A filter, or a PATCH path that may have one, with the values masked that it compares with."""
    bare = _BARE_VALUE.sub(lambda found: found[1] + _masked_value(found[2]), text)
    quoted = _IN_DOUBLE_QUOTES.sub(lambda found: f'"{_masked_value(found[1])}"', bare)
    return _ADDRESS.sub(lambda found: f"{found[0][0]}{MASK}@", quoted)


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
        return body if _LEFT_OUT.fullmatch(body) else MASK
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
    texts = _texts_of_message(sent)
    return {masked_filter(name): _masked_attribute(name.lower(), value, texts) for name, value in sent.items()}


def _masked_attribute(name: str, value: Any, texts: frozenset[str]) -> Any:
    if name == "meta" and isinstance(value, dict):
        return value
    if isinstance(value, str):
        if name in _ID_ATTRIBUTES:
            return masked_sentence(value)
        if name in texts:
            return masked_sentence(value) if name == "detail" else masked_filter(value)
    if name == "schemas" and isinstance(value, list):
        return [masked_sentence(each) if isinstance(each, str) else masked_document(each) for each in value]
    return masked_document(value)


_MESSAGES = {
    ":Error": frozenset({"detail", "scimtype", "status"}),
    ":SearchRequest": _OF_FILTERS,
}


def _texts_of_message(sent: Mapping[str, Any]) -> frozenset[str]:
    """The attributes of this object that are SCIM's own words: of an operation, an error or a search."""
    names = {name.lower() for name in sent}
    if "op" in names or "method" in names:
        return frozenset({"op", "method", "path", "location", "status", "version"})
    schemas = sent.get("schemas")
    said = [each for each in schemas if isinstance(each, str)] if isinstance(schemas, list) else []
    return frozenset().union(*(own for end, own in _MESSAGES.items() if any(each.endswith(end) for each in said)))


def _masked_parameter(pair: str) -> str:
    name, _, value = pair.partition("=")
    said, known_as = unquote_plus(value), unquote_plus(name).lower()
    if known_as in _SEALED:
        return pair
    kept = masked_filter(said) if known_as in _OF_FILTERS else _masked_value(said)
    return pair if kept == said else f"{name}={quote(kept, safe='')}"


def _masked_value(value: str) -> str:
    return value if _NUMBER.fullmatch(value) else masked_text(value)

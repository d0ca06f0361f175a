"""What identity providers send, turned into what RFC 7644 says: every leniency, each with the fact that needs it.

A token in the strict dialect gets none of them. Each one that fires is noted for the provisioning log.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import orjson

from rollbook.domain.roles import Role, effective
from rollbook.scim.attributes import Attribute, AttributePath, AttributeType, ResourceType, Schema
from rollbook.scim.errors import ScimError, invalid_path, invalid_syntax, invalid_value
from rollbook.scim.filter_text import Comparison, Conjunction, Expression
from rollbook.scim.reading import Reading, shown
from rollbook.scim.requests import kind
from rollbook.scim.schemas import ENTERPRISE_URN, USER_URN

# E-30: the misspelt URN of one of Entra's examples. X-01: OneLogin's template sends the URNs of SCIM 1.
_OTHER_URNS: Mapping[str, str] = {
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0user": ENTERPRISE_URN,
    "urn:scim:schemas:core:1.0": USER_URN,
    "urn:scim:schemas:core:2.0": USER_URN,
    "urn:scim:schemas:extension:enterprise:1.0": ENTERPRISE_URN,
    "urn:scim:schemas:extension:enterprise:2.0": ENTERPRISE_URN,
}

_BOOLEANS = {"true": True, "false": False}

_JOINED = re.compile(rb"(?P<flag>\w+)(?P<path>/[^?&]*)(?:[?&](?P<query>.*))?", re.DOTALL)

_ROLE_WORDS: Mapping[str, Role] = {
    "admin": Role.ADMIN,
    "admins": Role.ADMIN,
    "user": Role.USER,
    "users": Role.USER,
}


def joined_address(query: bytes, reading: Reading) -> tuple[Sequence[str], bytes]:
    """E-03: a tenant URL that ends in a flag has the address behind it: `/scim/v2?aadOptscim062020/Users?filter=…`.

    The segments of the path and the query that were meant; no segments if there is no such address.
    """
    joined = None if reading.strict else _JOINED.fullmatch(query)
    if joined is None:
        return (), query
    path, flag = unquote(joined["path"].decode("latin-1")), joined["flag"].decode("latin-1")
    reading.note(f"The address {shown(path)} was read from behind the flag {shown(flag)}.")
    return [segment for segment in path.split("/") if segment], joined["query"] or b""


def boolean(value: Any, name: str, reading: Reading) -> Any:
    """E-33, E-41, E-52: "True" and "false" as text, in any case, are booleans."""
    if reading.strict or not isinstance(value, str) or value.lower() not in _BOOLEANS:
        return value
    reading.note(f'{name}: the text "{value}" was read as the boolean {value.lower()}.')
    return _BOOLEANS[value.lower()]


def emptied(value: Any, name: str, reading: Reading) -> Any:
    """E-50, E-51: an empty text clears the attribute."""
    if reading.strict or value != "":
        return value
    reading.note(f"{name}: the empty text was read as no value.")
    return None


def as_array(value: Any, name: str, reading: Reading) -> Any:
    """E-52, O-43: one value of a multi-valued attribute may come without its array."""
    if reading.strict or not isinstance(value, dict | str):
        return value
    if value == "":
        return emptied(value, name, reading)
    reading.note(f"{name}: one value without an array was read as an array of one.")
    return [value]


def other_binary(value: str, name: str, reading: Reading) -> None:
    """E-31, E-34: what should be base64 and is not is kept as it came."""
    reading.tolerate(
        f"{name} is not base64; it was kept as it came.",
        invalid_value(f"{name} must be base64; it is {kind(value)}."),
    )


def as_element(value: Any, name: str, reading: Reading) -> Any:
    """E-49: the value for a chosen element may come inside an array, as the values of a whole attribute do."""
    if reading.strict or not isinstance(value, list) or len(value) != 1:
        return value
    reading.note(f"{name}: an array was read as the value in it.")
    return value[0]


def as_complex(value: Any, attribute: Attribute, name: str, reading: Reading) -> Any:
    """E-49: a complex value may come as its bare `value`, or inside an array (manager comes in all these forms)."""
    if reading.strict:
        return value
    if isinstance(value, list) and len(value) <= 1 and not attribute.multi_valued:
        reading.note(f"{name}: an array was read as the value in it.")
        value = value[0] if value else None
    if value == "":
        return emptied(value, name, reading)
    if isinstance(value, str) and attribute.sub_attribute("value") is not None:
        reading.note(f"{name}: a bare text was read as its value.")
        return {"value": value}
    return value


def bare_value(reading: Reading) -> Callable[[str], str] | None:
    """E-14: a value in a filter without its quotes is a text. Numbers too, since no attribute holds any."""

    def read(text: str) -> str:
        reading.note(f"In the filter, {shown(text)} without quotes was read as a text.")
        return text

    return None if reading.strict else read


def operation_name(text: str, reading: Reading) -> str:
    """E-40: Add, Replace and Remove with a capital."""
    if reading.strict or text == text.lower():
        return text
    reading.note(f"The operation {shown(text, 20)} was read in lower case.")
    return text.lower()


def blank_path(text: str, at: int, reading: Reading) -> str | None:
    """A path without a character, as some clients fill in what they leave out, is none."""
    if text.strip():
        return text
    reading.tolerate(
        f"Operation {at}: the empty path was read as none.",
        invalid_path(f"Operation {at}: the path is empty; leave it out or name an attribute."),
    )
    return None


def schema_urn(text: str, reading: Reading) -> str:
    """E-30, X-01: a misspelt or outdated URN stands for the one that was meant."""
    meant = None if reading.strict else _OTHER_URNS.get(text.lower())
    if meant is None:
        return text
    reading.note(f"The schema {shown(text)} was read as {meant}.")
    return meant


def attribute_path(name: str, resource_type: ResourceType, reading: Reading) -> AttributePath | None:
    """E-30, E-49: an extension's attribute without its URN, such as a bare `manager` or `department`."""
    if reading.strict or ":" in name:
        return None
    for extension in resource_type.extensions:
        top, dot, rest = name.partition(".")
        attribute = extension.attribute(top)
        if attribute is None:
            continue
        sub = attribute.sub_attribute(rest) if dot else None
        if dot and sub is None:
            continue
        reading.note(f"{shown(name)} was read as {extension.id}:{attribute.name}.")
        return AttributePath(extension, attribute, sub)
    return None


def key_path(name: str, resource_type: ResourceType, reading: Reading) -> AttributePath | None:
    """E-43: dotted and URN-qualified names as the keys of an object."""
    if reading.strict:
        return None
    found = resource_type.find(name)
    if found is not None:
        reading.note(_key_as_path(name))
        return found
    return attribute_path(name, resource_type, reading)


def key_path_in(schema: Schema, name: str, reading: Reading) -> AttributePath | None:
    """The same inside the object of an extension: `manager.value`."""
    top, dot, rest = name.partition(".")
    attribute = None if reading.strict or not dot else schema.attribute(top)
    sub = attribute.sub_attribute(rest) if attribute else None
    if attribute is None or sub is None:
        return None
    reading.note(_key_as_path(name))
    return AttributePath(schema, attribute, sub)


def _key_as_path(name: str) -> str:
    return f"The key {shown(name)} was read as a path."


def unknown_schemas(urns: Iterable[Any], resource_type: ResourceType, reading: Reading) -> None:
    """E-30, E-35, X-01: `schemas` may name what Rollbook does not know, as long as the address fixes the type."""
    for urn in urns:
        if isinstance(urn, str) and resource_type.schema_of(schema_urn(urn, reading)) is not None:
            continue
        told = shown(urn) if isinstance(urn, str) else kind(urn)
        reading.tolerate(
            f"schemas: {told} was ignored; it is no schema of this resource.",
            invalid_syntax(f"schemas names {told}, which is no schema of this resource."),
        )


def unnamed_schema(urn: str, schemas: Any, reading: Reading) -> None:
    """X-01: the address and the method say what a body is, also where its `schemas` does not."""
    found = "missing" if schemas is None else "empty" if schemas == [] else kind(schemas)
    if isinstance(schemas, list) and schemas:
        found = "an array without it"
    reading.tolerate(
        f"schemas does not name {urn}; the body was read as if it did.",
        invalid_syntax(f"schemas must be an array with {urn}; it is {found}."),
    )


def new_element(where: Expression, attribute: Attribute, refusal: ScimError) -> dict[str, Any]:
    """E-60: a path to an element that is not there makes one with the properties that the path asks for.

    Raises the refusal if the path does not say what the element would be.
    """
    terms = where.terms if isinstance(where, Conjunction) else (where,)
    element: dict[str, Any] = {}
    for term in terms:
        if not isinstance(term, Comparison) or term.operator != "eq" or term.value is None:
            raise refusal
        sub = attribute.sub_attribute(term.path)
        if sub is not None:
            is_boolean = sub.type is AttributeType.BOOLEAN
            element[sub.name] = _BOOLEANS.get(str(term.value).lower()) if is_boolean else term.value
    return element


def removed_values(value: Any, name: str, reading: Reading) -> list[Any] | None:
    """E-44: a remove with values takes only those away; None without a value, which takes all away.

    Read by the letter of RFC 7644 section 3.5.2.2 it would empty the attribute, so the strict dialect refuses it.
    """
    if value is None:
        return None
    if reading.strict:
        raise invalid_syntax(f"A remove takes no value; say which one by a filter in the path: {name}[value eq …].")
    reading.note(f"{name}: remove with values was read as removing only those.")
    return list(value) if isinstance(value, list) else [value]


def nothing_chosen(name: str, refusal: ScimError, reading: Reading) -> None:
    """E-65: what is to be removed may be gone already, as it is when a request is sent twice."""
    reading.tolerate(f"{name}: the path chose no value, so nothing was removed.", refusal)


def removed_value(value: Any, name: str, reading: Reading) -> Any:
    """E-53: a remove with a value, where only one can be, takes that one away and none that took its place."""
    if value in (None, "", [], {}):
        return None
    if reading.strict:
        raise invalid_syntax(f"A remove takes no value; leave it out to remove {name}, whatever it is.")
    reading.note(f"{name}: remove with a value was read as removing only that.")
    return value


def bare_member(text: str, name: str, reading: Reading) -> str:
    """E-49: as a manager does, a member may come as its bare id."""
    reading.tolerate(
        f"{name}: a bare text was read as its value.",
        invalid_value(f"{name} must be an object whose value is a User's id; it is {kind(text)}."),
    )
    return text


def stated_role(roles: Iterable[Mapping[str, Any]]) -> Role | None:
    """The highest role among the `roles` of a User that is one of Rollbook's; None if none is.

    E-52: Entra may send an app role as JSON inside the text.
    """
    words = (_word(role.get("value")) for role in roles)
    return effective(_ROLE_WORDS[word] for word in words if word in _ROLE_WORDS)


def _word(value: Any) -> str:
    if not isinstance(value, str):
        return ""
    if value.startswith("{"):
        try:
            inner = orjson.loads(value)
        except orjson.JSONDecodeError:
            return ""
        value = inner.get("value") if isinstance(inner, dict) else None
        return value.lower() if isinstance(value, str) else ""
    return value.strip().lower()

"""What a client sent, checked against the attribute table and brought into canonical form.

Canonical means: the table's names, no nulls, no empty arrays or objects (RFC 7643 section 2.5). Values stay as they
were sent. Every text of a refusal names the attribute, what came, and what would be right.
"""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rollbook.scim import tolerance
from rollbook.scim.attributes import Attribute, AttributePath, AttributeType, ResourceType, Schema
from rollbook.scim.errors import invalid_syntax, invalid_value, mutability
from rollbook.scim.reading import Reading, shown
from rollbook.scim.requests import kind

MAX_VALUES = 1000
"""The most values of one multi-valued attribute of a User."""

Field = tuple[AttributePath, Any]

_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]*|[A-Za-z0-9_-]*)={0,2}", re.ASCII)


def check_schemas(body: Mapping[str, Any], resource_type: ResourceType, reading: Reading) -> None:
    """In the strict dialect `schemas` must be there, with the core schema, and name only known schemas."""
    sent = next((value for name, value in body.items() if name.lower() == "schemas"), None)
    named = sent if isinstance(sent, list) else []
    tolerance.unknown_schemas(named, resource_type, reading)
    core = resource_type.schema
    for urn in named:
        if isinstance(urn, str) and resource_type.schema_of(tolerance.schema_urn(urn, reading)) is core:
            return
    tolerance.unnamed_schema(core.id, sent, reading)


def check_schemas_written(value: Any, resource_type: ResourceType, reading: Reading, *, by_path: bool) -> None:
    """An operation on `schemas`, which follow from the attributes: it may only name schemas of the resource type."""
    urns = value if isinstance(value, list) else [value]
    if not by_path:
        tolerance.unknown_schemas([] if value is None else urns, resource_type, reading)
    elif not all(isinstance(urn, str) and resource_type.schema_of(urn) for urn in urns):
        raise mutability(f"schemas follow from the attributes and cannot become {kind(value)}; leave them out.")


def fields(body: Mapping[str, Any], resource_type: ResourceType, reading: Reading) -> Iterator[Field]:
    """Each attribute in a resource, or in the value of a PATCH operation without a path, with its raw value.

    An extension's object is opened. Unknown names are noted and left out, or in the strict dialect refused.
    """
    for name, value in body.items():
        path = resource_type.schema.path(name)
        if path is not None:
            yield path, value
            continue
        schema = resource_type.schema_of(tolerance.schema_urn(name, reading))
        if schema is not None:
            yield from _extension(schema, value, reading)
            continue
        path = tolerance.key_path(name, resource_type, reading)
        if path is not None:
            yield path, value
        else:
            unknown(name, resource_type.name, resource_type.schema.attributes, reading)


def _extension(schema: Schema, value: Any, reading: Reading) -> Iterator[Field]:
    if value is None:
        # The whole extension is unassigned, so each of its attributes is
        yield from ((path, None) for path in schema.paths.values())
        return
    if not isinstance(value, dict):
        raise invalid_value(f"{schema.id} must be an object with the extension's attributes; it is {kind(value)}.")
    for name, inner in value.items():
        path = schema.path(name) or tolerance.key_path_in(schema, name, reading)
        if path is not None:
            yield path, inner
        else:
            unknown(f"{schema.id}:{name}", schema.name, schema.attributes, reading)


def unknown(name: str, owner: str, known: Iterable[Attribute], reading: Reading) -> None:
    """S-02: a name that no schema has is noted, or in the strict dialect refused."""
    told = shown(name)
    if reading.strict:
        last = re.split(r"[.:]", told)[-1]
        meant = difflib.get_close_matches(last, [each.name for each in known], n=1, cutoff=0.8)
        advice = f"did you mean {meant[0]}?" if meant else "leave it out."
        raise invalid_syntax(f"{owner} has no attribute {told}; {advice}")
    reading.note(f"{told} was ignored: {owner} has no such attribute.")


def value_of(attribute: Attribute, value: Any, reading: Reading, name: str | None = None) -> Any:
    """The whole value of an attribute in canonical form; None if it is unassigned. Raises 400 `invalidValue`."""
    if not attribute.multi_valued and attribute.is_plain(value):
        return value
    told = name or attribute.name
    if value is None:
        return None
    if not attribute.multi_valued:
        return single_value_of(attribute, value, reading, told)
    values = tolerance.as_array(value, told, reading)
    if values is None:
        return None
    if not isinstance(values, list):
        raise invalid_value(f"{told} must be an array; it is {kind(value)}. Put its values into [ ].")
    elements = [single_value_of(attribute, each, reading, f"{told}[{at}]") for at, each in enumerate(values)]
    return checked_values(attribute, [element for element in elements if element is not None], reading) or None


def single_value_of(attribute: Attribute, value: Any, reading: Reading, name: str) -> Any:
    """One value, of a multi-valued attribute one element, in canonical form; None if it is unassigned."""
    if value is None:
        return None
    if attribute.is_complex:
        return _complex(attribute, value, reading, name)
    if attribute.type is AttributeType.BOOLEAN:
        value = tolerance.boolean(tolerance.emptied(value, name, reading), name, reading)
        if value is None or isinstance(value, bool):
            return value
        raise invalid_value(f"{name} must be true or false; it is {kind(value)}.")
    value = tolerance.emptied(value, name, reading)
    if value is None or isinstance(value, str):
        if attribute.type is AttributeType.BINARY and value is not None and not _is_base64(value):
            tolerance.other_binary(value, name, reading)
        return value
    advice = "" if isinstance(value, dict | list) else " Put it in double quotes."
    raise invalid_value(f"{name} must be a string; it is {kind(value)}.{advice}")


def _complex(attribute: Attribute, value: Any, reading: Reading, name: str) -> dict[str, Any] | None:
    parts = parts_of(attribute, value, reading, name) or {}
    return {sub_name: inner for sub_name, inner in parts.items() if inner is not None} or None


def parts_of(attribute: Attribute, value: Any, reading: Reading, name: str) -> dict[str, Any] | None:
    """The sub-attributes that a complex value names, None for each that it leaves without one; None for no value."""
    value = tolerance.as_complex(value, attribute, name, reading)
    if value is None or value == {}:
        return None
    if not isinstance(value, dict):
        raise invalid_value(f"{name} must be an object with sub-attributes; it is {kind(value)}.")
    parts = {}
    for sub_name, inner in value.items():
        sub = attribute.sub_attribute(sub_name)
        if sub is None:
            unknown(f"{attribute.name}.{sub_name}", attribute.name, attribute.sub_attributes, reading)
        else:
            plain = sub.is_plain(inner)
            parts[sub.name] = inner if plain else single_value_of(sub, inner, reading, f"{name}.{sub.name}")
    return parts


def _is_base64(text: str) -> bool:
    """RFC 7643 section 2.3.6: binary data is base64, with either of the two alphabets of RFC 4648."""
    return len(text) % 4 != 1 and _BASE64.fullmatch(text) is not None


def checked_values(attribute: Attribute, values: list[Any], reading: Reading) -> list[Any]:
    """The values that a client sent: not too many, and at most one of them primary (RFC 7643 section 2.4)."""
    check_number(attribute, values)
    primary = [at for at, value in enumerate(values) if isinstance(value, dict) and value.get("primary") is True]
    if len(primary) < 2:
        return values
    reading.tolerate(
        f"{attribute.name}: several values were primary; only the first of them is.",
        invalid_value(f"{attribute.name} has {len(primary)} primary values; at most one can be."),
    )
    return [{**value, "primary": False} if at in primary[1:] else value for at, value in enumerate(values)]


def check_number(attribute: Attribute, values: Sequence[Any]) -> None:
    """Return if so many values are kept, or raise 400 `invalidValue`."""
    if len(values) > MAX_VALUES:
        raise invalid_value(f"{attribute.name} has {len(values)} values; at most {MAX_VALUES} are kept.")

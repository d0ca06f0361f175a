"""Where a PATCH path leads: an attribute, perhaps some of its elements, and perhaps a sub-attribute of these."""

from collections.abc import Mapping
from typing import Any

from rollbook.domain.documents import comparable
from rollbook.domain.matching import matches
from rollbook.scim import tolerance
from rollbook.scim.attributes import AttributePath, ResourceType, Schema
from rollbook.scim.errors import ScimError, invalid_filter, invalid_path
from rollbook.scim.filter_text import Expression, Path, parse_path
from rollbook.scim.filters import element_criterion
from rollbook.scim.reading import Reading, shown


def target_of(text: str, resource_type: ResourceType, reading: Reading) -> AttributePath | Schema:
    """What the path names; a schema if it is no more than the URN of one. Raises 400 `invalidPath`.

    `invalidFilter` where the path is well formed and what stands in its brackets cannot be looked for (table 9).
    """
    path = parse_path(text)
    schema, rest = resource_type.split(_with_known_urn(path.name, reading))
    if schema is not None and not rest:
        if path.where is not None:
            raise invalid_path(f"{shown(text)}: a schema has no elements, so [ ] cannot follow it.")
        return schema
    name = f"{schema.id}:{rest}" if schema is not None and schema is not resource_type.schema else rest
    found = resource_type.find(name) or tolerance.attribute_path(path.name, resource_type, reading)
    if found is None:
        raise invalid_path(f"{shown(text)}: a {resource_type.name} has no such attribute.")
    return found if path.where is None else _filtered(text, path, path.where, found, reading)


def _with_known_urn(name: str, reading: Reading) -> str:
    """E-30, X-01: a misspelt or outdated URN, alone or in front of the attribute."""
    whole = tolerance.schema_urn(name, reading)
    if whole != name:
        return whole
    urn, colon, rest = name.rpartition(":")
    return f"{tolerance.schema_urn(urn, reading)}:{rest}" if colon else name


def _filtered(text: str, path: Path, where: Expression, found: AttributePath, reading: Reading) -> AttributePath:
    attribute = found.attribute
    if found.sub is not None or not (attribute.multi_valued and attribute.is_complex):
        raise invalid_path(f"{shown(text)}: {path.name} has no elements, so [ ] cannot follow it.")
    sub = None
    if path.sub is not None:
        sub = attribute.sub_attribute(path.sub)
        if sub is None:
            raise invalid_path(f"{shown(text)}: {attribute.name} has no sub-attribute {shown(path.sub)}.")
    try:
        criterion = element_criterion(where, attribute, reading)
    except ScimError as refusal:
        raise invalid_filter(f"{shown(text)}: {refusal.detail}") from None

    def test(element: Mapping[str, Any]) -> bool:
        return matches(criterion, comparable(element, (attribute.name,)))

    return AttributePath(found.schema, attribute, sub, where, test)

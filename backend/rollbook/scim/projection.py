"""Which attributes an answer shows: `attributes` and `excludedAttributes` (RFC 7644 section 3.9)."""

from collections.abc import Mapping, Sequence
from typing import Any

from rollbook.domain.immutable import immutable
from rollbook.scim import tolerance
from rollbook.scim.attributes import AttributePath, ResourceType, Returned, Schema
from rollbook.scim.reading import Reading

Place = AttributePath | Schema
"""An attribute, a sub-attribute, or a whole extension."""


@immutable
class Projection:
    """What was asked for: `included` is None when nothing was named, then everything is meant but what is excluded.

    A name that no schema has asks for nothing. `id` and `schemas` are always shown.
    """

    included: Sequence[Place] | None
    excluded: Sequence[Place] = ()

    def apply(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The document with the attributes that were asked for."""
        shown = dict(document) if self.included is None else _only(document, self.included)
        for place in self.excluded:
            _leave_out(shown, place)
        return shown

    def parts(self, name: str, all_parts: Sequence[str]) -> Sequence[str]:
        """Which sub-attributes of a core attribute are shown; none if the attribute is not."""
        if not self.shows(name):
            return ()
        asked = _parts_of(self.included or (), name)
        left_out = _parts_of(self.excluded, name)
        is_whole = self.included is None or any(
            _is_of(place, name) and (isinstance(place, Schema) or place.sub is None) for place in self.included
        )
        return [part for part in all_parts if (is_whole or part in asked) and part not in left_out]

    def shows(self, name: str) -> bool:
        """Whether any part of a core attribute is shown; decides whether it needs to be read at all."""
        if self.included is not None and not any(_is_of(place, name) for place in self.included):
            return False
        return not any(
            _is_of(place, name) and isinstance(place, AttributePath) and not place.sub for place in self.excluded
        )


def projection_of(parameters: Mapping[str, str], resource_type: ResourceType, reading: Reading) -> Projection | None:
    """The projection that the query asks for, or None if it asks for none."""
    included = _places(parameters.get("attributes"), resource_type, reading)
    excluded = _places(parameters.get("excludedattributes"), resource_type, reading)
    if included is None and excluded is None:
        return None
    return Projection(included, excluded or ())


def _places(text: str | None, resource_type: ResourceType, reading: Reading) -> list[Place] | None:
    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    if not names:
        return None  # E-03: an empty value asks for nothing special
    found = (
        resource_type.find(name)
        or resource_type.schema_of(name)
        or tolerance.attribute_path(name, resource_type, reading)
        for name in names
    )
    return [place for place in found if place is not None]


def _is_of(place: Place, name: str) -> bool:
    if isinstance(place, Schema):
        return not place.is_extension
    return not place.schema.is_extension and place.attribute.name == name


def _parts_of(places: Sequence[Place], name: str) -> set[str]:
    return {
        place.sub.name for place in places if isinstance(place, AttributePath) and _is_of(place, name) and place.sub
    }


def _only(document: Mapping[str, Any], places: Sequence[Place]) -> dict[str, Any]:
    shown = {name: document[name] for name in ("schemas", "id") if name in document}
    for place in places:
        if isinstance(place, Schema):
            shown |= _of_schema(document, place)
            continue
        container = document.get(place.schema.id, {}) if place.schema.is_extension else document
        value = container.get(place.attribute.name)
        if place.sub is not None:
            value = _part(value, place.sub.name)
        if value is None:
            continue
        target = shown.setdefault(place.schema.id, {}) if place.schema.is_extension else shown
        name = place.attribute.name
        target[name] = value if place.sub is None or name not in target else _merged(target[name], value)
    return _without_empty(shown)


def _of_schema(document: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
    if schema.is_extension:
        return {schema.id: document[schema.id]} if schema.id in document else {}
    return {name: value for name, value in document.items() if schema.attribute(name) is not None}


def _part(value: Any, name: str) -> Any:
    """Only one sub-attribute of a complex value, or of each value of a multi-valued attribute."""
    if isinstance(value, list):
        return [{name: each[name]} if name in each else {} for each in value]
    return {name: value[name]} if isinstance(value, dict) and name in value else None


def _merged(shown: Any, more: Any) -> Any:
    """Two parts of the same value as one: `emails.value,emails.type`."""
    if isinstance(shown, list):
        return [{**each, **other} for each, other in zip(shown, more, strict=True)]
    return {**shown, **more}


def _without_empty(shown: dict[str, Any]) -> dict[str, Any]:
    """Without the elements, and the attributes, that have nothing of what was asked for."""
    kept = {
        name: [each for each in value if each != {}] if isinstance(value, list) else value
        for name, value in shown.items()
    }
    return {name: value for name, value in kept.items() if value != []}


def _leave_out(shown: dict[str, Any], place: Place) -> None:
    if isinstance(place, Schema):
        for name in _of_schema(shown, place):
            if name not in ("schemas", "id"):
                shown.pop(name)
        return
    attribute = place.attribute
    if attribute.returned is Returned.ALWAYS:
        return
    container = shown
    if place.schema.is_extension:
        container = dict(shown.get(place.schema.id, {}))
    value = container.get(attribute.name)
    rest = None if place.sub is None else _without(value, place.sub.name)
    if rest:
        container[attribute.name] = rest
    else:
        container.pop(attribute.name, None)
    if place.schema.is_extension:
        shown.pop(place.schema.id, None)
        if container:
            shown[place.schema.id] = container


def _without(value: Any, name: str) -> Any:
    if isinstance(value, list):
        return [rest for each in value if (rest := _without(each, name))]
    if isinstance(value, dict):
        return {key: inner for key, inner in value.items() if key != name}
    return value

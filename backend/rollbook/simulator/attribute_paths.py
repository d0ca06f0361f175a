"""Reading and writing a resource by the paths of an attribute mapping, such as ``emails[type eq "work"].value``."""

import re
from collections.abc import Mapping
from typing import Any

Attributes = Mapping[str, Any]
"""Values by path; None stands for no value."""

_PATH = re.compile(r'(?:(?P<urn>urn:.+):)?(?P<name>\w+)(?:\[type eq "(?P<type>\w+)"\])?(?:\.(?P<sub>\w+))?')


def read(resource: Attributes, path: str) -> Any:
    """The value at this path; None where there is none."""
    urn, name, kind, sub = _parts(path)
    value = _object(resource.get(urn) if urn else resource).get(name)
    if kind:
        elements = value if isinstance(value, list) else []
        value = next((one for one in elements if _object(one).get("type") == kind), None)
    return _object(value).get(sub) if sub else value


def nested(attributes: Attributes) -> dict[str, Any]:
    """A resource with these values, as a create sends it."""
    resource: dict[str, Any] = {}
    for path, value in attributes.items():
        urn, name, kind, sub = _parts(path)
        place = resource.setdefault(urn, {}) if urn else resource
        if kind:
            elements = place.setdefault(name, [])
            place = next((one for one in elements if one["type"] == kind), {"type": kind})
            elements += [] if place in elements else [place]
        elif sub:
            place = place.setdefault(name, {})
        place[sub or name] = value
    return resource


def top(path: str) -> str:
    """The member of the resource in which the value stands: the attribute, or the extension's URN."""
    urn, name, _, _ = _parts(path)
    return urn or name


def is_filtered(path: str) -> bool:
    """Whether the path chooses one element of several."""
    return "[" in path


def _parts(path: str) -> tuple[str | None, str, str | None, str | None]:
    found = _PATH.fullmatch(path)
    if found is None:
        raise ValueError(f"{path!r} is not the path of a mapped attribute.")
    return found["urn"], found["name"], found["type"], found["sub"]


def _object(value: Any) -> Attributes:
    return value if isinstance(value, dict) else {}

"""The writing language of conversations: paths into a JSON document, and values captured from earlier answers."""

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any

Captured = Mapping[str, Any]
"""What the conversation knows so far, by name: the built-in names, and everything captured from answers."""

_PATH = re.compile(r"""\$(?:\.\w+|\[\d+\]|\[\*\]|\["[^"]+"\])*""")
_STEP = re.compile(r"""\.(?P<name>\w+)|\[(?P<index>\d+)\]|\[(?P<every>\*)\]|\["(?P<quoted>[^"]+)"\]""")
_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
_EVERY = object()

_FOR_EACH = {"$for_each", "put"}
_COPY_OF = {"$copy_of", "but"}


def steps(path: str) -> list[Any]:
    """A path such as `$.emails[0].value`, `$.Resources[*].id` or `$["urn:…"].department` as its steps."""
    if not _PATH.fullmatch(path):
        raise ValueError(f"{path!r} is not a path such as $.emails[0].value")
    found = []
    for step in _STEP.finditer(path):
        index = step["index"]
        found.append(_EVERY if step["every"] else int(index) if index else step["name"] or step["quoted"])
    return found


def find(path: str, document: Any) -> list[Any]:
    """The values at a path: none where it leads nowhere, several only with `[*]`."""
    values = [document]
    for step in steps(path):
        values = [inner for value in values for inner in _inside(value, step)]
    return values


def names_many(path: str) -> bool:
    """Whether a path holds `[*]`, so that what it finds is a list."""
    return _EVERY in steps(path)


def _inside(value: Any, step: Any) -> list[Any]:
    if step is _EVERY:
        return value if isinstance(value, list) else []
    if isinstance(step, int):
        return value[step : step + 1] if isinstance(value, list) else []
    return [value[step]] if isinstance(value, dict) and step in value else []


def placeholders(template: Any) -> Iterator[str]:
    """Every name that a template uses; `each` only where no `$for_each` gives it."""
    if isinstance(template, str):
        yield from _PLACEHOLDER.findall(template)
    elif isinstance(template, list):
        for element in template:
            yield from placeholders(element)
    elif isinstance(template, dict):
        if "$for_each" in template:
            yield template["$for_each"]
            yield from (name for name in placeholders(template["put"]) if name != "each")
            return
        if "$copy_of" in template:
            yield template["$copy_of"]
        for value in (value for name, value in template.items() if name != "$copy_of"):
            yield from placeholders(value)


def check(template: Any) -> None:
    """Raise `ValueError` where a template misuses `$for_each` or `$copy_of`."""
    if isinstance(template, list):
        for element in template:
            if isinstance(element, dict) and "$for_each" in element:
                _check_names(element, _FOR_EACH)
                element = element["put"]
            check(element)
    elif isinstance(template, dict):
        if "$for_each" in template:
            raise ValueError("$for_each stands only inside an array")
        if "$copy_of" in template:
            _check_names(template, _COPY_OF)
            for path in template["but"]:
                if not steps(path) or names_many(path):
                    raise ValueError(f"but: {path!r} does not name one attribute")
        for value in template.values():
            check(value)


def _check_names(template: Mapping[str, Any], wanted: set[str]) -> None:
    if set(template) != wanted:
        raise ValueError(f"{sorted(template)} must be {sorted(wanted)}")


def resolve(template: Any, captured: Captured) -> Any:
    """The template with its placeholders, `$for_each` and `$copy_of` replaced by captured values.

    A text that is one placeholder becomes the captured value itself, of whatever type.
    """
    if isinstance(template, str):
        whole = _PLACEHOLDER.fullmatch(template)
        if whole:
            return captured[whole[1]]
        return _PLACEHOLDER.sub(lambda placeholder: str(captured[placeholder[1]]), template)
    if isinstance(template, list):
        return [value for element in template for value in _resolve_element(element, captured)]
    if isinstance(template, dict):
        if "$copy_of" in template:
            return _changed_copy(captured[template["$copy_of"]], resolve(template["but"], captured))
        return {name: resolve(value, captured) for name, value in template.items()}
    return template


def _resolve_element(element: Any, captured: Captured) -> list[Any]:
    if isinstance(element, dict) and "$for_each" in element:
        return [resolve(element["put"], {**captured, "each": each}) for each in captured[element["$for_each"]]]
    return [resolve(element, captured)]


def _changed_copy(original: Any, changes: Mapping[str, Any]) -> Any:
    changed = copy.deepcopy(original)
    for path, value in changes.items():
        *way, last = steps(path)
        place = changed
        for step in way:
            place = place[step]
        place[last] = value
    return changed

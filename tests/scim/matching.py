"""The matching language of conversations: what an expected answer says about the answer that came.

A plain value must be equal and of the same JSON type. An object must hold at least the attributes named. An array must
have the same length, element by element. An object of matchers says something else, all of it true at once:

    {"$any": "string"}          any value of that type: string, integer, boolean, array, object
    {"$not_empty": true}        present, and neither null, "", [] nor {}
    {"$length": 3}              a text, array or object of that length
    {"$contains": x}            a text that holds the text x, or an array with an element that matches x
    {"$each": x}                an array whose every element matches x
    {"$unordered": [x, y]}      an array of exactly these elements in any order
    {"$one_of": [x, y]}         a value that matches one of these
    {"$all": [x, y]}            a value that matches each of these
    {"$not": x}                 a value that does not match x
"""

from collections.abc import Callable, Mapping
from typing import Any

_TYPES: Mapping[str, type] = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}
_TEXT_LIMIT = 300


def mismatches(expected: Any, got: Any, at: str = "$") -> list[str]:
    """Every difference between an expected pattern and a value, as readable lines; none when it matches."""
    if is_matcher(expected):
        return [line for name, argument in expected.items() for line in MATCHERS[name](argument, got, at)]
    if isinstance(expected, dict):
        return _object(expected, got, at)
    if isinstance(expected, list):
        return _array(expected, got, at)
    return [] if type(expected) is type(got) and expected == got else [_line(at, expected, got)]


def is_matcher(pattern: Any) -> bool:
    """Whether a pattern is an object of matchers; `$ref` is an attribute of SCIM and not one."""
    return isinstance(pattern, dict) and bool(pattern) and all(name in MATCHERS for name in pattern)


def check(pattern: Any) -> None:
    """Raise `ValueError` where a pattern names an unknown matcher, mixes matchers with attributes, or misuses one."""
    if isinstance(pattern, list):
        for element in pattern:
            check(element)
    elif isinstance(pattern, dict):
        unknown = {name for name in pattern if name.startswith("$")} - set(MATCHERS) - {"$ref", "$for_each"}
        if unknown:
            raise ValueError(f"no such matcher: {', '.join(sorted(unknown))}")
        if any(name in MATCHERS for name in pattern):
            if not is_matcher(pattern):
                raise ValueError(f"matchers and attributes in one object: {sorted(pattern)}; use $all")
            _check_arguments(pattern)
        for value in pattern.values():
            check(value)


def _check_arguments(matcher: Mapping[str, Any]) -> None:
    for name, argument in matcher.items():
        if name == "$any" and argument not in _TYPES:
            raise ValueError(f"$any: {argument!r} is none of {', '.join(_TYPES)}")
        if name == "$not_empty" and argument is not True:
            raise ValueError("$not_empty is always true; use $length or $not for the opposite")
        if name == "$length" and type(argument) is not int:
            raise ValueError(f"$length: {argument!r} is not a number")
        # a text here is a placeholder for a captured list
        if name in ("$unordered", "$one_of", "$all") and not isinstance(argument, list | str):
            raise ValueError(f"{name} takes an array")


def _object(expected: Mapping[str, Any], got: Any, at: str) -> list[str]:
    if not isinstance(got, dict):
        return [_line(at, expected, got)]
    lines = []
    for name, pattern in expected.items():
        here = f"{at}.{name}" if name.isidentifier() else f'{at}["{name}"]'
        if name in got:
            lines += mismatches(pattern, got[name], here)
        else:
            lines.append(f"{here}: expected {_short(pattern)}, but it is absent")
    return lines


def _array(expected: list[Any], got: Any, at: str) -> list[str]:
    if not isinstance(got, list):
        return [_line(at, expected, got)]
    if len(expected) != len(got):
        return [f"{at}: expected {len(expected)} elements, got {len(got)}: {_short(got)}"]
    return [line for n, pattern in enumerate(expected) for line in mismatches(pattern, got[n], f"{at}[{n}]")]


def _any(type_name: str, got: Any, at: str) -> list[str]:
    fits = type(got) is _TYPES[type_name]
    return [] if fits else [f"{at}: expected any {type_name}, got {_short(got)}"]


def _not_empty(_: bool, got: Any, at: str) -> list[str]:
    return [f"{at}: expected something, got {got!r}"] if got is None or got in ("", [], {}) else []


def _length(length: int, got: Any, at: str) -> list[str]:
    if not isinstance(got, str | list | dict):
        return [f"{at}: expected a length of {length}, got {_short(got)}"]
    return [] if len(got) == length else [f"{at}: expected a length of {length}, got {len(got)}: {_short(got)}"]


def _contains(pattern: Any, got: Any, at: str) -> list[str]:
    if isinstance(got, str):
        held = isinstance(pattern, str) and pattern in got
    else:
        held = isinstance(got, list) and any(not mismatches(pattern, element) for element in got)
    return [] if held else [f"{at}: expected it to contain {_short(pattern)}, got {_short(got)}"]


def _each(pattern: Any, got: Any, at: str) -> list[str]:
    if not isinstance(got, list):
        return [f"{at}: expected an array, got {_short(got)}"]
    return [line for n, element in enumerate(got) for line in mismatches(pattern, element, f"{at}[{n}]")]


def _unordered(patterns: list[Any], got: Any, at: str) -> list[str]:
    if not isinstance(got, list):
        return [f"{at}: expected an array, got {_short(got)}"]
    left = list(got)
    lines = []
    for pattern in patterns:
        # the first fit is taken, so no element may fit two patterns
        place = next((n for n, element in enumerate(left) if not mismatches(pattern, element)), None)
        if place is None:
            lines.append(f"{at}: expected an element {_short(pattern)} in {_short(got)}")
        else:
            del left[place]
    return lines + [f"{at}: unexpected element {_short(element)}" for element in left]


def _one_of(patterns: list[Any], got: Any, at: str) -> list[str]:
    held = any(not mismatches(pattern, got) for pattern in patterns)
    return [] if held else [f"{at}: expected one of {_short(patterns)}, got {_short(got)}"]


def _all(patterns: list[Any], got: Any, at: str) -> list[str]:
    return [line for pattern in patterns for line in mismatches(pattern, got, at)]


def _not(pattern: Any, got: Any, at: str) -> list[str]:
    return [] if mismatches(pattern, got) else [f"{at}: expected anything but {_short(pattern)}, got {_short(got)}"]


def _line(at: str, expected: Any, got: Any) -> str:
    return f"{at}: expected {_short(expected)}, got {_short(got)}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _TEXT_LIMIT else f"{text[:_TEXT_LIMIT]}… ({len(text)} characters)"


MATCHERS: Mapping[str, Callable[[Any, Any, str], list[str]]] = {
    "$all": _all,
    "$any": _any,
    "$contains": _contains,
    "$each": _each,
    "$length": _length,
    "$not": _not,
    "$not_empty": _not_empty,
    "$one_of": _one_of,
    "$unordered": _unordered,
}
"""Each matcher by its name: (argument, value, where) to the differences."""

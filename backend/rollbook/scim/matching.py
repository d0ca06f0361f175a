"""A filter decided in memory: on the elements of one attribute (PATCH paths), and on the two groups."""

from collections.abc import Callable, Mapping
from typing import Any

from rollbook.domain.values import key
from rollbook.scim import tolerance
from rollbook.scim.attributes import Attribute, AttributeType
from rollbook.scim.errors import invalid_filter
from rollbook.scim.filter_text import Comparison, Conjunction, Disjunction, Element, Expression, Negation
from rollbook.scim.reading import Reading, shown
from rollbook.scim.requests import kind

Find = Callable[[str], Attribute | None]
"""Gives the attribute that a name in the filter means, or None."""

Test = Callable[[Mapping[str, Any]], bool]


def test_of(expression: Expression, find: Find, reading: Reading) -> Test:
    """The test that the filter stands for. Raises 400 `invalidFilter` for an unknown attribute or a wrong value."""
    match expression:
        case Comparison():
            return _comparison(expression, find, reading)
        case Conjunction(terms):
            tests = [test_of(term, find, reading) for term in terms]
            return lambda values: all(test(values) for test in tests)
        case Disjunction(terms):
            tests = [test_of(term, find, reading) for term in terms]
            return lambda values: any(test(values) for test in tests)
        case Negation(term):
            negated = test_of(term, find, reading)
            return lambda values: not negated(values)
        case Element(path):
            raise invalid_filter(f"{shown(path)}[ ] is not supported here.")


def _comparison(comparison: Comparison, find: Find, reading: Reading) -> Test:
    attribute = find(comparison.path)
    if attribute is None:
        raise invalid_filter(f"There is no attribute {shown(comparison.path)} to filter by.")
    if attribute.is_complex:
        raise invalid_filter(f"Filtering by {attribute.name} is not supported here.")
    name, operator, wanted = attribute.name, comparison.operator, comparison.value
    if operator == "pr":
        return lambda values: values.get(name) is not None
    if attribute.type is AttributeType.BOOLEAN:
        return _boolean(name, operator, tolerance.boolean(wanted, name, reading))  # E-52: roles[primary eq "True"]
    if wanted is None and operator in ("eq", "ne"):
        return lambda values: (values.get(name) is None) is (operator == "eq")
    if not isinstance(wanted, str):
        raise invalid_filter(f"{name} is a text; it cannot be compared with {kind(wanted)}.")
    return _text(attribute, operator, wanted)


def _boolean(name: str, operator: str, wanted: Any) -> Test:
    if operator not in ("eq", "ne"):
        raise invalid_filter(f"{name} is true or false; the operator {operator} does not apply to it.")
    if wanted is not None and not isinstance(wanted, bool):
        raise invalid_filter(f"{name} is true or false, without quotes; it cannot be {kind(wanted)}.")
    return lambda values: (values.get(name) == wanted) is (operator == "eq")


def _text(attribute: Attribute, operator: str, wanted: str) -> Test:
    fold = _exact if attribute.case_exact else key
    compare, folded, name = _COMPARE[operator], fold(wanted), attribute.name

    def test(values: Mapping[str, Any]) -> bool:
        value = values.get(name)
        if value is None:
            return operator == "ne"
        return isinstance(value, str) and compare(fold(value), folded)

    return test


def _exact(text: str) -> str:
    return text


_COMPARE: Mapping[str, Callable[[str, str], bool]] = {
    "co": lambda value, wanted: wanted in value,
    "eq": lambda value, wanted: value == wanted,
    "ew": lambda value, wanted: value.endswith(wanted),
    "ge": lambda value, wanted: value >= wanted,
    "gt": lambda value, wanted: value > wanted,
    "le": lambda value, wanted: value <= wanted,
    "lt": lambda value, wanted: value < wanted,
    "ne": lambda value, wanted: value != wanted,
    "sw": lambda value, wanted: value.startswith(wanted),
}

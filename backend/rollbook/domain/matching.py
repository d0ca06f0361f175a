"""Decides a criterion on one document in memory: what persistence's SQL must agree with."""

from collections.abc import Callable, Mapping
from typing import Any

from rollbook.domain.criteria import (
    And,
    Attribute,
    Comparison,
    Criterion,
    Kind,
    Not,
    Operator,
    Or,
    Present,
    Some,
)
from rollbook.domain.values import key

_COMPARE: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.CONTAINS: lambda value, wanted: wanted in value,
    Operator.ENDS_WITH: lambda value, wanted: value.endswith(wanted),
    Operator.EQUALS: lambda value, wanted: value == wanted,
    Operator.GREATER: lambda value, wanted: value > wanted,
    Operator.GREATER_OR_EQUAL: lambda value, wanted: value >= wanted,
    Operator.LESS: lambda value, wanted: value < wanted,
    Operator.LESS_OR_EQUAL: lambda value, wanted: value <= wanted,
    Operator.STARTS_WITH: lambda value, wanted: value.startswith(wanted),
}


def matches(criterion: Criterion, document: Mapping[str, Any]) -> bool:
    """Whether a document of `documents` satisfies the criterion. What is absent compares with nothing."""
    match criterion:
        case Comparison(attribute, operator, value):
            wanted = key(value) if attribute.kind is Kind.TEXT and isinstance(value, str) else value
            compare = _COMPARE[operator]
            return any(compare(found, wanted) for found in values(attribute, document))
        case Present(attribute):
            return bool(values(attribute, document))
        case And(terms):
            return all(matches(term, document) for term in terms)
        case Or(terms):
            return any(matches(term, document) for term in terms)
        case Not(term):
            return not matches(term, document)
        case Some(path, term):
            return any(matches(term, element) for element in _at(document, path) or ())


def values(attribute: Attribute, document: Mapping[str, Any]) -> list[Any]:
    """The values that the document has for the attribute; none, one, or of a multi-valued one several."""
    if not attribute.many:
        found = _at(document, attribute.path)
        return [] if found is None else [found]
    elements = document.get(attribute.path[0]) or ()
    found_in_each = (_at(element, attribute.path[1:]) for element in elements)
    return [found for found in found_in_each if found is not None]


def _at(document: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    found: Any = document
    for name in path:
        if not isinstance(found, Mapping):
            return None
        found = found.get(name)
    return found

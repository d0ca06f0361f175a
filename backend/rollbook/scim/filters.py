"""A filter on members as a criterion that persistence can look for.

Supported are `eq` and `and` on the attributes of `MEMBER_ATTRIBUTES`. Anything else is 400 `invalidFilter` with the
reason, never a wider answer: a wider answer makes an identity provider link the wrong person.
"""

from rollbook.domain.criteria import MEMBER_ATTRIBUTES, And, Criterion, Equals
from rollbook.scim import tolerance
from rollbook.scim.attributes import Attribute, AttributePath, AttributeType
from rollbook.scim.errors import invalid_filter
from rollbook.scim.filter_text import Comparison, Conjunction, Element, Expression, Literal, Negation, parse
from rollbook.scim.reading import Reading, shown
from rollbook.scim.requests import kind
from rollbook.scim.schemas import USER, USER_SCHEMA

_IN_ELEMENT = frozenset({"display", "type", "value"})
"""What can be looked for inside one element of a multi-valued attribute."""

_SUPPORTED = "Supported are eq and and, on userName, externalId, id, active, displayName, emails.value and emails.type."


def member_criterion(text: str, reading: Reading) -> Criterion:
    """What the filter looks for. Raises 400 `invalidFilter`."""
    return _criterion(parse(text), reading)


def _criterion(expression: Expression, reading: Reading) -> Criterion:
    match expression:
        case Comparison():
            found = _found(expression.path)
            name = _criterion_name(found, expression.path)
            return Equals(name, _value(expression, found.sub or _compared(found.attribute), reading))
        case Element():
            return _element(expression, reading)
        case Conjunction(terms):
            return And(tuple(_criterion(term, reading) for term in terms))
        case Negation():
            raise invalid_filter(f"The operator not is not supported. {_SUPPORTED}")
        case _:
            raise invalid_filter(f"The operator or is not supported. {_SUPPORTED}")


def _found(path: str) -> AttributePath:
    found = USER.find(path)
    if found is None:
        raise invalid_filter(f"A User has no attribute {shown(path)}.")
    return found


def _criterion_name(found: AttributePath, path: str) -> str:
    """The name that criteria have for the attribute; a multi-valued one stands for its `value` (RFC 7644 3.4.2.2)."""
    name = found.attribute.name
    if found.attribute.multi_valued:
        name = f"{name}.{found.sub.name if found.sub else 'value'}"
    elif found.sub is not None:
        name = f"{name}.{found.sub.name}"
    if found.schema is not USER_SCHEMA or name not in MEMBER_ATTRIBUTES:
        raise invalid_filter(f"Filtering by {shown(path)} is not supported. {_SUPPORTED}")
    return name


def _compared(attribute: Attribute) -> Attribute:
    return attribute.sub_attribute("value") or attribute


def _element(expression: Element, reading: Reading) -> Criterion:
    """One element of a multi-valued attribute has several properties at once: `emails[type eq "work" and …]`."""
    found = _found(expression.path)
    attribute = found.attribute
    if found.sub is not None or not attribute.multi_valued:
        raise invalid_filter(f"{shown(expression.path)} has no elements, so [ ] cannot follow it.")
    compared = [(each, _sub_attribute(attribute, each.path)) for each in _comparisons(expression)]
    terms = [(sub.name, _value(comparison, sub, reading)) for comparison, sub in compared]
    terms.sort(key=lambda term: term[0] != "value")  # the value leads, since it chooses best
    (name, value), *others = terms
    unknown = next((each for each, _ in terms if each not in _IN_ELEMENT), None)
    if unknown or f"{attribute.name}.{name}" not in MEMBER_ATTRIBUTES:
        raise invalid_filter(
            f"Filtering by {shown(attribute.name)}[{unknown or name} …] is not supported. {_SUPPORTED}"
        )
    return Equals(f"{attribute.name}.{name}", value, tuple(others))


def _comparisons(expression: Element) -> list[Comparison]:
    inner = expression.where.terms if isinstance(expression.where, Conjunction) else (expression.where,)
    comparisons = [each for each in inner if isinstance(each, Comparison)]
    if len(comparisons) != len(inner):
        raise invalid_filter(f"Inside {shown(expression.path)}[ ] only comparisons joined by and are supported.")
    return comparisons if expression.comparison is None else [expression.comparison, *comparisons]


def _sub_attribute(attribute: Attribute, name: str) -> Attribute:
    sub = attribute.sub_attribute(name)
    if sub is None:
        raise invalid_filter(f"{attribute.name} has no sub-attribute {shown(name)}.")
    return sub


def _value(comparison: Comparison, attribute: Attribute, reading: Reading) -> str | bool:
    """The value to look for, of the attribute's type."""
    if comparison.operator != "eq":
        raise invalid_filter(f"The operator {comparison.operator} is not supported. {_SUPPORTED}")
    value: Literal = comparison.value
    if attribute.type is AttributeType.BOOLEAN:
        value = tolerance.boolean(value, attribute.name, reading)
        if isinstance(value, bool):
            return value
        raise invalid_filter(f"{attribute.name} is true or false, without quotes; it cannot equal {kind(value)}.")
    if isinstance(value, str):
        return value
    raise invalid_filter(f"{attribute.name} is a text; it cannot equal {kind(value)}. Put the value in double quotes.")

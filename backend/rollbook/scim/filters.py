"""A filter on members as a criterion that persistence can look for (RFC 7644 section 3.4.2.2).

What names no attribute, or compares an attribute with what it cannot hold, is 400 `invalidFilter` with the reason,
never a wider answer: a wider answer makes an identity provider link the wrong person.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from rollbook.domain import criteria
from rollbook.domain.criteria import And, Criterion, Kind, Not, Operator, Or, Present, Some
from rollbook.domain.matching import matches
from rollbook.scim import tolerance
from rollbook.scim.attributes import Attribute, AttributePath, AttributeType
from rollbook.scim.errors import invalid_filter
from rollbook.scim.filter_text import (
    Comparison,
    Conjunction,
    Disjunction,
    Element,
    Expression,
    Literal,
    Negation,
    parse,
)
from rollbook.scim.reading import Reading, shown
from rollbook.scim.requests import kind
from rollbook.scim.schemas import USER

Find = Callable[[str], tuple[criteria.Attribute, Attribute]]
"""Where a name in the filter leads: the attribute as criteria know it, and what the table says of it."""

_UNCOMPARED = frozenset({"password", "schemas"})
_UNCOMPARED_META = frozenset({"location", "version"})

_ORDERED = frozenset({Operator.EQUALS, Operator.GREATER, Operator.GREATER_OR_EQUAL, Operator.LESS, Operator.LESS_OR_EQUAL})

_RESOURCE_TYPE = ("meta", "resourceType")
_OF_EVERY_USER = {"meta": {"resourceType": "user"}}
"""What is the same for every User, so that its comparison is decided without looking at any."""


def member_criterion(text: str, reading: Reading) -> Criterion:
    """What the filter looks for. Raises 400 `invalidFilter`."""

    def of_user(name: str) -> tuple[criteria.Attribute, Attribute]:
        return criterion_attribute(_found(name, reading))

    return _criterion(parse(text, tolerance.bare_value(reading)), of_user, reading)


def _criterion(expression: Expression, find: Find, reading: Reading) -> Criterion:
    match expression:
        case Comparison():
            return _comparison(expression, find, reading)
        case Element():
            return _element(expression, reading)
        case Conjunction(terms):
            return And(tuple(_criterion(term, find, reading) for term in terms))
        case Disjunction(terms):
            return Or(tuple(_criterion(term, find, reading) for term in terms))
        case Negation(term):
            return Not(_criterion(term, find, reading))


def _found(name: str, reading: Reading) -> AttributePath:
    # E-19: Entra asks for `manager` without the URN of its schema
    found = USER.find(name) or tolerance.attribute_path(name, USER, reading)
    if found is None or found.attribute.name in _UNCOMPARED:
        raise invalid_filter(f"A User has no attribute {shown(name)} to filter by.")
    if found.attribute.name == "meta" and (found.sub is None or found.sub.name in _UNCOMPARED_META):
        raise invalid_filter(f"{shown(name)} cannot be filtered by; meta.created and meta.lastModified can.")
    return found


def criterion_attribute(found: AttributePath) -> tuple[criteria.Attribute, Attribute]:
    """The attribute as criteria know it, and the attribute of the table that decides how it compares.

    Of a complex attribute its `value` stands for it (section 3.4.2.2).
    """
    attribute, sub = found.attribute, found.sub
    if sub is None and attribute.is_complex:
        sub = attribute.sub_attribute("value")
    names = (attribute.name,) if sub is None else (attribute.name, sub.name)
    path = (found.schema.id, *names) if found.schema.is_extension else names
    compared = sub or attribute
    return criteria.Attribute(path, _kind(compared), many=attribute.multi_valued), compared


def _kind(attribute: Attribute) -> Kind:
    if attribute.type is AttributeType.BOOLEAN:
        return Kind.BOOLEAN
    if attribute.type is AttributeType.DATE_TIME:
        return Kind.MOMENT
    return Kind.EXACT if attribute.case_exact else Kind.TEXT


def _comparison(comparison: Comparison, find: Find, reading: Reading) -> Criterion:
    where, attribute = find(comparison.path)
    criterion = _compared(comparison, where, attribute, reading)
    if where.path == _RESOURCE_TYPE:
        return And(()) if matches(criterion, _OF_EVERY_USER) else Or(())
    return criterion


def _compared(
    comparison: Comparison, where: criteria.Attribute, attribute: Attribute, reading: Reading
) -> Criterion:
    if comparison.operator == "pr":
        return Present(where)
    if attribute.is_complex:
        raise invalid_filter(f"{shown(comparison.path)} has sub-attributes; compare one of them.")
    if comparison.value is None and comparison.operator in ("eq", "ne"):
        return Not(Present(where)) if comparison.operator == "eq" else Present(where)
    if comparison.operator == "ne":
        return Not(criteria.Comparison(where, Operator.EQUALS, _value(comparison, attribute, Operator.EQUALS, reading)))
    operator = Operator(comparison.operator)
    return criteria.Comparison(where, operator, _value(comparison, attribute, operator, reading))


def _element(expression: Element, reading: Reading) -> Criterion:
    """One element of a multi-valued attribute has several properties at once: `emails[type eq "work" and …]`."""
    found = _found(expression.path, reading)
    attribute = found.attribute
    if found.sub is not None or not attribute.multi_valued:
        raise invalid_filter(f"{shown(expression.path)} has no elements, so [ ] cannot follow it.")

    def in_element(name: str) -> tuple[criteria.Attribute, Attribute]:
        sub = attribute.sub_attribute(name)
        if sub is None:
            raise invalid_filter(f"{attribute.name} has no sub-attribute {shown(name)}.")
        return criteria.Attribute((sub.name,), _kind(sub)), sub

    where = _criterion(expression.where, in_element, reading)
    if expression.comparison is not None:
        where = And((_comparison(expression.comparison, in_element, reading), where))
    return Some((attribute.name,), where)


def _value(
    comparison: Comparison, attribute: Attribute, operator: Operator, reading: Reading
) -> str | bool | datetime:
    """The value to compare with, of the attribute's type."""
    value: Literal = comparison.value
    if attribute.type is AttributeType.BOOLEAN:
        value = tolerance.boolean(value, attribute.name, reading)
        if operator is not Operator.EQUALS:
            raise invalid_filter(f"{attribute.name} is true or false; the operator {operator} does not apply to it.")
        if isinstance(value, bool):
            return value
        raise invalid_filter(f"{attribute.name} is true or false, without quotes; it cannot equal {kind(value)}.")
    if not isinstance(value, str):
        raise invalid_filter(
            f"{attribute.name} is a text; it cannot be compared with {kind(value)}. Put the value in double quotes."
        )
    if attribute.type is AttributeType.DATE_TIME:
        if operator not in _ORDERED:
            raise invalid_filter(f"{attribute.name} is a moment; the operator {operator} does not apply to it.")
        return _moment(attribute.name, value)
    return value


def _moment(name: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise invalid_filter(f"{name} is a moment such as 2026-11-24T09:30:00Z; {shown(text)} is none.") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)

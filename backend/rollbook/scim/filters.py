"""A filter as a criterion that can be looked for (RFC 7644 section 3.4.2.2).

What names no attribute, or compares an attribute with what it cannot hold, is 400 `invalidFilter` with the reason,
never a wider answer: a wider answer makes an identity provider link the wrong person.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from rollbook.domain import criteria
from rollbook.domain.criteria import And, Criterion, Kind, Not, Operator, Or, Present, Some
from rollbook.domain.matching import matches
from rollbook.scim import tolerance
from rollbook.scim.attributes import Attribute, AttributePath, AttributeType, ResourceType
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

Find = Callable[[str], tuple[criteria.Attribute, Attribute]]
"""Where a name in the filter leads: the attribute as criteria know it, and what the table says of it."""

_UNCOMPARED = frozenset({"password", "schemas"})
_UNCOMPARED_META = frozenset({"location", "version"})
_ORDERED = frozenset(
    {Operator.EQUALS, Operator.GREATER, Operator.GREATER_OR_EQUAL, Operator.LESS, Operator.LESS_OR_EQUAL}
)

_RESOURCE_TYPE = ("meta", "resourceType")


def criterion_of(text: str, resource_type: ResourceType, reading: Reading) -> Criterion:
    """What a filter on resources of this type looks for. Raises 400 `invalidFilter`."""
    return _Filter(resource_type, reading).criterion(parse(text, tolerance.bare_value(reading)))


def element_criterion(where: Expression, attribute: Attribute, reading: Reading) -> Criterion:
    """What a filter in brackets looks for in one element of a multi-valued attribute. Raises 400 `invalidFilter`."""

    def find(name: str) -> tuple[criteria.Attribute, Attribute]:
        sub = attribute.sub_attribute(name)
        if sub is None:
            raise invalid_filter(f"{attribute.name} has no sub-attribute {shown(name)}.")
        _check_stored(attribute, sub)
        return criteria.Attribute((sub.name,), _kind(sub)), sub

    return _Terms(find, reading).criterion(where)


class _Terms:
    """Turns an expression over the names that `find` knows into a criterion."""

    def __init__(self, find: Find, reading: Reading) -> None:
        self.find = find
        self.reading = reading

    def criterion(self, expression: Expression) -> Criterion:
        match expression:
            case Comparison():
                return self.comparison(expression)
            case Element():
                return self.element(expression)
            case Conjunction(terms):
                return And(tuple(self.criterion(term) for term in terms))
            case Disjunction(terms):
                return Or(tuple(self.criterion(term) for term in terms))
            case Negation(term):
                return Not(self.criterion(term))

    def element(self, expression: Element) -> Criterion:
        raise invalid_filter(f"{shown(expression.path)}[ ] cannot stand inside other brackets.")

    def comparison(self, comparison: Comparison) -> Criterion:
        where, attribute = self.find(comparison.path)
        if comparison.operator == "pr":
            return Present(where)
        if attribute.is_complex:
            raise invalid_filter(f"{shown(comparison.path)} has sub-attributes; compare one of them.")
        if comparison.value is None and comparison.operator in ("eq", "ne"):
            return Not(Present(where)) if comparison.operator == "eq" else Present(where)
        operator = Operator.EQUALS if comparison.operator == "ne" else Operator(comparison.operator)
        compared = criteria.Comparison(where, operator, _value(comparison.value, attribute, operator, self.reading))
        # ne is what eq is not, also for who has no value or several
        return Not(compared) if comparison.operator == "ne" else compared


class _Filter(_Terms):
    """The same over the attributes of a resource type."""

    def __init__(self, resource_type: ResourceType, reading: Reading) -> None:
        super().__init__(lambda name: criterion_attribute(self._found(name)), reading)
        self._resource_type = resource_type
        # the same for every resource of the type, so that its comparison is decided without looking at any
        self._same = {"meta": {"resourceType": resource_type.name}}

    def comparison(self, comparison: Comparison) -> Criterion:
        criterion = super().comparison(comparison)
        if self.find(comparison.path)[0].path == _RESOURCE_TYPE:
            return And(()) if matches(criterion, self._same) else Or(())
        return criterion

    def element(self, expression: Element) -> Criterion:
        """One element has several properties at once: `emails[type eq "work" and …]`, also as E-13 writes it."""
        found = self._found(expression.path)
        attribute = found.attribute
        if found.sub is not None or not attribute.multi_valued:
            raise invalid_filter(f"{shown(expression.path)} has no elements, so [ ] cannot follow it.")
        where = expression.where
        if expression.comparison is not None:
            where = Conjunction((expression.comparison, where))
        return Some((attribute.name,), element_criterion(where, attribute, self.reading))

    def _found(self, name: str) -> AttributePath:
        # E-19: Entra asks for `manager` without the URN of its schema
        found = self._resource_type.find(name) or tolerance.attribute_path(name, self._resource_type, self.reading)
        if found is None or found.attribute.name in _UNCOMPARED:
            raise invalid_filter(f"A {self._resource_type.name} has no attribute {shown(name)} to filter by.")
        if found.attribute.name == "meta" and (found.sub is None or found.sub.name in _UNCOMPARED_META):
            raise invalid_filter(f"{shown(name)} cannot be filtered by; meta.created and meta.lastModified can.")
        _check_stored(found.attribute, found.sub)
        return found


def _check_stored(attribute: Attribute, sub: Attribute | None) -> None:
    """Addresses of groups are made for each answer. To find nobody by them would be wrong, so they are refused."""
    if attribute.name == "groups" and sub is not None and sub.name == "$ref":
        raise invalid_filter("groups.$ref cannot be filtered by; groups.value can.")


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


def _value(value: Literal, attribute: Attribute, operator: Operator, reading: Reading) -> str | bool | datetime:
    """The value to compare with, of the attribute's type."""
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

"""A filter as a criterion that can be looked for (RFC 7644 section 3.4.2.2).

What names no attribute, or compares an attribute with what it cannot hold, is 400 `invalidFilter` with the reason,
never a wider answer: a wider answer makes an identity provider link the wrong person.
"""

from abc import ABC, abstractmethod
from dataclasses import replace

from rollbook.domain import criteria
from rollbook.domain.criteria import And, Criterion, Not, Operator, Or, Present, Some
from rollbook.domain.matching import matches
from rollbook.scim import tolerance
from rollbook.scim.attributes import Attribute, AttributePath, ResourceType
from rollbook.scim.errors import invalid_filter
from rollbook.scim.filter_text import (
    Comparison,
    Conjunction,
    Disjunction,
    Element,
    Expression,
    Negation,
    parse,
)
from rollbook.scim.filter_values import compared, kind_of
from rollbook.scim.reading import Reading, shown

Found = tuple[criteria.Attribute, Attribute]
"""Where a name in the filter leads: the attribute as criteria know it, and what the table says of it."""

_UNCOMPARED_META = frozenset({"location", "version"})

_SCHEMAS = ("schemas",)
_SAME = frozenset({("meta",), ("meta", "resourceType")})
"""What all resources of a type have in common, so that its comparison is decided without looking at any."""

_ALWAYS, _NEVER = And(()), Or(())


def criterion_of(
    text: str, resource_type: ResourceType, reading: Reading, *, beside: ResourceType | None = None
) -> Criterion:
    """What a filter on resources of this type looks for. Raises 400 `invalidFilter`.

    Where another type is searched `beside` it, its attributes may be named, and have no value here (section 3.4.2.1).
    """
    return _Filter(resource_type, reading, beside).criterion(parse(text, tolerance.bare_value(reading)))


def element_criterion(where: Expression, attribute: Attribute, reading: Reading) -> Criterion:
    """What a filter in brackets looks for in one element of a multi-valued attribute. Raises 400 `invalidFilter`."""
    return _Element(attribute, reading).criterion(where)


class _Terms(ABC):
    """Turns an expression over the names that `find` knows into a criterion."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    @abstractmethod
    def find(self, name: str) -> Found: ...

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
        if comparison.value is None and comparison.operator in ("eq", "ne"):
            return Not(Present(where)) if comparison.operator == "eq" else Present(where)
        where, attribute = _valued(where, attribute)
        if attribute.is_complex:
            raise invalid_filter(f"{shown(comparison.path)} has sub-attributes; compare one of them.")
        operator = Operator.EQUALS if comparison.operator == "ne" else Operator(comparison.operator)
        criterion = compared(where, attribute, operator, comparison.value, self.reading)
        # ne is what eq is not, also for who has no value or several
        return Not(criterion) if comparison.operator == "ne" else criterion


class _Element(_Terms):
    """The same over the sub-attributes of one element."""

    def __init__(self, attribute: Attribute, reading: Reading) -> None:
        super().__init__(reading)
        self._attribute = attribute

    def find(self, name: str) -> Found:
        sub = self._attribute.sub_attribute(name)
        if sub is None:
            raise invalid_filter(f"{self._attribute.name} has no sub-attribute {shown(name)}.")
        _check_stored(self._attribute, sub)
        return criteria.Attribute((sub.name,), kind_of(sub)), sub


class _Filter(_Terms):
    """The same over the attributes of a resource type."""

    def __init__(self, resource_type: ResourceType, reading: Reading, beside: ResourceType | None) -> None:
        super().__init__(reading)
        self._resource_type = resource_type
        self._beside = beside

    def find(self, name: str) -> Found:
        return _whole(self._found(name))

    def comparison(self, comparison: Comparison) -> Criterion:
        if self._is_foreign(comparison.path):
            # without a value it differs from every value and equals null
            is_absent = (comparison.operator == "eq") == (comparison.value is None)
            return _ALWAYS if comparison.operator in ("eq", "ne") and is_absent else _NEVER
        criterion = super().comparison(comparison)
        path = self.find(comparison.path)[0].path
        if path == _SCHEMAS:
            return self._of_schemas(criterion)
        if path in _SAME:
            return _ALWAYS if matches(criterion, {"meta": {"resourceType": self._resource_type.name}}) else _NEVER
        return criterion

    def element(self, expression: Element) -> Criterion:
        """One element has several properties at once: `emails[type eq "work" and …]`, also as E-13 writes it."""
        if self._is_foreign(expression.path):
            return _NEVER
        found = self._found(expression.path)
        attribute = found.attribute
        if found.sub is not None or not (attribute.multi_valued and attribute.is_complex):
            raise invalid_filter(f"{shown(expression.path)} has no elements, so [ ] cannot follow it.")
        where = expression.where
        if expression.comparison is not None:
            where = Conjunction((expression.comparison, where))
        return Some((attribute.name,), element_criterion(where, attribute, self.reading))

    def _of_schemas(self, criterion: Criterion) -> Criterion:
        """A resource has the schema of its type, and those extensions of which it has an attribute."""
        if isinstance(criterion, Not):
            return Not(self._of_schemas(criterion.term))
        if matches(criterion, {"schemas": [self._resource_type.schema.id]}):
            return _ALWAYS
        extensions = [each.id for each in self._resource_type.extensions]
        return Or(
            tuple(
                Present(criteria.Attribute((each,))) for each in extensions if matches(criterion, {"schemas": [each]})
            )
        )

    def _is_foreign(self, name: str) -> bool:
        return (
            self._beside is not None
            and self._named(name, self._resource_type) is None
            and self._named(name, self._beside) is not None
        )

    def _named(self, name: str, resource_type: ResourceType) -> AttributePath | None:
        # E-19: Entra asks for `manager` without the URN of its schema
        return resource_type.find(name) or tolerance.attribute_path(name, resource_type, self.reading)

    def _found(self, name: str) -> AttributePath:
        found = self._named(name, self._resource_type)
        if found is None or found.attribute.name == "password":
            raise invalid_filter(f"A {self._resource_type.name} has no attribute {shown(name)} to filter by.")
        if found.attribute.name == "meta" and found.sub is not None and found.sub.name in _UNCOMPARED_META:
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
    return _valued(*_whole(found))


def _whole(found: AttributePath) -> tuple[criteria.Attribute, Attribute]:
    """The same, a complex attribute with everything that is in it."""
    attribute, last = found.attribute, found.sub or found.attribute
    names = (attribute.name,) if found.sub is None else (attribute.name, found.sub.name)
    path = (found.schema.id, *names) if found.schema.is_extension else names
    return criteria.Attribute(path, kind_of(last), many=attribute.multi_valued), last


def _valued(where: criteria.Attribute, attribute: Attribute) -> tuple[criteria.Attribute, Attribute]:
    value = attribute.sub_attribute("value") if attribute.is_complex else None
    if value is None:
        return where, attribute
    return replace(where, path=(*where.path, value.name), kind=kind_of(value)), value

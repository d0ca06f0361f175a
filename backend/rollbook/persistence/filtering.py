"""Criteria as SQL, through one table of columns and the member's document; values are bound, never part of the text.

A criterion is split into its shape, for which one statement is compiled and kept, and its values.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, cast, false, func, not_, or_, select, true
from sqlalchemy.types import Boolean, Text

from rollbook.domain.criteria import And, Attribute, Comparison, Criterion, Kind, Not, Operator, Or, Present, Some
from rollbook.domain.documents import group_element
from rollbook.domain.matching import matches
from rollbook.domain.roles import Role
from rollbook.domain.values import is_storable, key, parse_id
from rollbook.persistence.json_values import json_boolean, json_present, json_text, place_of, some_element
from rollbook.persistence.tables import membership_emails, memberships
from rollbook.persistence.types import Id, Key, UtcDateTime

_column = memberships.c

COLUMNS: dict[tuple[str, ...], ColumnElement[Any]] = {
    ("active",): _column.active,
    ("externalId",): _column.external_id,
    ("id",): _column.id,
    ("meta", "created"): _column.created_at,
    ("meta", "lastModified"): _column.updated_at,
    ("userName",): _column.user_name_key,
}
"""The attributes that have a column of their own; all others stand in the document."""

_GRANTS = {Role.ADMIN: _column.admin_granted.is_(True), Role.USER: _column.user_granted}

_EMAIL = Attribute(("value",))

Shape = tuple[Any, ...]
"""What two criteria have in common when one SQL text serves both: nested tuples of words and parameter names."""


def indexed(criterion: Criterion) -> bool:
    """Whether the memberships that satisfy the criterion are found by an index, few at a time."""
    match criterion:
        case And(terms):
            return any(indexed(term) for term in terms)
        case Or(terms):
            return bool(terms) and all(indexed(term) for term in terms)
        case Comparison(attribute, Operator.EQUALS, _):
            return attribute.path in {("id",), ("externalId",), ("userName",), ("emails", "value")}
        case Some(("emails",), term):
            return _email_of(term) is not None
        case _:
            return False


def read(criterion: Criterion) -> tuple[Shape, dict[str, Any]]:
    """The criterion's shape, and the values for the parameters of its condition."""
    parameters: dict[str, Any] = {}
    return _read(criterion, parameters), parameters


def _read(criterion: Criterion, parameters: dict[str, Any]) -> Shape:
    match criterion:
        case And(terms):
            return ("and", *(_read(term, parameters) for term in terms))
        case Or(terms):
            return ("or", *(_read(term, parameters) for term in terms))
        case Not(term):
            return _read_not(term, parameters)
        case Present(attribute):
            return ("present", attribute)
        case Some(path, term):
            return _read_some(path, term, parameters)
        case Comparison(Attribute(path=("groups" | "emails" as many, name)) as attribute, operator, value):
            return _read_some((many,), Comparison(Attribute((name,), attribute.kind), operator, value), parameters)
        case Comparison(attribute, operator, value):
            return _read_comparison(attribute, operator, value, parameters)


def _read_not(term: Criterion, parameters: dict[str, Any]) -> Shape:
    """The opposite of a term, said of its innermost terms: SQLite reads a hundred pending words of SQL, not more."""
    match term:
        case And(terms):
            return ("or", *(_read_not(each, parameters) for each in terms))
        case Or(terms):
            return ("and", *(_read_not(each, parameters) for each in terms))
        case Not(each):
            return _read(each, parameters)
        case _:
            return ("not", _read(term, parameters))


def _read_some(path: tuple[str, ...], term: Criterion, parameters: dict[str, Any]) -> Shape:
    if path == ("groups",):
        # there are two groups, so which of them satisfy the term is known before any row is read
        return ("groups", *(role for role in Role if matches(term, group_element(role))))
    in_element = ("some", path, _read(term, parameters))
    address = _email_of(term) if path == ("emails",) else None
    if address is None:
        return in_element
    return ("and", ("email", _bind(key(address), parameters)), in_element) if is_storable(address) else ("never",)


def _email_of(term: Criterion) -> str | None:
    """The address that an element must have to satisfy the term, if it names one."""
    match term:
        case Comparison(Attribute(path=("value",)), Operator.EQUALS, str(email)):
            return email
        case And(terms):
            return next((found for each in terms if (found := _email_of(each)) is not None), None)
        case _:
            return None


def _read_comparison(
    attribute: Attribute, operator: Operator, value: str | bool | datetime, parameters: dict[str, Any]
) -> Shape:
    if isinstance(value, str):
        if not is_storable(value) or (attribute.path == ("id",) and not _comparable_id(operator, value)):
            return ("never",)
        value = key(value) if attribute.kind is Kind.TEXT else value
    return (operator, attribute, _bind(value, parameters))


def _comparable_id(operator: Operator, value: str) -> bool:
    return operator is not Operator.EQUALS or parse_id(value) is not None


def _bind(value: Any, parameters: dict[str, Any]) -> str:
    name = f"value_{len(parameters)}"
    parameters[name] = value
    return name


def condition(shape: Shape, source: str | None = None) -> ColumnElement[bool]:
    """The condition of all criteria of this shape. `source` is the element that a term of `Some` looks into."""
    match shape:
        case ("and", *terms):
            return and_(true(), *(condition(term, source) for term in terms))
        case ("or", *terms):
            return or_(false(), *(condition(term, source) for term in terms))
        case ("not", term):
            # what is absent compares with nothing, so its comparison is false and not unknown
            return not_(func.coalesce(condition(term, source), false(), type_=Boolean()))
        case ("never",):
            return false()
        case ("groups", *roles):
            listed = or_(false(), *(_GRANTS[role] for role in roles))
            return and_(_column.active, listed)
        case ("email", name):
            return _column.id.in_(
                select(membership_emails.c.membership_id).where(
                    membership_emails.c.organization_id == bindparam("organization_id"),
                    membership_emails.c.email_key == bindparam(name, type_=membership_emails.c.email_key.type),
                )
            )
        case ("some", path, term):
            alias = f"element_{path[-1]}"
            return some_element(path, alias, condition(term, f"{alias}.value"))
        case ("present", attribute):
            return _present(attribute, source)
        case (operator, attribute, name):
            return _comparison(operator, attribute, name, source)
        case _:
            raise ValueError(shape)


def _present(attribute: Attribute, source: str | None) -> ColumnElement[bool]:
    if source is not None:
        return json_present(attribute.path, source)
    if attribute.path[0] == "groups":
        return and_(_column.active, or_(*_GRANTS.values()))
    column = COLUMNS.get(attribute.path)
    if column is not None:
        return column.is_not(None)
    if attribute.many and len(attribute.path) > 1:
        alias = f"element_{attribute.path[0]}"
        return some_element(attribute.path[:1], alias, json_present(attribute.path[1:], f"{alias}.value"))
    return json_present(attribute.path)


def _comparison(operator: Operator, attribute: Attribute, name: str, source: str | None) -> ColumnElement[bool]:
    if source is not None:
        return _compare(operator, _in_document(attribute.kind, attribute.path, source), name, attribute.kind)
    column = COLUMNS.get(attribute.path)
    if column is not None:
        if attribute.path == ("id",) and operator is not Operator.EQUALS:
            column = cast(column, Key())
        return _compare(operator, column, name, attribute.kind)
    if attribute.many:
        alias = f"element_{attribute.path[0]}"
        value = _in_document(attribute.kind, attribute.path[1:], f"{alias}.value")
        return some_element(attribute.path[:1], alias, _compare(operator, value, name, attribute.kind))
    return _compare(operator, _in_document(attribute.kind, attribute.path), name, attribute.kind)


def _in_document(kind: Kind, path: tuple[str, ...], *source: str) -> ColumnElement[Any]:
    return json_boolean(path, *source) if kind is Kind.BOOLEAN else json_text(path, *source)


_TYPES: dict[Kind, Any] = {Kind.BOOLEAN: Boolean(), Kind.MOMENT: UtcDateTime(), Kind.EXACT: Text(), Kind.TEXT: Text()}


def _compare(operator: Operator, value: ColumnElement[Any], name: str, kind: Kind) -> ColumnElement[bool]:
    wanted = bindparam(name, type_=value.type if isinstance(value.type, Boolean | Id) else _TYPES[kind])
    return _COMPARE[operator](value, wanted)


# Neither LIKE nor its escapes: on SQLite LIKE ignores the case of ASCII, whatever the column says
_COMPARE: dict[Operator, Callable[[ColumnElement[Any], ColumnElement[Any]], ColumnElement[bool]]] = {
    Operator.CONTAINS: lambda value, wanted: place_of(wanted, value) > 0,
    Operator.ENDS_WITH: lambda value, wanted: (
        func.substr(value, func.length(value) - func.length(wanted) + 1) == wanted
    ),
    Operator.EQUALS: lambda value, wanted: value == wanted,
    Operator.GREATER: lambda value, wanted: value > wanted,
    Operator.GREATER_OR_EQUAL: lambda value, wanted: value >= wanted,
    Operator.LESS: lambda value, wanted: value < wanted,
    Operator.LESS_OR_EQUAL: lambda value, wanted: value <= wanted,
    Operator.STARTS_WITH: lambda value, wanted: func.substr(value, 1, func.length(wanted)) == wanted,
}

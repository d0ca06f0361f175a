"""Criteria as SQL, through one table of attributes; values are bound, never part of the text."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, false, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import Boolean, Text

from rollbook.domain.criteria import And, Criterion, Equals
from rollbook.domain.values import is_storable, key, parse_id
from rollbook.persistence.tables import memberships

_column = memberships.c


class display_name(ColumnElement[str]):
    """The key of the profile's displayName."""

    inherit_cache = True
    type = Text()


@compiles(display_name, "postgresql")
def _display_name_postgresql(element: display_name, compiler: SQLCompiler, **options: Any) -> str:
    return "memberships.searchable ->> 'displayName'"


@compiles(display_name, "sqlite")
def _display_name_sqlite(element: display_name, compiler: SQLCompiler, **options: Any) -> str:
    return "json_extract(memberships.searchable, '$.displayName')"


class some_email(ColumnElement[bool]):
    """Some e-mail of the profile has all of these sub-attributes, each bound under the name beside it."""

    inherit_cache = False
    type = Boolean()
    _is_implicitly_boolean = True

    def __init__(self, compared: list[tuple[str, str]]) -> None:
        self.compared = [(sub_attribute, bindparam(name, type_=Text())) for sub_attribute, name in compared]


@compiles(some_email, "postgresql")
def _some_email_postgresql(element: some_email, compiler: SQLCompiler, **options: Any) -> str:
    terms = [f"email.value ->> '{name}' = {compiler.process(bind, **options)}" for name, bind in element.compared]
    return (
        "EXISTS (SELECT 1 FROM jsonb_array_elements(memberships.searchable -> 'emails') AS email"
        f" WHERE {' AND '.join(terms)})"
    )


@compiles(some_email, "sqlite")
def _some_email_sqlite(element: some_email, compiler: SQLCompiler, **options: Any) -> str:
    terms = [
        f"json_extract(email.value, '$.{name}') = {compiler.process(bind, **options)}"
        for name, bind in element.compared
    ]
    return f"EXISTS (SELECT 1 FROM json_each(memberships.searchable, '$.emails') AS email WHERE {' AND '.join(terms)})"


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and is_storable(value)


_ATTRIBUTES: dict[str, tuple[ColumnElement[Any], Callable[[Any], bool], Callable[[Any], Any]]] = {
    "active": (_column.active, lambda value: isinstance(value, bool), bool),
    "displayName": (display_name(), _is_text, key),
    "externalId": (_column.external_id, _is_text, str),
    "id": (_column.id, lambda value: _is_text(value) and parse_id(value) is not None, str),
    "userName": (_column.user_name_key, _is_text, key),
}
"""By attribute: what is compared, which values can be there at all, and the form in which they are kept."""

SEARCHABLE_EMAIL_ATTRIBUTES = ("display", "type", "value")

Shape = tuple[Any, ...]
"""What two criteria have in common when one SQL text serves both."""


def indexed(criterion: Criterion) -> bool:
    """Whether the memberships that satisfy the criterion are found by an index."""
    if isinstance(criterion, And):
        return any(indexed(term) for term in criterion.terms)
    return criterion.attribute in {"id", "externalId", "userName"}


def read(criterion: Criterion) -> tuple[Shape, dict[str, Any]]:
    """The criterion's shape, and the values for the parameters of its condition."""
    parameters: dict[str, Any] = {}
    return _read(criterion, parameters), parameters


def _read(criterion: Criterion, parameters: dict[str, Any]) -> Shape:
    if isinstance(criterion, And):
        return ("and", *(_read(term, parameters) for term in criterion.terms))
    if criterion.attribute.startswith("emails."):
        return _read_email(criterion, parameters)
    _, possible, kept = _ATTRIBUTES[criterion.attribute]
    if not possible(criterion.value):
        return ("never",)
    return (criterion.attribute, _bind(kept(criterion.value), parameters))


def _read_email(criterion: Equals, parameters: dict[str, Any]) -> Shape:
    compared = [(criterion.attribute.removeprefix("emails."), criterion.value), *criterion.where]
    if not all(_is_text(value) for _, value in compared):
        return ("never",)
    for sub_attribute, _ in compared:
        if sub_attribute not in SEARCHABLE_EMAIL_ATTRIBUTES:
            raise KeyError(sub_attribute)  # a facade offers only what is searchable
    return ("email", *((sub_attribute, _bind(key(str(value)), parameters)) for sub_attribute, value in compared))


def _bind(value: Any, parameters: dict[str, Any]) -> str:
    name = f"value_{len(parameters)}"
    parameters[name] = value
    return name


def condition(shape: Shape) -> ColumnElement[bool]:
    """The condition of all criteria of this shape."""
    if shape[0] == "and":
        return and_(true(), *(condition(term) for term in shape[1:]))
    if shape[0] == "never":
        return false()
    if shape[0] == "email":
        return some_email(list(shape[1:]))
    column = _ATTRIBUTES[shape[0]][0]
    return column == bindparam(shape[1], type_=column.type)

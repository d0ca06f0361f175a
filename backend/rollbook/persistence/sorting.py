"""The order of a search as SQL: by a value of the member's document, and from a place in that order on."""

from typing import Any

from sqlalchemy import ColumnElement, UnaryExpression, and_, bindparam, or_

from rollbook.domain.criteria import Attribute, Kind
from rollbook.persistence.filtering import COLUMNS
from rollbook.persistence.json_values import json_boolean, json_text, preferred
from rollbook.persistence.tables import memberships
from rollbook.persistence.types import Id

_id = memberships.c.id


def value(attribute: Attribute) -> ColumnElement[Any]:
    """What rows are ordered by: a column, or a value of the document; NULL where there is none."""
    column = COLUMNS.get(attribute.path)
    if column is not None:
        return column
    if attribute.many:
        return preferred(attribute.path[:1], attribute.path[1])
    return json_boolean(attribute.path) if attribute.kind is Kind.BOOLEAN else json_text(attribute.path)


def order(by: ColumnElement[Any], *, descending: bool) -> list[UnaryExpression[Any]]:
    """The order: who has no value comes last, in a descending order first (RFC 7644 section 3.4.2.3)."""
    if descending:
        return [by.desc().nulls_first(), _id.desc()]
    return [by.asc().nulls_last(), _id.asc()]


def beyond(by: ColumnElement[Any], *, descending: bool, absent: bool) -> ColumnElement[bool]:
    """Whether a row comes after the place bound as `after_value` and `after_id`; `absent`: that place has no value."""
    place, row = bindparam("after_value", type_=by.type), bindparam("after_id", type_=Id())
    if descending:
        if absent:
            return or_(and_(by.is_(None), _id < row), by.is_not(None))
        return or_(by < place, and_(by == place, _id < row))
    if absent:
        return and_(by.is_(None), _id > row)
    return or_(by > place, and_(by == place, _id > row), by.is_(None))

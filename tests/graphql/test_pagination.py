"""Cursors, and the pages that arguments ask for."""

import base64

import orjson
import pytest

from rollbook.domain.criteria import Order, OrderField, Page, Position
from rollbook.domain.errors import InvalidValue, TooLarge
from rollbook.domain.values import new_id
from rollbook.graphql.pagination import cursor, page, position

BY_NAME = Order()
HERE = Position("ann ä", "01a20e2a-9c42-77e7-b085-a0723dc83d6e")


def made_up(*parts):
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


@pytest.mark.parametrize("field", OrderField)
@pytest.mark.parametrize("descending", [False, True])
def test_a_cursor_leads_back_to_its_place(field, descending):
    order = Order(field, descending)
    place = Position(new_id(), HERE.id)

    assert position(cursor(place, order), order, argument="after") == place


@pytest.mark.parametrize("other", [Order(OrderField.EMAIL), Order(descending=True)])
def test_a_cursor_of_another_order_is_refused(other):
    with pytest.raises(InvalidValue, match="another order") as refusal:
        position(cursor(HERE, BY_NAME), other, argument="after")

    assert refusal.value.field == "after"


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "abc",
        "ä",
        "%%%%",
        cursor(HERE, BY_NAME)[:-2],
        cursor(HERE, BY_NAME) + "=",
        made_up(1, "name", False, "ann"),
        made_up(2, "name", False, "ann", HERE.id),
        made_up(True, "name", False, "ann", HERE.id),
        made_up(1, "name", False, "ann", "no-uuid"),
        made_up(1, "name", False, "a\0b", HERE.id),
        made_up(1, "name", False, 5, HERE.id),
        made_up({}),
        base64.urlsafe_b64encode(b'{"a": 1}').decode(),
    ],
)
def test_what_is_not_a_cursor_is_refused(broken):
    with pytest.raises(InvalidValue, match="not a cursor"):
        position(broken, BY_NAME, argument="before")


def test_a_cursor_by_creation_with_a_key_that_is_no_id_is_refused():
    order = Order(OrderField.CREATED_AT)

    with pytest.raises(InvalidValue, match="not a cursor"):
        position(made_up(1, "created_at", False, "ann", HERE.id), order, argument="after")


def test_the_default_page_is_the_first_50():
    assert page(first=None, after=None, last=None, before=None, order=BY_NAME) == Page(size=50)


def test_last_pages_backward():
    asked = page(first=None, after=None, last=3, before=cursor(HERE, BY_NAME), order=BY_NAME)

    assert asked == Page(size=3, before=HERE, backward=True)


def test_first_and_last_together_are_refused():
    with pytest.raises(InvalidValue, match="not both"):
        page(first=1, after=None, last=1, before=None, order=BY_NAME)


@pytest.mark.parametrize("size", [0, -1])
def test_a_page_of_nothing_is_refused(size):
    with pytest.raises(InvalidValue, match="at least 1"):
        page(first=size, after=None, last=None, before=None, order=BY_NAME)


def test_a_page_over_200_is_refused():
    with pytest.raises(TooLarge, match="at most 200") as refusal:
        page(first=None, after=None, last=201, before=None, order=BY_NAME)

    assert refusal.value.limit == 200

"""Where a membership stands in a listing."""

import dataclasses

import pytest

from rollbook.domain.criteria import Order, OrderField, Position, position_of
from tests.domain.test_policy import ANN

ZOE = dataclasses.replace(ANN, name="ZOË", email="Zoe@Acme.Test")


@pytest.mark.parametrize(
    ("field", "key"),
    [(OrderField.NAME, "zoë"), (OrderField.EMAIL, "zoe@acme.test"), (OrderField.CREATED_AT, ZOE.id)],
)
def test_a_place_is_the_key_of_the_order_and_the_id(field, key):
    for descending in (False, True):
        assert position_of(ZOE, Order(field, descending)) == Position(key, ZOE.id)


def test_a_member_without_an_email_stands_before_everyone_with_one():
    assert position_of(dataclasses.replace(ZOE, email=None), Order(OrderField.EMAIL)) == Position("", ZOE.id)

"""Keyset pages: cursors that name a place in one order, and the page that the arguments of a connection ask for."""

import base64

import orjson

from rollbook.domain.criteria import Order, OrderField, Page, Position
from rollbook.domain.errors import InvalidValue, TooLarge
from rollbook.domain.values import parse_id

DEFAULT_PAGE = 50
MAX_PAGE = 200

_VERSION = 1


def cursor(position: Position, order: Order) -> str:
    """The opaque text of a place in a listing. It works only in a listing of the same order.

    It says nothing that the row does not say, and opens nothing: a made-up one only points to another place.
    """
    parts = [_VERSION, str(order.field), order.descending, position.key, position.id]
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def position(text: str, order: Order, *, argument: str) -> Position:
    """The place that a cursor names, or `InvalidValue` if it is not a cursor of this order."""
    match _parts(text):
        case [int(), str(field), bool(descending), str(key), str(row)]:
            found = Position(key, row)
        case _:
            raise _unknown(argument)
    if (field, descending) != (str(order.field), order.descending):
        raise InvalidValue(
            f"{argument} is a cursor of a list in another order. Start again without it.", field=argument
        )
    if not _is_a_place(found, order) or cursor(found, order) != text:
        raise _unknown(argument)
    return found


def page(*, first: int | None, after: str | None, last: int | None, before: str | None, order: Order) -> Page:
    """The page that the arguments ask for: the first 50 unless they say otherwise. `InvalidValue`, `TooLarge`."""
    if first is not None and last is not None:
        raise InvalidValue("Give first to page forward or last to page backward, not both.", field="last")
    for argument, size in (("first", first), ("last", last)):
        if size is not None and size < 1:
            raise InvalidValue(f"{argument} is at least 1. To count only, ask for totalCount.", field=argument)
        if size is not None and size > MAX_PAGE:
            raise TooLarge(f"{argument} is at most {MAX_PAGE}. Page with after or before.", limit=MAX_PAGE)
    return Page(
        size=first or last or DEFAULT_PAGE,
        after=None if after is None else position(after, order, argument="after"),
        before=None if before is None else position(before, order, argument="before"),
        backward=last is not None,
    )


def _parts(text: str) -> object:
    try:
        return orjson.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except ValueError:  # not base64, not ASCII, not JSON
        return None


def _is_a_place(place: Position, order: Order) -> bool:
    """Whether the databases can compare with these values at all."""
    if parse_id(place.id) is None or "\0" in place.key:
        return False
    return order.field is not OrderField.CREATED_AT or parse_id(place.key) is not None


def _unknown(argument: str) -> InvalidValue:
    return InvalidValue(f"{argument} is not a cursor that this API gave.", field=argument)

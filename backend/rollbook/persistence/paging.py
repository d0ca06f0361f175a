"""Lists in the order of one unique column, read page by page in both directions."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam
from sqlalchemy.types import BigInteger

from rollbook.domain.criteria import Page, Position
from rollbook.persistence.database import ReadTx
from rollbook.persistence.statements import Row, Statement

_Shape = tuple[bool, bool, bool]


class Pages:
    """The pages of one list. `value_of` is what the ordering column holds at a place."""

    def __init__(
        self,
        rows: Select[Any],
        column: ColumnElement[Any],
        value_of: Callable[[Position], Any],
        *,
        descending: bool = False,
    ) -> None:
        self._rows = rows
        self._column = column
        self._value_of = value_of
        self._descending = descending
        self._statements: dict[_Shape, Statement] = {}

    async def read(self, tx: ReadTx, page: Page, **parameters: Any) -> list[Row]:
        """The page's rows and one more, if there is one, in the direction in which the page was read."""
        for name, place in (("after", page.after), ("before", page.before)):
            if place is not None:
                parameters[name] = self._value_of(place)
        return await tx.all(self._statement(page), limit=page.size + 1, **parameters)

    def _statement(self, page: Page) -> Statement:
        shape = (page.after is not None, page.before is not None, page.backward)
        if shape not in self._statements:
            self._statements[shape] = Statement(self._selected(*shape))
        return self._statements[shape]

    def _selected(self, after: bool, before: bool, backward: bool) -> Select[Any]:
        column, selected = self._column, self._rows
        if after:
            place = bindparam("after", type_=column.type)
            selected = selected.where(column < place if self._descending else column > place)
        if before:
            place = bindparam("before", type_=column.type)
            selected = selected.where(column > place if self._descending else column < place)
        order = column.desc() if self._descending != backward else column.asc()
        return selected.order_by(order).limit(bindparam("limit", type_=BigInteger()))

"""The users of a search that asks for groups as well: how many there are, how many before a group, and who."""

from collections.abc import Sequence
from datetime import datetime

from rollbook.domain.criteria import EVERYONE, And, Comparison, Operator
from rollbook.domain.memberships import Membership
from rollbook.scim.filters import criterion_of
from rollbook.scim.listing import ListQuery
from rollbook.scim.requests import Request
from rollbook.scim.schemas import GROUP, USER
from rollbook.scim.sorting import member_order
from rollbook.services.memberships import Memberships


class UserSearch:
    """One query of the users. Raises 400 `invalidFilter` and `invalidValue` where it is made."""

    def __init__(self, memberships: Memberships, request: Request, query: ListQuery) -> None:
        self._memberships = memberships
        self._actor = request.actor
        self._order = member_order(query)
        self._criterion = (
            EVERYONE if query.filter is None else criterion_of(query.filter, USER, request.reading, beside=GROUP)
        )

    async def count(self) -> int:
        """How many there are."""
        return (await self._memberships.search(self._actor, self._criterion, limit=0)).total

    async def count_before(self, value: str | bool | datetime | None, total: int) -> int:
        """How many of all `total` users come before a group that is ordered by this value.

        A group comes behind the users of the same value, in a descending order before them: one is the other reversed.
        """
        if self._order is None:
            return total
        if value is None:
            ascending = total
        else:
            not_behind = Comparison(self._order.attribute, Operator.LESS_OR_EQUAL, value)
            criterion = And((self._criterion, not_behind))
            ascending = (await self._memberships.search(self._actor, criterion, limit=0)).total
        return total - ascending if self._order.descending else ascending

    async def stretch(self, offset: int, count: int, total: int) -> Sequence[Membership]:
        """The users of one stretch of their order."""
        found = await self._memberships.search(
            self._actor, self._criterion, self._order, limit=count, offset=offset, total=total
        )
        return found.memberships

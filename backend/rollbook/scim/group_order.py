"""The order of groups, which are few enough to be put in it here (RFC 7644 section 3.4.2.3)."""

from collections.abc import Callable, Sequence
from datetime import datetime

from rollbook.domain.criteria import Place
from rollbook.domain.groups import Group
from rollbook.domain.matching import values
from rollbook.scim.attributes import ResourceType
from rollbook.scim.errors import invalid_value
from rollbook.scim.filters import criterion_attribute
from rollbook.scim.group_filter import document
from rollbook.scim.listing import ListQuery
from rollbook.scim.reading import shown
from rollbook.scim.schemas import GROUP

Value = str | datetime | None

_SORTED = frozenset(
    {("displayName",), ("externalId",), ("id",), ("meta", "created"), ("meta", "lastModified")},
)


class GroupOrder:
    """The order that a query asks for; by id if it asks for none.

    Where another resource type is searched `beside` groups, its attributes may be named, and have no value here.
    """

    def __init__(self, query: ListQuery, beside: ResourceType | None = None) -> None:
        self._value = _value_of(query.sort_by, beside)
        self._descending = query.sort_by is not None and query.descending

    def sorted(self, groups: Sequence[Group]) -> list[Group]:
        """The groups in this order."""
        return sorted(groups, key=lambda group: _rank(self.place(group)), reverse=self._descending)

    def place(self, group: Group) -> Place:
        """Where a group stands in it."""
        return Place(self._value(group), group.id)

    def after(self, groups: Sequence[Group], place: Place) -> list[Group]:
        """Those of the groups that stand behind the place, whoever stood there."""
        at = _rank(place)
        return [
            group
            for group in groups
            if (_rank(self.place(group)) < at if self._descending else _rank(self.place(group)) > at)
        ]


def _value_of(sort_by: str | None, beside: ResourceType | None) -> Callable[[Group], Value]:
    """What groups are ordered by. Raises 400 `invalidValue`."""
    if sort_by is None:
        return lambda group: None
    found = GROUP.find(sort_by)
    if found is None and beside is not None:
        return lambda group: None
    where = None if found is None else criterion_attribute(found)[0]
    if where is None or where.path not in _SORTED:
        raise invalid_value(
            f"sortBy: a Group cannot be sorted by {shown(sort_by)}; use displayName, id, meta.created or "
            "meta.lastModified."
        )
    return lambda group: next(iter(values(where, document(group, {}))), None)


def _rank(place: Place) -> tuple[bool, str | bool | datetime, str]:
    """What has no value comes last; ids break ties."""
    return place.value is None, "" if place.value is None else place.value, place.id

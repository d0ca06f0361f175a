"""`sortBy` as an order that persistence can follow (RFC 7644 section 3.4.2.3)."""

from rollbook.domain.criteria import SortBy
from rollbook.scim.errors import invalid_value
from rollbook.scim.filters import criterion_attribute
from rollbook.scim.listing import ListQuery
from rollbook.scim.reading import shown
from rollbook.scim.schemas import USER

_UNSORTED = frozenset({"groups", "meta", "password", "schemas"})
_SORTED_META = frozenset({"created", "lastModified"})


def member_order(query: ListQuery) -> SortBy | None:
    """The order that the query asks for, or None if it asks for none. Raises 400 `invalidValue`."""
    if query.sort_by is None:
        return None
    found = USER.find(query.sort_by)
    in_meta = found is not None and found.attribute.name == "meta" and found.sub and found.sub.name in _SORTED_META
    if found is None or (found.attribute.name in _UNSORTED and not in_meta):
        raise invalid_value(f"sortBy: a User cannot be sorted by {shown(query.sort_by)}.")
    attribute, compared = criterion_attribute(found)
    if compared.is_complex:
        raise invalid_value(f"sortBy: {shown(query.sort_by)} has sub-attributes; sort by one of them.")
    return SortBy(attribute, descending=query.descending)

"""What to look for and in which order, said without SQL; persistence turns it into SQL, `matching` decides it here."""

from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from rollbook.domain.groups import GroupId
from rollbook.domain.immutable import immutable
from rollbook.domain.memberships import Membership, Source
from rollbook.domain.roles import Role
from rollbook.domain.values import key

Row = TypeVar("Row")


class Kind(StrEnum):
    """How the values of an attribute compare."""

    BOOLEAN = "boolean"
    EXACT = "exact"  # text, by its code points
    MOMENT = "moment"
    TEXT = "text"  # text without case, by its key


@immutable
class Attribute:
    """Where a value stands in a member's document: `("name", "givenName")`, or inside an element just `("type",)`.

    `many`: the first name is of a multi-valued attribute, and any of its elements counts.
    """

    path: tuple[str, ...]
    kind: Kind = Kind.TEXT
    many: bool = False


class Operator(StrEnum):
    """How a value is compared (RFC 7644 table 3)."""

    CONTAINS = "co"
    ENDS_WITH = "ew"
    EQUALS = "eq"
    GREATER = "gt"
    GREATER_OR_EQUAL = "ge"
    LESS = "lt"
    LESS_OR_EQUAL = "le"
    STARTS_WITH = "sw"


@immutable
class Comparison:
    """The attribute has a value that compares so with this one."""

    attribute: Attribute
    operator: Operator
    value: str | bool | datetime


@immutable
class Present:
    """The attribute has a value."""

    attribute: Attribute


@immutable
class And:
    """Every one of the terms holds. Without terms it always holds."""

    terms: tuple["Criterion", ...]


@immutable
class Or:
    """At least one of the terms holds. Without terms it never holds."""

    terms: tuple["Criterion", ...]


@immutable
class Not:
    """The term does not hold."""

    term: "Criterion"


@immutable
class Some:
    """One element of the multi-valued attribute satisfies the term, whose attributes are those of the element."""

    path: tuple[str, ...]
    term: "Criterion"


Criterion = Comparison | Present | And | Or | Not | Some

EVERYONE = And(())


@immutable
class SortBy:
    """The order of a search: by one attribute's value, of a multi-valued one by the primary or the first value's.

    Who has no value comes last, or first in a descending order (RFC 7644 section 3.4.2.3). Ids break ties.
    """

    attribute: Attribute
    descending: bool = False


@immutable
class Place:
    """Where a search stopped: the value that its last row is ordered by, None for none, and the row's id."""

    value: str | bool | datetime | None
    id: str


@immutable
class MemberFilter:
    """Which members a listing shows; an empty set of a kind means: all of that kind.

    `search` looks for a part of the name or the e-mail, and of the userName if `search_user_names`. A group lists its
    active members only. Made `since` a moment counts, made `before` one does not include it.
    """

    active: frozenset[bool] = frozenset({True})
    roles: frozenset[Role] = frozenset()
    sources: frozenset[Source] = frozenset()
    group: GroupId | None = None
    created_since: datetime | None = None
    created_before: datetime | None = None
    search: str | None = None
    search_user_names: bool = True


class OrderField(StrEnum):
    """By what a listing is ordered; the membership's id breaks ties."""

    CREATED_AT = "created_at"
    EMAIL = "email"
    NAME = "name"


@immutable
class Order:
    """The order of a listing."""

    field: OrderField = OrderField.NAME
    descending: bool = False


@immutable
class Position:
    """A place in an ordered listing: the key and the id of the row that stands there."""

    key: str
    id: str


def position_of(membership: Membership, order: Order) -> Position:
    """Where a membership stands in a listing of this order."""
    match order.field:
        case OrderField.CREATED_AT:
            return Position(membership.id, membership.id)
        case OrderField.EMAIL:
            return Position(key(membership.email or ""), membership.id)
        case OrderField.NAME:
            return Position(key(membership.name), membership.id)


@immutable
class Page:
    """A stretch of a listing: `size` rows after or before a position, or from either end (`backward`: the last)."""

    size: int = 50
    after: Position | None = None
    before: Position | None = None
    backward: bool = False


@immutable
class Slice(Generic[Row]):
    """What was read of a page, in the listing's own order, and whether there is more on either side."""

    rows: list[Row]
    has_next: bool
    has_previous: bool

    @classmethod
    def of(cls, read: list[Row], page: Page) -> "Slice[Row]":
        """The slice of what was read in the page's direction: its rows, and one more if there is one."""
        more = len(read) > page.size
        shown = read[: page.size]
        if page.backward:
            return cls(shown[::-1], has_next=page.before is not None, has_previous=more)
        return cls(shown, has_next=more, has_previous=page.after is not None)

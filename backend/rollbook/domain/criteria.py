"""What to look for and in which order, said without SQL; persistence turns it into SQL."""

from dataclasses import dataclass
from enum import StrEnum

from rollbook.domain.memberships import Membership, Source
from rollbook.domain.roles import Role
from rollbook.domain.values import key


@dataclass(frozen=True, slots=True)
class Equals:
    """The attribute has this value; of a multi-valued attribute, one of its values has it.

    `attribute` is a name of `MEMBER_ATTRIBUTES`; `where` narrows a multi-valued one to elements whose sub-attributes
    have these values.
    """

    attribute: str
    value: str | bool
    where: tuple[tuple[str, str | bool], ...] = ()


@dataclass(frozen=True, slots=True)
class And:
    """Every one of the terms holds. Without terms it always holds."""

    terms: tuple["Criterion", ...]


Criterion = Equals | And

MEMBER_ATTRIBUTES = ("id", "userName", "externalId", "active", "displayName", "emails.value", "emails.type")
"""The attributes that can be looked for."""

EVERYONE = And(())


@dataclass(frozen=True, slots=True)
class MemberFilter:
    """Which members a listing shows; an empty set of a kind means: all of that kind.

    `search` looks for a part of the name or the e-mail, and of the userName if `search_user_names`.
    """

    active: frozenset[bool] = frozenset({True})
    roles: frozenset[Role] = frozenset()
    sources: frozenset[Source] = frozenset()
    search: str | None = None
    search_user_names: bool = True


class OrderField(StrEnum):
    """By what a listing is ordered; the membership's id breaks ties."""

    CREATED_AT = "created_at"
    EMAIL = "email"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Order:
    """The order of a listing."""

    field: OrderField = OrderField.NAME
    descending: bool = False


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a listing: `size` rows after or before a position, or from either end (`backward`: the last)."""

    size: int = 50
    after: Position | None = None
    before: Position | None = None
    backward: bool = False

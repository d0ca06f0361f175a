"""What an attribute may be compared with in a filter, and how moments compare (RFC 7644 table 3)."""

from collections.abc import Set
from datetime import UTC, datetime, timedelta

from rollbook.domain import criteria
from rollbook.domain.criteria import And, Comparison, Criterion, Kind, Operator
from rollbook.scim import tolerance
from rollbook.scim.attributes import Attribute, AttributeType
from rollbook.scim.errors import invalid_filter
from rollbook.scim.filter_text import Literal
from rollbook.scim.reading import Reading, shown
from rollbook.scim.requests import kind

_IN_ORDER = frozenset({Operator.GREATER, Operator.GREATER_OR_EQUAL, Operator.LESS, Operator.LESS_OR_EQUAL})
_OF_TEXTS = frozenset({Operator.CONTAINS, Operator.ENDS_WITH, Operator.STARTS_WITH})

_WITHOUT: dict[AttributeType, tuple[str, Set[Operator]]] = {
    AttributeType.BINARY: ("binary", _IN_ORDER),
    AttributeType.BOOLEAN: ("true or false", _IN_ORDER | _OF_TEXTS),
    AttributeType.DATE_TIME: ("a moment", _OF_TEXTS),
}
"""By type: what its values are called, and the operators that do not apply to them."""

_SHOWN = timedelta(milliseconds=1)
"""How exactly moments are shown."""


def kind_of(attribute: Attribute) -> Kind:
    """How the attribute's values compare."""
    if attribute.type is AttributeType.BOOLEAN:
        return Kind.BOOLEAN
    if attribute.type is AttributeType.DATE_TIME:
        return Kind.MOMENT
    return Kind.EXACT if attribute.case_exact else Kind.TEXT


def compared(
    where: criteria.Attribute, attribute: Attribute, operator: Operator, value: Literal, reading: Reading
) -> Criterion:
    """The attribute compared with the value. Raises 400 `invalidFilter` where its type does not allow it."""
    name = ".".join(part for part in where.path if ":" not in part)
    called, refused = _WITHOUT.get(attribute.type, ("", frozenset()))
    if operator in refused:
        raise invalid_filter(f"{name} is {called}; the operator {operator} does not apply to it.")
    if attribute.type is AttributeType.BOOLEAN:
        value = tolerance.boolean(value, name, reading)
        if isinstance(value, bool):
            return Comparison(where, operator, value)
        raise invalid_filter(f"{name} is true or false, without quotes; it cannot equal {kind(value)}.")
    if not isinstance(value, str):
        raise invalid_filter(
            f"{name} is a text; it cannot be compared with {kind(value)}. Put the value in double quotes."
        )
    if attribute.type is AttributeType.DATE_TIME:
        return _compared_as_shown(where, operator, _moment(name, value))
    return Comparison(where, operator, value)


def _moment(name: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise invalid_filter(f"{name} is a moment such as 2026-11-24T09:30:00Z; {shown(text)} is none.") from None


def _compared_as_shown(where: criteria.Attribute, operator: Operator, moment: datetime) -> Criterion:
    """Moments are kept more exactly than they are shown, and compare as shown, so what was read finds its User."""
    cut = moment - timedelta(microseconds=moment.microsecond % 1000)
    try:
        following = cut + _SHOWN
    except OverflowError:
        following = datetime.max.replace(tzinfo=UTC)
    first = cut if cut == moment else following
    match operator:
        case Operator.GREATER:
            return Comparison(where, Operator.GREATER_OR_EQUAL, following)
        case Operator.GREATER_OR_EQUAL:
            return Comparison(where, Operator.GREATER_OR_EQUAL, first)
        case Operator.LESS:
            return Comparison(where, Operator.LESS, first)
        case Operator.LESS_OR_EQUAL:
            return Comparison(where, Operator.LESS, following)
        case _:
            return And(
                (
                    Comparison(where, Operator.GREATER_OR_EQUAL, first),
                    Comparison(where, Operator.LESS, following),
                )
            )

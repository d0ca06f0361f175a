"""What a download is asked to hold: the parameters of its address, read strictly, so that none is ignored."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from starlette.datastructures import QueryParams

from rollbook.domain.actors import Channel
from rollbook.domain.audit import AuditAction, EventFilter
from rollbook.domain.errors import InvalidValue
from rollbook.exports.global_ids import inner_id

T = TypeVar("T")

_TOKENS = ("ApiToken", "ScimToken")
_EVENT_PARAMETERS = ("action", "actor", "channel", "member", "since", "until")


def wanted_events(query: QueryParams) -> EventFilter:
    """Which events: `action` and `channel` may be repeated and are called as in GraphQL. Raises `InvalidValue`."""
    _check_names(query, _EVENT_PARAMETERS, repeatable=("action", "channel"))
    kind, actor = (None, None)
    if (given := query.get("actor")) is not None:
        kind, actor = inner_id(given, "Member", *_TOKENS, parameter="actor")
    member = query.get("member")
    return EventFilter(
        actions=frozenset(_named(AuditAction.__members__, name, "action") for name in query.getlist("action")),
        channels=frozenset(_named(Channel.__members__, name, "channel") for name in query.getlist("channel")),
        actor_token_id=actor if kind in _TOKENS else None,
        actor_membership_id=actor if kind == "Member" else None,
        membership_id=None if member is None else inner_id(member, "Member", parameter="member")[1],
        since=_moment(query, "since"),
        until=_moment(query, "until"),
    )


def wanted_moment(query: QueryParams) -> datetime | None:
    """The moment `asOf`; None means now. Raises `InvalidValue`."""
    _check_names(query, ("asOf",))
    return _moment(query, "asOf")


def _check_names(query: QueryParams, known: Sequence[str], *, repeatable: Sequence[str] = ()) -> None:
    for name in query:
        if name not in known:
            raise InvalidValue(f"There is no parameter {name!r} here; there are: {', '.join(known)}.", field=name)
        if name not in repeatable and len(query.getlist(name)) > 1:
            raise InvalidValue(f"{name} is there more than once.", field=name)


def _named(members: Mapping[str, T], name: str, parameter: str) -> T:
    if name not in members:
        raise InvalidValue(f"{name!r} is no {parameter}; there are: {', '.join(sorted(members))}.", field=parameter)
    return members[name]


def _moment(query: QueryParams, name: str) -> datetime | None:
    text = query.get(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        in_utc = moment.astimezone(UTC)
    except (ValueError, OverflowError):  # in UTC, the first and the last day of all may lie before or behind all
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InvalidValue(f"{name} should be a moment with its time zone, such as 2026-11-01T00:00:00Z.", field=name)
    return in_utc

"""How an event of the audit trail is written in a file; the same for a download and for the command line."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from rollbook.domain.actors import ActorKind
from rollbook.domain.audit import AuditEvent, Touch
from rollbook.domain.immutable import immutable
from rollbook.domain.values import rfc3339
from rollbook.exports import tables
from rollbook.exports.global_ids import global_id

COLUMNS = (
    "occurredAt",
    "action",
    "target",
    "actorKind",
    "actor",
    "channel",
    "field",
    "before",
    "after",
    "warning",
    "requestId",
    "memberIds",
    "actorId",
    "id",
)
"""The columns of the table, which has a row for each field that an event changed, and one for an event without any."""

PIECE = 128 * 1024
"""Characters. A page of events may be many megabytes, and others wait while it is written."""

_TOKENS = {ActorKind.API_TOKEN: "ApiToken", ActorKind.SCIM_TOKEN: "ScimToken"}


@immutable
class EventLine:
    """An event as files tell it: names as in GraphQL, ids that GraphQL takes, values before and after ready for JSON.

    `members` are those whom it touched, with what a group's change was for them; `more_members`: there are others.
    """

    id: str
    occurred_at: str
    action: str
    channel: str
    actor_kind: str
    actor_name: str
    actor_id: str | None
    target: str
    changes: Mapping[str, tuple[Any, Any]]
    members: Sequence[tuple[str, bool | None]]
    more_members: bool
    warning: str | None
    request_id: str | None

    @classmethod
    def of(cls, event: AuditEvent, touches: Sequence[Touch], most: int) -> "EventLine":
        """The line of an event that touched these memberships, of which so many are told."""
        kind = ActorKind(event.actor_kind)
        named = [(_TOKENS.get(kind), event.actor_id), ("Member", event.actor_membership_id)]
        ids = [global_id(type_name, inner) for type_name, inner in named if type_name and inner]
        return cls(
            id=global_id("AuditEvent", event.id),
            occurred_at=rfc3339(event.occurred_at),
            action=event.action.name,
            channel=event.channel.name,
            actor_kind=kind.name,
            actor_name=event.actor_name,
            actor_id=ids[0] if ids else None,
            target=event.target,
            changes=event.changes,
            members=[(global_id("Member", each.membership_id), each.gained) for each in touches[:most]],
            more_members=len(touches) > most,
            warning=event.warning,
            request_id=event.request_id,
        )


def ndjson(lines: Iterable[EventLine]) -> Iterator[str]:
    """One JSON object on a line of its own for each event, in pieces of some length."""
    return _pieces(orjson.dumps(_document(line)).decode() + "\n" for line in lines)


def table(lines: Iterable[EventLine]) -> Iterator[str]:
    """The rows of the table under `COLUMNS`, in pieces of some length."""
    return _pieces(tables.rows(_rows(line)) for line in lines)


def _pieces(texts: Iterable[str]) -> Iterator[str]:
    """The texts joined to pieces of at least `PIECE` characters, but for the last one; one piece if there are none."""
    held: list[str] = []
    length = 0
    for text in texts:
        held.append(text)
        length += len(text)
        if length >= PIECE:
            yield "".join(held)
            held, length = [], 0
    yield "".join(held)


def _document(line: EventLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "occurredAt": line.occurred_at,
        "action": line.action,
        "channel": line.channel,
        "actor": {"kind": line.actor_kind, "name": line.actor_name, "id": line.actor_id},
        "target": line.target,
        "changes": {
            field: {"before": before, "after": after} for field, (before, after) in sorted(line.changes.items())
        },
        "members": [{"id": member_id, "gained": gained} for member_id, gained in line.members],
        "hasMoreMembers": line.more_members,
        "warning": line.warning,
        "requestId": line.request_id,
    }


def _rows(line: EventLine) -> Iterable[Sequence[object]]:
    members = " ".join(member_id for member_id, _ in line.members) + (" …" if line.more_members else "")
    for field, (before, after) in sorted(line.changes.items()) or [("", (None, None))]:
        yield (
            line.occurred_at,
            line.action,
            line.target,
            line.actor_kind,
            line.actor_name,
            line.channel,
            field,
            _value(before),
            _value(after),
            line.warning,
            line.request_id,
            members,
            line.actor_id,
            line.id,
        )


def _value(value: Any) -> str | None:
    """A text as it is, and everything else as JSON."""
    return value if value is None or isinstance(value, str) else orjson.dumps(value).decode()

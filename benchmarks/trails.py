"""Bulk-loads audit events past the services: a long trail to read, search and export."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import orjson

from benchmarks.crowds import Chunk, store, user_name
from rollbook.domain.actors import ActorKind, Channel
from rollbook.domain.audit import AuditAction
from rollbook.domain.values import new_id
from rollbook.persistence.tables import audit_events, audit_targets
from rollbook.settings import Settings

_CHUNK = 10_000


async def trail(settings: Settings, organization_id: str, membership_ids: list[str], events: int) -> None:
    """Make so many events of an identity provider that changed these members, in turn."""
    await store(settings, _chunks(organization_id, membership_ids, events))


def _chunks(organization_id: str, membership_ids: list[str], events: int) -> Iterator[Chunk]:
    at = datetime.now(UTC)
    token = new_id()
    for start in range(0, events, _CHUNK):
        happened, touched = [], []
        for number in range(start, min(start + _CHUNK, events)):
            member = membership_ids[number % len(membership_ids)]
            event = _event(organization_id, token, number, at)
            happened.append(event)
            touched.append(
                {"organization_id": organization_id, "membership_id": member, "event_id": event["id"], "gained": None}
            )
        yield (audit_events, happened), (audit_targets, touched)


def _event(organization_id: str, token: str, number: int, at: datetime) -> dict[str, Any]:
    return {
        "organization_id": organization_id,
        "id": new_id(),
        "occurred_at": at,
        "action": str(AuditAction.MEMBERSHIP_UPDATED),
        "channel": str(Channel.SCIM),
        "actor_kind": str(ActorKind.SCIM_TOKEN),
        "actor_id": token,
        "actor_name": "Load",
        "request_id": new_id(),
        "target": user_name(number),
        "changes": orjson.dumps({"title": (f"Engineer {number % 100}", f"Engineer {number % 100 + 1}")}).decode(),
        "warning": None,
        "position": 0,
    }

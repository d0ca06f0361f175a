"""What may be read of the audit trail."""

from rollbook.domain.actors import Actor
from rollbook.domain.audit import AuditEvent
from rollbook.domain.policy import Permission, require
from rollbook.domain.values import parse_id
from rollbook.persistence import audit
from rollbook.persistence.database import Database

MOST_EVENTS = 1000
"""How many events are read at once."""


class Audit:
    """The operations on the audit trail of the actor's organization."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def events(self, actor: Actor, *, limit: int = 100, membership_id: str | None = None) -> list[AuditEvent]:
        """The newest events, or those of one membership, the newest first."""
        require(actor, Permission.AUDIT_READ)
        if membership_id is not None and parse_id(membership_id) is None:
            return []
        limit = min(max(limit, 0), MOST_EVENTS)
        async with self._database.read() as tx:
            return await audit.newest(tx, actor.organization_id, limit=limit, membership_id=membership_id)

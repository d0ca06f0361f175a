"""Cursors: where a list query goes on, sealed and bound to the organization and the query (RFC 9865)."""

import hashlib
import time
from datetime import datetime

import orjson

from rollbook.domain.actors import Actor
from rollbook.domain.criteria import Place
from rollbook.domain.immutable import immutable
from rollbook.domain.seals import Seal
from rollbook.scim.errors import ScimError
from rollbook.scim.listing import ListQuery

CURSOR_SECONDS = 3600
"""How long a cursor can be used."""


@immutable
class Cursor:
    """Where to go on, and what the first page found out: how many there are in all."""

    place: Place
    total: int


class Cursors:
    """Writes and reads the cursors of one resource type."""

    def __init__(self, seal: Seal, resource_type: str) -> None:
        self._seal = seal
        self._resource_type = resource_type

    def write(self, cursor: Cursor, actor: Actor, query: ListQuery) -> str:
        """The cursor as a client holds it."""
        value = cursor.place.value
        expires_at = int(time.time()) + CURSOR_SECONDS
        content = [value, isinstance(value, datetime), cursor.place.id, cursor.total, expires_at]
        return self._seal.close(self._purpose(actor, query), orjson.dumps(content))

    def read(self, actor: Actor, query: ListQuery) -> Cursor | None:
        """The cursor of the query; None for the first page. Raises 400 `invalidCursor` and `expiredCursor`."""
        if not query.cursor:
            return None
        content = self._seal.open(self._purpose(actor, query), query.cursor)
        if content is None:
            raise ScimError(
                400,
                "The cursor is not one of this query: send nextCursor as it came, with the same filter and order.",
                scim_type="invalidCursor",
            )
        value, is_moment, member_id, total, expires_at = orjson.loads(content)
        if time.time() > expires_at:
            raise ScimError(
                400,
                f"The cursor is older than {CURSOR_SECONDS} seconds. Start again with an empty cursor.",
                scim_type="expiredCursor",
            )
        return Cursor(Place(datetime.fromisoformat(value) if is_moment else value, member_id), total)

    def _purpose(self, actor: Actor, query: ListQuery) -> str:
        asked = orjson.dumps([query.filter, query.sort_by, query.descending])
        return f"cursor:{self._resource_type}:{actor.organization_id}:{hashlib.sha256(asked).hexdigest()}"

"""A group as a SCIM Group; its members are rendered in pieces, so that any number of them passes through."""

from collections.abc import Sequence
from typing import Any

import orjson

from rollbook.domain.actors import Actor
from rollbook.domain.groups import Group, GroupMember
from rollbook.domain.immutable import immutable
from rollbook.domain.values import rfc3339
from rollbook.scim.preconditions import etag
from rollbook.scim.projection import Projection
from rollbook.scim.responses import Pieces
from rollbook.scim.schemas import GROUP_URN
from rollbook.services import Services

_MEMBER_PARTS = ("value", "$ref", "display", "type")


@immutable
class GroupResources:
    """Renders the groups of one organization below one base address."""

    services: Services
    base: str

    def location(self, group: Group) -> str:
        """The Group's address."""
        return f"{self.base}/Groups/{group.id}"

    def document(self, group: Group) -> dict[str, Any]:
        """The Group without its members."""
        return {
            "schemas": [GROUP_URN],
            "id": str(group.id),
            "displayName": group.display_name,
            "meta": {
                "resourceType": "Group",
                "created": rfc3339(group.created_at),
                "lastModified": rfc3339(group.updated_at),
                "location": self.location(group),
                "version": etag(group.version),
            },
        }

    async def render(self, actor: Actor, group: Group, projection: Projection | None) -> Pieces:
        """The Group as JSON in pieces. Members are read only if they are shown."""
        document = self.document(group)
        head = orjson.dumps(document if projection is None else projection.apply(document))
        parts = _MEMBER_PARTS if projection is None else projection.parts("members", _MEMBER_PARTS)
        if not parts:
            yield head
            return
        yield head[:-1] + b',"members":['
        separator = b""
        async for batch in self.services.groups.members(actor, group.id):
            yield separator + b",".join(self._member(member, parts) for member in batch)
            separator = b","
        yield b"]}"

    def _member(self, member: GroupMember, parts: Sequence[str]) -> bytes:
        if len(parts) == len(_MEMBER_PARTS):
            display = orjson.dumps(member.display).decode()
            return (
                f'{{"value":"{member.id}","$ref":"{self.base}/Users/{member.id}","display":{display},"type":"User"}}'
            ).encode()
        whole = {
            "value": member.id,
            "$ref": f"{self.base}/Users/{member.id}",
            "display": member.display,
            "type": "User",
        }
        return orjson.dumps({name: whole[name] for name in parts})

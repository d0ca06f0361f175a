"""/ServiceProviderConfig, /ResourceTypes and /Schemas: what Rollbook can do, rendered once (RFC 7644 section 4)."""

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from rollbook.domain.errors import NotFound
from rollbook.scim.attributes import ResourceType, Schema
from rollbook.scim.bulk_message import MAX_OPERATIONS, MAX_PAYLOAD
from rollbook.scim.cursors import CURSOR_SECONDS
from rollbook.scim.errors import ScimError
from rollbook.scim.listing import DEFAULT_COUNT, LIST_URN, MAX_COUNT
from rollbook.scim.preconditions import etag, not_modified
from rollbook.scim.reading import shown
from rollbook.scim.requests import Request
from rollbook.scim.responses import Response
from rollbook.scim.schemas import RESOURCE_TYPES, SCHEMAS

CONFIG_URN = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
RESOURCE_TYPE_URN = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
SCHEMA_URN = "urn:ietf:params:scim:schemas:core:2.0:Schema"


class Discovery:
    """The discovery endpoints of one base address."""

    def __init__(self, base: str) -> None:
        self._config = _Rendered(_config(base))
        self._resource_types = _Collection({each.name: _resource_type(each, base) for each in RESOURCE_TYPES})
        self._schemas = _Collection({each.id: _schema(each, base) for each in SCHEMAS})

    async def config(self, request: Request) -> Response:
        """GET /ServiceProviderConfig."""
        return self._config.answer(request)

    async def resource_types(self, request: Request) -> Response:
        """GET /ResourceTypes: all of them; discovery is not paged."""
        return self._resource_types.all.answer(request)

    async def resource_type(self, request: Request) -> Response:
        """GET /ResourceTypes/{name}."""
        return self._resource_types.one(request.segments[1], "resource type").answer(request)

    async def schemas(self, request: Request) -> Response:
        """GET /Schemas: all of them."""
        return self._schemas.all.answer(request)

    async def schema(self, request: Request) -> Response:
        """GET /Schemas/{URN}."""
        return self._schemas.one(request.segments[1], "schema").answer(request)


class _Rendered:
    """An object of discovery as bytes; its version is drawn from its content, so it changes with an upgrade only."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.version = zlib.crc32(orjson.dumps(content))
        if "meta" in content:
            content["meta"]["version"] = etag(self.version)
        self._body = orjson.dumps(content)

    def answer(self, request: Request) -> Response:
        """The object; 304 if the client has it. Raises 403 for a filter."""
        _refuse_filter(request)
        return not_modified(request, self.version) or Response(200, self._body, (("ETag", etag(self.version)),))


class _Collection:
    """Objects of discovery: together in a list message, and one by one by name, whatever its case."""

    def __init__(self, objects: Mapping[str, dict[str, Any]]) -> None:
        self._each = {name.lower(): _Rendered(each) for name, each in objects.items()}
        self.all = _Rendered(_list(list(objects.values())))

    def one(self, name: str, what: str) -> _Rendered:
        """The object with this name. Raises `NotFound`."""
        rendered = self._each.get(name.lower())
        if rendered is None:
            raise NotFound(f"There is no {what} {shown(name)}.")
        return rendered


def _refuse_filter(request: Request) -> None:
    """RFC 7644 section 4: a filter on discovery is answered with 403."""
    if "filter" in request.parameters():
        raise ScimError(403, "Discovery cannot be filtered; leave the filter out.")


def _list(resources: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "schemas": [LIST_URN],
        "totalResults": len(resources),
        "startIndex": 1,
        "itemsPerPage": len(resources),
        "Resources": resources,
    }


def _config(base: str) -> dict[str, Any]:
    return {
        "schemas": [CONFIG_URN],
        "patch": {"supported": True},
        "bulk": {"supported": True, "maxOperations": MAX_OPERATIONS, "maxPayloadSize": MAX_PAYLOAD},
        "filter": {"supported": True, "maxResults": MAX_COUNT},
        "changePassword": {"supported": False},
        "sort": {"supported": True},
        "etag": {"supported": True},
        "pagination": {
            "cursor": True,
            "index": True,
            "defaultPaginationMethod": "index",
            "defaultPageSize": DEFAULT_COUNT,
            "maxPageSize": MAX_COUNT,
            "cursorTimeout": CURSOR_SECONDS,
        },
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "SCIM token",
                "description": "A token made in Settings > Authentication, sent as: Authorization: Bearer <token>",
                "specUri": "https://www.rfc-editor.org/info/rfc6750",
                "primary": True,
            }
        ],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{base}/ServiceProviderConfig"},
    }


def _resource_type(resource_type: ResourceType, base: str) -> dict[str, Any]:
    return {
        "schemas": [RESOURCE_TYPE_URN],
        "id": resource_type.name,
        "name": resource_type.name,
        "description": resource_type.description,
        "endpoint": resource_type.endpoint,
        "schema": resource_type.schema.id,
        "schemaExtensions": [{"schema": each.id, "required": False} for each in resource_type.extensions],
        "meta": {"resourceType": "ResourceType", "location": f"{base}/ResourceTypes/{resource_type.name}"},
    }


def _schema(schema: Schema, base: str) -> dict[str, Any]:
    return {
        "schemas": [SCHEMA_URN],
        "id": schema.id,
        "name": schema.name,
        "description": schema.description,
        "attributes": [each.as_json() for each in schema.attributes if each.published],
        "meta": {"resourceType": "Schema", "location": f"{base}/Schemas/{schema.id}"},
    }

"""The endpoints of /Groups: from a request to a service and back."""

from collections.abc import Mapping, Sequence
from typing import Any

from rollbook.domain.actors import Actor
from rollbook.domain.errors import NotSupported
from rollbook.domain.groups import GROUPS_NOT_CREATED, Group, GroupChange, parse_group_id
from rollbook.scim.attributes import ResourceType
from rollbook.scim.cursors import Cursor, Cursors
from rollbook.scim.filters import criterion_of
from rollbook.scim.group_change import MAX_OPERATIONS, change_of_patch, change_of_put
from rollbook.scim.group_filter import chosen
from rollbook.scim.group_order import GroupOrder
from rollbook.scim.group_resource import GroupResources
from rollbook.scim.listing import ListQuery, head_of, query_of
from rollbook.scim.patch_message import operations_of
from rollbook.scim.preconditions import etag, expected_version, not_modified
from rollbook.scim.projection import Projection, projection_of
from rollbook.scim.reading import shown
from rollbook.scim.requests import GROUP_BODY, Request
from rollbook.scim.responses import Pieces, Response
from rollbook.scim.schemas import GROUP
from rollbook.scim.validation import check_schemas
from rollbook.services import Services

_NAMED_UNKNOWN = 10
"""How many unknown members a note names."""


class Groups:
    """What can be done at /Groups and /Groups/{id}."""

    def __init__(self, services: Services, base: str) -> None:
        self._services = services
        self._groups = services.groups
        self._cursors = Cursors(services.seal, GROUP.name)
        self._resources = GroupResources(services, base)

    async def list(self, request: Request) -> Response:
        """GET /Groups: the two groups, or those that a filter chooses."""
        return await self.found(request, request.parameters())

    async def found(self, request: Request, parameters: Mapping[str, str]) -> Response:
        """The list message for a query's parameters."""
        query = query_of(parameters)
        projection = projection_of(parameters, GROUP, request.reading)
        groups = await self.search(request, query)
        page, next_cursor = groups[query.window.offset :][: query.window.count], None
        if query.cursor is not None:
            page, next_cursor = self._page_by_cursor(request, query, groups)
        head = head_of(len(groups), query, len(page), next_cursor=next_cursor)
        return Response(200, self._rendered(head, request.actor, page, projection))

    async def search(
        self, request: Request, query: ListQuery, *, beside: ResourceType | None = None
    ) -> Sequence[Group]:
        """All groups that the query asks for, in its order. Raises 400 `invalidFilter` and `invalidValue`."""
        order = GroupOrder(query, beside)
        groups: Sequence[Group] = await self._groups.list(request.actor)
        if query.filter is not None:
            criterion = criterion_of(query.filter, GROUP, request.reading, beside=beside)
            groups = await chosen(self._services, request.actor, groups, criterion)
        return order.sorted(groups)

    async def get(self, request: Request) -> Response:
        """GET /Groups/{id}, with all of its members unless these are excluded; 304 if the client has this version."""
        projection = projection_of(request.parameters(), GROUP, request.reading)
        group = await self._groups.get(request.actor, request.segments[1])
        return not_modified(request, group.version) or self._answer(request.actor, group, projection)

    async def replace(self, request: Request) -> Response:
        """PUT /Groups/{id}: its members become those that were sent (O-56)."""
        projection = projection_of(request.parameters(), GROUP, request.reading)
        body = await request.json(GROUP_BODY)
        group_id = parse_group_id(request.segments[1])
        check_schemas(body, GROUP, request.reading)
        request.exchange.expect(200)
        await self._change(request, await request.aside(lambda: change_of_put(body, group_id, request.reading)))
        group = await self._groups.get(request.actor, group_id)
        return self._answer(request.actor, group, projection)

    async def patch(self, request: Request) -> Response:
        """PATCH /Groups/{id}: 204 without a body, however many members there are (O-61).

        With `attributes` it is 200 with those (RFC 7644 section 3.5.2).
        """
        parameters = request.parameters()
        body = await request.json(GROUP_BODY)
        change = await request.aside(lambda: _patched(body, request))
        shows = bool(parameters.get("attributes", "").strip())
        request.exchange.expect(200 if shows else 204)
        await self._change(request, change or GroupChange())
        group = await self._groups.get(request.actor, request.segments[1])
        if shows:
            return self._answer(request.actor, group, projection_of(parameters, GROUP, request.reading))
        return Response(204, headers=(("ETag", etag(group.version)),))

    async def refuse(self, request: Request) -> Response:
        """POST /Groups and DELETE /Groups/{id}: 501 with what to do instead."""
        raise NotSupported(GROUPS_NOT_CREATED)

    async def _change(self, request: Request, change: GroupChange) -> None:
        async def current() -> int:
            return (await self._groups.get(request.actor, request.segments[1])).version

        expected = await expected_version(request, current)
        reading = request.reading  # not the request: what it knows would hold on to it
        request.exchange.left_out = lambda unknown: reading.note(_unknown(unknown))
        await self._groups.change(request.actor, request.segments[1], change, expected_version=expected)

    def _answer(self, actor: Actor, group: Group, projection: Projection | None) -> Response:
        headers = (("ETag", etag(group.version)), ("Location", self._resources.location(group)))
        return Response(200, self._resources.render(actor, group, projection), headers)

    def render(self, actor: Actor, group: Group, projection: Projection | None) -> Pieces:
        """One Group as JSON in pieces, or the parts of it that the projection shows."""
        return self._resources.render(actor, group, projection)

    async def _rendered(
        self, head: bytes, actor: Actor, groups: Sequence[Group], projection: Projection | None
    ) -> Pieces:
        yield head
        for at, group in enumerate(groups):
            if at:
                yield b","
            async for piece in self._resources.render(actor, group, projection):
                yield piece
        yield b"]}"

    def _page_by_cursor(
        self, request: Request, query: ListQuery, groups: Sequence[Group]
    ) -> tuple[Sequence[Group], str | None]:
        """The groups behind the query's cursor, and the cursor to go on with; None behind the last of them."""
        order = GroupOrder(query)
        cursor = self._cursors.read(request.actor, query)
        behind = groups if cursor is None else order.after(groups, cursor.place)
        page = behind[: query.window.count]
        if not page or len(page) == len(behind):
            return page, None
        return page, self._cursors.write(Cursor(order.place(page[-1]), len(groups)), request.actor, query)


def _patched(body: Mapping[str, Any], request: Request) -> GroupChange | None:
    operations = operations_of(body, request.reading, at_most=MAX_OPERATIONS)
    return change_of_patch(operations, parse_group_id(request.segments[1]), request.reading)


def _unknown(ids: Sequence[str]) -> str:
    """O-59: what was left out of a push."""
    named = ", ".join(shown(each, 64) for each in ids[:_NAMED_UNKNOWN])
    more = f" and {len(ids) - _NAMED_UNKNOWN} more" if len(ids) > _NAMED_UNKNOWN else ""
    return f"members: left out, because no member of the organization has this id: {named}{more}."

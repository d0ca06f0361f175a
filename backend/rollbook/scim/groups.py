"""The endpoints of /Groups: from a request to a service and back."""

from collections.abc import Sequence

from rollbook.domain.actors import Actor
from rollbook.domain.errors import NotSupported
from rollbook.domain.groups import GROUPS_NOT_CREATED, Group, GroupChange, GroupId, parse_group_id
from rollbook.scim.attributes import Attribute
from rollbook.scim.errors import ScimError, invalid_filter
from rollbook.scim.filter_text import parse
from rollbook.scim.group_change import MAX_OPERATIONS, change_of_patch, change_of_put
from rollbook.scim.group_resource import GroupResources
from rollbook.scim.listing import filter_of, head_of, window_of
from rollbook.scim.matching import test_of
from rollbook.scim.patch_message import operations_of
from rollbook.scim.projection import Projection, projection_of
from rollbook.scim.reading import Reading, shown
from rollbook.scim.requests import GROUP_BODY, Request
from rollbook.scim.responses import Pieces, Response, versions_in
from rollbook.scim.schemas import GROUP
from rollbook.scim.validation import check_schemas
from rollbook.services import Services

_NAMED_UNKNOWN = 10
"""How many unknown members a note names."""


class Groups:
    """What can be done at /Groups and /Groups/{id}."""

    def __init__(self, services: Services, base: str) -> None:
        self._groups = services.groups
        self._resources = GroupResources(services, base)

    async def list(self, request: Request) -> Response:
        """GET /Groups: the two groups, or those that a filter chooses."""
        parameters = request.parameters()
        window = window_of(parameters)
        text = filter_of(parameters)
        groups: Sequence[Group] = await self._groups.list(request.actor)
        if text is not None:
            groups = self._chosen(groups, text, request.reading)
        page = groups[window.offset : window.offset + window.count]
        projection = projection_of(parameters, GROUP)
        return Response(200, self._rendered(head_of(len(groups), window, len(page)), request.actor, page, projection))

    async def get(self, request: Request) -> Response:
        """GET /Groups/{id}, with all of its members unless these are excluded."""
        projection = projection_of(request.parameters(), GROUP)
        group = await self._groups.get(request.actor, request.segments[1])
        return self._answer(request.actor, group, projection)

    async def replace(self, request: Request) -> Response:
        """PUT /Groups/{id}: its members become those that were sent (O-56)."""
        projection = projection_of(request.parameters(), GROUP)
        body = await request.json(GROUP_BODY)
        group_id = _changeable(request)
        check_schemas(body, GROUP, request.reading)
        await self._change(request, change_of_put(body, group_id, request.reading))
        group = await self._groups.get(request.actor, group_id)
        return self._answer(request.actor, group, projection)

    async def patch(self, request: Request) -> Response:
        """PATCH /Groups/{id}: 204 without a body, however many members there are (O-61)."""
        operations = operations_of(await request.json(GROUP_BODY), request.reading, at_most=MAX_OPERATIONS)
        change = change_of_patch(operations, _changeable(request), request.reading)
        if change is not None:
            await self._change(request, change)
        return Response(204)

    async def refuse(self, request: Request) -> Response:
        """POST /Groups and DELETE /Groups/{id}: 501 with what to do instead."""
        raise NotSupported(GROUPS_NOT_CREATED)

    async def _change(self, request: Request, change: GroupChange) -> None:
        outcome = await self._groups.change(request.actor, request.segments[1], change)
        if outcome.unknown:
            request.reading.note(_unknown(outcome.unknown))

    def _answer(self, actor: Actor, group: Group, projection: Projection | None) -> Response:
        headers = (("Location", self._resources.location(group)),)
        return Response(200, self._resources.render(actor, group, projection), headers)

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

    def _chosen(self, groups: Sequence[Group], text: str, reading: Reading) -> Sequence[Group]:
        test = test_of(parse(text), _filterable, reading)
        return [group for group in groups if test(self._resources.document(group))]


def _changeable(request: Request) -> GroupId:
    """The group that a request wants to change. Groups have no versions, so none can be expected."""
    header = request.header(b"if-match")
    if header is not None and versions_in(header) is not None:
        raise ScimError(412, "Groups have no entity tags; send the request without If-Match.")
    return parse_group_id(request.segments[1])


def _filterable(name: str) -> Attribute | None:
    """The attributes that groups can be filtered by; `members` is not one of them yet."""
    found = GROUP.find(name)
    if found is None:
        return None
    if found.sub is not None or found.attribute.name not in ("id", "displayName", "externalId"):
        raise invalid_filter(f"Filtering groups by {shown(name)} is not supported; use displayName or id.")
    return found.attribute


def _unknown(ids: Sequence[str]) -> str:
    """O-59: what was left out of a push."""
    named = ", ".join(shown(each, 64) for each in ids[:_NAMED_UNKNOWN])
    more = f" and {len(ids) - _NAMED_UNKNOWN} more" if len(ids) > _NAMED_UNKNOWN else ""
    return f"members: left out, because no member of the organization has this id: {named}{more}."

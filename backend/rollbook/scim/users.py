"""The endpoints of /Users: from a request to a service and back."""

from collections.abc import Mapping
from typing import Any

import orjson

from rollbook.domain.criteria import EVERYONE
from rollbook.domain.memberships import Change, Membership, MembershipDraft
from rollbook.scim.cursors import Cursor, Cursors
from rollbook.scim.filters import criterion_of
from rollbook.scim.listing import ListQuery, in_turns, list_message, query_of
from rollbook.scim.patch import MAX_OPERATIONS, Patch, compile_patch
from rollbook.scim.patch_message import Op, Operation, operations_of
from rollbook.scim.preconditions import etag, expected_version, not_modified
from rollbook.scim.projection import Projection, projection_of
from rollbook.scim.read_only import check_read_only
from rollbook.scim.reading import Reading
from rollbook.scim.requests import USER_BODY, Request
from rollbook.scim.responses import Response
from rollbook.scim.schemas import USER
from rollbook.scim.sorting import member_order
from rollbook.scim.user_resource import NEW_READ_ONLY, UserResources, described, draft_of, patched
from rollbook.scim.validation import check_schemas
from rollbook.services import Services
from rollbook.services.memberships import MembershipList


class Users:
    """What can be done at /Users and /Users/{id}."""

    def __init__(self, services: Services, base: str) -> None:
        self._memberships = services.memberships
        self._resources = UserResources(base)
        self._cursors = Cursors(services.seal, USER.name)

    async def list(self, request: Request) -> Response:
        """GET /Users: a stretch of the members, all of them or those that a filter chooses; inactive ones too."""
        return await self.found(request, request.parameters())

    async def found(self, request: Request, parameters: Mapping[str, str]) -> Response:
        """The list message for a query's parameters."""
        query = query_of(parameters)
        projection = projection_of(parameters, USER, request.reading)
        found = await self.search(request, query, self._cursors.read(request.actor, query))
        next_cursor = None
        if query.cursor is not None and found.end is not None:
            next_cursor = self._cursors.write(Cursor(found.end, found.total), request.actor, query)
        resources = await in_turns(self.render(membership, projection) for membership in found.memberships)
        return Response(200, list_message(found.total, query, resources, next_cursor=next_cursor))

    async def search(self, request: Request, query: ListQuery, cursor: Cursor | None = None) -> MembershipList:
        """The members that the query asks for. Raises 400 `invalidFilter` and `invalidValue`."""
        criterion = EVERYONE if query.filter is None else criterion_of(query.filter, USER, request.reading)
        sort_by = member_order(query)
        count = query.window.count
        if cursor is not None:
            return await self._memberships.search(
                request.actor, criterion, sort_by, limit=count, after=cursor.place, total=cursor.total
            )
        return await self._memberships.search(
            request.actor, criterion, sort_by, limit=count, offset=query.window.offset
        )

    async def create(self, request: Request) -> Response:
        """POST /Users: 201 with the new User, or with the inactive one that this revives (O-37)."""
        projection = projection_of(request.parameters(), USER, request.reading)
        body = await request.json(USER_BODY)
        draft = await request.aside(lambda: _drafted(body, request.reading))
        self._expect(request, 201, projection)
        membership = await self._memberships.create(request.actor, draft)
        return self._answer(request, membership)

    async def get(self, request: Request) -> Response:
        """GET /Users/{id}; 304 if the client has this version already."""
        projection = projection_of(request.parameters(), USER, request.reading)
        membership = await self._memberships.get(request.actor, request.segments[1])
        unchanged = not_modified(request, membership.version)
        self._expect(request, 200, projection)
        return unchanged or self._answer(request, membership)

    async def replace(self, request: Request) -> Response:
        """PUT /Users/{id}: the profile becomes what was sent, and nothing else (RFC 7644 section 3.5.1)."""
        projection = projection_of(request.parameters(), USER, request.reading)
        reading = request.reading
        body = await request.json(USER_BODY)
        sent = await request.aside(lambda: _sent_resource(body, reading))
        document = await request.aside(lambda: sent.apply({}, reading))

        def change(before: Membership) -> Membership:
            self._check_read_only(sent, before, reading)
            return described(before, document)

        return await self._update(request, change, projection)

    async def patch(self, request: Request) -> Response:
        """PATCH /Users/{id}: all operations in order, or none."""
        projection = projection_of(request.parameters(), USER, request.reading)
        reading = request.reading
        body = await request.json(USER_BODY)
        operations = operations_of(body, reading, at_most=MAX_OPERATIONS)
        patch = await request.aside(lambda: compile_patch(operations, USER, reading))

        def change(before: Membership) -> Membership:
            self._check_read_only(patch, before, reading)
            return patched(before, patch, reading)

        return await self._update(request, change, projection)

    async def delete(self, request: Request) -> Response:
        """DELETE /Users/{id}: the membership ends and its keys are free."""
        expected = await self._expected_version(request)
        request.exchange.expect(204)
        await self._memberships.remove(request.actor, request.segments[1], expected_version=expected)
        return Response(204)

    async def _update(self, request: Request, change: Change, projection: Projection | None) -> Response:
        expected = await self._expected_version(request)
        self._expect(request, 200, projection)
        membership = await self._memberships.update(
            request.actor, request.segments[1], change, expected_version=expected
        )
        return self._answer(request, membership)

    async def _expected_version(self, request: Request) -> int | None:
        async def current() -> int:
            return (await self._memberships.get(request.actor, request.segments[1])).version

        return await expected_version(request, current)

    def _check_read_only(self, sent: Patch, before: Membership, reading: Reading) -> None:
        if sent.read_only:
            check_read_only(sent.read_only, self._resources.read_only(before), reading)

    def _expect(self, request: Request, status: int, projection: Projection | None) -> None:
        request.exchange.expect(status, lambda membership: self.render(membership, projection))

    def _answer(self, request: Request, membership: Membership) -> Response:
        headers = (("ETag", etag(membership.version)), ("Location", self._resources.location(membership)))
        request.exchange.member = membership
        return Response(request.exchange.status, request.exchange.rendered(membership), headers)

    def render(self, membership: Membership, projection: Projection | None) -> bytes:
        """One User as JSON, or the parts of it that the projection shows."""
        if projection is None:
            return self._resources.render(membership)
        return orjson.dumps(projection.apply(self._resources.document(membership)))


def _drafted(body: Mapping[str, Any], reading: Reading) -> MembershipDraft:
    """The person whom a POST describes."""
    sent = _sent_resource(body, reading)
    check_read_only(sent.read_only, NEW_READ_ONLY, reading)
    return draft_of(sent.apply({}, reading))


def _sent_resource(body: Mapping[str, Any], reading: Reading) -> Patch:
    """A whole User, read as the addition of everything it holds."""
    check_schemas(body, USER, reading)
    return compile_patch([Operation(Op.ADD, None, body)], USER, reading)

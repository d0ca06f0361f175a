"""POST /.search: a list query in a body (RFC 7644 section 3.4.3), of one resource type or of both."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from rollbook.domain.groups import Group
from rollbook.domain.immutable import immutable
from rollbook.domain.memberships import Membership
from rollbook.scim import tolerance
from rollbook.scim.errors import invalid_value
from rollbook.scim.group_order import GroupOrder
from rollbook.scim.groups import Groups
from rollbook.scim.listing import RENDERED_AT_ONCE, ListQuery, head_of, query_of
from rollbook.scim.projection import projection_of
from rollbook.scim.reading import Reading
from rollbook.scim.requests import USER_BODY, Request, kind
from rollbook.scim.responses import Pieces, Response
from rollbook.scim.schemas import GROUP, USER
from rollbook.scim.user_search import UserSearch
from rollbook.scim.users import Users
from rollbook.services.memberships import Memberships

SEARCH_URN = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"

_TEXTS = ("filter", "sortBy", "sortOrder", "cursor")
_NUMBERS = ("startIndex", "count")
_LISTS = ("attributes", "excludedAttributes")


class Search:
    """What can be done at /.search, /Users/.search and /Groups/.search."""

    def __init__(self, memberships: Memberships, users: Users, groups: Groups) -> None:
        self._memberships = memberships
        self._users = users
        self._groups = groups

    async def users(self, request: Request) -> Response:
        """POST /Users/.search."""
        return await self._users.found(request, _parameters(await request.json(USER_BODY), request.reading))

    async def groups(self, request: Request) -> Response:
        """POST /Groups/.search."""
        return await self._groups.found(request, _parameters(await request.json(USER_BODY), request.reading))

    async def everything(self, request: Request) -> Response:
        """POST /.search: the users and the groups that the query asks for, in one order; without one groups are last.

        What only one of the two types has, the others have no value for (section 3.4.2.1).
        """
        parameters = _parameters(await request.json(USER_BODY), request.reading)
        query = query_of(parameters)
        if query.cursor is not None:
            raise invalid_value("cursor: a search of all resources is paged by startIndex; search /Users or /Groups.")
        groups = await self._groups.search(request, query, beside=USER)
        found = await self._among_users(request, query, groups)
        projections = (
            projection_of(parameters, USER, request.reading),
            projection_of(parameters, GROUP, request.reading),
        )

        async def pieces() -> Pieces:
            waiting = [head_of(found.total, query, len(found.page))]
            separator = b""
            for each in found.page:
                waiting.append(separator)
                separator = b","
                if isinstance(each, Membership):
                    waiting.append(self._users.render(each, projections[0]))
                else:
                    async for piece in self._groups.render(request.actor, each, projections[1]):
                        yield b"".join((*waiting, piece))
                        waiting = []
                if len(waiting) >= RENDERED_AT_ONCE:
                    yield b"".join(waiting)
                    waiting = []
                    await asyncio.sleep(0)
            yield b"".join((*waiting, b"]}"))

        return Response(200, pieces())

    async def _among_users(self, request: Request, query: ListQuery, groups: Sequence[Group]) -> "_Found":
        """The page of the query, in which these groups stand where the order puts them among the users."""
        users = UserSearch(self._memberships, request, query)
        total = await users.count()
        order = GroupOrder(query, USER)
        places = [await users.count_before(order.place(group).value, total) + at for at, group in enumerate(groups)]
        first, count = query.window.offset, query.window.count
        shown = [at for at, place in enumerate(places) if first <= place < first + count]
        offset = first - sum(place < first for place in places)
        page: list[Membership | Group] = [*await users.stretch(offset, count - len(shown), total)]
        for at in shown:
            page.insert(places[at] - first, groups[at])
        return _Found(total + len(groups), page)


@immutable
class _Found:
    """A page of both resource types, and how many resources there are in all."""

    total: int
    page: Sequence[Membership | Group]


def _parameters(body: Mapping[str, Any], reading: Reading) -> dict[str, str]:
    """The body as the parameters of a query. Raises 400 `invalidSyntax` and `invalidValue`."""
    members = {name.lower(): value for name, value in body.items()}
    schemas = members.get("schemas")
    if not isinstance(schemas, list) or SEARCH_URN not in schemas:
        tolerance.unnamed_schema(SEARCH_URN, schemas, reading)
    parameters: dict[str, str] = {}
    for name in (*_TEXTS, *_NUMBERS, *_LISTS):
        value = members.get(name.lower())
        if value is not None:
            parameters[name.lower()] = _as_text(name, value)
    return parameters


def _as_text(name: str, value: Any) -> str:
    if name in _NUMBERS:
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        raise invalid_value(f"{name} must be an integer; it is {kind(value)}.")
    if name in _LISTS:
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return ",".join(value)
        raise invalid_value(f"{name} must be an array of attribute names; it is {kind(value)}.")
    if isinstance(value, str):
        return value
    raise invalid_value(f"{name} must be a string; it is {kind(value)}.")

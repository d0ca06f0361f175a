"""POST /.search: a list query in a body (RFC 7644 section 3.4.3), of one resource type or of both."""

from collections.abc import Mapping
from typing import Any

from rollbook.scim import tolerance
from rollbook.scim.errors import ScimError, invalid_value
from rollbook.scim.groups import Groups
from rollbook.scim.listing import head_of, query_of
from rollbook.scim.projection import projection_of
from rollbook.scim.reading import Reading
from rollbook.scim.requests import USER_BODY, Request, kind
from rollbook.scim.responses import Pieces, Response
from rollbook.scim.schemas import GROUP, USER
from rollbook.scim.users import Users

SEARCH_URN = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"

_TEXTS = ("filter", "sortBy", "sortOrder", "cursor")
_NUMBERS = ("startIndex", "count")
_LISTS = ("attributes", "excludedAttributes")


class Search:
    """What can be done at /.search, /Users/.search and /Groups/.search."""

    def __init__(self, users: Users, groups: Groups) -> None:
        self._users = users
        self._groups = groups

    async def users(self, request: Request) -> Response:
        """POST /Users/.search."""
        return await self._users.found(request, _parameters(await request.json(USER_BODY), request.reading))

    async def groups(self, request: Request) -> Response:
        """POST /Groups/.search."""
        return await self._groups.found(request, _parameters(await request.json(USER_BODY), request.reading))

    async def everything(self, request: Request) -> Response:
        """POST /.search: the users and then the groups that the query asks for.

        A filter or an order that only one of the two knows finds nothing of the other.
        """
        parameters = _parameters(await request.json(USER_BODY), request.reading)
        query = query_of(parameters)
        if query.cursor is not None:
            raise invalid_value("cursor: a search of all resources is paged by startIndex; search /Users or /Groups.")
        users = groups = None
        refusals: list[ScimError] = []
        try:
            users = await self._users.search(request, query)
        except ScimError as refusal:
            refusals.append(refusal)
        try:
            groups = await self._groups.search(request, query)
        except ScimError as refusal:
            refusals.append(refusal)
        if len(refusals) == 2:
            raise refusals[0]
        user_total = 0 if users is None else users.total
        found = [] if users is None else users.memberships
        offset = max(0, query.window.offset - user_total)
        page = [] if groups is None else groups[offset : offset + query.window.count - len(found)]
        total = user_total + (0 if groups is None else len(groups))
        projections = projection_of(parameters, USER), projection_of(parameters, GROUP)

        async def pieces() -> Pieces:
            yield head_of(total, query, len(found) + len(page))
            separator = b""
            for member in found:
                yield separator + self._users.render(member, projections[0])
                separator = b","
            for group in page:
                yield separator
                async for piece in self._groups.render(request.actor, group, projections[1]):
                    yield piece
                separator = b","
            yield b"]}"

        return Response(200, pieces())


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

"""Which endpoint answers which path and method below the prefix."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from rollbook.domain.errors import NotFound, NotSupported
from rollbook.scim.bulk import Bulk
from rollbook.scim.discovery import Discovery
from rollbook.scim.errors import method_not_allowed
from rollbook.scim.groups import Groups
from rollbook.scim.reading import shown
from rollbook.scim.requests import Request
from rollbook.scim.responses import Response
from rollbook.scim.search import Search
from rollbook.scim.users import Users
from rollbook.services import Services

Endpoint = Callable[[Request], Awaitable[Response]]
Methods = Mapping[str, Endpoint]


class Router:
    """The table of endpoints: by the first segment, once for the collection and once for one object in it."""

    def __init__(self, services: Services, base: str) -> None:
        users, groups, discovery = Users(services, base), Groups(services, base), Discovery(base)
        search = Search(services.memberships, users, groups)
        self._collections: Mapping[str, Methods] = {
            "Users": {"GET": users.list, "POST": users.create},
            "Groups": {"GET": groups.list, "POST": groups.refuse},
            "ServiceProviderConfig": {"GET": discovery.config},
            "ResourceTypes": {"GET": discovery.resource_types},
            "Schemas": {"GET": discovery.schemas},
            "Bulk": {"POST": Bulk(services, base, self.answer).run},
            "Me": dict.fromkeys(("GET", "POST", "PUT", "PATCH", "DELETE"), _not_supported("/Me is")),
            ".search": {"POST": search.everything},
        }
        self._searches: Mapping[str, Methods] = {
            "Users": {"POST": search.users},
            "Groups": {"POST": search.groups},
        }
        self._objects: Mapping[str, Methods] = {
            "Users": {"GET": users.get, "PUT": users.replace, "PATCH": users.patch, "DELETE": users.delete},
            "Groups": {"GET": groups.get, "PUT": groups.replace, "PATCH": groups.patch, "DELETE": groups.refuse},
            "ResourceTypes": {"GET": discovery.resource_type},
            "Schemas": {"GET": discovery.schema},
        }

    async def answer(self, request: Request) -> Response:
        """The answer of the request's endpoint. Raises what the endpoint raises, `NotFound` and 405."""
        return await self.endpoint(request)(request)

    def endpoint(self, request: Request) -> Endpoint:
        """The endpoint of a request. Raises `NotFound`, and 405 with the methods that the address has."""
        methods = self._methods(request.segments)
        if methods is None:
            raise NotFound(f"There is nothing at {shown(request.path)}. The resources are at /Users and /Groups.")
        # RFC 9110 section 9.3.2: HEAD is GET without the body
        endpoint = methods.get("GET" if request.method == "HEAD" else request.method)
        if endpoint is None:
            allowed = ["HEAD", *methods] if "GET" in methods else [*methods]
            raise method_not_allowed(shown(request.method, 20), sorted(allowed))
        return endpoint

    def _methods(self, segments: Sequence[str]) -> Methods | None:
        if len(segments) == 1:
            return self._collections.get(segments[0])
        if len(segments) != 2:
            return None
        if segments[1] == ".search" and segments[0] in self._searches:
            return self._searches[segments[0]]
        return self._objects.get(segments[0])


def _not_supported(what: str) -> Endpoint:
    async def refuse(request: Request) -> Response:
        raise NotSupported(f"{what} not supported; send single requests to /Users and /Groups.")

    return refuse

"""POST /graphql, as the GraphQL-over-HTTP specification has it."""

from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.types import ExecutionResult

from rollbook.graphql.authentication import authenticate
from rollbook.graphql.browser import Browser
from rollbook.graphql.context import Context
from rollbook.graphql.door import Door
from rollbook.graphql.errors import safe_errors
from rollbook.graphql.requests import JsonObject, Refused, json_object, json_response
from rollbook.graphql.schema import schema
from rollbook.services import Services

_GRAPHQL = "application/graphql-response+json"
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Operation:
    """What a request asks for."""

    query: str
    variables: JsonObject | None
    name: str | None

    @classmethod
    def read(cls, body: JsonObject) -> "Operation":
        """The operation in the body; refuses with 400 what has another shape."""
        query, variables, name = body.get("query"), body.get("variables"), body.get("operationName")
        if not isinstance(query, str) or not query.strip():
            raise Refused(400, "BAD_REQUEST", "The body has no GraphQL document: send it as the string query.")
        if name is not None and not isinstance(name, str):
            raise Refused(400, "BAD_REQUEST", "operationName should be a string.")
        for part in ("variables", "extensions"):
            if not isinstance(body.get(part), dict | None):
                raise Refused(400, "BAD_REQUEST", f"{part} should be a JSON object.")
        return cls(query, variables, name)


class GraphQLDoor(Door):
    """Authenticates, runs one operation, and answers."""

    def __init__(self, services: Services, browser: Browser, base_url: str) -> None:
        self._services = services
        self._browser = browser
        self._base_url = base_url

    async def answer(self, request: Request, request_id: str) -> Response:
        """The result. The credential is checked before anything of the body is read."""
        actor = await authenticate(self._services, self._browser, request, request_id)
        operation = Operation.read(await json_object(request))
        context = Context(self._services, actor, self._base_url, request_id, operation.name)
        result = await _execute(operation, context)
        return _response(request, result, request_id)

    def refusal(self, request: Request, refused: Refused, request_id: str) -> Response:
        """The refusal as a GraphQL error, without data since nothing ran."""
        extensions = {"code": refused.code}
        if refused.status >= 500:
            extensions["requestId"] = request_id
        body = {"errors": [{"message": refused.message, "extensions": extensions}]}
        return json_response(body, request_id=request_id, status=refused.status, media_type=_media_type(request))


async def _execute(operation: Operation, context: Context) -> ExecutionResult:
    try:
        return await schema.execute(
            operation.query,
            variable_values=operation.variables,
            context_value=context,
            operation_name=operation.name,
        )
    except CannotGetOperationTypeError as error:
        return ExecutionResult(data=None, errors=[GraphQLError(error.as_http_error_reason())])


def _response(request: Request, result: ExecutionResult, request_id: str) -> Response:
    errors = safe_errors(result.errors or (), request_id)
    ran = result.data is not None or any(error.path for error in errors)
    body: dict[str, Any] = {"errors": [error.formatted for error in errors]} if errors else {}
    if ran:
        body["data"] = result.data
    media_type = _media_type(request)
    # clients of plain JSON expect 200 for whatever a GraphQL server understood
    status = 400 if not ran and media_type == _GRAPHQL else 200
    return json_response(body, request_id=request_id, status=status, media_type=media_type)


def _media_type(request: Request) -> str:
    return _GRAPHQL if _GRAPHQL in request.headers.get("accept", "").lower() else _JSON

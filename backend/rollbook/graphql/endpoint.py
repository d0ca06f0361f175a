"""POST /graphql, as the GraphQL-over-HTTP specification has it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from functools import partial

from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from rollbook.domain.actors import ActorKind
from rollbook.domain.errors import RateLimited
from rollbook.domain.immutable import immutable
from rollbook.domain.lockout import Lockout
from rollbook.graphql.context import Context
from rollbook.graphql.cost import Bill, Rates
from rollbook.graphql.deadline import OutOfTime, within
from rollbook.graphql.errors import OPERATION_TOO_LARGE, safe_errors
from rollbook.graphql.limits import MAX_DOCUMENT, MAX_NODES
from rollbook.graphql.schema import schema
from rollbook.graphql.streams import Streams, accepts_stream, next_event, only_event
from rollbook.services import Services
from rollbook.settings import Traffic
from rollbook.web.authentication import authenticate, reauthenticate
from rollbook.web.browser import Browser
from rollbook.web.door import Door
from rollbook.web.requests import JsonObject, Refused, json_object, json_response

_GRAPHQL = "application/graphql-response+json"
_JSON = "application/json"


@immutable
class Operation:
    """What a request asks for."""

    query: str
    variables: JsonObject | None
    name: str | None

    @classmethod
    def read(cls, body: JsonObject, documents: Mapping[str, str], *, trusted_only: bool) -> "Operation":
        """The operation in the body, or the trusted document that the body names.

        Refuses with 400 what has another shape, and another document than a trusted one if only those may run.
        """
        query, variables, name = _document(body, documents), body.get("variables"), body.get("operationName")
        if trusted_only and body.get("documentId") is None:
            raise Refused(
                400,
                "DOCUMENT_NOT_TRUSTED",
                "A browser session runs the operations of the settings pages only, named by documentId. "
                "Send an API token to run this document.",
            )
        if name is not None and not isinstance(name, str):
            raise Refused(400, "BAD_REQUEST", "operationName should be a string.")
        for part in ("variables", "extensions"):
            if not isinstance(body.get(part), dict | None):
                raise Refused(400, "BAD_REQUEST", f"{part} should be a JSON object.")
        return cls(query, variables, name)


def _document(body: JsonObject, documents: Mapping[str, str]) -> str:
    query, document_id = body.get("query"), body.get("documentId")
    if document_id is None:
        if not isinstance(query, str) or not query.strip():
            raise Refused(400, "BAD_REQUEST", "The body has no GraphQL document: send it as the string query.")
        if len(query) > MAX_DOCUMENT:
            raise Refused(
                400,
                OPERATION_TOO_LARGE,
                f"The document has {len(query)} characters; at most {MAX_DOCUMENT} are read. Send long values, such as "
                "the text of an import, as variables.",
            )
        return query
    if query is not None:
        raise Refused(400, "BAD_REQUEST", "Send either query or documentId.")
    if not isinstance(document_id, str):
        raise Refused(400, "BAD_REQUEST", "documentId should be a string.")
    if document_id not in documents:
        raise Refused(
            400, "DOCUMENT_NOT_FOUND", "There is no document of this documentId; another version may have had it."
        )
    return documents[document_id]


class GraphQLDoor(Door):
    """Authenticates, runs one operation, and answers."""

    def __init__(
        self,
        services: Services,
        browser: Browser,
        lockout: Lockout,
        streams: Streams,
        *,
        base_url: str,
        traffic: Traffic,
        documents: Mapping[str, str],
    ) -> None:
        self._services = services
        self._browser = browser
        self._lockout = lockout
        self._streams = streams
        self._base_url = base_url
        self._rates = Rates(traffic)
        self._timeout = traffic.graphql_timeout_seconds
        self._trusted_documents_only = traffic.trusted_documents_only
        self._documents = documents

    async def answer(self, request: Request, request_id: str) -> Response:
        """The result. The credential is checked before anything of the body is read."""
        actor = await authenticate(
            self._services,
            self._browser,
            self._lockout,
            request,
            request_id,
            require_own=self._browser.require_own_page,
            # a page that is left open follows its stream, and subscribes anew, while nobody is there
            by_hand=not accepts_stream(request.headers.get("accept", "")),
        )
        bill = self._rates.bill(actor.principal, request.state.headers)
        trusted_only = self._trusted_documents_only and actor.kind is ActorKind.SESSION
        operation = Operation.read(await json_object(request), self._documents, trusted_only=trusted_only)
        again = partial(reauthenticate, self._services, self._browser, request, request_id)
        context = Context(self._services, actor, self._base_url, request_id, operation.name, bill, again)
        try:
            result = await within(self._timeout, _execute(operation, context))
        except OutOfTime:
            raise Refused(504, "TIMEOUT", _out_of_time(self._timeout)) from None
        except InvalidOperationTypeError:
            return self._subscription(request, operation, context)
        return _response(request, result, context)

    def _subscription(self, request: Request, operation: Operation, context: Context) -> Response:
        """The stream of a subscription, whose size is known to be within the limits and is paid for."""
        if not accepts_stream(request.headers.get("accept", "")):
            raise Refused(
                406, "NOT_ACCEPTABLE", "A subscription is answered as a stream. Send Accept: text/event-stream."
            )
        context.last_event_id = request.headers.get("last-event-id")
        return self._streams.open(context.actor.principal, _events(operation, context), context.request_id)

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
            allowed_operation_types=(OperationType.QUERY, OperationType.MUTATION),
        )
    except CannotGetOperationTypeError as error:
        named = operation.name is not None
        reason = error.as_http_error_reason() if named else "The document has no operation that could run."
        return ExecutionResult(data=None, errors=[GraphQLError(reason)])


async def _events(operation: Operation, context: Context) -> AsyncIterator[bytes]:
    # the first result is paid for: that the document is measured again costs nothing
    bill, context.bill = context.bill, Bill()
    results = await schema.subscribe(
        operation.query,
        variable_values=operation.variables,
        context_value=context,
        operation_name=operation.name,
    )
    async with aclosing(results):
        async for result in results:
            yield next_event(_body(result, context), context.last_event_id)
            try:
                bill.charge_again()
            except GraphQLError as refusal:
                yield next_event(_body(ExecutionResult(data=None, errors=[refusal]), context))
                return


def _out_of_time(seconds: float) -> str:
    return (
        f"The operation took more than {seconds:g} s and was stopped. Ask for it in parts. Fields of a mutation run "
        "one after another, and what was done is done: read what has changed before you repeat it."
    )


def _body(result: ExecutionResult, context: Context) -> JsonObject:
    """The result as clients read it; `data` is in it unless nothing ran."""
    errors = safe_errors(result.errors or (), context.request_id)
    body: JsonObject = {"errors": [error.formatted for error in errors]} if errors else {}
    if result.data is not None or any(error.path for error in errors):
        body["data"] = result.data
    return body


def _response(request: Request, result: ExecutionResult, context: Context) -> Response:
    for error in result.errors or ():
        if isinstance(error.original_error, RateLimited):
            raise error.original_error
    body = _body(result, context)
    if request.headers.get("x-graphql-cost") == "1" and context.bill.cost is not None:
        body["extensions"] = {"cost": {"requested": context.bill.cost, "max": MAX_NODES}}
    if accepts_stream(request.headers.get("accept", "")):
        return only_event(body, context.request_id)
    media_type = _media_type(request)
    # clients of plain JSON expect 200 for whatever a GraphQL server understood
    status = 400 if "data" not in body and media_type == _GRAPHQL else 200
    return json_response(body, request_id=context.request_id, status=status, media_type=media_type)


def _media_type(request: Request) -> str:
    return _GRAPHQL if _GRAPHQL in request.headers.get("accept", "").lower() else _JSON

"""The bulk message: its operations in order, before anybody asks what they refer to (RFC 7644 section 3.7)."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from rollbook.domain.immutable import immutable
from rollbook.scim import tolerance
from rollbook.scim.errors import ScimError, invalid_syntax, invalid_value
from rollbook.scim.reading import Reading, shown
from rollbook.scim.requests import kind

BULK_REQUEST_URN = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"

MAX_OPERATIONS = 1000
MAX_PAYLOAD = 8 * 1024 * 1024
"""The limits that ServiceProviderConfig tells, in operations and in bytes."""

METHODS = ("POST", "PUT", "PATCH", "DELETE")


@immutable
class BulkOperation:
    """One operation as it was sent, its path without the query and decoded; what is missing is empty or None.

    With a `refusal` it cannot be tried: it fails alone, and the others go on (section 3.7.3).
    """

    method: str
    path: str
    query: str = ""
    bulk_id: str | None = None
    version: str | None = None
    data: Any = None
    refusal: ScimError | None = None

    @property
    def segments(self) -> list[str]:
        """The path's parts without empty ones."""
        return [segment for segment in self.path.split("/") if segment]

    @property
    def creates(self) -> bool:
        """Whether other operations can refer to what this one makes."""
        return self.method == "POST" and self.bulk_id is not None


@immutable
class BulkMessage:
    """A bulk request. `fail_on_errors` is None if every operation is to be tried."""

    operations: Sequence[BulkOperation]
    fail_on_errors: int | None


def message_of(body: Mapping[str, Any], reading: Reading) -> BulkMessage:
    """The bulk request in a body. Raises 400 `invalidSyntax` or `invalidValue`, and 413 for too many operations."""
    members = {name.lower(): value for name, value in body.items()}
    schemas = members.get("schemas")
    if not isinstance(schemas, list) or BULK_REQUEST_URN not in schemas:
        tolerance.unnamed_schema(BULK_REQUEST_URN, schemas, reading)
    sent = members.get("operations")
    if not isinstance(sent, list) or not sent:
        found = (
            "it is missing" if "operations" not in members else "it is empty" if sent == [] else f"it is {kind(sent)}"
        )
        raise invalid_syntax(f"Operations must be an array with at least one operation; {found}.")
    if len(sent) > MAX_OPERATIONS:
        raise ScimError(
            413, f"The request has {len(sent)} operations; at most {MAX_OPERATIONS} (maxOperations) are taken at once."
        )
    for at, each in enumerate(sent, start=1):
        if not isinstance(each, dict):
            raise invalid_syntax(f"Operation {at} must be an object; it is {kind(each)}.")
    operations = [_operation(each) for each in sent]
    return BulkMessage(_each_named_once(operations), _fail_on_errors(members.get("failonerrors")))


def _fail_on_errors(value: Any) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise invalid_value(f"failOnErrors must be an integer of at least 1; it is {kind(value)}.")
    return value


def _operation(sent: Mapping[str, Any]) -> BulkOperation:
    members = {name.lower(): value for name, value in sent.items()}
    path, _, query = _text(members, "path").partition("?")
    operation = BulkOperation(
        _text(members, "method"),
        unquote(path),
        query,
        _text(members, "bulkid") or None,
        _text(members, "version") or None,
        members.get("data"),
    )
    return replace(operation, refusal=next(_problems(members, operation), None))


def _text(members: Mapping[str, Any], name: str) -> str:
    value = members.get(name)
    return value if isinstance(value, str) else ""


def _problems(members: Mapping[str, Any], operation: BulkOperation) -> Iterator[ScimError]:
    """Why the operation cannot be tried."""
    for name in ("method", "path", "bulkId", "version"):
        value = members.get(name.lower())
        if value is not None and not isinstance(value, str):
            yield invalid_syntax(f"{name} must be a string; it is {kind(value)}.")
    if not operation.method:
        yield invalid_syntax(f"method is missing; it must be one of {', '.join(METHODS)}.")
    if operation.method not in METHODS:
        told = shown(operation.method, 20)
        yield invalid_value(f"The method {told} cannot stand in a bulk request; use {', '.join(METHODS)}.")
    if not operation.segments:
        yield invalid_syntax("path is missing; it must be relative to the base address, such as /Users.")
    if operation.segments[0] == "Bulk" or ".search" in operation.segments:
        yield invalid_value(f"{shown(operation.path)} cannot stand in a bulk request; its paths lead to resources.")
    if operation.method == "POST" and operation.bulk_id is None:
        yield invalid_syntax("bulkId is missing; a POST needs one, which no other operation of the request has.")
    if operation.method != "DELETE" and operation.data is None:
        yield invalid_syntax(f"data is missing; a {operation.method} needs the body that it would have alone.")


def _each_named_once(operations: Sequence[BulkOperation]) -> list[BulkOperation]:
    """The operations; those that share a bulkId are refused, all of them, since a reference to it could mean any."""
    named = Counter(each.bulk_id for each in operations if each.bulk_id is not None)
    return [
        replace(each, refusal=each.refusal or _ambiguous(each.bulk_id))
        if each.bulk_id is not None and named[each.bulk_id] > 1
        else each
        for each in operations
    ]


def _ambiguous(bulk_id: str) -> ScimError:
    return invalid_value(f"The bulkId {shown(bulk_id)} stands in more than one operation; each needs its own.")

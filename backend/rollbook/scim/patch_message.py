"""The PATCH message: its operations in order, before anybody asks what they mean (RFC 7644 section 3.5.2)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from rollbook.domain.immutable import immutable
from rollbook.scim import tolerance
from rollbook.scim.errors import ScimError, invalid_syntax, invalid_value
from rollbook.scim.reading import Reading
from rollbook.scim.requests import kind

PATCH_URN = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


class Op(StrEnum):
    """What an operation does."""

    ADD = "add"
    REMOVE = "remove"
    REPLACE = "replace"


@immutable
class Operation:
    """One operation as it was sent; without a path the value is an object of attributes."""

    op: Op
    path: str | None
    value: Any


def operations_of(body: Mapping[str, Any], reading: Reading, *, at_most: int) -> list[Operation]:
    """The operations of a PATCH body. Raises 400 `invalidSyntax` or `invalidValue`, and 413 for too many."""
    members = {name.lower(): value for name, value in body.items()}
    schemas = members.get("schemas")
    if not isinstance(schemas, list) or PATCH_URN not in schemas:
        tolerance.unnamed_schema(PATCH_URN, schemas, reading)
    sent = members.get("operations")
    if not isinstance(sent, list) or not sent:
        found = (
            "it is missing" if "operations" not in members else "it is empty" if sent == [] else f"it is {kind(sent)}"
        )
        raise invalid_syntax(f"Operations must be an array with at least one operation; {found}.")
    if len(sent) > at_most:
        raise ScimError(413, f"The request has {len(sent)} operations; at most {at_most} are taken at once.")
    return [_operation(each, at, reading) for at, each in enumerate(sent, start=1)]


def _operation(sent: Any, at: int, reading: Reading) -> Operation:
    if not isinstance(sent, dict):
        raise invalid_syntax(f"Operation {at} must be an object; it is {kind(sent)}.")
    members = {name.lower(): value for name, value in sent.items()}
    name = members.get("op")
    if not isinstance(name, str):
        found = kind(name) if "op" in members else "missing"
        raise invalid_syntax(f"Operation {at}: op must be add, remove or replace; it is {found}.")
    try:
        op = Op(tolerance.operation_name(name, reading))
    except ValueError:
        raise invalid_syntax(f"Operation {at}: op must be add, remove or replace; it is {kind(name)}.") from None
    path = members.get("path")
    if path is not None and not isinstance(path, str):
        raise invalid_syntax(f"Operation {at}: path must be a string; it is {kind(path)}.")
    if op is not Op.REMOVE and "value" not in members:
        raise invalid_value(f"Operation {at}: {op} needs a value.")
    return Operation(op, None if path is None else tolerance.blank_path(path, at, reading), members.get("value"))

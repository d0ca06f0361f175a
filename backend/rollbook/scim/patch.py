"""PATCH operations on a User as one pure change of its document (RFC 7644 section 3.5.2).

A document is what a resource holds, by canonical names, without what Rollbook alone decides. Operations are checked
once, and applied in order and all together. They never change a value in place, since the profile that the document
was made from is shared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rollbook.scim import tolerance
from rollbook.scim.attributes import Mutability, ResourceType, Schema
from rollbook.scim.errors import invalid_value, no_target
from rollbook.scim.patch_message import Op, Operation
from rollbook.scim.patch_step import Document, Step
from rollbook.scim.paths import Target, target_of
from rollbook.scim.reading import Reading
from rollbook.scim.requests import kind
from rollbook.scim.validation import fields, single_value_of, value_of

MAX_OPERATIONS = 1000
"""Of a User; a thousand attributes are more than a User has."""


@dataclass(frozen=True, slots=True)
class ReadOnlyValue:
    """A value that was sent for an attribute which only Rollbook writes. `by_path`: an operation aimed at it."""

    name: str
    value: Any
    by_path: bool


@dataclass(frozen=True, slots=True)
class Patch:
    """The operations of one request, checked and ready to apply."""

    steps: Sequence[Step]
    read_only: Sequence[ReadOnlyValue]

    def apply(self, document: Mapping[str, Any], reading: Reading) -> Document:
        """The document after all operations."""
        patched = dict(document)
        for step in self.steps:
            step.apply(patched, reading)
        return patched


def compile_patch(operations: Sequence[Operation], resource_type: ResourceType, reading: Reading) -> Patch:
    """The operations, checked against the attribute table. Raises 400 with the scimType that fits."""
    steps: list[Step] = []
    read_only: list[ReadOnlyValue] = []
    for operation in operations:
        target = None if operation.path is None else target_of(operation.path, resource_type, reading)
        if isinstance(target, Target):
            _add(steps, read_only, operation.op, target, operation.value, reading, by_path=True)
            continue
        schema = target or resource_type.schema
        if operation.op is Op.REMOVE:
            if target is None:
                raise no_target("A remove needs a path that says what to remove.")
            steps.extend(Step(Op.REMOVE, Target(schema, each)) for each in schema.attributes if not each.is_read_only)
            continue
        for field, value in _fields(operation.value, schema, resource_type, reading):
            _add(steps, read_only, operation.op, field, value, reading, by_path=False)
    return Patch(steps, read_only)


def _fields(value: Any, schema: Schema, resource_type: ResourceType, reading: Reading) -> list[tuple[Target, Any]]:
    if not isinstance(value, dict):
        raise invalid_value(f"Without a path the value must be an object of attributes; it is {kind(value)}.")
    body = value if schema is resource_type.schema else {schema.id: value}
    return [(Target.of(path), inner) for path, inner in fields(body, resource_type, reading)]


def _add(
    steps: list[Step],
    read_only: list[ReadOnlyValue],
    op: Op,
    target: Target,
    value: Any,
    reading: Reading,
    *,
    by_path: bool,
) -> None:
    attribute = target.attribute
    if attribute.is_read_only:
        if attribute.name != "schemas":
            whole = value if target.sub is None and target.where is None else {(target.sub or attribute).name: value}
            read_only.append(ReadOnlyValue(attribute.name, whole, by_path))
    elif attribute.mutability is Mutability.WRITE_ONLY:
        reading.note(f"{attribute.name} was dropped: Rollbook does not keep it.")
    elif op is Op.REMOVE:
        steps.append(_removal(target, value, reading))
    else:
        steps.append(Step(op, target, _canonical(target, value, reading)))


def _removal(target: Target, value: Any, reading: Reading) -> Step:
    attribute = target.attribute
    if target.sub is None and attribute.multi_valued:
        listed = tolerance.removed_values(value, attribute.name, reading)
        return Step(Op.REMOVE, target, listed=None if listed is None else value_of(attribute, listed, reading) or ())
    only = tolerance.removed_value(value, target.name, reading)
    return Step(Op.REMOVE, target, only=single_value_of(target.sub or attribute, only, reading, target.name))


def _canonical(target: Target, value: Any, reading: Reading) -> Any:
    if target.sub is not None:
        return value_of(target.sub, value, reading, target.name)
    if target.where is not None:
        value = tolerance.as_element(value, target.name, reading)
        return single_value_of(target.attribute, value, reading, target.name)
    return value_of(target.attribute, value, reading)

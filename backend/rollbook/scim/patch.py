"""PATCH operations on a User as one pure change of its document (RFC 7644 section 3.5.2).

A document is what a resource holds, by canonical names, without what Rollbook alone decides. Operations are checked
once, and applied in order and all together. They never change a value in place, since the profile that the document
was made from is shared.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rollbook.domain.documents import comparable
from rollbook.domain.immutable import immutable
from rollbook.scim import tolerance
from rollbook.scim.attributes import AttributePath, Mutability, ResourceType, Schema
from rollbook.scim.errors import invalid_value, no_target
from rollbook.scim.patch_message import Op, Operation
from rollbook.scim.patch_step import Document, Step
from rollbook.scim.paths import target_of
from rollbook.scim.reading import Reading
from rollbook.scim.requests import kind
from rollbook.scim.validation import check_schemas_written, fields, parts_of, single_value_of, value_of

MAX_OPERATIONS = 1000
"""Of a User; a thousand attributes are more than a User has."""


@immutable
class ReadOnlyValue:
    """A value that was sent for an attribute which only Rollbook writes. `by_path`: an operation aimed at it."""

    op: Op
    target: AttributePath
    value: Any
    by_path: bool


@immutable
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
        if isinstance(target, AttributePath) and target.attribute.name == "schemas":
            check_schemas_written(operation.value, resource_type, reading, by_path=True)
        elif isinstance(target, AttributePath):
            _add(steps, read_only, operation.op, target, operation.value, reading, by_path=True)
        else:
            for field, value in _fields(operation, target, resource_type, reading):
                if field.attribute.name == "schemas":
                    check_schemas_written(value, resource_type, reading, by_path=False)
                else:
                    _add(steps, read_only, operation.op, field, value, reading, by_path=False)
    return Patch(steps, read_only)


def _fields(
    operation: Operation, schema: Schema | None, resource_type: ResourceType, reading: Reading
) -> Iterable[tuple[AttributePath, Any]]:
    """The attributes that an operation without a path names, or one whose path is a schema."""
    value = operation.value
    if operation.op is Op.REMOVE:
        if schema is None:
            raise no_target("A remove needs a path that says what to remove.")
        value = tolerance.removed_value(value, schema.id, reading)
        if value is None:
            return [(path, None) for path in schema.paths.values() if not path.attribute.is_read_only]
    if schema is not None and schema.is_extension:
        body = {schema.id: value}
    elif isinstance(value, dict):
        body = value
    else:
        raise invalid_value(
            f"{'With a schema as its path' if schema else 'Without a path'} an operation needs an object of attributes "
            f"as its value; it is {kind(value)}."
        )
    return fields(body, resource_type, reading)


def _add(
    steps: list[Step],
    read_only: list[ReadOnlyValue],
    op: Op,
    target: AttributePath,
    value: Any,
    reading: Reading,
    *,
    by_path: bool,
) -> None:
    attribute = target.attribute
    if attribute.is_read_only:
        read_only.append(ReadOnlyValue(op, target, value, by_path))
    elif attribute.mutability is Mutability.WRITE_ONLY:
        value_of(attribute, value, reading)
        reading.note(f"{attribute.name} was dropped: Rollbook does not keep it.")
    elif op is Op.REMOVE:
        steps.append(_removal(target, value, reading))
    else:
        steps.append(Step(op, target, _canonical(op, target, value, reading)))


def _removal(target: AttributePath, value: Any, reading: Reading) -> Step:
    attribute = target.attribute
    if target.sub is None and attribute.multi_valued:
        listed = tolerance.removed_values(value, attribute.name, reading)
        if listed is None:
            return Step(Op.REMOVE, target)
        elements = value_of(attribute, listed, reading) or ()
        return Step(Op.REMOVE, target, listed=[comparable(each, (attribute.name,)) for each in elements])
    only = tolerance.removed_value(value, target.name, reading)
    return Step(Op.REMOVE, target, only=single_value_of(target.sub or attribute, only, reading, target.name))


def _canonical(op: Op, target: AttributePath, value: Any, reading: Reading) -> Any:
    attribute = target.attribute
    if target.sub is not None:
        return value_of(target.sub, value, reading, target.name)
    if target.where is not None:
        value = tolerance.as_element(value, target.name, reading)
        return single_value_of(attribute, value, reading, target.name)
    if op is Op.REPLACE and attribute.is_complex and not attribute.multi_valued:
        return parts_of(attribute, value, reading, target.name)
    return value_of(attribute, value, reading)

"""What a client says about a group as one change of its members; the group itself does not change."""

from collections.abc import Mapping, Sequence
from typing import Any

from rollbook.domain.groups import DISPLAY_NAMES, GroupChange, GroupId
from rollbook.scim import tolerance
from rollbook.scim.attributes import AttributePath, Schema
from rollbook.scim.errors import invalid_filter, invalid_value, mutability, no_target
from rollbook.scim.filter_text import Comparison, Conjunction, Disjunction, Expression
from rollbook.scim.patch_message import Op, Operation
from rollbook.scim.paths import target_of
from rollbook.scim.reading import Reading, shown
from rollbook.scim.requests import kind
from rollbook.scim.schemas import GROUP
from rollbook.scim.validation import check_schemas_written, fields, single_value_of, unknown

MAX_OPERATIONS = 100_000
"""Of a group, where an operation may stand for one member."""

_MEMBERS = next(each for each in GROUP.schema.attributes if each.name == "members")
_PARTS = frozenset(each.name for each in _MEMBERS.sub_attributes)


class Members:
    """Adds up what the operations of one request do to the members, in their order.

    Each by itself: there may be very many, and this is done beside the event loop.
    """

    def __init__(self) -> None:
        self._add: dict[str, None] = {}
        self._remove: dict[str, None] = {}
        self._replace: dict[str, None] | None = None

    def add(self, ids: Sequence[str]) -> None:
        """These are in the group from now on."""
        into = self._add if self._replace is None else self._replace
        for member in ids:
            self._remove.pop(member, None)
            into[member] = None

    def remove(self, ids: Sequence[str]) -> None:
        """These are not in the group any more."""
        kept = self._add if self._replace is None else self._replace
        for member in ids:
            kept.pop(member, None)
            if self._replace is None:
                self._remove[member] = None

    def replace(self, ids: Sequence[str]) -> None:
        """These and nobody else are in the group."""
        self._replace, self._add, self._remove = {member: None for member in ids}, {}, {}

    def change(self) -> GroupChange | None:
        """The change that all of this comes to; None if nothing was said about members."""
        if self._replace is None and not self._add and not self._remove:
            return None
        replace = None if self._replace is None else tuple(self._replace)
        return GroupChange(add=tuple(self._add), remove=tuple(self._remove), replace=replace)


def change_of_put(body: Mapping[str, Any], group: GroupId, reading: Reading) -> GroupChange:
    """The change that a whole Group asks for: its members replace those that there are."""
    members: list[str] = []
    said = set()
    for path, value in fields(body, GROUP, reading):
        said.add(path.attribute.name)
        if path.attribute.name == "members":
            members = member_ids(value, "members", reading)
        else:
            _check_fixed(path.attribute.name, value, group, reading)
    if not said & {"members", "displayName"}:
        # RFC 7643 section 4.2: a Group has a displayName. What has none is no Group, and must not empty one
        raise invalid_value("A Group has a displayName and members; the body has neither.")
    if "members" not in said:
        # RFC 7644 section 3.5.1: what a PUT leaves out is cleared. Some clients leave out an empty list, and whoever
        # was taken out of a group must not keep its role
        reading.note("The Group came without members, so the group was emptied.")
    return GroupChange(replace=tuple({member: None for member in members}))


def change_of_patch(operations: Sequence[Operation], group: GroupId, reading: Reading) -> GroupChange | None:
    """The one change that all operations come to, or None if they change nothing (O-53)."""
    members = Members()
    for operation in operations:
        target = None if operation.path is None else target_of(operation.path, GROUP, reading)
        if isinstance(target, AttributePath):
            if target.attribute.name == "members":
                _apply(operation, target, members, reading)
            elif target.attribute.name == "schemas":
                check_schemas_written(operation.value, GROUP, reading, by_path=True)
            else:
                _check_fixed(target.name, operation.value, group, reading, op=operation.op)
        elif operation.op is Op.REMOVE:
            raise no_target("A remove needs a path that says what to remove, such as members.")
        else:
            _apply_pathless(operation, target, members, group, reading)
    return members.change()


def _apply_pathless(
    operation: Operation, schema: Schema | None, members: Members, group: GroupId, reading: Reading
) -> None:
    if not isinstance(operation.value, dict):
        where = "Without a path" if schema is None else "With a schema as its path"
        raise invalid_value(f"{where} the value must be an object of attributes; it is {kind(operation.value)}.")
    for path, value in fields(operation.value, GROUP, reading):
        if path.attribute.name == "members":
            _apply(Operation(operation.op, None, value), path, members, reading)
        elif path.attribute.name == "schemas":
            check_schemas_written(value, GROUP, reading, by_path=False)
        else:
            _check_fixed(path.attribute.name, value, group, reading)


def _apply(operation: Operation, target: AttributePath, members: Members, reading: Reading) -> None:
    if target.sub is not None and target.sub.name != "value":
        raise mutability(f"{target.name} cannot be changed; add and remove members instead.")
    if target.where is not None:
        if operation.op is not Op.REMOVE:
            raise mutability("A member cannot be changed; remove it and add another one.")
        chosen = _chosen(target.where)
        if chosen is None:
            members.replace(())
        else:
            members.remove(list(chosen))
        return
    if operation.op is Op.REMOVE:
        listed = tolerance.removed_values(operation.value, "members", reading)
        if listed is None:
            members.replace(())
        else:
            members.remove(member_ids(listed, "members", reading))
        return
    ids = member_ids(operation.value, "members", reading)
    if operation.op is Op.ADD:
        members.add(ids)
    else:
        members.replace(ids)


def _chosen(where: Expression) -> dict[str, None] | None:
    """The ids in `members[value eq "…"]`; None for all members. Every member is a User, so its type says no more."""
    match where:
        case Disjunction(terms):
            chosen = [_chosen(term) for term in terms]
            return None if None in chosen else {member: None for each in chosen for member in each or ()}
        case Conjunction(terms):
            named = [each for each in map(_chosen, terms) if each is not None]
            return {member: None for member in named[0] if all(member in each for each in named)} if named else None
        case Comparison(path, "pr") if path.lower() in ("value", "type"):
            return None
        case Comparison(path, "eq", str(text)) if path.lower() == "value":
            return {text: None}
        case Comparison(path, "eq", str(text)) if path.lower() == "type":
            return None if text.lower() == "user" else {}
        case _:
            raise invalid_filter('Members are chosen by their value: members[value eq "…"].')


def member_ids(value: Any, name: str, reading: Reading) -> list[str]:
    """The ids in a list of members. Raises 400 `invalidValue`."""
    values = tolerance.as_array(value, name, reading)
    if values is None:
        return []
    if not isinstance(values, list):
        raise invalid_value(f"{name} must be an array; it is {kind(value)}.")
    return [_member_id(each, at, name, reading) for at, each in enumerate(values)]


def _member_id(sent: Any, at: int, name: str, reading: Reading) -> str:
    """The id in one member. E-45: `"$ref": null` and other parts of a member say nothing that its value does not."""
    if isinstance(sent, dict):
        for part, inner in sent.items():
            if part not in _PARTS or not (inner is None or isinstance(inner, str)):
                _check_part(part, inner, f"{name}[{at}]", reading)
        member = sent["value"] if "value" in sent else _whatever_case(sent, "value")
        if isinstance(member, str) and member:
            return member
        raise invalid_value(f"{name}[{at}].value must be a User's id, a string; it is {kind(member)}.")
    if isinstance(sent, str) and sent:
        return tolerance.bare_member(sent, f"{name}[{at}]", reading)
    raise invalid_value(f"{name}[{at}] must be an object whose value is a User's id; it is {kind(sent)}.")


def _check_part(part: str, inner: Any, name: str, reading: Reading) -> None:
    """A part of a member that is not what most are: unknown, of another type, or in another case."""
    sub = _MEMBERS.sub_attribute(part)
    if sub is None:
        unknown(f"{_MEMBERS.name}.{part}", _MEMBERS.name, _MEMBERS.sub_attributes, reading)
    elif sub.name != "value" and not sub.is_read_only:
        single_value_of(sub, inner, reading, f"{name}.{sub.name}")


def _whatever_case(sent: Mapping[str, Any], name: str) -> Any:
    return next((inner for key, inner in sent.items() if key.lower() == name), None)


def _check_fixed(name: str, sent: Any, group: GroupId, reading: Reading, op: Op | None = None) -> None:
    """An attribute of a group that never changes: an echo passes, anything else is noted, or refused as `mutability`.

    E-46, O-53: a rename comes with every push, so that it must not fail; only an operation aimed at the id does.
    `op` is that of an operation whose path aims at the attribute.
    """
    by_path = op is not None
    if name in ("schemas", "meta") and not by_path:
        return
    current = {"id": str(group), "displayName": DISPLAY_NAMES[group]}.get(name)
    if sent == current or (sent is None and not by_path):
        return
    if by_path and name not in ("displayName", "externalId"):
        wish = "be removed" if op is Op.REMOVE else f"become {kind(sent)}"
        raise mutability(f"{name} is read-only and cannot {wish}; leave it out or send it as it is.")
    told = f"The name of {DISPLAY_NAMES[group]} cannot be changed" if name == "displayName" else f"{name} is read-only"
    said = f" {shown(sent, 60)!r}" if isinstance(sent, str) else ""
    reading.tolerate(
        f"{told};{said or ' a value'} was ignored.",
        mutability(f"{told}; {name} came as {kind(sent)}. Leave it out or send it as it is."),
    )

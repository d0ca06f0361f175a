"""Fields that only show an attribute of a row, answered by a plan that is made once for each selection.

graphql-core looks everything up anew for each field of each row, and Strawberry wraps each of them: together some
twenty times the work of reading the attribute. Whatever is not as plain as that, or fails, goes the executor's own way,
which also finds the words for what is wrong (docs/decisions/0016).
"""

import asyncio
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, cast
from weakref import proxy

from graphql import GraphQLEnumType, GraphQLObjectType, GraphQLOutputType, GraphQLResolveInfo, GraphQLScalarType
from graphql.pyutils import AwaitableOrValue, Path
from graphql.type import GraphQLField, is_list_type, is_non_null_type
from graphql.type.definition import GraphQLResolveInfoHelpers
from strawberry import relay
from strawberry.relay.utils import to_base64
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from rollbook.domain.immutable import immutable

Show = Callable[[Any], Any]
"""From a row to the value in the answer, or from an attribute to it. Raises whatever it likes where it cannot say."""


@immutable
class Plan:
    """Of a selection, the fields that are only shown, and the others as the executor takes them."""

    names: tuple[str, ...]
    shown: tuple[tuple[str, Show], ...]
    others: Any

    def joined(self, shown: Mapping[str, Any], others: Mapping[str, Any]) -> dict[str, Any]:
        """All of them in the order in which they were asked for."""
        return {
            name: shown[name] if name in shown else others[name]
            for name in self.names
            if name in shown or name in others
        }


@immutable
class Rows:
    """Of a list, the one type of its rows, and the fields that are shown of each: all that were asked for."""

    type: type
    shown: tuple[tuple[str, Show], ...]


class PlanningExecutor(StrawberryGraphQLCoreExecutionContext):
    """Executes an operation as its base does, and the plain fields of its rows by plans."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        # bound to the executor, these keep it and every row of the operation until the garbage collector comes, who
        # then stops everybody for a tenth of a second
        own = proxy(self)
        self.async_helpers = GraphQLResolveInfoHelpers(
            gather=lambda values: own.gather_async_work(values), track=lambda values: own.track_async_work(values)
        )

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Path | None,
        grouped_field_set: Any,
        position_context: Any,
    ) -> AwaitableOrValue[dict[str, Any]]:
        """The fields of one row."""
        if parent_type.name == "__Type" and path is not None and isinstance(path.key, int):
            return self._in_turn(parent_type, source_value, path, grouped_field_set, position_context)
        plan = self._plan(parent_type, grouped_field_set)
        shown: dict[str, Any] = {}
        try:
            for name, show in plan.shown:
                shown[name] = show(source_value)
        except Exception:
            return super().execute_fields(parent_type, source_value, path, grouped_field_set, position_context)
        if not plan.others:
            return shown
        others = super().execute_fields(parent_type, source_value, path, plan.others, position_context)
        if not self.is_awaitable(others):
            return plan.joined(shown, cast("dict[str, Any]", others))

        async def joined() -> dict[str, Any]:
            return plan.joined(shown, await others)

        return joined()

    async def _in_turn(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Path,
        grouped_field_set: Any,
        position_context: Any,
    ) -> dict[str, Any]:
        """The same of one type of an introspection, after others had their turn: all of them at once take long."""
        turn: asyncio.Lock = self.__dict__.setdefault("_turn", asyncio.Lock())
        async with turn:
            await asyncio.sleep(0)
            shown = super().execute_fields(parent_type, source_value, path, grouped_field_set, position_context)
        return cast("dict[str, Any]", await shown if self.is_awaitable(shown) else shown)

    def complete_list_item_value(
        self,
        item: Any,
        complete_results: list[Any],
        item_type: GraphQLOutputType,
        field_details_list: Any,
        info: GraphQLResolveInfo[Any],
        item_path: Path,
        position_context: Any,
    ) -> bool:
        """One row of a list: at once, where all that is asked of it is only shown."""
        try:
            row = self._row(item, item_type, field_details_list)
        except Exception:  # whatever it is, the executor finds it too, and has the words for it
            row = None
        if row is None:
            return super().complete_list_item_value(
                item, complete_results, item_type, field_details_list, info, item_path, position_context
            )
        complete_results.append(row)
        return False

    def _row(self, item: Any, item_type: GraphQLOutputType, field_details_list: Any) -> dict[str, Any] | None:
        known: dict[int, tuple[Any, Rows | None]] = self.__dict__.setdefault("_rows", {})
        found = known.get(id(field_details_list))
        if found is None:
            found = known[id(field_details_list)] = (field_details_list, self._made_rows(item_type, field_details_list))
        rows = found[1]
        if rows is None or type(item) is not rows.type:
            return None
        return {name: show(item) for name, show in rows.shown}

    def _made_rows(self, item_type: GraphQLOutputType, field_details_list: Any) -> Rows | None:
        named = item_type.of_type if is_non_null_type(item_type) else item_type
        if not isinstance(named, GraphQLObjectType) or named.name.startswith("__"):
            return None
        definition = named.extensions.get("strawberry-definition")
        if not isinstance(definition, StrawberryObjectDefinition):
            return None
        fields, deferred, *_ = self.collect_subfields(named, field_details_list)
        plan = self._plan(named, fields)
        return None if plan.others or deferred else Rows(definition.origin, plan.shown)

    def _plan(self, parent_type: GraphQLObjectType, grouped_field_set: Any) -> Plan:
        plans: dict[int, tuple[Any, Plan]] = self.__dict__.setdefault("_plans", {})
        # by identity, as the executor remembers selections; held with it, so that the identity is not used again
        known = plans.get(id(grouped_field_set))
        if known is not None:
            return known[1]
        shows = {}
        if self.middleware_manager is None or not self.middleware_manager.middlewares:
            for name, details in grouped_field_set.items():
                asked = details[0].node.name.value
                field = parent_type.fields.get(asked)
                show = None if field is None else _show_of(field, parent_type)
                if asked == "__typename":
                    show = _type_name(parent_type)
                if show is not None:
                    shows[name] = show
        others = {name: details for name, details in grouped_field_set.items() if name not in shows}
        plan = Plan(tuple(grouped_field_set), tuple(shows.items()), others)
        plans[id(grouped_field_set)] = (grouped_field_set, plan)
        return plan


def _type_name(type_: GraphQLObjectType) -> Show:
    return lambda row: type_.name


def _show_of(field: GraphQLField, parent_type: GraphQLObjectType) -> Show | None:
    """How a plain field is shown; None for any other."""
    if "rollbook-show" not in field.extensions:
        field.extensions["rollbook-show"] = _made(field, parent_type)
    return cast("Show | None", field.extensions["rollbook-show"])


def _made(field: GraphQLField, parent_type: GraphQLObjectType) -> Show | None:
    definition = field.extensions.get("strawberry-definition")
    if not isinstance(definition, StrawberryField) or field.args:
        return None
    if definition.is_basic_field:
        write = _written(field.type)
        return None if write is None else _attribute(attrgetter(definition.python_name), write)
    return _global_id(parent_type) if definition.python_name == "_id" else None


def _attribute(get: Show, write: Show) -> Show:
    return lambda row: write(get(row))


def _global_id(parent_type: GraphQLObjectType) -> Show | None:
    """The id of a node that names itself as Relay does by default."""
    owner = parent_type.extensions.get("strawberry-definition")
    if not isinstance(owner, StrawberryObjectDefinition) or not issubclass(owner.origin, relay.Node):
        return None
    origin = owner.origin
    if any(
        getattr(origin, name).__func__ is not getattr(relay.Node, name).__func__
        for name in ("resolve_id", "resolve_typename")
    ):
        return None
    attribute, type_name = origin.resolve_id_attr(), parent_type.name

    def show(row: Any) -> str:
        if type(row) is not origin:
            raise TypeError(row)
        return to_base64(type_name, getattr(row, attribute))

    return show


def _written(type_: GraphQLOutputType) -> Show | None:
    """How a value of a leaf type, or a list of such, is written; None for any other type."""
    if not is_non_null_type(type_):
        some = _some(type_)
        return None if some is None else lambda value: None if value is None else some(value)
    return _some(type_.of_type)


def _some(type_: Any) -> Show | None:
    """How a value that is there is written."""
    if is_list_type(type_):
        each = _some(type_.of_type.of_type) if is_non_null_type(type_.of_type) else None
        return None if each is None else lambda values: [each(value) for value in values]
    if isinstance(type_, GraphQLEnumType):
        names = {_member(type_, name): name for name in type_.values}
        return names.__getitem__
    if not isinstance(type_, GraphQLScalarType):
        return None
    plain = _PLAIN.get(type_.name)
    coerce = type_.coerce_output_value

    def write(value: Any) -> Any:
        if type(value) is plain:
            return value
        written = None if value is None else coerce(value)
        if written is None:
            raise TypeError(value)
        return written

    return write


_PLAIN = {"Boolean": bool, "ID": str, "String": str}
"""By scalar: the type whose values stand in the answer as they are."""


def _member(type_: GraphQLEnumType, name: str) -> Any:
    """What a resolver answers for a value of an enum."""
    return type_.coerce_input_value(name)

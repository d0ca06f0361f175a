"""How large an operation may be. Measured before it is validated, in time linear in the document."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_introspection_type,
    is_leaf_type,
    is_list_type,
    specified_rules,
)
from graphql.validation import MaxIntrospectionDepthRule
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from rollbook.domain.immutable import immutable
from rollbook.graphql.cost import cost_of
from rollbook.graphql.errors import OPERATION_TOO_LARGE
from rollbook.graphql.fields import ROWS
from rollbook.graphql.pagination import DEFAULT_PAGE

MAX_DOCUMENT = 64 * 1024
"""In characters: reading more would hold up everybody, and no document of so few tokens needs it."""

MAX_TOKENS = 2000
MAX_DEPTH = 12
MAX_ALIASES = 30
MAX_ROOT_FIELDS = 20
MAX_FIELDS = 200
MAX_NODES = 10_000

USUAL_LIST = 20
"""How many objects a list counts as that is no connection and does not say how many it has."""

_CAP = 10**9

_RULES = (*specified_rules, MaxIntrospectionDepthRule)
"""One object for all requests, because the cache of validated documents compares it."""


@immutable
class Size:
    """The size of a selection: levels, aliases, fields side by side at most, fields at its top, and rows to read."""

    depth: int = 0
    aliases: int = 0
    widest: int = 0
    top: int = 0
    nodes: int = 0

    def beside(self, other: "Size") -> "Size":
        """The size of both in one selection set."""
        top = self.top + other.top
        return Size(
            depth=max(self.depth, other.depth),
            aliases=min(_CAP, self.aliases + other.aliases),
            widest=min(_CAP, max(self.widest, other.widest, top)),
            top=min(_CAP, top),
            nodes=min(_CAP, self.nodes + other.nodes),
        )


_NOTHING = Size()


class Measure:
    """Measures the operations of one document with one set of variables; each fragment once.

    `lists` says by the name of a field how many objects it answers with, unless first or last does.
    """

    def __init__(self, document: DocumentNode, variables: Mapping[str, Any], lists: Mapping[str, int]) -> None:
        self._document = document
        self._variables = _defaults(document) | dict(variables)
        self._lists = lists
        self._fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        self._known: dict[str, Size] = {}

    def operation(self, name: str | None) -> Size:
        """The size of the operation of this name, or of all together where there is none."""
        operations = [d for d in self._document.definitions if isinstance(d, OperationDefinitionNode)]
        named = [operation for operation in operations if name and operation.name and operation.name.value == name]
        size = _NOTHING
        for operation in named or operations:
            size = size.beside(self._selections(operation.selection_set))
        return size

    def _selections(self, selection_set: SelectionSetNode | None) -> Size:
        size = _NOTHING
        for node in selection_set.selections if selection_set else ():
            if isinstance(node, FieldNode):
                size = size.beside(self._field(node))
            elif isinstance(node, InlineFragmentNode):
                size = size.beside(self._selections(node.selection_set))
            elif isinstance(node, FragmentSpreadNode):
                size = size.beside(self._fragment(node.name.value))
        return size

    def _field(self, node: FieldNode) -> Size:
        below = self._selections(node.selection_set)
        introspects = node.name.value.startswith("__")  # bounded by a rule of its own
        rows = self._rows(node)
        return Size(
            depth=below.depth + 1 if node.selection_set and not introspects else 0,
            aliases=below.aliases + bool(node.alias),
            widest=max(1, below.widest),
            top=1,
            nodes=min(_CAP, rows + rows * below.nodes) if node.selection_set and not introspects else 0,
        )

    def _fragment(self, name: str) -> Size:
        if name not in self._known:
            self._known[name] = _NOTHING  # a fragment that contains itself; validation refuses it
            fragment = self._fragments.get(name)
            self._known[name] = self._selections(fragment.selection_set) if fragment else _NOTHING
        return self._known[name]

    def _rows(self, node: FieldNode) -> int:
        usual = self._lists.get(node.name.value)
        if usual is None:
            return 1
        sizes = [self._number(a.value, usual) for a in node.arguments or () if a.name.value in {"first", "last"}]
        return max([1, *sizes]) if sizes else usual

    def _number(self, value: object, usual: int) -> int:
        if isinstance(value, IntValueNode):
            return int(value.value[:10])
        given = self._variables.get(value.name.value) if isinstance(value, VariableNode) else None
        if isinstance(given, float) and given.is_integer():  # 200.0 is an Int too, by 3.5.1 of the specification
            return int(given)
        return given if isinstance(given, int) else usual


def _defaults(document: DocumentNode) -> dict[str, int]:
    """The numbers that the document gives to variables that are left out; of several, the largest."""
    defaults: dict[str, int] = {}
    for operation in document.definitions:
        for variable in operation.variable_definitions or () if isinstance(operation, OperationDefinitionNode) else ():
            if isinstance(variable.default_value, IntValueNode):
                name, number = variable.variable.name.value, int(variable.default_value.value[:10])
                defaults[name] = max(number, defaults.get(name, number))
    return defaults


class OperationLimits(SchemaExtension):
    """Refuses an operation that is too large, and a document that leaves open which operation is meant."""

    def on_operation(self) -> Iterator[None]:
        """Adds the rule that keeps introspection from asking for types of fields of types of fields."""
        self.execution_context.validation_rules = _RULES
        yield

    def on_parse(self) -> Iterator[None]:
        """Runs after the document is parsed and before it is validated, because validation can be the costly part."""
        yield
        execution = self.execution_context
        document = execution.graphql_document
        if document is None:
            return
        operations = sum(isinstance(definition, OperationDefinitionNode) for definition in document.definitions)
        if operations > 1 and execution.context.operation_name is None:
            raise GraphQLError("The document has several operations: say in operationName which one to run.")
        size = Measure(document, execution.variables or {}, list_sizes(execution.schema._schema)).operation(
            execution.context.operation_name
        )
        bill = execution.context.bill
        bill.cost = cost_of(document, execution.context.operation_name, nodes=size.nodes, root_fields=size.top)
        refuse_too_large(size)
        bill.charge(bill.cost)


def refuse_too_large(size: Size) -> None:
    """Return if the operation is within every limit; otherwise raise an error that names the limit."""
    limits = (
        ("levels deep", size.depth, MAX_DEPTH),
        ("aliases", size.aliases, MAX_ALIASES),
        ("root fields", size.top, MAX_ROOT_FIELDS),
        ("fields in one selection", size.widest, MAX_FIELDS),
        ("nodes", size.nodes, MAX_NODES),
    )
    for what, found, limit in limits:
        if found > limit:
            raise GraphQLError(
                f"The operation is too large: {found} {what}; at most {limit} are allowed. Ask for it in parts.",
                extensions={"code": OPERATION_TOO_LARGE},
            )


@lru_cache(maxsize=8)
def list_sizes(schema: GraphQLSchema) -> Mapping[str, int]:
    """By name, every field that answers with several objects, and how many it counts as when the document says nothing.

    Of equally named fields the larger one counts. The edges and nodes of a connection are counted by the connection.
    """
    sizes: dict[str, int] = {}
    for named_type in schema.type_map.values():
        if not isinstance(named_type, GraphQLObjectType) or is_introspection_type(named_type):
            continue
        if "pageInfo" in named_type.fields:
            continue
        for name, field in named_type.fields.items():
            size = _list_size(field)
            if size is not None:
                sizes[name] = max(size, sizes.get(name, 0))
    return sizes


def _list_size(field: GraphQLField) -> int | None:
    if "first" in field.args:
        default = field.args["first"].default_value
        return default if isinstance(default, int) else DEFAULT_PAGE
    if not is_list_type(get_nullable_type(field.type)) or is_leaf_type(get_named_type(field.type)):
        return None
    definition = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    said = definition.metadata.get(ROWS) if isinstance(definition, StrawberryField) else None
    return said if isinstance(said, int) else USUAL_LIST

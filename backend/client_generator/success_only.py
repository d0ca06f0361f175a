"""A plugin of ariadne-codegen: a mutation's method returns success, because the client raises every refusal."""

import ast

from ariadne_codegen.plugins.base import Plugin
from graphql import ExecutableDefinitionNode


class SuccessOnlyPlugin(Plugin):
    """Leaves of a union of results its one success, and drops the classes that nothing names any more."""

    def generate_result_types_module(
        self, module: ast.Module, operation_definition: ExecutableDefinitionNode
    ) -> ast.Module:
        """The module of one operation's results."""
        for node in ast.walk(module):
            if isinstance(node, ast.AnnAssign) and _is_union(node.annotation):
                _narrow(node)
        module.body = _named(module)
        return module

    def generate_init_module(self, module: ast.Module) -> ast.Module:
        """The package's front, which is empty: `rollbook.client` says what is offered."""
        module.body = []
        return module


def _is_union(annotation: ast.expr) -> bool:
    return (
        isinstance(annotation, ast.Subscript)
        and isinstance(annotation.value, ast.Name)
        and annotation.value.id == "Union"
    )


def _narrow(field: ast.AnnAssign) -> None:
    successes = [name for name in _names(field.annotation) if name.endswith("Success")]
    if len(successes) != 1:
        return
    field.annotation = ast.Name(id=f'"{successes[0]}"')
    if isinstance(field.value, ast.Call):
        field.value.keywords = [keyword for keyword in field.value.keywords if keyword.arg != "discriminator"]


def _named(module: ast.Module) -> list[ast.stmt]:
    """The statements of the module that its first class needs, directly or not."""
    defined = {name: node for node in module.body if (name := _defines(node))}
    needed: set[str] = set()
    waiting = [next(iter(defined))]
    while waiting:
        name = waiting.pop()
        if name in defined and name not in needed:
            needed.add(name)
            waiting += _names(defined[name])
    return [node for node in module.body if (_defines(node) or _rebuilds(node) or "") in {"", *needed}]


def _defines(node: ast.stmt) -> str | None:
    if isinstance(node, ast.ClassDef):
        return node.name
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return None


def _rebuilds(node: ast.stmt) -> str | None:
    """The class that a line like `Viewer.model_rebuild()` is about."""
    called = node.value if isinstance(node, ast.Expr) else None
    function = called.func if isinstance(called, ast.Call) else None
    named = function.value if isinstance(function, ast.Attribute) else None
    return named.id if isinstance(named, ast.Name) else None


def _names(node: ast.AST) -> list[str]:
    """Every name in the node; annotations have them in quotes."""
    found = [each for each in ast.walk(node) if isinstance(each, ast.Name | ast.Constant)]
    texts = [each.id if isinstance(each, ast.Name) else each.value for each in found]
    return [text.strip('"') for text in texts if isinstance(text, str)]

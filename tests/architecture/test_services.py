"""Every public service method begins by asking for a permission, on behalf of an actor."""

import ast

from .sources import PACKAGE, public_methods, python_files, without_docstring

WITHOUT_PERMISSION: dict[str, str] = {}


def test_a_service_method_begins_by_requiring_a_permission():
    open_methods = {
        name
        for path in python_files(PACKAGE / "services")
        for name, method in public_methods(path)
        if not _begins_with_require(method)
    }

    assert open_methods == set(WITHOUT_PERMISSION)


def _begins_with_require(method: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    first = without_docstring(method)[0]
    return (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Call)
        and isinstance(first.value.func, ast.Name)
        and first.value.func.id == "require"
        and isinstance(first.value.args[0], ast.Name)
        and first.value.args[0].id == "actor"
    )

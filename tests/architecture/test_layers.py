"""The direction of dependencies, and the doors that only one module may use."""

import ast
import subprocess
import sys
from pathlib import Path

from .sources import PACKAGE, ROOT, named, python_files, tree


def test_the_import_contracts_are_kept():
    lint = Path(sys.executable).with_name("lint-imports")

    result = subprocess.run([lint, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, timeout=120)

    assert result.returncode == 0, result.stdout


def test_only_the_settings_read_the_environment():
    readers = {
        named(path)
        for path in python_files(PACKAGE)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv"}
    }

    assert readers == {"backend/rollbook/settings.py"}


def test_a_folder_computes_nothing_when_it_is_imported():
    allowed = (ast.Import, ast.ImportFrom)
    computing = [
        f"{named(path)}:{node.lineno}"
        for path in python_files(PACKAGE)
        if path.name == "__init__.py"
        for node in tree(path).body[1:]
        if not isinstance(node, allowed) and not _is_constant_assignment(node)
    ]

    assert computing == []


def _is_constant_assignment(node: ast.stmt) -> bool:
    if not isinstance(node, ast.Assign):
        return False
    values = node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value]
    return all(isinstance(value, ast.Constant) for value in values)

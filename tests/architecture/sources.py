"""The project's source files, as the architecture tests read them."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "backend" / "rollbook"


def python_files(*folders: Path) -> list[Path]:
    """Every Python file below the folders, in a stable order; what was generated is not ours to word."""
    found = (path for folder in folders for path in folder.rglob("*.py"))
    return sorted(path for path in found if not {"generated", "__pycache__"} & set(path.parts))


def own_files(*suffixes: str) -> list[Path]:
    """Every file of our own with one of these endings; what was made, vendored or installed is not."""
    folders = [ROOT / name for name in ("backend", "benchmarks", "docs", "frontend_stub", "migrations", "tests")]
    return sorted(
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix in suffixes and not {"generated", "vendor", "node_modules", "__pycache__"} & set(path.parts)
    )


def named(path: Path) -> str:
    """A file's place in the checkout, for a test's name and message."""
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    """The file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), named(path))


def public_methods(path: Path) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Each public method of each public class in a file, by `Class.method`."""
    for node in tree(path).body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for item in node.body:
                if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef) and not item.name.startswith("_"):
                    yield f"{node.name}.{item.name}", item


def without_docstring(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.stmt]:
    """The statements of a function after its docstring."""
    return function.body[1:] if ast.get_docstring(function) else function.body

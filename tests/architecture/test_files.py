"""What every file has: a size that fits one reading, a first sentence, and words about its promises."""

import ast

from .sources import PACKAGE, ROOT, named, own_files, python_files, tree

MOST_LINES = 400


def test_a_file_fits_one_reading():
    too_long = {
        named(path): lines
        for path in own_files(".css", ".html", ".js", ".py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }

    assert too_long == {}


def test_a_module_opens_with_a_sentence_about_what_lives_there():
    silent = [
        named(path)
        for path in python_files(PACKAGE, ROOT / "tests", ROOT / "migrations")
        if not _is_sentence(ast.get_docstring(tree(path)))
    ]

    assert silent == []


def test_public_names_say_what_they_promise():
    silent = [
        f"{named(path)}:{node.lineno} {node.name}"
        for path in python_files(PACKAGE)
        for node in tree(path).body
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_")
        and ast.get_docstring(node) is None
    ]

    assert silent == []


def _is_sentence(docstring: str | None) -> bool:
    return bool(docstring) and docstring.strip().splitlines()[0] != "" and any(mark in docstring for mark in ".:")

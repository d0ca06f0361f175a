"""How a statement looks into the JSON document of a member, on each of the two databases."""

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import Boolean, Integer, Text

DOCUMENT = "memberships.searchable"


class _Value(ColumnElement[Any]):
    """The value at a path of a JSON document, NULL if there is none. `source` is the document's place in the text."""

    inherit_cache = False

    def __init__(self, path: tuple[str, ...], source: str = DOCUMENT) -> None:
        self.path = path
        self.source = source


class json_text(_Value):
    """A text in the document."""

    type = Text()


class json_boolean(_Value):
    """A boolean in the document."""

    type = Boolean()


class json_present(_Value):
    """Whether the document has anything at the path; empty things are never kept in it."""

    type = Boolean()
    _is_implicitly_boolean = True


class some_element(ColumnElement[bool]):
    """One element of the array at a path satisfies the condition, which calls the element's document `alias`.value."""

    inherit_cache = False
    type = Boolean()
    _is_implicitly_boolean = True

    def __init__(self, path: tuple[str, ...], alias: str, condition: ColumnElement[bool]) -> None:
        self.path = path
        self.alias = alias
        self.condition = condition


class preferred(ColumnElement[str]):
    """Of the array at a path: one text of its primary element, else of its first (RFC 7644 section 3.4.2.3)."""

    inherit_cache = False
    type = Text()

    def __init__(self, path: tuple[str, ...], name: str) -> None:
        self.path = path
        self.name = name


class place_of(ColumnElement[int]):
    """Where the first text first stands in the second, from 1; 0 if it does not, NULL if one of them is."""

    inherit_cache = False
    type = Integer()

    def __init__(self, wanted: ColumnElement[str], value: ColumnElement[str]) -> None:
        self.wanted = wanted
        self.value = value


@compiles(place_of)
def _place_of(element: place_of, compiler: SQLCompiler, **options: Any) -> str:
    name = "strpos" if compiler.dialect.name == "postgresql" else "instr"
    return f"{name}({compiler.process(element.value, **options)}, {compiler.process(element.wanted, **options)})"


@compiles(json_text, "postgresql")
def _text_postgresql(element: json_text, compiler: SQLCompiler, **options: Any) -> str:
    return f'({element.source} #>> {_keys(element.path)}) COLLATE "C"'


@compiles(json_text, "sqlite")
def _text_sqlite(element: json_text, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_extract({element.source}, {_path(element.path)})"


@compiles(json_boolean, "postgresql")
def _boolean_postgresql(element: json_boolean, compiler: SQLCompiler, **options: Any) -> str:
    return f"({element.source} #>> {_keys(element.path)})::boolean"


@compiles(json_boolean, "sqlite")
def _boolean_sqlite(element: json_boolean, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_extract({element.source}, {_path(element.path)})"


@compiles(json_present, "postgresql")
def _present_postgresql(element: json_present, compiler: SQLCompiler, **options: Any) -> str:
    return f"({element.source} #> {_keys(element.path)}) IS NOT NULL"


@compiles(json_present, "sqlite")
def _present_sqlite(element: json_present, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_type({element.source}, {_path(element.path)}) IS NOT NULL"


@compiles(some_element, "postgresql")
def _some_postgresql(element: some_element, compiler: SQLCompiler, **options: Any) -> str:
    condition = compiler.process(element.condition, **options)
    array = f"jsonb_array_elements({DOCUMENT} #> {_keys(element.path)})"
    return f"EXISTS (SELECT 1 FROM {array} AS {element.alias}(value) WHERE {condition})"


@compiles(some_element, "sqlite")
def _some_sqlite(element: some_element, compiler: SQLCompiler, **options: Any) -> str:
    condition = compiler.process(element.condition, **options)
    array = f"json_each({DOCUMENT}, {_path(element.path)})"
    return f"EXISTS (SELECT 1 FROM {array} AS {element.alias} WHERE {condition})"


@compiles(preferred, "postgresql")
def _preferred_postgresql(element: preferred, compiler: SQLCompiler, **options: Any) -> str:
    first = f"{DOCUMENT} #>> {_keys((*element.path, '0', element.name))}"
    array = f"jsonb_array_elements({DOCUMENT} #> {_keys(element.path)})"
    primary = (
        f"SELECT preferred.value #>> {_keys((element.name,))} FROM {array} AS preferred(value)"
        " WHERE preferred.value @> '{\"primary\": true}' LIMIT 1"
    )
    return f'COALESCE(({primary}), {first}) COLLATE "C"'


@compiles(preferred, "sqlite")
def _preferred_sqlite(element: preferred, compiler: SQLCompiler, **options: Any) -> str:
    array = f"json_each({DOCUMENT}, {_path(element.path)})"
    primary = (
        f"SELECT json_extract(preferred.value, {_path((element.name,))}) FROM {array} AS preferred"
        " WHERE json_extract(preferred.value, '$.primary') = 1 LIMIT 1"
    )
    path = _path(element.path)[:-1] + f'[0]."{element.name}"\''
    return f"COALESCE(({primary}), json_extract({DOCUMENT}, {path}))"


# Paths come from the attribute table, never from a client; the quoting keeps even that from breaking out of the text.
def _keys(path: tuple[str, ...]) -> str:
    return "ARRAY[" + ", ".join(_literal(name) for name in path) + "]"


def _path(path: tuple[str, ...]) -> str:
    return _literal("$" + "".join(f'."{name}"' for name in path))


def _literal(text: str) -> str:
    if not text.isascii() or "'" in text or "\\" in text or "%" in text:
        raise ValueError(f"{text!r} is not the name of an attribute")
    return f"'{text}'"

"""Every text with which a SCIM client can be refused, read from the source: a new one is found by itself."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import rollbook

_PACKAGE = Path(rollbook.__file__).parent
_REACHED = {
    "domain": ("groups", "lockout", "memberships", "profiles"),
    "persistence": ("groups", "memberships", "postgresql", "sqlite"),
    "services": ("enrolment", "groups", "leaving", "memberships"),
}
"""Besides all of `scim`: where a SCIM request comes by. Of `services.tokens` only what is said at the door."""

_SCIM_TYPES = {
    "invalid_filter": "invalidFilter",
    "invalid_path": "invalidPath",
    "invalid_syntax": "invalidSyntax",
    "invalid_value": "invalidValue",
    "mutability": "mutability",
    "no_target": "noTarget",
}
_DOMAIN = {
    "AlreadyExists": 409,
    "Busy": 503,
    "InvalidValue": 400,
    "LastAdmin": 409,
    "NotFound": 404,
    "NotSupported": 501,
    "RateLimited": 429,
    "ReadOnly": 400,
    "TooLarge": 413,
    "Unauthenticated": 401,
    "VersionMismatch": 412,
}
_SAMPLES = {
    "called": "a boolean",
    "kind(text)": "an array",
    "where": "With a schema as its path",
    "what": "schema",
    "self._what": "filter",
    "field": "userName",
    "refusal.detail": "A User has no attribute x to filter by.",
}
"""What stands in a text where an expression is, if not any word."""

_ELSEWHERE = ("detail", "error.message", "orjson.loads(", "task", "_DENIALS[", "_NOT_VALID[", "_WRONG_DOOR[")
"""Texts that come from another place of the source."""

Named = Mapping[str, list[str]]


@dataclass(frozen=True)
class Refusal:
    """A text, and the status and word with which it is told."""

    place: str
    status: int
    text: str
    scim_type: str | None = None


def refusals() -> list[Refusal]:
    """All of them."""
    paths = sorted((_PACKAGE / "scim").glob("*.py"))
    paths += [_PACKAGE / folder / f"{name}.py" for folder, names in _REACHED.items() for name in names]
    trees = {f"{path.parent.name}/{path.name}": ast.parse(path.read_text()) for path in paths}
    shared = {
        name: texts for tree in trees.values() for name, texts in _named(tree).items() if name.strip("_")[:2].isupper()
    }
    in_files = [each for name, tree in trees.items() for each in _calls(tree, shared | _named(tree), name)]
    return in_files + list(_at_the_door())


def _at_the_door() -> Iterator[Refusal]:
    tree = ast.parse((_PACKAGE / "services" / "tokens.py").read_text())
    texts = _named(tree)
    functions = (each for each in ast.walk(tree) if isinstance(each, ast.AsyncFunctionDef))
    yield from _calls(next(each for each in functions if each.name == "authenticate"), texts, "tokens.py")
    for name, told in texts.items():
        if name.startswith(("_NOT_VALID[", "_WRONG_DOOR[")):
            yield from (Refusal(f"tokens.py:{name}", 401, text) for text in told)


def _calls(tree: ast.AST, named: Named, name: str) -> Iterator[Refusal]:
    for call in (each for each in ast.walk(tree) if isinstance(each, ast.Call) and each.args):
        made = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if made == "ScimError" and len(call.args) > 1:
            said, status = call.args[1], call.args[0].value if isinstance(call.args[0], ast.Constant) else 400
        elif made in {"_refusal", "unauthorized", *_SCIM_TYPES, *_DOMAIN}:
            said, status = call.args[0], _DOMAIN.get(made, 401 if made == "unauthorized" else 400)
        else:
            continue
        texts, written = _texts(said, named), ast.unparse(said)
        assert texts or written.startswith(_ELSEWHERE), f"{name}: which text is {written}?"
        for text in texts:
            yield Refusal(f"{name}:{call.lineno}", int(str(status)), text, _SCIM_TYPES.get(made))


def _named(tree: ast.Module) -> dict[str, list[str]]:
    """The texts that the module gives names to; those in a table by the table's name and their place in it."""
    named: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
            continue
        name = node.targets[0].id
        if isinstance(node.value, ast.Dict):
            named |= {f"{name}[{at}]": _texts(value, named) for at, value in enumerate(node.value.values)}
        elif texts := _texts(node.value, named):
            named[name] = texts
    return named


def _texts(node: ast.AST, named: Named) -> list[str]:
    """The texts that an expression can come to, with a word wherever something is put in."""
    match node:
        case ast.Constant(value=str() as text):
            return [text]
        case ast.JoinedStr(values=parts):
            told = [""]
            for part in parts:
                told = [before + after for before in told for after in _texts(part, named)]
            return told
        case ast.FormattedValue(value=ast.IfExp(body=ast.Constant(), orelse=ast.Constant()) as either):
            return _texts(either, named)
        case ast.FormattedValue(value=value, conversion=conversion):
            said = ast.unparse(value)
            words = named.get(said) or [_SAMPLES.get(said, "x")]
            return [repr(word) if conversion == ord("r") else word for word in words]
        case ast.Name(id=name):
            return named.get(name, [])
        case ast.IfExp(body=body, orelse=orelse):
            return [*_texts(body, named), *_texts(orelse, named)]
        case ast.Call(func=ast.Attribute(value=inner, attr="format")):
            return _texts(inner, named)
        case ast.Call(func=ast.Attribute(value=ast.Name(id=table), attr="get")):
            return [text for name, texts in named.items() if name.startswith(f"{table}[") for text in texts]
        case _:
            return []

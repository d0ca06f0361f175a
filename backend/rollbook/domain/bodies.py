"""What the provisioning log keeps of a body: JSON written anew, without secrets and cut to a length one can read.

A raw body is never kept. Personal values stay in what is kept here; masking them is another step.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

HIDDEN = "•••"
"""Stands where a secret was."""

LEFT_OUT = "…"
"""Stands, or begins the text that stands, where something was too long to be kept."""

MOST_BYTES = 16 * 1024
MOST_LISTED = 20
LONGEST_TEXT = 1000
"""How much is kept of a whole body, of a list or an object, and of a text."""

_WHOLE = 4096  # characters: a body up to this length is looked through as one text first, and most end there
_LONGEST_NAME = 200
_DEEPEST = 16

_SECRET_NAMES = (
    "accesskey",
    "apikey",
    "authorization",
    "credential",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "secret",
    "token",
)
_TRAITS = ("authoriz", "bearer", "credential", "eyj", "key", "pass", "rollbook_", "secret", "token")
"""A text without any of these holds no secret that is looked for here. Most have none, and that is cheap to see."""

_SECRET = re.compile(
    # a secret of Rollbook, also one with a part missing; a JSON Web Token; whatever stands behind the word Bearer
    r"rollbook_[a-z]+_[0-9A-Za-z]{16,}|\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)*|(?<=\bbearer )\s*\S{8,}",
    re.ASCII | re.IGNORECASE,
)
_COMPARED = re.compile(
    # `password eq 1`, `access_token=x`, and the end of a value path such as `x[secret eq "y"]`
    rf"(?P<name>[\w.:$-]*(?:{'|'.join(_SECRET_NAMES)}|(?:access|api|private)[_-]key)[\w.:$-]*[\"\]]*\s*"
    r"(?:\b(?:eq|ne|co|sw|ew|gt|ge|lt|le)\b|=|:)\s*)(?P<value>\"(?:[^\"\\]|\\.)*\"?|[^\s&,)\]}]+)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"?')
_SHORTEST_KNOWN = 4


@dataclass(frozen=True, slots=True)
class Body:
    """What is kept of a body: JSON, or a phrase where it was none. `secrets` are the values that were taken out."""

    text: str
    shortened: bool = False
    secrets: Sequence[str] = ()


def kept(document: Any, size: int = 0) -> Body:
    """What is kept of a document that was parsed from so many bytes."""
    if size <= _WHOLE:
        text = orjson.dumps(document).decode()
        if _is_plain(text):
            return Body(text)
    return _written(document)


def kept_of(body: bytes) -> Body:
    """The same of JSON that Rollbook wrote."""
    text = body.decode()
    return Body(text) if _is_plain(text) else _written(orjson.loads(body))


def unread(body: bytes) -> Body:
    """What is kept of a body that was refused as it is: of JSON its shape, of anything else a phrase."""
    try:
        return _written(orjson.loads(body))
    except orjson.JSONDecodeError:
        return Body(f"not JSON, {len(body)} bytes", shortened=True)


def without_secrets(text: str, secrets: Sequence[str] = ()) -> str:
    """The text without what has the shape of a secret, is compared with one, or is one of those that are known."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    if not any(map(text.lower().__contains__, _TRAITS)):
        return text
    text = _COMPARED.sub(lambda found: found["name"] + HIDDEN, _SECRET.sub(HIDDEN, text))
    # where a filter names a secret it may say its value in ways that are not thought of here
    return _QUOTED.sub(f'"{HIDDEN}"', text) if '"' in text and _is_secret(text) else text


def _is_plain(body: str) -> bool:
    """Whether a short body has nothing to hide and nothing to cut; if in doubt, no."""
    if len(body) > _WHOLE or body.count("},{") >= MOST_LISTED or body.count('","') >= MOST_LISTED:
        return False
    return not any(map(body.lower().__contains__, _TRAITS))


def _written(document: Any) -> Body:
    """The document written anew, with ever less of it until it is short enough."""
    secrets: Sequence[str] = ()
    for most, longest in ((MOST_LISTED, LONGEST_TEXT), (8, 200), (3, 50)):
        writer = _Writer(most, longest)
        copied = writer.value(document)
        if secrets := tuple(writer.secrets):
            writer = _Writer(most, longest, secrets)  # once more: they may stand in other places too
            copied = writer.value(document)
        text = orjson.dumps(copied).decode()
        if len(text) <= MOST_BYTES and (text.isascii() or len(text.encode()) <= MOST_BYTES):
            return Body(text, writer.shortened, secrets)
    return Body(f'"{LEFT_OUT}"', True, secrets)


class _Writer:
    """Copies a document with at most so many elements of a list and characters of a text, without known secrets."""

    def __init__(self, most: int, longest: int, known: Sequence[str] = ()) -> None:
        self._most = most
        self._longest = longest
        self._known = known
        self.shortened = False
        self.secrets: dict[str, None] = {}

    def value(self, value: Any, depth: int = 0) -> Any:
        """The copy of a value."""
        if isinstance(value, str):
            return self._cut(without_secrets(value, self._known), self._longest)
        if not isinstance(value, list | dict):
            return value
        if depth == _DEEPEST:
            self.shortened = True
            return LEFT_OUT
        return self._list(value, depth + 1) if isinstance(value, list) else self._object(value, depth + 1)

    def _list(self, values: list[Any], depth: int) -> list[Any]:
        copied = [self.value(each, depth) for each in values[: self._most]]
        if len(values) > self._most:
            self.shortened = True
            copied.append(f"{LEFT_OUT} {len(values) - self._most} more")
        return copied

    def _object(self, members: Mapping[str, Any], depth: int) -> dict[str, Any]:
        most = 3 * self._most  # a resource may have more attributes than anybody reads elements of a list
        leads_to_a_secret = any(
            isinstance(path, str) and _is_secret(path) for name, path in members.items() if name.lower() == "path"
        )
        copied = {}
        for at, (name, value) in enumerate(members.items()):
            if at == most:
                self.shortened = True
                copied[LEFT_OUT] = f"{LEFT_OUT} {len(members) - most} more"
                break
            hidden = value is not None and (_is_secret(name) or (leads_to_a_secret and name.lower() == "value"))
            copied[self._cut(without_secrets(name), _LONGEST_NAME)] = (
                self._hidden(value) if hidden else self.value(value, depth)
            )
        return copied

    def _hidden(self, value: Any) -> str:
        for each in _leaves(value):
            if len(each) >= _SHORTEST_KNOWN:
                self.secrets[each] = None
        return HIDDEN

    def _cut(self, text: str, longest: int) -> str:
        if len(text) <= longest:
            return text
        self.shortened = True
        return f"{text[:longest]}{LEFT_OUT}"


def _is_secret(name: str) -> bool:
    """Whether an attribute of this name, or one that the path or filter names, holds a secret."""
    lowered = name.lower().replace("_", "").replace("-", "")
    return any(word in lowered for word in _SECRET_NAMES)


def _leaves(value: Any) -> Iterator[str]:
    level = [value]
    while level:
        each = level.pop()
        if isinstance(each, dict | list):
            level.extend(each.values() if isinstance(each, dict) else each)
        elif each is not None and not isinstance(each, bool):
            yield str(each)

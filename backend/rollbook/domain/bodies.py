"""What the provisioning log keeps of a body: JSON written anew, without secrets and cut to a length one can read.

A raw body is never kept. Personal values stay in what is kept here; masking them is another step.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from rollbook.domain.immutable import immutable

HIDDEN = "•••"
"""Stands where a secret was."""

LEFT_OUT = "…"
"""Stands, or begins the text that stands, where something was too long to be kept."""

NOTHING = f'"{LEFT_OUT}"'
"""A body of which nothing is kept."""

MOST_BYTES = 16 * 1024
MOST_LISTED = 20
LONGEST_TEXT = 1000
"""How much is kept of a whole body, of a list or an object, and of a text."""

WHOLE = 4096
"""A body of up to so many characters is looked through as one text first, and most end there."""

MOST_SECRETS = 50
"""Of so many secrets of one body every text is rid. Where there are more, nothing is kept of it."""

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

# None of these reads a place twice: what ends a name or a token is bounded, and a run is begun where it begins
_SECRET = re.compile(
    # a secret of Rollbook, also one with a part missing; whatever stands behind the word Bearer
    r"rollbook_[a-z]{1,20}_[0-9A-Za-z]{16,}|(?<=\bbearer )\s*\S{8,}",
    re.ASCII | re.IGNORECASE,
)
_DOTTED = re.compile(r"(?<![\w.-])[\w.-]{12,}+", re.ASCII)
_BEGIN_OF_JWT = re.compile(r"(?<!\w)eyJ", re.ASCII | re.IGNORECASE)
_COMPARED = re.compile(
    # `password eq 1`, `access_token=x`, and the end of a value path such as `x[secret eq "y"]`. Where the value ends
    # is not known for sure, so that everything behind it belongs to it
    rf"(?P<name>(?:{'|'.join(_SECRET_NAMES)}|(?:access|api|private)[_-]key)[\w.:$-]{{0,60}}?(?=[\"'\]\s=:])"
    r"[\"'\]]{0,4}\s{0,20}(?:\b(?:eq|ne|co|sw|ew|gt|ge|lt|le)\b|=|:)\s{0,20}).+",
    re.IGNORECASE | re.DOTALL,
)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"?')
_SHORTEST_KNOWN = 4
_SHORTEST_OF_JWT = 11  # "eyJ" and some more, before the first dot
_READ_FOR_ONE = 4  # times as much of a text as is kept is looked through, since what is hidden makes it shorter
_LONGEST_WITH_KNOWN = 64 * 1024


@immutable
class Body:
    """What is kept of a body: JSON, or a phrase where it was none. `secrets` are the values that were taken out."""

    text: str
    shortened: bool = False
    secrets: Sequence[str] = ()

    @property
    def hides(self) -> bool:
        """Whether something was taken out of it, so that what is told of the body may tell a part of that."""
        return bool(self.secrets) or HIDDEN in self.text or self.text == NOTHING


def kept(document: Any, size: int = 0) -> Body:
    """What is kept of a document that was parsed from so many bytes."""
    if size <= WHOLE:
        text = orjson.dumps(document).decode()
        if _is_plain(text):
            return Body(text)
    return _written(document)


def kept_of(body: bytes, secrets: Sequence[str] = ()) -> Body:
    """The same of JSON that Rollbook wrote, without the secrets that came in a request."""
    if len(secrets) > MOST_SECRETS:
        return Body(NOTHING, shortened=True)
    text = body.decode()
    return Body(text) if not secrets and _is_plain(text) else _written(orjson.loads(body), secrets)


def unread(body: bytes | bytearray) -> Body:
    """What is kept of a body that was refused as it is: of JSON its shape, of anything else a phrase."""
    try:
        return _written(orjson.loads(body))
    except orjson.JSONDecodeError:
        return Body(f"not JSON, {len(body)} bytes", shortened=True)


def without_secrets(text: str, secrets: Sequence[str] = ()) -> str:
    """The text without what has the shape of a secret, is compared with one, or is one of those that are known.

    It takes time by the length of the text only. Of a text that is long, `beginning` reads no more than is shown.
    """
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    lowered = text.lower()
    if not any(map(lowered.__contains__, _TRAITS)):
        return text
    if "eyj" in lowered:
        text = _DOTTED.sub(_without_jwt, text)
    if "bearer" in lowered or "rollbook_" in lowered:
        text = _SECRET.sub(HIDDEN, text)
    if not _is_secret(text):
        return text
    # where a filter names a secret it may say its value in ways that are not thought of here
    return _QUOTED.sub(f'"{HIDDEN}"', _COMPARED.sub(lambda found: found["name"] + HIDDEN, text))


def beginning(text: str, longest: int, secrets: Sequence[str] = ()) -> str:
    """A text without secrets, and no longer than that: what is left out is told by `LEFT_OUT` at its end."""
    if secrets and len(text) > _LONGEST_WITH_KNOWN:
        return LEFT_OUT  # cut before they are looked for, it could end with a part of one
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    read = text[: longest * _READ_FOR_ONE]
    shown = without_secrets(read)
    if len(text) > len(read) and shown != read:
        shown = shown[: shown.rfind(HIDDEN) + len(HIDDEN)] + LEFT_OUT  # the end may be a part of one
    return shown if len(shown) <= longest else f"{shown[:longest]}{LEFT_OUT}"


def _without_jwt(found: re.Match[str]) -> str:
    """The letters, digits and dots that stand together, up to a JSON Web Token in them."""
    run = found[0]
    for begin in _BEGIN_OF_JWT.finditer(run):
        dot = run.find(".", begin.start())
        if dot < 0:
            break
        if dot - begin.start() >= _SHORTEST_OF_JWT:
            return run[: begin.start()] + HIDDEN
    return run


def _is_plain(body: str) -> bool:
    """Whether a short body has nothing to hide and nothing to cut; if in doubt, no."""
    if len(body) > WHOLE or body.count("},{") >= MOST_LISTED or body.count('","') >= MOST_LISTED:
        return False
    return not any(map(body.lower().__contains__, _TRAITS))


def _written(document: Any, known: Sequence[str] = ()) -> Body:
    """The document written anew, with ever less of it until it is short enough."""
    secrets = known
    for most, longest in ((MOST_LISTED, LONGEST_TEXT), (8, 200), (3, 50)):
        writer = _Writer(most, longest, known)
        try:
            copied = writer.value(document)
            secrets = (*known, *writer.secrets)
            if len(secrets) > MOST_SECRETS:
                break
            if writer.secrets:
                writer = _Writer(most, longest, secrets)  # once more: they may stand in other places too
                copied = writer.value(document)
        except _TooMuch:
            continue
        text = orjson.dumps(copied).decode()
        if len(text) <= MOST_BYTES and (text.isascii() or len(text.encode()) <= MOST_BYTES):
            return Body(text, writer.shortened, secrets)
    return Body(NOTHING, True, secrets)


class _TooMuch(Exception):
    """What is written is longer than what is kept, whatever comes."""


class _Writer:
    """Copies a document with at most so many elements of a list and characters of a text, without known secrets.

    Raises `_TooMuch` when it is too long already, so that a big document does not take long.
    """

    def __init__(self, most: int, longest: int, known: Sequence[str] = ()) -> None:
        self._most = most
        self._longest = longest
        self._known = known
        self._bytes = 0  # at least so many
        self.shortened = False
        self.secrets: dict[str, None] = {}

    def value(self, value: Any, depth: int = 0) -> Any:
        """The copy of a value."""
        self._bytes += 1
        if self._bytes > MOST_BYTES:
            raise _TooMuch
        if isinstance(value, str):
            return self._cut(value, self._longest)
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
            copied[self._cut(name, _LONGEST_NAME)] = self._hidden(value) if hidden else self.value(value, depth)
        return copied

    def _hidden(self, value: Any) -> str:
        for each in _leaves(value):
            if len(self.secrets) > MOST_SECRETS:
                break
            if len(each) >= _SHORTEST_KNOWN:
                self.secrets[each] = None
        return HIDDEN

    def _cut(self, text: str, longest: int) -> str:
        shown = beginning(text, longest, self._known)
        self._bytes += len(shown)
        self.shortened |= shown.endswith(LEFT_OUT) and shown != text
        return shown


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

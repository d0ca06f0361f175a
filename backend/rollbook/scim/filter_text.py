"""The text of a filter as an expression (RFC 7644 section 3.4.2.2): a linear tokenizer and a small parser.

The whole grammar is read here. What of it can be looked for is decided where the expression is used: `filters` for
lists, `matching` for values inside one resource.
"""

import re
from collections.abc import Callable
from typing import NoReturn

import orjson

from rollbook.domain.immutable import immutable
from rollbook.scim.errors import invalid_filter, invalid_path
from rollbook.scim.reading import shown

MAX_LENGTH = 8192
MAX_DEPTH = 16
"""How deep a filter is nested at most; each level costs SQLite's parser several places of its small stack."""

Literal = str | bool | int | float | None

ReadBare = Callable[[str], str]


@immutable
class Comparison:
    """An attribute compared with a value. For the operator `pr` (present) the value is None."""

    path: str
    operator: str
    value: Literal


@immutable
class Element:
    """One element of a multi-valued attribute satisfies `where`, and the comparison if there is one.

    The comparison stands for `emails[type eq "work"].value eq "x"`, which the RFC does not have and Entra needs (E-13);
    its path is then the sub-attribute's name.
    """

    path: str
    where: "Expression"
    comparison: Comparison | None = None


@immutable
class Conjunction:
    """Every term holds."""

    terms: tuple["Expression", ...]


@immutable
class Disjunction:
    """At least one of the terms holds."""

    terms: tuple["Expression", ...]


@immutable
class Negation:
    """The term does not hold."""

    term: "Expression"


Expression = Comparison | Element | Conjunction | Disjunction | Negation

_OPERATORS = frozenset({"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"})
_NAME = re.compile(r"[A-Za-z$][\w$:.-]*", re.ASCII)
# The alternatives start with different characters, so a text is read once and never twice
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]()]|[^\s"\[\]()]+', re.DOTALL)
_SPACE = re.compile(r"\s*")


@immutable
class Token:
    """A word, a quoted text or a bracket, and where it starts."""

    text: str
    at: int

    @property
    def word(self) -> str:
        """The token in lower case: keywords and operators have no case."""
        return self.text.lower()


@immutable
class Path:
    """A PATCH path: an attribute, perhaps one of its elements, and perhaps a sub-attribute after the brackets."""

    name: str
    where: Expression | None = None
    sub: str | None = None


def parse(text: str, read_bare: ReadBare | None = None) -> Expression:
    """The expression that a filter says. Raises 400 `invalidFilter`.

    `read_bare` is asked for the value that stands without quotes where a text should; None refuses it.
    """
    reader = Reader(text, read_bare=read_bare)
    expression = reader.either(0)
    if (token := reader.peek()) is not None:
        reader.fail(f"and, or, or the end was expected instead of {shown(token.text)}")
    return expression


def parse_path(text: str) -> Path:
    """The parts of a PATCH path (RFC 7644 figure 7). Raises 400 `invalidPath`."""
    reader = Reader(text, path=True)
    path = reader.path()
    if (token := reader.peek()) is not None:
        reader.fail(f"the end was expected instead of {shown(token.text)}")
    return path


class Reader:
    """Reads a filter or a path by recursive descent; `not` binds tightest, then `and`, then `or`."""

    def __init__(self, text: str, *, path: bool = False, read_bare: ReadBare | None = None) -> None:
        self._read_bare = read_bare
        self._what = "path" if path else "filter"
        self._refusal = invalid_path if path else invalid_filter
        self._tokens: list[Token] = []
        self._next = 0
        self._split(text)

    def _split(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            raise self._refusal(f"The {self._what} has {len(text)} characters; at most {MAX_LENGTH} are read.")
        at = _end_of_space(text, 0)
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise self._refusal(f"In the {self._what}, the text from character {at + 1} on has no closing quote.")
            self._tokens.append(Token(match[0], at))
            at = _end_of_space(text, match.end())

    def peek(self) -> Token | None:
        """The next token, left where it is."""
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def take(self, expected: str) -> Token:
        """The next token. Raises 400 if there is none."""
        token = self.peek()
        if token is None:
            self.fail(f"it ends where {expected} was expected")
        self._next += 1
        return token

    def fail(self, problem: str) -> NoReturn:
        """Refuse the text, saying where."""
        token = self.peek()
        where = f" at character {token.at + 1}" if token else ""
        raise self._refusal(f"The {self._what} is not valid{where}: {problem}.")

    def path(self) -> Path:
        """A whole path."""
        name = self._name()
        if (following := self.peek()) is None or following.text != "[":
            return Path(name)
        self._next += 1
        where = self._closed("]", 0)
        if (following := self.peek()) is None or not following.text.startswith("."):
            return Path(name, where)
        self._next += 1
        return Path(name, where, following.text[1:])

    def either(self, depth: int) -> Expression:
        """Terms joined by `or`."""
        terms = [self.all(depth)]
        while (token := self.peek()) is not None and token.word == "or":
            self._next += 1
            terms.append(self.all(depth))
        return terms[0] if len(terms) == 1 else Disjunction(tuple(terms))

    def all(self, depth: int) -> Expression:
        """Terms joined by `and`."""
        terms = [self.term(depth)]
        while (token := self.peek()) is not None and token.word == "and":
            self._next += 1
            terms.append(self.term(depth))
        return terms[0] if len(terms) == 1 else Conjunction(tuple(terms))

    def term(self, depth: int) -> Expression:
        """One term: negated, in parentheses, a comparison, or a value path."""
        if depth > MAX_DEPTH:
            self.fail(f"it is nested more than {MAX_DEPTH} levels deep")
        token = self.peek()
        if token is not None and token.word in ("not", "("):
            self._next += 1
            if token.word == "(":
                return self._closed(")", depth)
            self._expect("(")
            return Negation(self._closed(")", depth))
        name = self._name()
        if (following := self.peek()) is None or following.text != "[":
            return self._comparison(name)
        self._next += 1
        where = self._closed("]", depth)
        if (following := self.peek()) is None or not following.text.startswith("."):
            return Element(name, where)
        self._next += 1
        return Element(name, where, self._comparison(following.text[1:]))

    def _name(self) -> str:
        token = self.take("an attribute")
        if not _NAME.fullmatch(token.text):
            self._next -= 1
            self.fail(f"an attribute was expected instead of {shown(token.text)}")
        return token.text

    def _comparison(self, path: str) -> Comparison:
        operator = self.take(f"an operator after {path}").word
        if operator == "pr":
            return Comparison(path, operator, None)
        if operator not in _OPERATORS:
            self._next -= 1
            self.fail(f"an operator such as eq was expected instead of {shown(operator)}")
        return Comparison(path, operator, self._literal())

    def _literal(self) -> Literal:
        token = self.take("a value")
        word = token.word
        if word in ("true", "false", "null"):
            return {"true": True, "false": False}.get(word)
        if self._read_bare is not None and not token.text.startswith('"') and token.text not in "[]()":
            return self._read_bare(token.text)
        try:
            value = orjson.loads(token.text)
        except orjson.JSONDecodeError:
            value = []
        if isinstance(value, str) and "\0" in value:
            self._next -= 1
            self.fail("the value holds the character U+0000, which no attribute has")
        if not isinstance(value, str | int | float):
            self._next -= 1
            self.fail(f"{shown(token.text)} is not a value; a text stands in double quotes")
        return value

    def _closed(self, mark: str, depth: int) -> Expression:
        inner = self.either(depth + 1)
        self._expect(mark)
        return inner

    def _expect(self, mark: str) -> None:
        token = self.take(mark)
        if token.text != mark:
            self._next -= 1
            self.fail(f"{mark} was expected instead of {shown(token.text)}")


def _end_of_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at

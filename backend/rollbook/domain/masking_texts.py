"""Personal values out of single texts: a value keeps its first character; a filter, a path and a sentence their shape.

Masking what is masked changes nothing. Every text is read once from its beginning to its end, however long it is.
"""

import re
from collections.abc import Callable, Iterator

from rollbook.domain.values import parse_id

Mask = Callable[[str], str]

MASK = "•••"

_BOOLEANS = {"true", "false", "null"}
"""Also as texts, as Entra writes them (E-12)."""
_CANONICAL = {"direct", "fax", "home", "indirect", "main", "mobile", "other", "pager", "photo", "primary"}
_CANONICAL |= {"thumbnail", "work"}
"""Types of values: those of RFC 7643 sections 2.4 and 4.1.2, and what clients use besides."""
_ROLES = {"admin", "admins", "group", "user", "users"}
_OF_MESSAGES = {"add", "ascending", "delete", "descending", "get", "head", "patch", "post", "put", "remove", "replace"}
_WORDS = frozenset(_BOOLEANS | _CANONICAL | _ROLES | _OF_MESSAGES)
_SEGMENTS = frozenset(
    {".search", "api", "bulk", "groups", "me", "resourcetype", "resourcetypes", "schema", "schemas", "scim"}
    | {"serviceproviderconfig", "serviceproviderconfigs", "v1", "v2", *_ROLES}
)
"""Parts of an address that SCIM has, and those that clients have instead of them or too many of."""

LEFT_OUT = re.compile(r"…(?: \d+ more)?|not JSON, \d+ bytes")
"""What stands in the place of what was left out of a body."""
_OF_RESOURCE = re.compile(r'W/"\d+"|(?:https?://[^\s@]+|\.\.)?/(?:Users|Groups)/(?P<name>[^\s@/]+)')
"""An entity tag, and the address of a resource."""

_RUN = re.compile(r"([^\s@\"'<>(),;:\\\[\]/=]++)(@(?=[^\s@\"'<>(),;:\\\[\]]))?")
_QUOTED = re.compile(r"""(?<!\w)(["'])((?:\\.|.)*?)(?:\1(?!\w)|$)""", re.DOTALL)
_TOKEN = re.compile(r'"(?:\\.|[^"\\])*+"?|\'[^\']*\'|[\[\]()]|[^\s"\[\]()]+', re.DOTALL)
_NAME = re.compile(r"(?:[^\W\d]|\$)[\w$:.-]*")
_SUB_ATTRIBUTE = re.compile(r"\.[^\W\d][\w$.-]*")
_MORE = re.compile(r"\d+ more")
_COMPARED = re.compile(r"(\b(?:eq|ne|co|sw|ew|gt|ge|lt|le) )([^\s\"'()\[\]]+)")
_OPERATORS = frozenset({"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"})


def masked_text(text: str) -> str:
    """The text's first character; of an address the domain too. A word that SCIM defines, or an id, stays."""
    if not text or text == MASK or text.lower() in _WORDS or text.startswith("urn:ietf:params:scim:"):
        return text
    if parse_id(text) or _is_of_resource(text) or LEFT_OUT.fullmatch(text):
        return text
    name, _, domain = text.rpartition("@")
    if name and domain and not re.search(r"\s", text):
        return f"{name[0]}{MASK}@{domain}"
    return text[0] + MASK


def masked_path(path: str) -> str:
    """The path of an address: its segments stay that are ids, or that SCIM has."""
    return "/".join(map(_masked_segment, path.split("/")))


def masked_filter(text: str, *, may_be_name: bool = False) -> str:
    """A filter without the values that it compares with, also one that cannot be read.

    Only operators, brackets and the attributes before an operator stay. `may_be_name`: it may be a PATCH path as well,
    so that a name may stand alone.
    """
    tokens = list(_TOKEN.finditer(text))
    words = [token[0] for token in tokens]
    if may_be_name and len(words) == 1 and _NAME.fullmatch(words[0]):
        return text
    shown, end = [], 0
    for token, masked in zip(tokens, _masked_tokens(words, may_be_name=may_be_name), strict=True):
        if masked is not None:
            shown.append(text[end : token.start()] + masked)
        end = token.end()
    return "".join(shown) + text[end:]


def masked_names(text: str) -> str:
    """A list of attributes, joined by commas."""
    return ",".join(
        each if not each or _NAME.fullmatch(each.strip()) else masked_text(each) for each in text.split(",")
    )


def masked_sentence(text: str) -> str:
    """A text of ours, such as the detail of a refusal, with what it quotes of a request masked."""
    if text.startswith("The token '"):
        return text  # what it quotes is what an admin called the token
    for trait, before, after, mask in _QUOTES:
        if trait in text:
            text = _masked_between(text, before, after, mask)
    text = _COMPARED.sub(lambda found: found[1] + masked_text(found[2]), text)
    if '"' in text or "'" in text:
        text = _QUOTED.sub(lambda found: f"{found[1]}{masked_text(found[2])}{found[1]}", text)
    return without_addresses(text)


def without_addresses(text: str) -> str:
    """The text with every e-mail address in it masked up to its domain."""
    if "@" not in text:
        return text
    return _RUN.sub(lambda found: f"{found[1][0]}{MASK}@" if found[2] else found[0], text)


def _is_of_resource(text: str) -> bool:
    found = _OF_RESOURCE.fullmatch(text)
    if found is None:
        return False
    return found["name"] is None or found["name"].lower() in _ROLES or parse_id(found["name"]) is not None


def _masked_segment(segment: str) -> str:
    if segment.lower() in _SEGMENTS:
        return segment
    before, colon, name = segment.partition(":")
    return before + colon + masked_text(name) if colon and before == "bulkId" else masked_text(segment)


def _masked_tokens(words: list[str], *, may_be_name: bool) -> Iterator[str | None]:
    """What is shown of each token of a filter; None: nothing, since it belongs to the value before it."""
    before = "begin"  # what stood before: begin, name, operator, value, or closed
    for word, following in zip(words, [*words[1:], ""], strict=True):
        lowered, shown = word.lower(), word
        if word in "([":
            before = "begin"
        elif word in ")]":
            before = "closed"
        elif before == "begin" and _leads(lowered, word, following.lower(), may_be_name=may_be_name):
            before = "begin" if lowered == "not" else "name"
        elif before == "name" and (lowered in _OPERATORS or lowered == "pr"):
            before = "operator" if lowered in _OPERATORS else "closed"
        elif before in ("value", "closed") and lowered in ("and", "or"):
            before = "begin"
        elif before == "closed" and _SUB_ATTRIBUTE.fullmatch(word):
            before = "name"
        elif before == "value":
            yield None
            continue
        else:
            shown, before = _masked_word(word), "value"
        yield shown


def _leads(lowered: str, word: str, following: str, *, may_be_name: bool) -> bool:
    """Whether a word where an attribute may stand is one, or the word not before a parenthesis."""
    if lowered == "not":
        return following == "("
    is_followed = following in _OPERATORS or following in ("pr", "[")
    return (is_followed or (may_be_name and not following)) and _NAME.fullmatch(word) is not None


def _masked_word(word: str) -> str:
    for quote in ('"', "'"):
        if word.startswith(quote):
            inner = word[1:-1] if len(word) > 1 and word.endswith(quote) else word[1:]
            return quote + masked_text(inner) + quote
    return masked_text(word)


def _masked_unless_urn(text: str) -> str:
    return without_addresses(text) if text.startswith("urn:") else masked_text(text)


def _masked_address(text: str) -> str:
    return masked_path(text) if text.startswith("/") else masked_text(text)


def _masked_ids(text: str) -> str:
    ids, more, count = text.partition(" and ")
    return (
        ", ".join(map(masked_text, ids.split(", ")))
        + more
        + (count if _MORE.fullmatch(count) else MASK if more else "")
    )


def _masked_order(text: str) -> str:
    name, use, others = text.partition("; use displayName, ")
    return (name if _NAME.fullmatch(name) else masked_text(name)) + use + others


def _masked_token(text: str) -> str:
    return text if text in ("[", "]", "(", ")") else masked_text(text)


def _masked_between(text: str, before: str, after: str, mask: Mask) -> str:
    """What stands between the first of these and the last of those; without the latter, up to the end."""
    begin = text.find(before) + len(before)
    if begin < len(before):
        return text
    end = text.rfind(after, begin) if after else -1
    if end < 0:
        end = len(text) - text.endswith(".")
    return text[:begin] + mask(text[begin:end]) + text[end:] if begin < end else text


_QUOTES: tuple[tuple[str, str, str, Mask], ...] = (
    ("the string", 'the string "', '"', masked_text),
    ("expected instead of", "expected instead of ", "", _masked_token),
    ("an operator after", "an operator after ", " was expected", masked_text),
    ("is not a value;", ": ", " is not a value;", masked_text),
    ("is a moment such as", "Z; ", " is none.", masked_text),
    ("without quotes was read", "In the filter, ", " without quotes was read", masked_text),
    ("is nothing at", "There is nothing at ", ". The resources", _masked_address),
    ("was read from behind", "The address ", " was read from behind", _masked_address),
    ("no resource type", "There is no resource type ", "", masked_text),
    ("There is no schema", "There is no schema ", "", _masked_unless_urn),
    ("be sorted by", "be sorted by ", "", _masked_order),
    ("schemas names", "schemas names ", ", which is no schema", _masked_unless_urn),
    ("is no schema of", "schemas: ", " was ignored; it is no schema", _masked_unless_urn),
    ("bulkId:", "bulkId:", ": ", masked_text),
    ("The bulkId", "The bulkId ", " stands in more than one", masked_text),
    ("cannot stand in a bulk request; its", "", " cannot stand in a bulk request; its", _masked_address),
    ("has this id", "has this id: ", "", _masked_ids),
)
"""What quotes a client's words without quotation marks: a trait, what stands before and after them, and their mask."""

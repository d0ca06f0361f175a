"""What a list query asks for, and the list message that answers it (RFC 7644 section 3.4.2)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rollbook.scim.errors import invalid_filter, invalid_value
from rollbook.scim.reading import shown

LIST_URN = "urn:ietf:params:scim:api:messages:2.0:ListResponse"

DEFAULT_COUNT = 100
MAX_COUNT = 1000
_LARGEST = 2**53 - 1  # what every JSON reader keeps exact

_INTEGER = re.compile(r"[+-]?[0-9]{1,32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Window:
    """Which stretch of a list is wanted: from the 1-based `start_index`, at most `count` resources."""

    start_index: int = 1
    count: int = DEFAULT_COUNT

    @property
    def offset(self) -> int:
        """How many resources come before the first one, within what a database can count."""
        return self.start_index - 1


def window_of(parameters: Mapping[str, str]) -> Window:
    """The window that the query asks for: too small is 1 and 0, too large is the most there is (section 3.4.2.4)."""
    return Window(
        max(1, _integer(parameters, "startIndex", 1)),
        min(max(0, _integer(parameters, "count", DEFAULT_COUNT)), MAX_COUNT),
    )


def filter_of(parameters: Mapping[str, str]) -> str | None:
    """The text of the filter, or None without one. An empty one is refused, not read as: everybody."""
    text = parameters.get("filter")
    if text is not None and not text.strip():
        raise invalid_filter("The filter is empty; leave it out to list everybody.")
    return text


def _integer(parameters: Mapping[str, str], name: str, default: int) -> int:
    text = parameters.get(name.lower(), "").strip()
    if not text:
        return default
    if not _INTEGER.fullmatch(text):
        raise invalid_value(f"{name} must be an integer; it is {shown(text, 40)!r}.")
    return min(int(text), _LARGEST)


def head_of(total: int, window: Window, items: int) -> bytes:
    """The list message up to the first resource. The numbers are numbers (O-41) and `startIndex` the one asked for."""
    return (
        f'{{"schemas":["{LIST_URN}"],"totalResults":{total},"startIndex":{window.start_index},'
        f'"itemsPerPage":{items},"Resources":['
    ).encode()


def list_message(total: int, window: Window, resources: Iterable[bytes]) -> bytes:
    """A list message around rendered resources."""
    rendered = list(resources)
    return head_of(total, window, len(rendered)) + b",".join(rendered) + b"]}"

"""What a list query asks for, and the list message that answers it (RFC 7644 section 3.4.2, RFC 9865)."""

import asyncio
import re
from collections.abc import Iterable, Mapping

from rollbook.domain.immutable import immutable
from rollbook.scim.errors import ScimError, invalid_filter, invalid_value
from rollbook.scim.reading import shown

LIST_URN = "urn:ietf:params:scim:api:messages:2.0:ListResponse"

DEFAULT_COUNT = 100
MAX_COUNT = 1000
RENDERED_AT_ONCE = 250
"""So many resources take some milliseconds, after which others have their turn."""

_LARGEST = 2**53 - 1  # what every JSON reader keeps exact

_INTEGER = re.compile(r"[+-]?[0-9]{1,32}", re.ASCII)


@immutable
class Window:
    """Which stretch of a list is wanted: from the 1-based `start_index`, at most `count` resources."""

    start_index: int = 1
    count: int = DEFAULT_COUNT

    @property
    def offset(self) -> int:
        """How many resources come before the first one."""
        return self.start_index - 1


@immutable
class ListQuery:
    """A list query as it was sent, its numbers clamped.

    `cursor` is None for paging by index, empty for the first page by cursor (RFC 9865 section 2).
    """

    window: Window
    filter: str | None
    sort_by: str | None
    descending: bool
    cursor: str | None


def query_of(parameters: Mapping[str, str]) -> ListQuery:
    """What the query asks for. Raises 400 `invalidFilter` and `invalidValue`."""
    cursor = parameters.get("cursor")
    if cursor is not None and parameters.get("startindex", "").strip():
        raise invalid_value("startIndex and cursor are two ways of paging; send one of them.")
    order = parameters.get("sortorder", "").strip().lower() or "ascending"
    if order not in ("ascending", "descending"):
        raise invalid_value(f"sortOrder must be ascending or descending; it is {shown(order, 40)!r}.")
    return ListQuery(
        window=_window_of(parameters),
        filter=_filter_of(parameters),
        sort_by=parameters.get("sortby", "").strip() or None,
        descending=order == "descending",
        cursor=cursor,
    )


def _window_of(parameters: Mapping[str, str]) -> Window:
    """Too small a number is 1 and 0, too large a count the most there is (section 3.4.2.4)."""
    return Window(
        max(1, _integer(parameters, "startIndex", 1)),
        min(max(0, _integer(parameters, "count", DEFAULT_COUNT)), MAX_COUNT),
    )


def _filter_of(parameters: Mapping[str, str]) -> str | None:
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
        # RFC 9865 section 2.1 has a word of its own for a count that goes with a cursor
        by_cursor = name == "count" and "cursor" in parameters
        detail = f"{name} must be an integer; it is {shown(text, 40)!r}."
        raise ScimError(400, detail, scim_type="invalidCount" if by_cursor else "invalidValue")
    return min(int(text), _LARGEST)


def head_of(total: int, query: ListQuery, items: int, *, next_cursor: str | None = None) -> bytes:
    """The list message up to the first resource. The numbers are numbers (O-41) and `startIndex` the one asked for."""
    paging = "" if query.cursor is not None else f'"startIndex":{query.window.start_index},'
    following = "" if next_cursor is None else f'"nextCursor":"{next_cursor}",'
    return (
        f'{{"schemas":["{LIST_URN}"],"totalResults":{total},{paging}"itemsPerPage":{items},{following}"Resources":['
    ).encode()


async def in_turns(resources: Iterable[bytes]) -> list[bytes]:
    """The resources, rendered as they come; a long list lets others pass."""
    rendered: list[bytes] = []
    for resource in resources:
        rendered.append(resource)
        if len(rendered) % RENDERED_AT_ONCE == 0:
            await asyncio.sleep(0)
    return rendered


def list_message(total: int, query: ListQuery, resources: Iterable[bytes], *, next_cursor: str | None = None) -> bytes:
    """A list message around rendered resources."""
    rendered = list(resources)
    return head_of(total, query, len(rendered), next_cursor=next_cursor) + b",".join(rendered) + b"]}"

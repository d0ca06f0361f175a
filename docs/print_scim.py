"""Writes the printed parts of docs/scim.md, its attributes and limits, from the code. Run by `make docs`."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from rollbook.domain import memberships
from rollbook.scim import (
    bulk_message,
    cursors,
    filter_text,
    group_change,
    group_filter,
    listing,
    patch,
    requests,
    user_resource,
    validation,
)
from rollbook.scim.attributes import Attribute, Mutability, Returned, Schema, Uniqueness
from rollbook.scim.errors import ScimError
from rollbook.scim.filters import criterion_of
from rollbook.scim.listing import query_of
from rollbook.scim.reading import Reading
from rollbook.scim.schemas import SCHEMAS, USER
from rollbook.scim.sorting import member_order

PAGE = Path(__file__).with_name("scim.md")

_PART = re.compile(r"(<!-- printed: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

_LIMITS = (
    ("body of a request to /Users or .search", f"{requests.USER_BODY:,} bytes", "413"),
    ("body of a request to /Groups", f"{requests.GROUP_BODY:,} bytes", "413"),
    ("body of a request to /Bulk", f"{bulk_message.MAX_PAYLOAD:,} bytes", "413"),
    ("operations in a PATCH of a User", f"{patch.MAX_OPERATIONS:,}", "413"),
    ("operations in a PATCH of a Group", f"{group_change.MAX_OPERATIONS:,}", "413"),
    ("members in one operation or PUT of a Group", "as many as the body holds", ""),
    ("operations in a bulk request", f"{bulk_message.MAX_OPERATIONS:,}", "413"),
    ("levels of nesting in a body", f"{requests.MAX_DEPTH:,}", "400 `invalidSyntax`"),
    ("values of one multi-valued attribute", f"{validation.MAX_VALUES:,}", "400 `invalidValue`"),
    ("profile of one User, over all requests", f"{user_resource.MAX_PROFILE:,} characters", "413"),
    ("userName", f"{memberships.MAX_USER_NAME:,} characters", "400 `invalidValue`"),
    ("externalId", f"{memberships.MAX_EXTERNAL_ID:,} characters", "400 `invalidValue`"),
    ("the e-mail address that Rollbook goes by", f"{memberships.MAX_EMAIL:,} characters", "400 `invalidValue`"),
    ("resources on one page", f"{listing.DEFAULT_COUNT:,} unless asked, {listing.MAX_COUNT:,} at most", "fewer come"),
    ("time until a cursor expires", f"{cursors.CURSOR_SECONDS:,} seconds", "400 `expiredCursor`"),
    ("filter or path", f"{filter_text.MAX_LENGTH:,} characters", "400 `invalidFilter`, `invalidPath`"),
    ("levels of parentheses in a filter", f"{filter_text.MAX_DEPTH:,}", "400 `invalidFilter`"),
    (
        "questions about members in one filter, besides those by id",
        f"{group_filter.MAX_QUESTIONS:,}",
        "400 `invalidFilter`",
    ),
    ("parameters in a query", f"{requests.MAX_PARAMETERS:,}", "400 `invalidValue`"),
)


def scim_page(page: str) -> str:
    """The page with its printed parts as the code has them now."""
    parts = {"attributes": "\n".join(_attributes()), "limits": "\n".join(_limits())}
    return _PART.sub(lambda part: f"{part[1]}\n{parts[part[2]]}\n\n{part[3]}", page)


def _attributes() -> Iterator[str]:
    for at, schema in enumerate(SCHEMAS):
        if at:
            yield ""
        yield f"### {schema.name}"
        yield ""
        yield f"`{schema.id}`. {schema.description}"
        yield ""
        yield from _table(("attribute", "type", "meaning", "rules"), _rows(schema))


def _rows(schema: Schema) -> Iterator[tuple[str, ...]]:
    for attribute in schema.attributes:
        yield _row(schema, attribute, attribute.name)
        for sub in attribute.sub_attributes:
            yield _row(schema, sub, f"{attribute.name}.{sub.name}")


def _row(schema: Schema, attribute: Attribute, name: str) -> tuple[str, ...]:
    kind = f"{attribute.type}[]" if attribute.multi_valued else str(attribute.type)
    return f"`{name}`", kind, attribute.description, "; ".join(_rules(schema, attribute, name))


def _rules(schema: Schema, attribute: Attribute, name: str) -> Iterator[str]:
    if attribute.required:
        yield "required"
    if attribute.mutability is not Mutability.READ_WRITE:
        yield {"readOnly": "read-only", "writeOnly": "write-only"}.get(attribute.mutability, str(attribute.mutability))
    if attribute.uniqueness is Uniqueness.SERVER:
        yield "unique in the organization"
    if attribute.case_exact:
        yield "case counts"
    if attribute.returned is Returned.ALWAYS:
        yield "always returned"
    elif attribute.returned is Returned.NEVER:
        yield "never returned"
    if attribute.canonical_values:
        yield f"suggested: {', '.join(attribute.canonical_values)}"
    if not attribute.published and "." not in name:
        yield "not in /Schemas"
    if schema in USER.schemas:
        yield from _questions(name if schema is USER.schema else f"{schema.id}:{name}")


def _questions(path: str) -> Iterator[str]:
    """What the engine refuses to do with an attribute of a User; complex ones are asked about by their parts."""
    if not _takes(lambda: criterion_of(f"{path} pr", USER, Reading(strict=True))):
        yield "no filter"
    if not _takes(lambda: member_order(query_of({"sortby": path}))):
        yield "no sort"


def _takes(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except ScimError:
        return False
    return True


def _limits() -> Iterator[str]:
    return _table(("of what", "at most", "more is"), _LIMITS)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for line in (head, ("---",) * len(head), *rows):
        yield "| " + " | ".join(line) + " |"


if __name__ == "__main__":
    PAGE.write_text(scim_page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

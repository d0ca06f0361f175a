"""Writes docs/errors.md from the error classes and the two tables that render them. Run by `make docs`."""

import inspect
from collections.abc import Callable, Iterable
from pathlib import Path

from rollbook.domain import errors
from rollbook.domain.errors import DomainError
from rollbook.graphql.errors import UNION_MEMBERS
from rollbook.scim import errors as scim

PAGE = Path(__file__).with_name("errors.md")

_PROTOCOL = (
    scim.invalid_filter,
    scim.invalid_path,
    scim.invalid_syntax,
    scim.invalid_value,
    scim.mutability,
    scim.no_target,
)

_PAGE = """\
# Errors

Printed from the error classes by `make docs`; edit `domain/errors.py` instead. Each error carries a message that says
what is wrong and what to do. It never holds a secret or another organization's data.

## Refusals

The same refusal, as each facade tells it. A mutation answers with the named member of its result union; a query, and
whatever has no member, answers with an entry in `errors` that has the code in `extensions.code`. The command line
prints the message and exits with 1.

{refusals}

Anything else is a fault of Rollbook: 500 in SCIM, code `INTERNAL` in GraphQL, without detail but with the request id
that the server's log has beside the traceback.

## Refusals of the SCIM protocol

What a request may get wrong before any rule of Rollbook is asked (RFC 7644, table 9).

{protocol}
"""


def errors_page() -> str:
    """The whole page."""
    return _PAGE.format(
        refusals=_table(("code", "meaning", "SCIM", "GraphQL"), map(_refusal, _refusals())),
        protocol=_table(("scimType", "status", "meaning"), map(_protocol, _PROTOCOL)),
    )


def _refusals() -> list[type[DomainError]]:
    own = (kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, DomainError))
    return sorted((kind for kind in own if kind is not DomainError), key=lambda kind: kind.code)


def _refusal(error: type[DomainError]) -> tuple[str, ...]:
    status, scim_type = scim.DOMAIN_ERRORS[error]
    member = UNION_MEMBERS.get(error)
    told = f"{status} `{scim_type}`" if scim_type else f"{status}"
    return f"`{error.code}`", inspect.getdoc(error) or "", told, f"`{member.__name__}`" if member else "in `errors`"


def _protocol(make: Callable[[str], scim.ScimError]) -> tuple[str, ...]:
    error = make("")
    return f"`{error.scim_type}`", str(error.status), inspect.getdoc(make) or ""


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(" ".join(cell.split()) for cell in line) + " |" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(errors_page(), encoding="utf-8")

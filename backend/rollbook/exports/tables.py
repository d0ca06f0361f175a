"""Comma-separated values (RFC 4180) that a spreadsheet can be trusted to open."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

BYTE_ORDER_MARK = "\ufeff"
"""Without it, spreadsheets read UTF-8 as an old code page, and every name with an accent is broken."""

_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that spreadsheets take for a formula and run."""


def head(columns: Sequence[str]) -> str:
    """The beginning of a file: the mark, and the names of the columns."""
    return BYTE_ORDER_MARK + rows([columns])


def rows(values: Iterable[Sequence[object]]) -> str:
    """The lines of some rows. None is an empty cell; a text that could be a formula gets an apostrophe in front."""
    text = StringIO()
    csv.writer(text).writerows([_cell(value) for value in row] for row in values)
    return text.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = str(value)
    return f"'{text}" if text.startswith(_BEGINNINGS) else text

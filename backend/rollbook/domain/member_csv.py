"""Reads the CSV text of a member import. What is wrong with one row is told of that row, later, by the job."""

import csv
import io
from collections.abc import Iterator

from rollbook.domain.errors import InvalidValue, TooLarge
from rollbook.domain.jobs import PersonTask
from rollbook.domain.values import key

MAX_ROWS = 10_000
MAX_ABOUT = 320

_COLUMNS = ("email", "name", "role")
_DELIMITERS = ",;\t"


def import_tasks(text: str) -> list[PersonTask]:
    """A task for each row below the header. Blank lines are none.

    The header names the columns email (required), name and role, in any order and case; comma, semicolon or tab
    separates. Raises `InvalidValue` for what cannot be read as a whole, `TooLarge`.
    """
    text = text.removeprefix("\ufeff")  # Excel's mark of UTF-8
    _refuse_broken_text(text)
    rows = _rows(text)
    header = _header(next(rows, []))
    tasks: list[PersonTask] = []
    seen: dict[str, int] = {}
    for values in rows:
        if len(tasks) == MAX_ROWS:
            raise TooLarge(f"csv has more than {MAX_ROWS} rows. Import them in parts.", limit=MAX_ROWS)
        tasks.append(_task(header, values, seen, len(tasks) + 1))
    if not tasks:
        raise InvalidValue("csv has a header and no row below it.", field="csv")
    return tasks


def _refuse_broken_text(text: str) -> None:
    for character in ("\ufffd", "\0"):
        if character in text:
            line = text[: text.index(character)].count("\n") + 1
            raise InvalidValue(
                f"csv was not read as UTF-8: line {line} holds U+{ord(character):04X}. "
                "Save the file as CSV in UTF-8 and read it as such.",
                field="csv",
            )


def _rows(text: str) -> Iterator[list[str]]:
    """The values of each line that has any, without outer spaces."""
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
    try:
        for values in reader:
            trimmed = [value.strip() for value in values]
            if any(trimmed):
                yield trimmed
    except csv.Error as error:
        raise InvalidValue(f"csv cannot be read near line {reader.line_num}: {error}.", field="csv") from None


def _header(values: list[str]) -> list[str]:
    names = [value.lower() for value in values]
    if "email" not in names:
        raise InvalidValue(
            "csv needs a header line with the column email; name and role are optional. "
            f"The first line is: {', '.join(values)[:200]!r}.",
            field="csv",
        )
    for name in names:
        if name not in _COLUMNS:
            raise InvalidValue(f"csv has the column {name[:100]!r}; the columns are email, name and role.", field="csv")
        if names.count(name) > 1:
            raise InvalidValue(f"csv has the column {name} twice.", field="csv")
    return names


def _task(header: list[str], values: list[str], seen: dict[str, int], number: int) -> PersonTask:
    found = dict(zip(header, values, strict=False))
    email = found.get("email", "")
    if len(values) > len(header):
        mistake = f"The row has {len(values)} values, and the header has {len(header)}."
        return PersonTask(email[:MAX_ABOUT], mistake=mistake)
    if not email:
        return PersonTask("", mistake="The row has no e-mail address.")
    first = seen.setdefault(key(email), number)
    return PersonTask(
        email=email,
        name=found.get("name") or None,
        role=found.get("role") or None,
        same_as=first if first != number else None,
    )

"""The people that a simulation provisions: read from a CSV file, or made up."""

import csv
import re
import unicodedata
from collections.abc import Iterator
from importlib.resources import files
from io import StringIO
from pathlib import Path

from rollbook.domain.immutable import immutable

REQUIRED = ("userName", "givenName", "familyName")
OPTIONAL = ("email", "title", "department")

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


@immutable
class Person:
    """Somebody who is assigned to the application in the identity provider."""

    user_name: str
    given_name: str
    family_name: str
    email: str
    title: str = ""
    department: str = ""

    @property
    def display_name(self) -> str:
        """The name to show, as Okta composes it by default."""
        return f"{self.given_name} {self.family_name}"


class PeopleFileError(ValueError):
    """A CSV file of people cannot be used. The text names the line and the column, and what to do."""


def load_people(path: Path) -> list[Person]:
    """The people in a CSV file with the columns of ``REQUIRED`` and, if wanted, of ``OPTIONAL``, in any order.

    An empty e-mail is taken from the userName. Raises PeopleFileError.
    """
    try:
        # utf-8-sig: spreadsheet programs put a byte order mark in front
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise PeopleFileError(f"{path}: cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise PeopleFileError(f"{path}: is not UTF-8 text (byte {error.start}). Save it as CSV UTF-8.") from error
    return parse_people(text, path.name)


def parse_people(text: str, name: str) -> list[Person]:
    """The people in the text of a CSV file called ``name``. Raises PeopleFileError."""
    rows = _rows(text, name)
    header_line, header = next(rows, (1, []))
    columns = [column.strip() for column in header]
    _check_header(columns, f"{name}, line {header_line}")

    people: list[Person] = []
    first_line_of: dict[str, int] = {}
    for line, row in rows:
        person = _person(columns, row, f"{name}, line {line}")
        key = unicodedata.normalize("NFC", person.user_name).casefold()
        if key in first_line_of:
            raise PeopleFileError(
                f"{name}, line {line}, column userName: {person.user_name!r} is already on line {first_line_of[key]} "
                "(capitals do not matter). Give each person their own userName."
            )
        first_line_of[key] = line
        people.append(person)
    if not people:
        raise PeopleFileError(f"{name}: has no people below its header. Add one line for each person.")
    return people


def sample_people(count: int) -> list[Person]:
    """``count`` distinct made-up people, always the same: first the shipped ones, then combinations of their names."""
    shipped = parse_people(files(__package__).joinpath("people.csv").read_text(encoding="utf-8"), "people.csv")
    return [*shipped[:count], *(_made_up(shipped, index) for index in range(len(shipped), count))]


SAMPLE_SIZE = 25
"""How many people the shipped file holds."""


def _made_up(shipped: list[Person], index: int) -> Person:
    row, column = divmod(index, len(shipped))
    given, family = shipped[column], shipped[(column + row) % len(shipped)]
    name = f"{given.user_name.split('.')[0]}.{family.user_name.split('@')[0].split('.', 1)[1]}.{index + 1}@acme.test"
    return Person(name, given.given_name, family.family_name, name, family.title, family.department)


def _rows(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, with the number of the line on which it begins."""
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for row in reader:
            if any(field.strip() for field in row):
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise PeopleFileError(f"{name}, line {line}: is not well-formed CSV: {error}.") from error


def _check_header(columns: list[str], where: str) -> None:
    known = (*REQUIRED, *OPTIONAL)
    for column in columns:
        if column not in known:
            hint = " Separate the columns by commas." if ";" in column or "\t" in column else ""
            raise PeopleFileError(f"{where}: unknown column {column!r}. The columns are {', '.join(known)}.{hint}")
        if columns.count(column) > 1:
            raise PeopleFileError(f"{where}: column {column} appears twice. Keep one.")
    for column in REQUIRED:
        if column not in columns:
            raise PeopleFileError(f"{where}: column {column} is missing. The header must name {', '.join(REQUIRED)}.")


def _person(columns: list[str], row: list[str], where: str) -> Person:
    if len(row) != len(columns):
        raise PeopleFileError(
            f"{where}: has {len(row)} fields, but the header has {len(columns)}. "
            "Put quotes around a value that contains a comma."
        )
    values = {column: value.strip() for column, value in zip(columns, row, strict=True)}
    for column, value in values.items():
        if column in REQUIRED and not value:
            raise PeopleFileError(f"{where}, column {column}: is empty. Every person needs one.")
        if not value.isprintable():
            raise PeopleFileError(f"{where}, column {column}: has a line break or control character. Remove it.")
    email = values.get("email") or values["userName"]
    if not _ADDRESS.fullmatch(email):
        column = "email" if values.get("email") else "userName"
        advice = "Correct it." if values.get("email") else "Fill in the email column for this person."
        raise PeopleFileError(f"{where}, column {column}: {email!r} is not an e-mail address. {advice}")
    return Person(
        user_name=values["userName"],
        given_name=values["givenName"],
        family_name=values["familyName"],
        email=email,
        title=values.get("title", ""),
        department=values.get("department", ""),
    )

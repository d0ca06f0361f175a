"""`rollbook members import`: people from a CSV file, in as many jobs as it takes."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rollbook.cli.api import OrganizationOption, asking
from rollbook.cli.failures import Refused
from rollbook.cli.printing import JsonOption, as_json, print_table, progress

if TYPE_CHECKING:
    from rollbook.client import JobRow

MOST_ROWS = 10_000
MOST_BYTES = 500_000
"""How much one job takes at most: what the API takes, in rows and (with room for JSON's escapes) in bytes."""

SHOWN_FAILURES = 50


def import_(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", allow_dash=True, help="CSV in UTF-8 with the columns email, name and role; - reads it."
        ),
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only try: tell what would come of each row, and change nothing.")
    ] = False,
    organization: OrganizationOption = None,
    json: JsonOption = False,
) -> None:
    """Add the people in a CSV file; those who are members stay as they are. Ends with 1 if a row failed.

    The header names the columns: email (required), name, role (admin or user).
    """
    parts = list(_parts(_text(file)))
    total = sum(rows for _, rows in parts)
    failed: list[JobRow] = []
    with asking(organization, with_jobs=True) as client, progress("Trying" if dry_run else "Importing", total) as tell:
        before = 0
        for text, rows in parts:
            began = client.import_members(text, dry_run).job
            job = client.wait_for(began.id, lambda job, before=before: tell(before + job.done))  # type: ignore[misc]
            if job.failure is not None:
                raise Refused(f"The import stopped after {before + job.done} of {total} rows: {job.failure}")
            if job.failed:
                for row in client.job_rows(job.id, only_failed=True):
                    failed.append(row.model_copy(update={"number": before + row.number}))
            before += rows
    _report(total, failed, dry_run=dry_run, json=json)
    if failed:
        raise Refused(f"{len(failed)} of {total} rows {'would fail' if dry_run else 'failed'}.")


def _report(total: int, failed: "list[JobRow]", *, dry_run: bool, json: bool) -> None:
    if json:
        as_json({"dryRun": dry_run, "total": total, "failed": len(failed), "failedRows": failed})
        return
    done = total - len(failed)
    typer.echo(f"{done} of {total} rows {'would be imported' if dry_run else 'are imported'}.")
    if failed:
        print_table(
            ("Row", "Person", "Why not"), [(row.number, row.about, row.message) for row in failed[:SHOWN_FAILURES]]
        )
    if len(failed) > SHOWN_FAILURES:
        typer.echo(f"These are the first {SHOWN_FAILURES}; --json tells all.", err=True)


def _text(file: Path) -> str:
    try:
        content = typer.get_binary_stream("stdin").read() if str(file) == "-" else file.read_bytes()
        return content.decode("utf-8-sig")
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Refused(f"{file} is not UTF-8 at byte {error.start}. Save it as CSV in UTF-8.") from error


def _parts(text: str) -> Iterator[tuple[str, int]]:
    """The text in pieces that one job takes, each under the header, with how many rows each has.

    A row that goes over several lines stays whole. What is wrong with the text is the API's to say.
    """
    rows = _rows(text)
    header = next(rows, "")
    part: list[str] = []
    size = len(header.encode())
    for row in rows:
        length = len(row.encode())
        if part and (len(part) == MOST_ROWS or size + length > MOST_BYTES):
            yield header + "".join(part), len(part)
            part, size = [], len(header.encode())
        part.append(row)
        size += length
    yield header + "".join(part), len(part)


def _rows(text: str) -> Iterator[str]:
    """The rows as they are written, without blank ones."""
    lines = io.StringIO(text, newline="").readlines()
    first = next((line for line in lines if line.strip()), "")
    reader = csv.reader(iter(lines), delimiter=max(",;\t", key=first.count), skipinitialspace=True)
    begin = 0
    try:
        for values in reader:
            if any(value.strip() for value in values):
                row = "".join(lines[begin : reader.line_num])
                yield row if row.endswith(("\n", "\r")) else row + "\n"
            begin = reader.line_num
    except csv.Error as error:
        raise Refused(f"The CSV cannot be read near line {reader.line_num}: {error}.") from error

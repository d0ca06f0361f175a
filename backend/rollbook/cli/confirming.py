"""What commands that cannot be undone have in common: a dry run, a confirmation, and counts of rows."""

import sys
from collections.abc import Mapping
from typing import Annotated

import typer

from rollbook.cli.failures import Refused

DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would go, and change nothing.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask; for scripts.")]


def confirm(name: str) -> None:
    """Return if the person types the name; `Refused` otherwise."""
    typer.echo(f"This cannot be undone. Type {name} to go on: ", err=True, nl=False)
    if sys.stdin.readline().strip() != name:
        raise Refused("That is not it; nothing was changed. Scripts say --yes.")


def print_rows(heading: str, rows: Mapping[str, int], *, err: bool = False) -> None:
    """Print how many rows of each table."""
    typer.echo(f"{heading}:", err=err)
    width = max((len(f"{number}") for number in rows.values()), default=1)
    for table, number in rows.items():
        typer.echo(f"  {number:>{width}} {table}", err=err)
    if not rows:
        typer.echo("  nothing", err=err)

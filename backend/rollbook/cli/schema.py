"""`rollbook schema`: the GraphQL schema in SDL, printed, written or compared."""

import difflib
from pathlib import Path
from typing import Annotated

import typer

from rollbook.cli.failures import Refused


def schema(
    check: Annotated[
        Path | None,
        typer.Option(metavar="FILE", dir_okay=False, help="Compare with this file; exit 1 and show what differs."),
    ] = None,
    released: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="The schema of the last release; exit 1 and show what would break its clients.",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", dir_okay=False, help="Write to this file instead of the screen.")
    ] = None,
) -> None:
    """Print the GraphQL schema, or say how it differs from another one.

    Example: rollbook schema --check schema.graphql
    """
    from rollbook.graphql.schema import sdl as graphql_sdl

    if output is not None and (check is not None or released is not None):
        raise typer.BadParameter("give it without --check and --released", param_hint="--output")
    sdl = graphql_sdl()
    if released is not None:
        _keep_promises(released, sdl)
    if output is not None:
        output.write_text(sdl, encoding="utf-8")
    elif check is not None:
        _compare(check, sdl)
    elif released is None:
        typer.echo(sdl, nl=False)


def _keep_promises(released: Path, sdl: str) -> None:
    from rollbook.graphql.compatibility import breaking_changes

    broken = breaking_changes(released.read_text(encoding="utf-8"), sdl)
    if broken:
        typer.echo("\n".join(broken))
        raise Refused(
            f"The code would break clients of the released schema in {released}. Add the new beside the old, and "
            "deprecate what should go."
        )


def _compare(file: Path, sdl: str) -> None:
    before = file.read_text(encoding="utf-8")
    difference = difflib.unified_diff(before.splitlines(), sdl.splitlines(), str(file), "the code", lineterm="", n=2)
    lines = list(difference)
    if lines:
        typer.echo("\n".join(lines))
        raise Refused(f"{file} does not show the schema of the code. If the change is meant: make schema")

"""``rollbook simulate``: plays an identity provider against a SCIM server."""

import asyncio
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from rollbook.simulator.messages import Dialect
from rollbook.simulator.people import SAMPLE_SIZE, PeopleFileError, load_people, sample_people

FAILED = 1
UNREACHABLE = 3

app = typer.Typer(no_args_is_help=True)


@app.callback()
def simulate() -> None:
    """Play an identity provider against a SCIM server, to set up or develop provisioning without one at hand."""


@app.command(epilog="Example: rollbook simulate okta --url http://127.0.0.1:8000/scim/v2 --token rollbook_scim_...")
def okta(
    url: Annotated[
        str, typer.Option(help="The SCIM base URL, for example http://127.0.0.1:8000/scim/v2.", show_default=False)
    ],
    token: Annotated[
        str,
        typer.Option(
            envvar="ROLLBOOK_SCIM_TOKEN",
            help="The bearer token. Given in the environment, it does not stand in the process list.",
            show_default=False,
        ),
    ],
    dialect: Annotated[
        Dialect,
        typer.Option(help="catalog: PUT for profiles, PATCH to (de)activate and for groups. custom-app: PUT for all."),
    ] = Dialect.CATALOG,
    users: Annotated[
        Path | None,
        typer.Option(
            help="A CSV file of people: userName,givenName,familyName and, if wanted, email,title,department.",
            show_default=f"{SAMPLE_SIZE} made-up people",
        ),
    ] = None,
    count: Annotated[
        int | None,
        typer.Option(min=1, help="Make up this many people instead.", show_default=False),
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=100, help="How many people are assigned at the same time.")] = 1,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show only the verdict, not every exchange.")] = False,
) -> None:
    """Play Okta: test the credentials, assign, update, rename and deactivate people, import, push groups.

    For servers made for tests: the people stay there, in the groups Users and (the first one) Admins if there are any.

    It may be run again, and whom it finds active stays so. Of the people new to the server, the last ends deactivated.

    Exit code: 0 every check passed; 1 a check failed; 2 an option or the CSV file is unusable; 3 no answer came.
    """
    # imported here, so that the other commands need not wait for it
    from rich.console import Console

    from rollbook.simulator.client import ServerUnreachable, base_url
    from rollbook.simulator.okta import simulate_okta

    if users and count:
        raise typer.BadParameter("give either --users or --count.", param_hint="--count")
    try:
        base_url(url)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--url") from error
    token = token.strip().removeprefix("Bearer ")
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise typer.BadParameter("must be one word of ASCII characters.", param_hint="--token")
    try:
        people = load_people(users) if users else sample_people(count or SAMPLE_SIZE)
    except PeopleFileError as error:
        raise typer.BadParameter(str(error), param_hint="--users") from error

    if isinstance(sys.stdout, TextIOWrapper):
        # a name that the terminal cannot show must not end the run
        sys.stdout.reconfigure(errors="replace")
    try:
        verdict = asyncio.run(
            simulate_okta(url, token, people=people, dialect=dialect, console=Console(), workers=workers, quiet=quiet)
        )
    except ServerUnreachable as error:
        typer.echo(f"rollbook: {error}.", err=True)
        raise typer.Exit(UNREACHABLE) from error
    if not verdict.passed:
        raise typer.Exit(FAILED)

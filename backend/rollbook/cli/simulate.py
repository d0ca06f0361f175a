"""``rollbook simulate``: plays an identity provider against a SCIM server."""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rollbook.simulator.entra_messages import COMPLIANT_FLAG, EntraDialect, Matching
from rollbook.simulator.okta_messages import OktaDialect
from rollbook.simulator.people import SAMPLE_SIZE, PeopleFileError, Person, load_people, sample_people

if TYPE_CHECKING:
    from rich.console import Console

    from rollbook.simulator.report import Verdict

FAILED = 1
UNREACHABLE = 3

_Url = Annotated[
    str, typer.Option(help="The SCIM base URL, for example http://127.0.0.1:8000/scim/v2.", show_default=False)
]
_Token = Annotated[
    str,
    typer.Option(
        envvar="ROLLBOOK_SCIM_TOKEN",
        help="The bearer token. Given in the environment, it does not stand in the process list.",
        show_default=False,
    ),
]
_Users = Annotated[
    Path | None,
    typer.Option(
        help="A CSV file of people: userName,givenName,familyName and, if wanted, email,title,department.",
        show_default=f"{SAMPLE_SIZE} made-up people",
    ),
]
_Count = Annotated[int | None, typer.Option(min=1, help="Make up this many people instead.", show_default=False)]
_Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show only the verdict, not every exchange.")]

app = typer.Typer(no_args_is_help=True)


@app.callback()
def simulate() -> None:
    """Play an identity provider against a SCIM server, to set up or develop provisioning without one at hand."""


@app.command(epilog="Example: rollbook simulate okta --url http://127.0.0.1:8000/scim/v2 --token rollbook_scim_...")
def okta(
    url: _Url,
    token: _Token,
    dialect: Annotated[
        OktaDialect,
        typer.Option(help="catalog: PUT for profiles, PATCH to (de)activate and for groups. custom-app: PUT for all."),
    ] = OktaDialect.CATALOG,
    users: _Users = None,
    count: _Count = None,
    workers: Annotated[int, typer.Option(min=1, max=100, help="How many people are assigned at the same time.")] = 1,
    quiet: _Quiet = False,
) -> None:
    """Play Okta: test the credentials, assign, update, rename and deactivate people, import, push groups.

    For servers made for tests: the people stay there, in the groups Users and (the first one) Admins if there are any.

    It may be run again, and whom it finds active stays so. Of the people new to the server, the last ends deactivated.

    Exit code: 0 every check passed; 1 a check failed; 2 an option or the CSV file is unusable; 3 no answer came.
    """
    # imported here and below, so that the other commands need not wait for it
    from rollbook.simulator.okta import simulate_okta

    def play(token: str, people: Sequence[Person], console: "Console") -> "Coroutine[Any, Any, Verdict]":
        return simulate_okta(url, token, people=people, dialect=dialect, console=console, workers=workers, quiet=quiet)

    _play(play, url, token, users, count)


@app.command(epilog="Example: rollbook simulate entra --url http://127.0.0.1:8000/scim/v2 --token rollbook_scim_...")
def entra(
    url: _Url,
    token: _Token,
    dialect: Annotated[
        EntraDialect,
        typer.Option(
            help='legacy: the PATCH that Entra sends by itself (Add, Replace, Remove; "False" as text). '
            f"compliant: what it sends to a tenant URL that ends in ?{COMPLIANT_FLAG}; the simulation sends it along."
        ),
    ] = EntraDialect.LEGACY,
    match: Annotated[
        Matching,
        typer.Option(
            help="The attribute by which people are looked up. externalId: by the object id first, then by userName."
        ),
    ] = Matching.USER_NAME,
    users: _Users = None,
    count: _Count = None,
    workers: Annotated[
        int, typer.Option(min=1, max=100, help="How many requests are on their way at the same time.")
    ] = 5,
    quiet: _Quiet = False,
) -> None:
    """Play Microsoft Entra: test the connection, run a first cycle and delta cycles, disable, restore, discover.

    For servers made for tests: the people stay there, in the groups Users and (the first one) Admins if there are any.

    The first becomes the manager of the others. One person more is made, changed in every form of Entra, and deleted.

    It may be run again, and whom it finds active stays so. Of the people new to the server, the last ends deactivated.

    Exit code: 0 every check passed; 1 a check failed; 2 an option or the CSV file is unusable; 3 no answer came.
    """
    from rollbook.simulator.entra import simulate_entra

    if url.endswith(f"?{COMPLIANT_FLAG}"):
        raise typer.BadParameter(f"leave out ?{COMPLIANT_FLAG}, and give --dialect compliant.", param_hint="--url")

    def play(token: str, people: Sequence[Person], console: "Console") -> "Coroutine[Any, Any, Verdict]":
        return simulate_entra(
            url,
            token,
            people=people,
            dialect=dialect,
            matching=match,
            console=console,
            workers=workers,
            quiet=quiet,
        )

    _play(play, url, token, users, count)


def _play(
    play: "Callable[[str, Sequence[Person], Console], Coroutine[Any, Any, Verdict]]",
    url: str,
    token: str,
    users: Path | None,
    count: int | None,
) -> None:
    """Checks the options that all simulations have, plays, and ends with the exit code of the verdict."""
    from rich.console import Console

    from rollbook.simulator.client import ServerUnreachable, base_url

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
        verdict = asyncio.run(play(token, people, Console()))
    except ServerUnreachable as error:
        typer.echo(f"rollbook: {error}.", err=True)
        raise typer.Exit(UNREACHABLE) from error
    if not verdict.passed:
        raise typer.Exit(FAILED)

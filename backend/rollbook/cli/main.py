"""The command `rollbook`: its commands, and how each of them ends."""

import sys
from typing import Annotated

import typer

from rollbook import __version__
from rollbook.cli import admins, audit, database, demo, members, organizations, schema, serve, simulate, tokens, users
from rollbook.cli.failures import reason_of

app = typer.Typer(
    name="rollbook",
    help="Keeps an organization's member list in step with its identity provider: SCIM 2.0 in, GraphQL out.",
    epilog="Settings come from the environment: ROLLBOOK_DATA_DIR (the embedded database and the secrets), "
    "ROLLBOOK_DATABASE_URL (postgresql://...), ROLLBOOK_BASE_URL (how others reach this installation). "
    "With ROLLBOOK_URL and ROLLBOOK_API_TOKEN, members, tokens and audit work on that server instead.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("serve", no_args_is_help=False)(serve.serve)
app.command("demo")(demo.demo)
app.command("migrate")(database.migrate)
app.command("backup")(database.backup)
app.command("schema")(schema.schema)
app.add_typer(organizations.app, name="organization")
app.add_typer(admins.app, name="admin")
app.add_typer(members.app, name="members")
app.add_typer(tokens.app, name="tokens")
app.add_typer(tokens.app, name="token", hidden=True)  # as it was called at first
app.add_typer(users.app, name="user")
app.add_typer(audit.app, name="audit")
app.add_typer(simulate.app, name="simulate")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"rollbook {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


def run() -> None:
    """Run the command line and leave: 0 done, 1 refused or failed (one line says why), 2 wrong usage."""
    try:
        app()
    except Exception as error:
        reason = reason_of(error)
        if reason is None:
            raise
        typer.echo(f"rollbook: {reason}", err=True)
        sys.exit(1)

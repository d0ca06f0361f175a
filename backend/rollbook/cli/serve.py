"""`rollbook serve`: run the server."""

from typing import TYPE_CHECKING, Annotated

import typer

from rollbook.cli.failures import Refused
from rollbook.cli.installation import with_services
from rollbook.cli.serving import DEFAULT_HOST, DEFAULT_PORT, address_of, listen, serve_until_stopped, server_config
from rollbook.domain.sessions import setup_link_to
from rollbook.settings import Settings, is_loopback, may_sign_in
from rollbook.shipped import graphiql

if TYPE_CHECKING:
    from rollbook.services import Services


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 for every one.")] = DEFAULT_HOST,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 for any free one.")] = DEFAULT_PORT,
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many processes; more than 1 on PostgreSQL.")] = 1,
    access_log: Annotated[bool, typer.Option("--access-log", help="Print a line for each request.")] = False,
) -> None:
    """Serve SCIM, GraphQL and the settings pages.

    The embedded database is made and migrated by itself. A PostgreSQL database must be up to date: `rollbook migrate`.

    Example: rollbook serve --host 0.0.0.0 --port 8000
    """
    if workers > 1 and Settings.read().embedded:
        raise Refused("The embedded database is served by one process. For more workers set ROLLBOOK_DATABASE_URL.")
    with listen(host, port) as listener:
        address = address_of(listener, host)
        settings = Settings.read(default_base_url=address)
        if settings.graphiql and graphiql() is None:
            raise Refused("ROLLBOOK_GRAPHIQL is on, but GraphiQL is not there: install rollbook-graphiql.")
        setup_secret = with_services(settings, _setup_secret)
        _announce(settings, address, setup_secret)
        serve_until_stopped(server_config(settings, workers=workers, access_log=access_log), listener)


async def _setup_secret(services: "Services") -> str | None:
    """The secret of the link by which a new installation is set up; None if it has an organization.

    It uses the database once before any worker does, so that a failure is one line and not a worker's traceback.
    """
    return await services.setup.create_link()


def _announce(settings: Settings, address: str, setup_secret: str | None) -> None:
    if not may_sign_in(settings.base_url, insecure_cookies=settings.insecure_cookies):
        typer.echo(
            f"Warning: nobody can sign in at {settings.base_url}: over plain http, whoever listens would be signed in "
            "too. Set ROLLBOOK_BASE_URL to an https address, or ROLLBOOK_INSECURE_COOKIES=on.",
            err=True,
        )
    elif settings.base_url.startswith("http:") and not is_loopback(settings.base_url):
        typer.echo(
            f"Warning: ROLLBOOK_INSECURE_COOKIES is on: whoever listens between a browser and {settings.base_url} "
            "can act as who is signed in.",
            err=True,
        )
    where = settings.database_path if settings.embedded else "PostgreSQL, as ROLLBOOK_DATABASE_URL says"
    here = "" if address == settings.base_url else f", on this machine at {address}"
    typer.echo(f"Rollbook serves at {settings.base_url}{here}")
    typer.echo(f"  SCIM endpoint   {settings.base_url}/scim/v2")
    typer.echo(f"  GraphQL         {settings.base_url}/graphql")
    if settings.graphiql:
        typer.echo(f"  GraphiQL        {settings.base_url}/graphiql/")
    typer.echo(f"  database        {where}")
    if setup_secret is not None:
        typer.echo("There is no organization yet. Make the first one in your browser, within 15 minutes:")
        typer.echo(f"Open {setup_link_to(settings.base_url, setup_secret)}")
    typer.echo("Ctrl-C ends it.")

"""`rollbook admin`: the operator's way in, for the first admin and after every lock-out."""

from typing import TYPE_CHECKING, Annotated

import typer

from rollbook.cli.failures import Refused
from rollbook.cli.installation import as_operator, require_database, with_services
from rollbook.domain.sessions import link_to, setup_link_to
from rollbook.settings import Settings

if TYPE_CHECKING:
    from rollbook.domain.actors import Actor
    from rollbook.services import Services

app = typer.Typer(help="Let an admin in.", no_args_is_help=True)


@app.callback()
def _root() -> None:
    pass


@app.command("login-link", epilog="Example: rollbook admin login-link --organization acme --email ada@acme.test")
def login_link(
    organization: Annotated[
        str | None, typer.Option(help="The organization's handle.", show_default="the set-up of a new installation")
    ] = None,
    email: Annotated[str | None, typer.Option(help="The admin's e-mail address; goes with --organization.")] = None,
) -> None:
    """Print a link that signs an admin in, once; on an installation without an organization, one that sets it up.

    Makes the person an admin, or makes a deactivated admin active again; the audit trail tells of it. The link stands
    alone on standard output.
    """
    base_url = Settings.read().base_url
    if organization is None:
        typer.echo(setup_link_to(base_url, _setup_secret()))
    elif email is None:
        raise Refused("Say whom to let in: --email ada@acme.test")
    else:
        typer.echo(link_to(base_url, _login_secret(organization, email)))
        typer.echo(f"{email} is an active admin of {organization} now, whatever they were before.", err=True)
    typer.echo("It works once, within 15 minutes. Its host is ROLLBOOK_BASE_URL.", err=True)


def _login_secret(organization: str, email: str) -> str:
    async def work(services: "Services", operator: "Actor") -> str:
        return await services.sessions.create_login_link(operator, email)

    return as_operator(organization, work)


def _setup_secret() -> str:
    settings = Settings.read()
    require_database(settings)

    async def work(services: "Services") -> str:
        secret = await services.setup.create_link()
        if secret is None:
            known = ", ".join(each.handle for each in (await services.organizations.list())[:20])
            raise Refused(f"Say which organization: --organization. There are: {known}.")
        return secret

    return with_services(settings, work)

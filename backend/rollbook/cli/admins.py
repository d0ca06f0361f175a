"""`rollbook admin`: the operator's way in, for the first admin and after every lock-out."""

from typing import TYPE_CHECKING, Annotated

import typer

from rollbook.cli.installation import as_operator
from rollbook.domain.sessions import link_to
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
    organization: Annotated[str, typer.Option(help="The organization's handle.")],
    email: Annotated[str, typer.Option(help="The admin's e-mail address.")],
) -> None:
    """Print a link that signs an admin in, once.

    Makes the person an admin, or makes a deactivated admin active again; the audit trail tells of it. The link stands
    alone on standard output.
    """

    async def work(services: "Services", operator: "Actor") -> str:
        return await services.sessions.create_login_link(operator, email)

    secret = as_operator(organization, work)
    typer.echo(link_to(Settings.read().base_url, secret))
    typer.echo("It works once, within 15 minutes. Its host is ROLLBOOK_BASE_URL.", err=True)

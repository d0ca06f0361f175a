"""`rollbook organization`: make an organization."""

from typing import TYPE_CHECKING, Annotated

import typer

from rollbook.cli.installation import with_services
from rollbook.settings import Settings

if TYPE_CHECKING:
    from rollbook.domain.organizations import Organization
    from rollbook.services import Services

app = typer.Typer(help="Make organizations.", no_args_is_help=True)


@app.callback()
def _root() -> None:
    pass


@app.command(
    "create", epilog="Example: rollbook organization create --handle acme --name Acme --admin-email ada@acme.test"
)
def create(
    handle: Annotated[str, typer.Option(help="Its short name, in lower case; the other commands ask for it.")],
    name: Annotated[str, typer.Option(help="Its name, as people read it.")],
    admin_email: Annotated[str, typer.Option(help="The first admin's e-mail address.")],
) -> None:
    """Make an organization with its first admin.

    On the embedded database, the database is made too if there is none yet.
    """

    async def work(services: "Services") -> "Organization":
        return await services.organizations.create(handle, name, admin_email)

    organization = with_services(Settings.read(), work)
    typer.echo(f"Organization {organization.handle} is there; its id is {organization.id}.")
    typer.echo(
        f"Next: rollbook admin login-link --organization {organization.handle} --email {admin_email}\n"
        f"      rollbook token create --organization {organization.handle} --kind scim --name Okta",
        err=True,
    )

"""`rollbook organization`: make an organization, and delete one."""

from typing import TYPE_CHECKING, Annotated

import typer

from rollbook.cli.confirming import DryRun, Yes, confirm, print_rows
from rollbook.cli.installation import as_operator, with_services
from rollbook.settings import Settings

if TYPE_CHECKING:
    from rollbook.domain.actors import Actor
    from rollbook.domain.organizations import Organization
    from rollbook.services import Services

app = typer.Typer(help="Make and delete organizations.", no_args_is_help=True)


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
        f"      rollbook tokens create --organization {organization.handle} --kind scim --name Okta",
        err=True,
    )


@app.command("delete", epilog="Example: rollbook organization delete acme --dry-run")
def delete(
    handle: Annotated[str, typer.Argument(metavar="HANDLE", help="The organization's handle.")],
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Delete an organization for good, with everything that belongs to it, its audit trail too.

    Users go too whom it created and whom no other organization has, had or invited. If it is interrupted, the same
    command goes on from there.
    """

    async def count(services: "Services", operator: "Actor") -> dict[str, int]:
        return await services.organizations.contents(operator)

    async def work(services: "Services", operator: "Actor") -> dict[str, int]:
        return await services.organizations.delete(operator)

    if dry_run:
        print_rows("Would be deleted", as_operator(handle, count))
        return
    if not yes:
        print_rows("To be deleted", as_operator(handle, count), err=True)
        confirm(handle)
    print_rows("Deleted", as_operator(handle, work))

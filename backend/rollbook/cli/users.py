"""`rollbook user`: erase a person from the whole installation."""

from typing import TYPE_CHECKING, Annotated

import typer

from rollbook.cli.confirming import DryRun, Yes, confirm, print_rows
from rollbook.cli.installation import require_database, with_services
from rollbook.settings import Settings

if TYPE_CHECKING:
    from rollbook.services import Services
    from rollbook.services.erasure import Erased

app = typer.Typer(help="Erase people.", no_args_is_help=True)


@app.callback()
def _root() -> None:
    pass


@app.command("erase", epilog="Example: rollbook user erase ada@acme.test --dry-run")
def erase(
    who: Annotated[str, typer.Argument(metavar="EMAIL-OR-ID", help="The user's sign-in address, or their id.")],
    dry_run: DryRun = False,
    yes: Yes = False,
    force: Annotated[
        bool, typer.Option("--force", help="Even if an organization is left without an active admin.")
    ] = False,
) -> None:
    """Erase a person: end their memberships, and take out what tells who they are, in every organization.

    What happened stays in the audit trails, without their name. Take them out of the identity provider first, or it
    creates them again.
    """

    def erased(*, rehearse: bool) -> "Erased":
        async def work(services: "Services") -> "Erased":
            return await services.erasure.erase(who, force=force, rehearse=rehearse)

        return with_services(settings, work)

    settings = Settings.read()
    require_database(settings)
    if dry_run:
        _tell("Would be erased or changed", erased(rehearse=True))
        return
    if not yes:
        _tell("To be erased or changed", erased(rehearse=True), err=True)
        confirm(who)
    _tell("Erased or changed", erased(rehearse=False))


def _tell(heading: str, erased: "Erased", *, err: bool = False) -> None:
    where = ", ".join(erased.organizations) or "no organization"
    typer.echo(f"User {erased.user_id}, of {where}.", err=err)
    print_rows(heading, erased.rows, err=err)

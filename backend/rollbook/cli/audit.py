"""`rollbook audit`: what was done in an organization, by whom and when."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from rollbook.cli.api import OrganizationOption, asking
from rollbook.cli.printing import AllOption, JsonOption, LimitOption, moment, print_list

if TYPE_CHECKING:
    from rollbook.client import AuditEvent, AuditEventFilter

MOST_TOLD = 40
"""How long the values of a change are at most in a table."""

app = typer.Typer(help="Read the audit trail.", no_args_is_help=True)


@app.callback()
def _root() -> None:
    pass


@app.command(
    "list",
    epilog="Examples: rollbook audit list --action membership-removed --since 2026-11-01; "
    "rollbook audit list --all --json",
)
def list_(
    organization: OrganizationOption = None,
    action: Annotated[
        list[str] | None, typer.Option(help="Only events of this action, such as membership-created; may be repeated.")
    ] = None,
    since: Annotated[datetime | None, typer.Option(help="Only events at this moment (UTC) or after it.")] = None,
    until: Annotated[datetime | None, typer.Option(help="Only events before this moment (UTC).")] = None,
    limit: LimitOption = 50,
    all_of_them: AllOption = False,
    json: JsonOption = False,
) -> None:
    """List the events of the audit trail, the newest first."""
    wanted = _filter(action or [], since, until)
    with asking(organization) as client:
        print_list(
            client.audit_events(filter=wanted),
            {
                "When": lambda event: moment(event.occurred_at),
                "What": lambda event: event.action.lower().replace("_", " "),
                "To": lambda event: event.target,
                "By": lambda event: event.actor.name,
                "Through": lambda event: event.channel.lower(),
                "Changes": _changes,
            },
            limit=limit,
            all_of_them=all_of_them,
            json=json,
            nothing="There is no such event.",
        )


def _filter(actions: list[str], since: datetime | None, until: datetime | None) -> "AuditEventFilter":
    from rollbook.client import AuditAction, AuditEventFilter

    wanted: dict[str, object] = {}
    names = [action.upper().replace("-", "_").replace(" ", "_") for action in actions]
    for name in names:
        if name not in AuditAction.__members__:
            known = ", ".join(sorted(each.lower().replace("_", "-") for each in AuditAction.__members__))
            raise typer.BadParameter(f"there is no action {name.lower()}; there are: {known}", param_hint="--action")
    if names:
        wanted["action"] = names
    if since is not None:
        wanted["since"] = since.replace(tzinfo=since.tzinfo or UTC)
    if until is not None:
        wanted["until"] = until.replace(tzinfo=until.tzinfo or UTC)
    return AuditEventFilter.model_validate(wanted)


def _changes(event: "AuditEvent") -> str:
    """What fits a table: short values of one field, else the names of the fields. --json tells all."""
    if event.action.endswith(("_CREATED", "_REMOVED")):
        return event.warning or ""
    told = ", ".join(each.field for each in event.changes)
    if len(event.changes) == 1:
        (only,) = event.changes
        values = f"{only.before or 'nothing'} → {only.after or 'nothing'}"
        told = f"{told}: {values}" if len(values) <= MOST_TOLD else told
    return "\n".join(part for part in (told, event.warning) if part)

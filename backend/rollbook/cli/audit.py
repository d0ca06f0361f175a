"""`rollbook audit`: what was done in an organization, by whom and when."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rollbook.cli.api import OrganizationOption, asking
from rollbook.cli.printing import AllOption, JsonOption, LimitOption, moment, print_list

if TYPE_CHECKING:
    from rollbook.client import AuditEvent, AuditEventFilter

MOST_TOLD = 40
"""How long the values of a change are at most in a table."""

app = typer.Typer(help="Read the audit trail.", no_args_is_help=True)

ActionOption = Annotated[
    list[str] | None, typer.Option(help="Only events of this action, such as membership-created; may be repeated.")
]
SinceOption = Annotated[datetime | None, typer.Option(help="Only events at this moment (UTC) or after it.")]
UntilOption = Annotated[datetime | None, typer.Option(help="Only events before this moment (UTC).")]


class FileFormat(StrEnum):
    """How an export is written."""

    CSV = "csv"
    NDJSON = "ndjson"


@app.command(
    "list",
    epilog="Examples: rollbook audit list --action membership-removed --since 2026-11-01; "
    "rollbook audit list --all --json",
)
def list_(
    organization: OrganizationOption = None,
    action: ActionOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
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


@app.command(
    epilog="Examples: rollbook audit export --output trail.ndjson; "
    "rollbook audit export --format csv --since 2026-11-01 --output november.csv",
)
def export(
    organization: OrganizationOption = None,
    format: Annotated[
        FileFormat, typer.Option(help="One JSON object on each line, or a table with a row for each changed field.")
    ] = FileFormat.NDJSON,
    output: Annotated[
        Path | None, typer.Option(help="The file to write; it must not be there yet. Left out: standard output.")
    ] = None,
    action: ActionOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
) -> None:
    """Write all events of the audit trail that fit to a file, the newest first, with what changed by field."""
    from rollbook.cli.exporting import audit_pieces, written

    wanted = {"action": _names(action or []), "since": _utc(since), "until": _utc(until)}
    with audit_pieces(organization, str(format), wanted) as pieces, written(output) as file:
        for piece in pieces:
            file.write(piece)


def _filter(actions: list[str], since: datetime | None, until: datetime | None) -> "AuditEventFilter":
    from rollbook.client import AuditEventFilter

    wanted = {"action": _names(actions), "since": _utc(since), "until": _utc(until)}
    return AuditEventFilter.model_validate({name: value for name, value in wanted.items() if value})


def _names(actions: list[str]) -> list[str]:
    """The actions as the API calls them."""
    from rollbook.client import AuditAction

    names = [action.upper().replace("-", "_").replace(" ", "_") for action in actions]
    for name in names:
        if name not in AuditAction.__members__:
            known = ", ".join(sorted(each.lower().replace("_", "-") for each in AuditAction.__members__))
            raise typer.BadParameter(f"there is no action {name.lower()}; there are: {known}", param_hint="--action")
    return names


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=moment.tzinfo or UTC)


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

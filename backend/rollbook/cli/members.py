"""`rollbook members`: the members of an organization, listed, added, changed and removed."""

import sys
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from rollbook.cli.api import OrganizationOption, asking, given
from rollbook.cli.failures import Refused
from rollbook.cli.importing import import_
from rollbook.cli.printing import AllOption, JsonOption, LimitOption, as_json, moment, print_list, print_table

if TYPE_CHECKING:
    from rollbook.client import Client, Member, MemberFilter, MemberOrder

app = typer.Typer(help="List, add, invite, import, change and remove members.", no_args_is_help=True)
app.command("import", epilog="Example: rollbook members import people.csv --dry-run")(import_)


class RoleName(StrEnum):
    """The roles as one types them."""

    ADMIN = "admin"
    USER = "user"


class StatusName(StrEnum):
    """The statuses as one types them, and all of them."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    ANY = "any"


class SourceName(StrEnum):
    """The sources as one types them."""

    MANUAL = "manual"
    SCIM = "scim"
    SSO = "sso"


class SortName(StrEnum):
    """By what a list can be ordered, as one types it."""

    NAME = "name"
    EMAIL = "email"
    CREATED = "created"


_ID = "TWVtYmVyO"
"""How the ids of members begin."""

_Who = Annotated[str, typer.Argument(metavar="MEMBER", help="The member's e-mail address, userName or id.")]
_Role = Annotated[RoleName, typer.Option("--role", help="What they may do.")]
_Name = Annotated[str | None, typer.Option("--name", help="Their name. Without it, one is made from the address.")]
_Version = Annotated[
    int | None, typer.Option("--expected-version", help="Refuse the change if the member is not at this version.")
]
_Key = Annotated[
    str | None,
    typer.Option("--idempotency-key", help="A key of your own: the same command with it does nothing a second time."),
]


@app.command(
    "list",
    epilog="Examples: rollbook members list --search ada; rollbook members list --all --json; "
    "rollbook members list --as-of 2026-11-01 --all",
)
def list_(
    organization: OrganizationOption = None,
    search: Annotated[str | None, typer.Option(help="Only those with this text in name, e-mail or userName.")] = None,
    status: Annotated[StatusName, typer.Option(help="Only those of this status.")] = StatusName.ACTIVE,
    role: Annotated[RoleName | None, typer.Option(help="Only those of this role.")] = None,
    source: Annotated[SourceName | None, typer.Option(help="Only those whose profile is looked after so.")] = None,
    sort: Annotated[SortName | None, typer.Option(help="By what to order; by name if it is not said.")] = None,
    descending: Annotated[bool, typer.Option("--descending", help="From the largest to the smallest.")] = False,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            help="The members as they were at this moment (UTC), who left since too, in the order in which they came."
        ),
    ] = None,
    limit: LimitOption = 50,
    all_of_them: AllOption = False,
    json: JsonOption = False,
) -> None:
    """List members, by default the active ones by name."""
    if as_of is not None and (sort is not None or descending):
        raise typer.BadParameter("members of then come in one order only; leave --sort and --descending out")
    with asking(organization) as client:
        then = None if as_of is None else as_of.replace(tzinfo=as_of.tzinfo or UTC)
        order = None if then else _order(sort or SortName.NAME, descending)
        print_list(
            client.members(filter=_filter(status, role, source), search=search, order_by=order, as_of=then),
            {
                "Name": lambda member: member.name,
                "E-mail": lambda member: member.email,
                "Role": lambda member: member.role and member.role.lower(),
                "Status": lambda member: member.status.lower(),
                "Source": lambda member: member.source.lower(),
            },
            limit=limit,
            all_of_them=all_of_them,
            json=json,
            nothing="There is no such member.",
        )


@app.command("show", epilog="Example: rollbook members show bea@acme.test")
def show(who: _Who, organization: OrganizationOption = None, json: JsonOption = False) -> None:
    """Show one member, active or not."""
    with asking(organization) as client:
        member = client.get_member(_member_id(client, who))
        if member is None:
            raise Refused(f"There is no member {who!r}.")
        if json:
            as_json(member)
            return
        told = {
            "Name": member.name,
            "E-mail": member.email,
            "userName": member.user_name,
            "externalId": member.external_id,
            "Role": member.role and member.role.lower(),
            "Status": member.status.lower(),
            "Source": member.source.lower(),
            "Member since": moment(member.created_at),
            "Changed": moment(member.updated_at),
            "Version": member.version,
            "Id": member.id,
        }
        print_table(["", "Member"], [[what, value] for what, value in told.items() if value is not None])


@app.command("add", epilog="Example: rollbook members add bea@acme.test --name 'Bea Example' --role admin")
def add(
    email: Annotated[str, typer.Argument(help="Their e-mail address.")],
    name: _Name = None,
    role: _Role = RoleName.USER,
    organization: OrganizationOption = None,
    idempotency_key: _Key = None,
    json: JsonOption = False,
) -> None:
    """Add a person, or give an inactive member access again.

    An address that belongs to an account outside the organization is refused, unless its domain is proven: invite
    that person.
    """
    with asking(organization) as client:
        from rollbook.client import Role

        added = client.add_member(email, **given(name=name, role=Role[role.name], idempotency_key=idempotency_key))
        _tell(added.member, json, "is a member")


@app.command("invite", epilog="Example: rollbook members invite bea@acme.test --role admin")
def invite(
    email: Annotated[str, typer.Argument(help="Their e-mail address.")],
    name: _Name = None,
    role: _Role = RoleName.USER,
    expires_in_days: Annotated[int | None, typer.Option(min=1, help="After how many days the link ends.")] = None,
    mail: Annotated[bool, typer.Option(help="Whether to mail them the link.")] = True,
    organization: OrganizationOption = None,
    idempotency_key: _Key = None,
    json: JsonOption = False,
) -> None:
    """Invite a person, who joins by following the link; it stands alone on standard output.

    It is mailed to them too where the installation has a mail server.
    """
    with asking(organization) as client:
        from rollbook.client import MailOutcome, Role

        optional = given(
            name=name,
            role=Role[role.name],
            expires_in_days=expires_in_days,
            send_email=mail,
            idempotency_key=idempotency_key,
        )
        invited = client.invite_member(email, **optional)
        if json:
            told = {"mail": invited.mail, "mailProblem": invited.mail_problem}
            as_json({"invitation": invited.invitation, "link": invited.link, **told})
            return
        if invited.link is not None:
            typer.echo(invited.link)
        if invited.mail is MailOutcome.SENT:
            typer.echo(f"{invited.invitation.email} is invited, and the link was mailed to them.", err=True)
            return
        if invited.mail is MailOutcome.FAILED:
            typer.echo(f"The link was not mailed. {invited.mail_problem}", err=True)
        typer.echo(f"{invited.invitation.email} is invited. Send them the link: it is shown only now.", err=True)


@app.command("set-role", epilog="Example: rollbook members set-role bea@acme.test admin")
def set_role(
    who: _Who,
    role: Annotated[RoleName, typer.Argument(help="What they may do from now on.")],
    organization: OrganizationOption = None,
    expected_version: _Version = None,
    idempotency_key: _Key = None,
    json: JsonOption = False,
) -> None:
    """Set what a member may do. For a provisioned member the identity provider may change it again."""
    with asking(organization) as client:
        from rollbook.client import Role

        optional = given(expected_version=expected_version, idempotency_key=idempotency_key)
        changed = client.set_member_role(_member_id(client, who), Role[role.name], **optional)
        _tell(changed.member, json, f"has the role {role}")


@app.command("deactivate", epilog="Example: rollbook members deactivate bea@acme.test")
def deactivate(
    who: _Who,
    organization: OrganizationOption = None,
    expected_version: _Version = None,
    idempotency_key: _Key = None,
    json: JsonOption = False,
) -> None:
    """Take a member's access away at once, and keep the membership and its roles."""
    with asking(organization) as client:
        optional = given(expected_version=expected_version, idempotency_key=idempotency_key)
        _tell(client.deactivate_member(_member_id(client, who), **optional).member, json, "is inactive")


@app.command("reactivate", epilog="Example: rollbook members reactivate bea@acme.test")
def reactivate(
    who: _Who,
    organization: OrganizationOption = None,
    expected_version: _Version = None,
    idempotency_key: _Key = None,
    json: JsonOption = False,
) -> None:
    """Give an inactive member access again, with the roles that they kept."""
    with asking(organization) as client:
        optional = given(expected_version=expected_version, idempotency_key=idempotency_key)
        _tell(client.reactivate_member(_member_id(client, who), **optional).member, json, "is active")


@app.command("remove", epilog="Example: rollbook members remove bea@acme.test --yes")
def remove(
    who: _Who,
    organization: OrganizationOption = None,
    expected_version: _Version = None,
    idempotency_key: _Key = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; for scripts.")] = False,
    json: JsonOption = False,
) -> None:
    """End a membership for good: out of every list, its id never used again. The person stays."""
    with asking(organization) as client:
        member_id = _member_id(client, who)
        if not yes and not sys.stdin.isatty():
            raise Refused("Nothing was changed: nobody can be asked here. Add --yes.")
        if not yes and not typer.confirm(f"End the membership of {who}?", err=True):
            raise Refused("Nothing was changed.")
        optional = given(expected_version=expected_version, idempotency_key=idempotency_key)
        removed = client.remove_member(member_id, **optional)
        if json:
            as_json({"memberId": removed.member_id})
        else:
            typer.echo(f"{who} is no member any more.")


def _order(sort: SortName, descending: bool) -> "MemberOrder":
    from rollbook.client import MemberOrder, MemberOrderField, OrderDirection

    return MemberOrder(
        field=MemberOrderField.CREATED_AT if sort is SortName.CREATED else MemberOrderField[sort.name],
        direction=OrderDirection.DESC if descending else OrderDirection.ASC,
    )


def _filter(status: StatusName, role: RoleName | None, source: SourceName | None) -> "MemberFilter":
    from rollbook.client import MemberFilter, MemberSource, MemberStatus, Role

    wanted: dict[str, object] = {"status": None if status is StatusName.ANY else [MemberStatus[status.name]]}
    if role is not None:
        wanted["role"] = [Role[role.name]]
    if source is not None:
        wanted["source"] = [MemberSource[source.name]]
    return MemberFilter.model_validate(wanted)


def _member_id(client: "Client", who: str) -> str:
    """The id of whom a person names; an id is taken as it is. `Refused` unless exactly one member is meant."""
    from rollbook.client import MemberFilter

    if who.startswith(_ID):
        return who
    wanted = who.casefold()
    found = [
        member
        for member in client.members(filter=MemberFilter(status=None), search=who)
        if wanted in {(member.email or "").casefold(), (member.user_name or "").casefold()}
    ]
    if len(found) != 1:
        raise Refused(f"{'Nobody has' if not found else 'Several members have'} the e-mail or userName {who!r}.")
    return found[0].id


def _tell(member: "Member", json: bool, what: str) -> None:
    if json:
        as_json(member)
    else:
        known = f"{member.name} <{member.email}>" if member.email else member.name
        typer.echo(f"{known} {what}.")

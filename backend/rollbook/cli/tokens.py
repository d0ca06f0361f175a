"""`rollbook token`: make, list and revoke the tokens of an organization."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from rollbook.cli.installation import as_operator
from rollbook.domain.errors import InvalidValue
from rollbook.domain.policy import DEFAULT_API_SCOPES, Permission
from rollbook.domain.tokens import Dialect, Token, TokenKind, parse_scopes
from rollbook.domain.values import now, rfc3339

if TYPE_CHECKING:
    from rollbook.domain.actors import Actor
    from rollbook.services import Services

app = typer.Typer(help="Make, list and revoke tokens.", no_args_is_help=True)

_Organization = Annotated[str, typer.Option("--organization", help="The organization's handle.")]


@app.command(
    "create",
    epilog="Examples: rollbook token create --organization acme --kind scim --name Okta; "
    "rollbook token create --organization acme --kind api --name reports --scopes members:read,audit:read",
)
def create(
    organization: _Organization,
    kind: Annotated[TokenKind, typer.Option(help="`scim` for an identity provider, `api` for GraphQL.")],
    name: Annotated[str, typer.Option(help="What it is for; shown in every list.")],
    scopes: Annotated[
        str | None,
        typer.Option(help="What an api token may do, by commas; `all` for everything. Without it: members:read."),
    ] = None,
    dialect: Annotated[
        Dialect | None,
        typer.Option(help="How a scim token's requests are read: `auto` repairs what providers get wrong (default)."),
    ] = None,
    expires_in_days: Annotated[
        int | None, typer.Option(min=1, max=3650, help="After how many days it stops working. Without it: never.")
    ] = None,
) -> None:
    """Make a token and print its secret, alone on standard output, this once.

    Scopes: members:read, members:write, roles:write, tokens:write, audit:read, settings:write.
    """
    if kind is TokenKind.SCIM and scopes is not None:
        raise typer.BadParameter("a scim token has no scopes; it always may provision", param_hint="--scopes")
    if kind is TokenKind.API and dialect is not None:
        raise typer.BadParameter("only a scim token has a dialect", param_hint="--dialect")
    granted = _granted(scopes) if kind is TokenKind.API else frozenset()
    lifetime = None if expires_in_days is None else timedelta(days=expires_in_days)

    async def work(services: "Services", operator: "Actor") -> tuple[Token, str]:
        return await services.tokens.issue(
            operator, kind, name, dialect=dialect or Dialect.AUTO, scopes=granted, lifetime=lifetime
        )

    token, secret = as_operator(organization, work)
    typer.echo(secret)
    typer.echo(f"Token {token.id} ({token.name}). Keep the secret now: it is not shown again.", err=True)
    if token.expires_at is not None:
        typer.echo(f"It stops working at {rfc3339(token.expires_at)}.", err=True)


@app.command("list", epilog="Example: rollbook token list --organization acme --json")
def list_(
    organization: _Organization,
    kind: Annotated[TokenKind | None, typer.Option(help="Only tokens of this kind.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")] = False,
) -> None:
    """List an organization's tokens, the revoked ones too. Secrets are not kept, so none is shown."""

    async def work(services: "Services", operator: "Actor") -> list[Token]:
        kinds = list(TokenKind) if kind is None else [kind]
        return [token for each in kinds for token in await services.tokens.list(operator, each)]

    tokens = as_operator(organization, work)
    if json:
        _print_json(tokens)
    else:
        _print_table(organization, tokens)


@app.command("revoke", epilog="Example: rollbook token revoke --organization acme 0192f0c1-2345-7000-8000-000000000000")
def revoke(
    organization: _Organization,
    token_id: Annotated[str, typer.Argument(metavar="ID", help="The token's id, from `rollbook token list`.")],
) -> None:
    """Make a token useless at once. Members that it provisioned stay."""

    async def work(services: "Services", operator: "Actor") -> Token:
        return await services.tokens.revoke(operator, token_id)

    token = as_operator(organization, work)
    typer.echo(f"Token {token.id} ({token.name}) is revoked.")


def _granted(scopes: str | None) -> frozenset[Permission]:
    if scopes is None:
        return DEFAULT_API_SCOPES
    try:
        granted = parse_scopes(scopes)
    except InvalidValue as error:
        raise typer.BadParameter(error.message, param_hint="--scopes") from error
    if not granted:
        raise typer.BadParameter("name at least one scope", param_hint="--scopes")
    return granted


def _print_json(tokens: list[Token]) -> None:
    import orjson

    typer.echo(orjson.dumps([_told(token) for token in tokens], option=orjson.OPT_INDENT_2).decode())


def _print_table(organization: str, tokens: list[Token]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    if not tokens:
        typer.echo(f"{organization} has no tokens.", err=True)
        return
    # two lines a token fit 80 columns; an id that is cut or folded could not be copied
    id_column, name_column = (
        Column("Id and hint", no_wrap=True, min_width=36),
        Column("Name and rights", overflow="fold"),
    )
    table = Table(id_column, name_column, "Status", "Last used", box=box.SIMPLE_HEAD)
    moment = now()
    for token in tokens:
        rights = f"dialect {token.dialect}" if token.kind is TokenKind.SCIM else ", ".join(sorted(token.scopes))
        last_used = f"{token.last_used_at:%Y-%m-%d %H:%M}" if token.last_used_at else "never"
        cells = (f"{token.id}\n{token.hint}", f"{token.name}\n{rights}", _status(token, moment), last_used)
        table.add_row(*(Text(cell) for cell in cells))
    Console().print(table)


def _told(token: Token) -> dict[str, object]:
    return {
        "id": token.id,
        "kind": token.kind,
        "name": token.name,
        "hint": token.hint,
        "dialect": token.dialect if token.kind is TokenKind.SCIM else None,
        "scopes": sorted(token.scopes),
        "status": _status(token, now()),
        "createdBy": token.created_by,
        "createdAt": _when(token.created_at),
        "expiresAt": _when(token.expires_at),
        "lastUsedAt": _when(token.last_used_at),
        "lastUsedBy": token.last_used_by,
        "revokedAt": _when(token.revoked_at),
        "revokedBy": token.revoked_by,
    }


def _status(token: Token, at: datetime) -> str:
    if token.revoked_at is not None:
        return "revoked"
    return "live" if token.is_live(at) else "expired"


def _when(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment)

"""`rollbook tokens`: the tokens of an organization, made, listed, rotated, updated and revoked."""

from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from rollbook.cli.api import OrganizationOption, asking, given
from rollbook.cli.failures import Refused
from rollbook.cli.printing import JsonOption, as_json, moment, print_table
from rollbook.domain.errors import InvalidValue
from rollbook.domain.policy import Permission
from rollbook.domain.tokens import Dialect, TokenKind, parse_scopes

if TYPE_CHECKING:
    from rollbook.client import ApiToken, Client, ScimToken

    Token: TypeAlias = ApiToken | ScimToken

app = typer.Typer(help="Make, list, rotate, update and revoke tokens.", no_args_is_help=True)

_MOST_OVERLAP_HOURS = 720

_Which = Annotated[str, typer.Argument(metavar="TOKEN", help="The token's name, hint or id, as `list` shows them.")]


@app.command(
    "create",
    epilog="Examples: rollbook tokens create --organization acme --kind scim --name Okta; "
    "rollbook tokens create --organization acme --kind api --name reports --scopes members:read,audit:read",
)
def create(
    kind: Annotated[TokenKind, typer.Option(help="`scim` for an identity provider, `api` for GraphQL.")],
    name: Annotated[str, typer.Option(help="What it is for; shown in every list.")],
    organization: OrganizationOption = None,
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
    json: JsonOption = False,
) -> None:
    """Make a token and print its secret, alone on standard output, this once.

    Scopes: members:read, members:write, roles:write, tokens:write, audit:read, settings:write.
    """
    if kind is TokenKind.SCIM and scopes is not None:
        raise typer.BadParameter("a scim token has no scopes; it always may provision", param_hint="--scopes")
    if kind is TokenKind.API and dialect is not None:
        raise typer.BadParameter("only a scim token has a dialect", param_hint="--dialect")
    optional = given(scopes=_scopes(scopes), dialect=_dialect(dialect), expires_in_days=expires_in_days)
    with asking(organization) as client:
        generate: Any = client.generate_scim_token if kind is TokenKind.SCIM else client.generate_api_token
        generated = generate(name, **optional)
    if json:
        as_json(_told(generated.token) | {"secret": generated.secret})
    else:
        _show_secret(generated.token, generated.secret)


@app.command("list", epilog="Example: rollbook tokens list --organization acme --json")
def list_(
    organization: OrganizationOption = None,
    kind: Annotated[TokenKind | None, typer.Option(help="Only tokens of this kind.")] = None,
    json: JsonOption = False,
) -> None:
    """List an organization's tokens, the revoked ones too. Secrets are not kept, so none is shown."""
    with asking(organization) as client:
        tokens = _tokens(client, kind)
    if json:
        as_json([_told(token) for token in tokens])
    elif tokens:
        rows = [
            (f"{token.name}\n{token.hint}", _rights(token), _state(token), moment(token.last_used_at, "never"))
            for token in tokens
        ]
        print_table(("Name and hint", "Rights", "Status", "Last used"), rows)
    else:
        typer.echo("There is no such token.", err=True)


@app.command("rotate", epilog="Example: rollbook tokens rotate --organization acme Okta --overlap-hours 48")
def rotate(
    which: _Which,
    organization: OrganizationOption = None,
    overlap_hours: Annotated[
        int,
        typer.Option(
            min=0, max=_MOST_OVERLAP_HOURS, help="How long the old token works on beside the new one; 0 revokes it."
        ),
    ] = 24,
    json: JsonOption = False,
) -> None:
    """Make a token that takes over from another one, and print its secret, alone on standard output, this once.

    It has the kind, name and rights of the old one, which works on until the overlap is over.
    """
    with asking(organization) as client:
        rotated = client.rotate_token(_named(client, which).id, overlap_hours)
    new, old = _known(rotated.token), _known(rotated.replaced)
    if json:
        as_json(_told(new) | {"secret": rotated.secret, "replaced": _told(old)})
        return
    _show_secret(new, rotated.secret)
    end = "is revoked" if old.revoked_at else f"works until {moment(old.expires_at)}"
    typer.echo(f"The old token {old.hint} {end}.", err=True)


@app.command("update", epilog="Example: rollbook tokens update --organization acme reports --scopes audit:read")
def update(
    which: _Which,
    organization: OrganizationOption = None,
    name: Annotated[str | None, typer.Option(help="What to call it from now on.")] = None,
    scopes: Annotated[
        str | None, typer.Option(help="What an api token may do from now on, by commas; `all` for everything.")
    ] = None,
    dialect: Annotated[Dialect | None, typer.Option(help="How a scim token's requests are read from now on.")] = None,
    json: JsonOption = False,
) -> None:
    """Change what a token is called or may do. Its secret stays, and so does what is not named."""
    if name is None and scopes is None and dialect is None:
        raise typer.BadParameter("say what to change: --name, --scopes or --dialect", param_hint="--name")
    changes = given(name=name, scopes=_scopes(scopes), dialect=_dialect(dialect))
    with asking(organization) as client:
        token = _known(client.update_token(_named(client, which).id, **changes).token)
    if json:
        as_json(_told(token))
    else:
        typer.echo(f"Token {token.name} ({token.hint}): {_rights(token)}.")


@app.command("revoke", epilog="Example: rollbook tokens revoke --organization acme Okta")
def revoke(which: _Which, organization: OrganizationOption = None, json: JsonOption = False) -> None:
    """Make a token useless at once. Members that it provisioned stay."""
    with asking(organization) as client:
        token = _known(client.revoke_token(_named(client, which).id).token)
    if json:
        as_json(_told(token))
    else:
        typer.echo(f"Token {token.name} ({token.hint}) is revoked.")


def _tokens(client: "Client", kind: TokenKind | None = None) -> "list[Token]":
    from rollbook.client import TokenKind as Kind

    return client.tokens(kind=None if kind is None else Kind[kind.name], include_ended=True)


def _named(client: "Client", which: str) -> "Token":
    """The token that is meant; of several with the name, the one that works. `Refused` unless there is exactly one."""
    found = [token for token in _tokens(client) if which in {token.id, token.hint, token.name}]
    working = [token for token in found if token.status == "ACTIVE"]
    meant = working or found
    if not meant:
        raise Refused(f"There is no token with the name, hint or id {which!r}.")
    if len(meant) > 1:
        hints = ", ".join(token.hint for token in meant)
        raise Refused(f"Several tokens are called {which!r}. Name one by its hint: {hints}.")
    return meant[0]


def _known(token: Any) -> "Token":
    from rollbook.client import ApiToken, ScimToken

    if not isinstance(token, ApiToken | ScimToken):
        raise Refused("The server has a kind of token that this command does not know; use its version of Rollbook.")
    return token


def _scopes(text: str | None) -> list[str] | None:
    """The scopes as the API names them."""
    if text is None:
        return None
    try:
        granted = parse_scopes(text)
    except InvalidValue as error:
        raise typer.BadParameter(error.message, param_hint="--scopes") from error
    if not granted:
        raise typer.BadParameter("name at least one scope", param_hint="--scopes")
    return sorted(scope.name for scope in granted)


def _dialect(dialect: Dialect | None) -> str | None:
    return None if dialect is None else dialect.name


def _show_secret(token: "Token", secret: str | None) -> None:
    typer.echo(secret)
    typer.echo(f"Token {token.name} ({token.hint}). Keep the secret now: it is not shown again.", err=True)
    if token.expires_at is not None:
        typer.echo(f"It stops working at {moment(token.expires_at)}.", err=True)


def _told(token: "Token") -> dict[str, object]:
    told = token.model_dump(mode="json", by_alias=True)
    kind = told.pop("__typename", type(token).__name__).removesuffix("Token").upper()
    others = {name: told[name] and told[name]["id"] for name in ("replaces", "replacedBy")}
    return {"id": told.pop("id"), "kind": kind, **told, **others}


def _state(token: "Token") -> str:
    ends = token.expires_at if token.status == "ACTIVE" else None
    return token.status.lower() + (f"\nuntil {moment(ends)}" if ends else "")


def _rights(token: "Token") -> str:
    dialect = getattr(token, "dialect", None)
    if dialect is not None:
        return f"scim, dialect {dialect.lower()}"
    return ", ".join(sorted(str(Permission[scope]) for scope in getattr(token, "scopes", ())))

"""`rollbook demo`: the main job, seen from end to end on a throw-away installation."""

import asyncio
import shutil
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rollbook.cli.failures import Refused
from rollbook.cli.installation import with_services
from rollbook.cli.serving import DEFAULT_HOST, DEFAULT_PORT, address_of, leave, listen, server_config
from rollbook.domain.sessions import link_to
from rollbook.settings import Settings

if TYPE_CHECKING:
    from rich.console import Console

    from rollbook.services import Services

_HANDLE = "acme"
_ADMIN = "robin.hart@acme.test"
_MEMBERS = """\
query Members($after: String) {
  organization {
    name
    members(first: 50, after: $after) {
      nodes { name email role source }
      pageInfo { hasNextPage endCursor }
      totalCount
    }
  }
}"""


@dataclass(frozen=True, slots=True)
class _Sample:
    """What was made before the server started, and shown at the end."""

    link: str
    scim_token: str
    api_token: str


def demo(
    exit_: Annotated[bool, typer.Option("--exit", help="End after the list, with the simulation's exit code.")] = False,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = DEFAULT_HOST,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="The port.", show_default=f"{DEFAULT_PORT}, or a free one if it is taken"),
    ] = None,
    data_dir: Annotated[
        Path | None,
        typer.Option(help="An empty folder to keep the data in.", file_okay=False, show_default="thrown away"),
    ] = None,
) -> None:
    """Start Rollbook with a sample organization, play Okta against it, and show the members that GraphQL returns.

    It touches no other installation, whatever ROLLBOOK_* says, and keeps serving until Ctrl-C.

    Example: rollbook demo --exit
    """
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    signal.signal(signal.SIGTERM, leave)
    with _folder(data_dir) as folder, _listener(host, port) as listener:
        settings = Settings(data_dir=folder, base_url=address_of(listener, host))
        sample = _prepare(settings)
        with _serving(settings, listener) as thread:
            console.print(f"Rollbook serves at {settings.base_url}, its data is in {folder}\n", soft_wrap=True)
            passed = _play_okta(settings, sample, console)
            _show_members(settings, sample, console)
            _show_what_next(settings, sample, console)
            if exit_:
                raise typer.Exit(0 if passed else 1)
            console.print("\nServing. Ctrl-C ends it.")
            _wait(thread)


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    if given is None:
        with tempfile.TemporaryDirectory(prefix="rollbook-demo-") as folder:
            yield Path(folder)
    else:
        if given.exists() and any(given.iterdir()):
            raise Refused(f"{given} is not empty, and the demo begins with nothing. To serve it: rollbook serve")
        yield given


def _listener(host: str, port: int | None) -> socket.socket:
    if port is not None:
        return listen(host, port)
    try:
        return listen(host, DEFAULT_PORT)
    except Refused:
        return listen(host, 0)


def _prepare(settings: Settings) -> _Sample:
    from rollbook.domain.policy import API_SCOPES
    from rollbook.domain.tokens import TokenKind

    async def prepare(services: "Services") -> _Sample:
        await services.organizations.create(_HANDLE, "Acme", _ADMIN)
        operator = await services.organizations.operator(_HANDLE)
        _, scim_token = await services.tokens.issue(operator, TokenKind.SCIM, "Okta")
        _, api_token = await services.tokens.issue(operator, TokenKind.API, "Demo", scopes=API_SCOPES)
        link = await services.sessions.create_login_link(operator, _ADMIN)
        return _Sample(link_to(settings.base_url, link), scim_token, api_token)

    return with_services(settings, prepare)


@contextmanager
def _serving(settings: Settings, listener: socket.socket) -> Iterator[threading.Thread]:
    """The server in a thread of its own, from its first answer to its last."""
    import uvicorn

    server = uvicorn.Server(server_config(settings))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="server", daemon=True)
    thread.start()
    try:
        while not server.started:
            thread.join(0.02)
            if not thread.is_alive():
                raise Refused("Rollbook did not start; the lines above say why.")
        yield thread
    finally:
        server.should_exit = True
        thread.join()


def _play_okta(settings: Settings, sample: _Sample, console: "Console") -> bool:
    from rollbook.simulator.okta import simulate_okta
    from rollbook.simulator.okta_messages import OktaDialect
    from rollbook.simulator.people import SAMPLE_SIZE, sample_people

    people = sample_people(SAMPLE_SIZE)
    console.print(f"Okta assigns {len(people)} people to {_HANDLE}, over HTTP:\n")
    conversation = simulate_okta(
        f"{settings.base_url}/scim/v2", sample.scim_token, people=people, dialect=OktaDialect.CATALOG, console=console
    )
    return asyncio.run(conversation).passed


def _show_members(settings: Settings, sample: _Sample, console: "Console") -> None:
    from rich.table import Table
    from rich.text import Text

    organization, members = _members_over_http(settings, sample)
    table = Table("Name", "E-mail", "Role", "Source", title=f"Members of {organization}, as GraphQL returns them")
    for member in members:
        table.add_row(*(Text(str(member[column] or "")) for column in ("name", "email", "role", "source")))
    console.print()
    console.print(table)
    console.print(f"{len(members)} active members. Who was deactivated is listed only when asked for.")


def _members_over_http(settings: Settings, sample: _Sample) -> tuple[str, list[dict[str, Any]]]:
    import httpx

    members: list[dict[str, Any]] = []
    with httpx.Client(headers={"Authorization": f"Bearer {sample.api_token}"}, timeout=30) as client:
        after: str | None = None
        while True:
            body = {"query": _MEMBERS, "variables": {"after": after}}
            answer = client.post(f"{settings.base_url}/graphql", json=body).json()
            if answer.get("errors"):
                raise Refused(f"GraphQL refuses the member list: {answer['errors'][0]['message']}")
            organization = answer["data"]["organization"]
            members += organization["members"]["nodes"]
            page = organization["members"]["pageInfo"]
            if not page["hasNextPage"]:
                return organization["name"], members
            after = page["endCursor"]


def _show_what_next(settings: Settings, sample: _Sample, console: "Console") -> None:
    scim, graphql = f"{settings.base_url}/scim/v2", f"{settings.base_url}/graphql"
    question = '{"query": "{ organization { members(first: 5) { totalCount nodes { name role } } } }"}'
    for said, command in (
        ("Sign in as the admin (the link works once, within 15 minutes)", sample.link),
        (
            "Play Okta again, the way its custom apps speak",
            f"{_program()} simulate okta --url {scim} --token {sample.scim_token} --dialect custom-app",
        ),
        (
            "Find the admin through SCIM",
            f"curl -s -H 'Authorization: Bearer {sample.scim_token}' "
            f"'{scim}/Users?filter=userName%20eq%20%22{_ADMIN}%22'",
        ),
        (
            "Ask GraphQL",
            f"curl -s -H 'Authorization: Bearer {sample.api_token}' -H 'Content-Type: application/json' "
            f"-d '{question}' {graphql}",
        ),
    ):
        console.print(f"\n{said}:\n  {command}", soft_wrap=True)


def _program() -> str:
    """How this program is called from where the reader stands."""
    return "rollbook" if shutil.which("rollbook") else sys.argv[0]


def _wait(thread: threading.Thread) -> None:
    try:
        thread.join()
    except KeyboardInterrupt:
        return

"""The two places that members, tokens and audit work on: the local database, and a server elsewhere."""

import json
from dataclasses import dataclass
from typing import Any

from .command import Installation


@dataclass(frozen=True)
class Place:
    """An organization with its admin ada, and the command line that works on it; `admin` is what the operator has."""

    commands: Installation
    admin: Installation
    handle: str

    @property
    def domain(self) -> str:
        """Where the people of the organization have their addresses."""
        return f"{self.handle}.test"

    def out(self, *words: str) -> str:
        """What a command that must succeed says on standard output."""
        return self.commands.out(*words)

    def json(self, *words: str) -> Any:
        """What a command prints for scripts."""
        return json.loads(self.commands.out(*words, "--json"))

    def names(self, *words: str) -> list[str]:
        """The names in a list of members."""
        return [member["name"] for member in self.json("members", "list", *words)]


def a_place(commands: Installation, admin: Installation, handle: str) -> Place:
    """A new organization."""
    admin.out("organization", "create", "--handle", handle, "--name", "Acme", "--admin-email", f"ada@{handle}.test")
    return Place(commands, admin, handle)


def elsewhere(admin: Installation, url: str, handle: str, nowhere: Installation) -> Place:
    """A new organization on a server, and a command line that has no database but the server's address and a token."""
    place = a_place(nowhere, admin, handle)
    token = admin.out(
        "tokens", "create", "--organization", handle, "--kind", "api", "--name", "tools", "--scopes", "all"
    )
    settings = {"ROLLBOOK_URL": url, "ROLLBOOK_API_TOKEN": token}
    return Place(Installation(nowhere.data_dir, settings=settings), admin, place.handle)

"""What a test can do with members through any door, and how it sees them."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Person:
    """A member as a door shows them. `groups` are those in which they are listed."""

    id: str
    user_name: str
    email: str | None
    name: str
    active: bool
    groups: frozenset[str]

    @property
    def role(self) -> str | None:
        """What the groups come to."""
        return "admin" if "Admins" in self.groups else "user" if "Users" in self.groups else None


class Refused(Exception):
    """A refusal. `kind` is one of: conflict, invalid, last admin, managed, not found; `text` is for a person."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f"{kind}: {text}")
        self.kind = kind
        self.text = text


class Driver(Protocol):
    """One door. Every method raises `Refused`."""

    async def create(self, email: str, name: str, role: str | None = None) -> Person:
        """Make the person of this address a member."""

    async def get(self, person_id: str) -> Person:
        """One member."""

    async def active(self) -> list[Person]:
        """The active members, in the order of their making."""

    async def everyone(self) -> list[Person]:
        """All members, inactive ones included, in the order of their making."""

    async def search(self, email: str) -> list[Person]:
        """The members with this e-mail address, inactive ones included."""

    async def in_group(self, group: str) -> list[str]:
        """The ids of those whom the group lists, in the order of their making."""

    async def deactivate(self, person_id: str) -> Person:
        """Take access away."""

    async def reactivate(self, person_id: str) -> Person:
        """Give access back."""

    async def rename(self, person_id: str, email: str) -> Person:
        """Change the address, and the userName with it."""

    async def set_role(self, person_id: str, role: str) -> Person:
        """Make the member an admin, or a plain user."""

    async def remove(self, person_id: str) -> None:
        """End the membership."""

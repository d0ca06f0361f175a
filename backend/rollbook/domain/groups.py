"""The two synthetic groups of each organization: views over the grants of its active members."""

from datetime import datetime
from enum import StrEnum

from rollbook.domain.errors import NotFound, VersionMismatch
from rollbook.domain.immutable import immutable
from rollbook.domain.roles import Role


class GroupId(StrEnum):
    """The SCIM id of a group; the same in every organization."""

    ADMINS = "admins"
    USERS = "users"


@immutable
class Group:
    """A group of one organization. Being listed in it is holding its role while active.

    `version` differs whenever the list of members may: it is drawn from the newest events of the organization, so
    that no write has a counter to wait for. `updated_at` is the time of the newest one.
    """

    id: GroupId
    organization_id: str
    created_at: datetime
    updated_at: datetime
    version: int

    @property
    def role(self) -> Role:
        """The role that the group's members hold."""
        return Role.ADMIN if self.id is GroupId.ADMINS else Role.USER

    @property
    def display_name(self) -> str:
        """The group's fixed name."""
        return DISPLAY_NAMES[self.id]

    def expect(self, version: int | None) -> None:
        """Return, or raise `VersionMismatch` if the caller read another version of the group."""
        if version is not None and version != self.version:
            raise VersionMismatch(
                "The group, or another thing of the organization, changed in the meantime. Read the group again and "
                "repeat the change.",
                current=self.version,
            )


DISPLAY_NAMES = {GroupId.ADMINS: "Admins", GroupId.USERS: "Users"}

GROUPS_NOT_CREATED = (
    "Rollbook has two groups, Admins and Users, and cannot create or delete groups. "
    "Import groups in your identity provider and link yours to Admins or Users instead."
)


def parse_group_id(text: str) -> GroupId:
    """The group with this SCIM id, or `NotFound`."""
    try:
        return GroupId(text)
    except ValueError:
        raise NotFound(f"There is no group {text!r}. The groups are: admins (Admins) and users (Users).") from None


def group_of(role: Role) -> GroupId:
    """The group whose members hold this role."""
    return GroupId.ADMINS if role is Role.ADMIN else GroupId.USERS


@immutable
class GroupMember:
    """One row of a group's member list."""

    id: str
    display: str


@immutable
class GroupChange:
    """What shall happen to a group's members, in order: keep only, then remove, then add.

    `replace` is the whole new list or None for a delta; naming an id twice, adding a present member and removing an
    absent one change nothing (E-65).
    """

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    replace: tuple[str, ...] | None = None


@immutable
class GroupOutcome:
    """What came of a group change: who was added and removed, and which sent ids are of no member (O-59)."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    unknown: tuple[str, ...]

"""Roles, and the set of grants that a membership holds."""

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """What a member may do in one organization. A later member of this enum outranks an earlier one."""

    USER = "user"
    ADMIN = "admin"


Grants = frozenset[Role]
"""The roles granted to a membership. Groups add to and take from it; the highest one counts."""


def grants_for(role: Role) -> Grants:
    """The grants that naming one role writes: ADMIN is {admin, user}, USER is {user}."""
    return frozenset({Role.ADMIN, Role.USER}) if role is Role.ADMIN else frozenset({Role.USER})


def effective(grants: Iterable[Role]) -> Role | None:
    """The highest granted role, or None without any grant."""
    held = set(grants)
    return Role.ADMIN if Role.ADMIN in held else Role.USER if Role.USER in held else None

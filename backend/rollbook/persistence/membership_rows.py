"""How a membership becomes a row and back."""

import unicodedata
from typing import Any

from rollbook.domain.documents import searchable
from rollbook.domain.memberships import Membership, Source
from rollbook.domain.profiles import Profile
from rollbook.domain.roles import Grants, Role
from rollbook.domain.values import key
from rollbook.persistence.statements import Row
from rollbook.persistence.tables import memberships

COLUMNS = (
    memberships.c.id,
    memberships.c.organization_id,
    memberships.c.user_id,
    memberships.c.user_name,
    memberships.c.external_id,
    memberships.c.email,
    memberships.c.name,
    memberships.c.active,
    memberships.c.admin_granted,
    memberships.c.user_granted,
    memberships.c.source,
    memberships.c.profile,
    memberships.c.version,
    memberships.c.created_at,
    memberships.c.updated_at,
)

GRANTS: dict[tuple[bool, bool], Grants] = {
    (admin, user): frozenset({Role.ADMIN} if admin else ()) | frozenset({Role.USER} if user else ())
    for admin in (False, True)
    for user in (False, True)
}
"""By the columns `admin_granted` and `user_granted`: the grants."""

_SOURCES = {str(source): source for source in Source}


def from_row(row: Row) -> Membership:
    """The membership in a row of `COLUMNS`."""
    values = list(row)
    values[8:12] = GRANTS[row[8], row[9]], _SOURCES[row[10]], Profile(row[11])
    return Membership(*values)


def to_row(membership: Membership) -> dict[str, Any]:
    """The values of every column but the version, the times and the end."""
    return {
        "organization_id": membership.organization_id,
        "id": membership.id,
        "user_id": membership.user_id,
        "user_name": membership.user_name,
        "user_name_key": key(membership.user_name),
        "external_id": membership.external_id,
        "email": membership.email,
        "email_key": None if membership.email is None else key(membership.email),
        "email_order": key(membership.email or ""),
        "name": membership.name,
        "name_key": key(membership.name),
        **standing_to_row(membership),
        "profile": membership.profile.text,
        "searchable": searchable(membership),
    }


def standing_to_row(membership: Membership) -> dict[str, Any]:
    """The values of the columns that say nothing of who the member is."""
    return {
        "active": membership.active,
        "admin_granted": Role.ADMIN in membership.grants,
        "user_granted": Role.USER in membership.grants,
        "source": str(membership.source),
    }


def search_key(text: str) -> str:
    """The key of a search word, with what LIKE treats specially escaped by a backslash."""
    folded = key(unicodedata.normalize("NFC", text))
    return folded.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")

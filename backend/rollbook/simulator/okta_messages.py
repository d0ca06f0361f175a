"""What Okta writes: the bodies of its requests, in its two dialects."""

import base64
import hashlib
import secrets
from collections.abc import Iterable
from enum import StrEnum
from urllib.parse import quote

from rollbook.simulator.messages import ENTERPRISE_USER, GROUP, USER, Resource, equals, patch
from rollbook.simulator.people import Person

UNKNOWN_MEMBER = {"value": "00000000-0000-4000-8000-000000000000", "display": "never.provisioned@acme.test"}
"""A group member whom the server cannot know (O-59)."""


class OktaDialect(StrEnum):
    """Which of Okta's two kinds of application speaks."""

    CATALOG = "catalog"
    """An application of Okta's catalog: PUT for the profile, PATCH to (de)activate and for groups (O-34)."""
    CUSTOM_APP = "custom-app"
    """An application made with the App Integration Wizard: PUT for every change (O-33)."""


def external_id(person: Person) -> str:
    """Okta's own id of a person, of the documented form; the same in every run."""
    digest = hashlib.sha256(person.user_name.casefold().encode()).digest()
    return "00u" + base64.b32encode(digest).decode().lower()[:17]


def new_user(person: Person) -> Resource:
    """The body of a create, with what real traffic adds to the documented one (B-O1, O-30)."""
    skeleton: Resource = {"schemas": [USER], "groups": [], "password": secrets.token_urlsafe(12)}
    return with_profile(skeleton, person) | {"active": True}


def with_profile(resource: Resource, person: Person) -> Resource:
    """A copy of the user the server returned, carrying what Okta knows of the person and all else as it was (O-33)."""
    name = resource.get("name") or {}
    emails = resource.get("emails") or []
    others = [email for email in emails if not (email.get("primary") or email.get("type") == "work")]
    user = resource | {
        "userName": person.user_name,
        "externalId": external_id(person),
        "name": name | {"givenName": person.given_name, "familyName": person.family_name},
        "displayName": person.display_name,
        "emails": [{"primary": True, "value": person.email, "type": "work"}, *others],
        "locale": "en-US",
    }
    if person.title:
        user["title"] = person.title
    if person.department:
        user[ENTERPRISE_USER] = (user.get(ENTERPRISE_USER) or {}) | {"department": person.department}
        user["schemas"] = list(dict.fromkeys([*user.get("schemas", [USER]), ENTERPRISE_USER]))
    return user


def set_active(active: bool) -> Resource:
    """Okta's PATCH without a path that activates or deactivates (B-O2)."""
    return patch({"op": "replace", "value": {"active": active}})


def rename_group(group_id: str, name: str) -> Resource:
    """Okta's PATCH that precedes a push of members and carries the read-only id (B-O4, O-53)."""
    return patch({"op": "replace", "value": {"id": group_id, "displayName": name}})


def add_members(members: Iterable[Resource]) -> Resource:
    """The ``add`` half of a change of members."""
    return {"op": "add", "path": "members", "value": list(members)}


def remove_member(member_id: str) -> Resource:
    """The ``remove`` half of a change of members, with a value filter (B-O5)."""
    return {"op": "remove", "path": f'members[value eq "{member_id}"]'}


def replace_members(members: Iterable[Resource]) -> Resource:
    """A push of the whole list (B-O6)."""
    return patch({"op": "replace", "path": "members", "value": list(members)})


def whole_group(group_id: str, name: str, members: Iterable[Resource]) -> Resource:
    """The PUT of a group with all its members (O-56)."""
    return {"schemas": [GROUP], "id": group_id, "displayName": name, "members": list(members)}


def users_by_name(user_name: str) -> str:
    """The path of the existence check, percent-encoded as Okta sends it (O-30)."""
    return "/Users?filter=" + quote(equals("userName", user_name), safe="") + "&startIndex=1&count=100"

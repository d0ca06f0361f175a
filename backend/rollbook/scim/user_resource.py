"""A membership as a SCIM User, and a User's document as a change of a membership."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from rollbook.domain.documents import made_up
from rollbook.domain.errors import TooLarge
from rollbook.domain.groups import DISPLAY_NAMES, group_of
from rollbook.domain.memberships import Membership, MembershipDraft
from rollbook.domain.profiles import Profile
from rollbook.domain.roles import Grants, Role, grants_for
from rollbook.domain.values import rfc3339
from rollbook.scim import tolerance
from rollbook.scim.errors import invalid_value
from rollbook.scim.patch import Patch
from rollbook.scim.patch_step import Document
from rollbook.scim.reading import Reading
from rollbook.scim.schemas import ENTERPRISE_URN, USER_URN

MAX_PROFILE = 1024 * 1024
"""The longest profile in characters of JSON: what one request may carry. Many requests may not pile up more."""

_OWN = frozenset({"active", "externalId", "userName"})
_CORE_ONLY = f'["{USER_URN}"]'
_WITH_ENTERPRISE = f'["{USER_URN}","{ENTERPRISE_URN}"]'
_NO_GRANTS: Grants = frozenset()
_ETAG = 'W/\\"{}\\"'  # as it stands in JSON


class UserResources:
    """Renders memberships below one base address."""

    def __init__(self, base: str) -> None:
        self._location = f"{base}/Users/"
        self._groups = {
            grants: _groups_of(grants, base)
            for grants in (_NO_GRANTS, frozenset({Role.USER}), frozenset({Role.ADMIN}), frozenset(Role))
        }

    def location(self, membership: Membership) -> str:
        """The User's address."""
        return self._location + membership.id

    def render(self, membership: Membership) -> bytes:
        """The User as JSON.

        The profile's text is put into place without being parsed, so a list costs little more than its bytes. A quoted
        name can stand in that text only as a key: inside a string its quotes would be escaped.
        """
        profile = membership.profile.text
        schemas = _WITH_ENTERPRISE if f'"{ENTERPRISE_URN}":' in profile else _CORE_ONLY
        external_id = "" if membership.external_id is None else f'"externalId":{_quoted(membership.external_id)},'
        made = made_up(membership)
        inner = f"{orjson.dumps(made).decode()[1:-1]}," if made else ""
        if len(profile) > 2:
            inner += f"{profile[1:-1]},"
        created = rfc3339(membership.created_at)
        modified = created if membership.updated_at == membership.created_at else rfc3339(membership.updated_at)
        return (
            f'{{"schemas":{schemas},"id":"{membership.id}",{external_id}"userName":{_quoted(membership.user_name)},'
            f'"active":{"true" if membership.active else "false"},{inner}'
            f"{self._groups[membership.grants if membership.active else _NO_GRANTS]}"
            f'"meta":{{"resourceType":"User","created":"{created}",'
            f'"lastModified":"{modified}","location":"{self._location}{membership.id}",'
            f'"version":"{_ETAG.format(membership.version)}"}}}}'
        ).encode()

    def document(self, membership: Membership) -> Document:
        """The User as an object, for those who want only parts of it."""
        document: Document = orjson.loads(self.render(membership))
        return document

    def read_only(self, membership: Membership) -> Document:
        """What only Rollbook decides about the User, to compare with what a client sends for it."""
        document = self.document(membership)
        return {name: document.get(name) for name in ("id", "groups", "meta")}


NEW_READ_ONLY: Mapping[str, Any] = {"id": None, "groups": None, "meta": {"resourceType": "User"}}
"""The same for a User that does not exist yet."""


def patched(before: Membership, patch: Patch, reading: Reading) -> Membership:
    """The membership after the operations, which work on the User as the client sees it."""
    document: Document = {"userName": before.user_name, "active": before.active}
    if before.external_id is not None:
        document["externalId"] = before.external_id
    made = made_up(before)
    after = patch.apply(document | made | before.profile.attributes, reading)
    # What was made up for the answer is kept only once the client has put its hand to it
    return described(before, {name: value for name, value in after.items() if made.get(name) != value})


def described(before: Membership, document: Document) -> Membership:
    """The membership that the document describes.

    Without `active` it stays as it is: RFC 7644 section 3.5.1 leaves the choice, and an identity provider that says
    nothing must neither lock a person out nor let a leaver in.
    """
    profile = _profile_of(document, before.profile)
    after = before.described(
        user_name=_user_name(document),
        external_id=document.get("externalId"),
        active=document.get("active", before.active),
        profile=profile,
    )
    roles = profile.attributes.get("roles")
    # O-33: what we returned comes back with every PUT; an echo must not undo a demotion made in Rollbook
    if roles and roles != before.profile.attributes.get("roles"):
        role = tolerance.stated_role(roles)
        return after if role is None else replace(after, grants=grants_for(role))
    return after


def draft_of(document: Document) -> MembershipDraft:
    """The person whom the document of a POST describes."""
    profile = _profile_of(document, None)
    role = tolerance.stated_role(profile.attributes.get("roles") or ())
    return MembershipDraft(
        user_name=_user_name(document),
        external_id=document.get("externalId"),
        active=document.get("active", True),
        grants=None if role is None else grants_for(role),
        profile=profile,
    )


def _user_name(document: Document) -> str:
    user_name = document.get("userName")
    if not isinstance(user_name, str):
        raise invalid_value(
            "userName is required and came without a value; send the name by which your identity provider knows the "
            "person."
        )
    return user_name


def _profile_of(document: Document, before: Profile | None) -> Profile:
    attributes = {name: value for name, value in document.items() if name not in _OWN}
    if before is not None and attributes == before.attributes:
        return before
    profile = Profile.of(attributes)
    if len(profile.text) > MAX_PROFILE:
        raise TooLarge(
            f"What is known of this person would take {len(profile.text)} characters; {MAX_PROFILE} are kept at most.",
            limit=MAX_PROFILE,
        )
    return profile


def _groups_of(grants: Grants, base: str) -> str:
    if not grants:
        return ""
    groups = [
        {
            "value": group_of(role),
            "$ref": f"{base}/Groups/{group_of(role)}",
            "display": DISPLAY_NAMES[group_of(role)],
            "type": "direct",
        }
        for role in sorted(grants)
    ]
    return f'"groups":{orjson.dumps(groups).decode()},'


def _quoted(text: str) -> str:
    return orjson.dumps(text).decode()

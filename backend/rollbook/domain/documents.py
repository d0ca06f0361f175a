"""A member as one document of named values, in the form in which they compare; what criteria look into."""

from collections.abc import Mapping
from typing import Any

from rollbook.domain.groups import DISPLAY_NAMES, group_of
from rollbook.domain.memberships import Membership
from rollbook.domain.profiles import JsonObject, names_from
from rollbook.domain.roles import Role
from rollbook.domain.values import key

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

CASE_EXACT = frozenset(
    {
        ("photos", "value"),
        ("profileUrl",),
        ("x509Certificates", "value"),
        (ENTERPRISE, "manager", "$ref"),
        (ENTERPRISE, "manager", "value"),
    }
)
"""The attributes of a profile whose texts compare exactly; all others compare without case."""


def made_up(membership: Membership) -> JsonObject:
    """What is shown of who has no name or no e-mail in the profile: both from the address, since Okta's test reads
    them of the first User (O-12). Decided on the profile's text, where a quoted name can stand as a key only."""
    text = membership.profile.text
    made: JsonObject = {}
    if '"name":' not in text:
        given, family = names_from(membership.email or membership.user_name)
        made["name"] = {"familyName": family, "givenName": given}
    if '"emails":' not in text and membership.email is not None:
        made["emails"] = [{"value": membership.email, "type": "work", "primary": True}]
    return made


def searchable(membership: Membership) -> JsonObject:
    """The profile as it is shown, with every text that compares without case as its key."""
    return {name: comparable(value, (name,)) for name, value in _shown(membership).items()}


def email_keys(membership: Membership) -> list[str]:
    """The keys of all the member's addresses, once each and in order."""
    emails = _shown(membership).get("emails", [])
    return sorted({key(email["value"]) for email in emails if email.get("value")})


def _shown(membership: Membership) -> JsonObject:
    return made_up(membership) | membership.profile.attributes


def document(membership: Membership) -> JsonObject:
    """Everything that can be looked for in a member."""
    return searchable(membership) | {
        "id": membership.id,
        "userName": key(membership.user_name),
        "externalId": membership.external_id,
        "active": membership.active,
        "groups": [group_element(role) for role in sorted(membership.grants)] if membership.active else [],
        "meta": {"created": membership.created_at, "lastModified": membership.updated_at},
    }


def group_element(role: Role) -> Mapping[str, str]:
    """A group as it stands in the documents of its members."""
    group = group_of(role)
    return {"value": str(group), "display": key(DISPLAY_NAMES[group]), "type": "direct"}


def comparable(value: Any, path: tuple[str, ...]) -> Any:
    """A value of the attribute at this path in the form in which it compares; what is in it, too."""
    if isinstance(value, str):
        return value if path in CASE_EXACT else key(value)
    if isinstance(value, dict):
        return {name: comparable(inner, (*path, name)) for name, inner in value.items()}
    if isinstance(value, list):
        return [comparable(element, path) for element in value]
    return value

"""The SCIM profile of a membership: what was sent about a person, and what is read out of it."""

import re
from collections.abc import Mapping
from typing import Any

import orjson

from rollbook.domain.errors import InvalidValue
from rollbook.domain.values import is_address

JsonObject = dict[str, Any]

MAX_NAME = 256
"""How long the name is by which a person is listed; a database's index takes no rows of any length."""

_ESCAPED_NUL = "\\u0000"  # looked for first: an expression takes thirty times as long to find none
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")  # the escape of NUL, unless its backslash is itself escaped
_GIVEN_AND_FAMILY_SEPARATORS = ".-_+ "


class Profile:
    """A JSON object of SCIM attributes as they were sent, by their canonical names.

    Holds all but the attributes that a membership keeps itself (id, userName, externalId, active, groups, meta,
    schemas, password). Kept as text, because a list of resources is rendered from the text; `attributes` is the
    parsed form, made when somebody first looks inside. Never change what `attributes` returns.
    """

    __slots__ = ("_attributes", "text")

    def __init__(self, text: str = "{}") -> None:
        self.text = text
        self._attributes: JsonObject | None = None

    @classmethod
    def of(cls, attributes: Mapping[str, Any]) -> "Profile":
        """The profile that holds these attributes. Raises `InvalidValue` for a text that cannot be stored."""
        try:
            text = orjson.dumps(attributes).decode()
        except TypeError as error:
            raise _not_storable() from error
        if _ESCAPED_NUL in text and _NUL.search(text):
            raise _not_storable()
        return cls(text)

    @property
    def attributes(self) -> JsonObject:
        """The attributes by canonical name; extension attributes stand under their schema's URN."""
        if self._attributes is None:
            self._attributes = orjson.loads(self.text)
        return self._attributes

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Profile):
            return NotImplemented
        return self.text == other.text or self.attributes == other.attributes

    def __hash__(self) -> int:
        return hash(frozenset(self.attributes))

    def __repr__(self) -> str:
        return f"Profile({self.text!r})"


def addresses_of(user_name: str, profile: Profile) -> list[str]:
    """Every address by which the person may be meant: of their emails, and the userName if it is one."""
    emails = profile.attributes.get("emails") or ()
    return [text for text in (user_name, *map(_address_in, emails)) if is_address(text)]


def email_of(user_name: str, profile: Profile) -> str | None:
    """The person's e-mail: the primary one, else the first work one, else the first, else userName if it is one."""
    emails = [email for email in profile.attributes.get("emails") or () if is_address(_address_in(email))]
    for email in emails:
        if email.get("primary") is True:
            return _address_in(email)
    for email in emails:
        if str(email.get("type", "")).lower() == "work":
            return _address_in(email)
    if emails:
        return _address_in(emails[0])
    return user_name if is_address(user_name) else None


def _address_in(email: Mapping[str, Any]) -> str:
    return str(email.get("value") or "").strip()


def name_of(user_name: str, profile: Profile) -> str:
    """The name by which a person is listed: displayName, else the name's parts, else one made from the address.

    A longer one is cut; the profile keeps it whole.
    """
    return _whole_name_of(user_name, profile)[:MAX_NAME]


def _whole_name_of(user_name: str, profile: Profile) -> str:
    attributes = profile.attributes
    if display_name := attributes.get("displayName"):
        return str(display_name)
    name = attributes.get("name") or {}
    if formatted := name.get("formatted"):
        return str(formatted)
    parts = [str(part) for part in (name.get("givenName"), name.get("familyName")) if part]
    # one word stands for both names where there is only one: then once is enough
    return " ".join(parts or dict.fromkeys(names_from(email_of(user_name, profile) or user_name)))


def names_from(address: str) -> tuple[str, str]:
    """A given and a family name made from an address's local part, because Okta's test reads both (O-12)."""
    local = address.partition("@")[0] or address
    for separator in _GIVEN_AND_FAMILY_SEPARATORS:
        given, found, family = local.partition(separator)
        if found and given and family:
            return given.capitalize(), family.capitalize()
    return local.capitalize(), local.capitalize()


def _not_storable() -> InvalidValue:
    return InvalidValue("A text contains NUL or a lone surrogate, which cannot be stored.", field="profile")

"""How the name and the e-mail that a person types here become the SCIM description of a manual member. Pure."""

from typing import Any

from rollbook.domain.errors import InvalidValue
from rollbook.domain.memberships import MAX_EMAIL, Change, Membership, MembershipDraft
from rollbook.domain.profiles import Profile
from rollbook.domain.roles import Role, grants_for
from rollbook.domain.texts import line
from rollbook.domain.values import is_address, key

Attributes = dict[str, Any]


def draft(*, email: str, name: str | None, role: Role) -> MembershipDraft:
    """The person of this address as a new member. Raises `InvalidValue`."""
    address = checked_address(email)
    attributes: Attributes = {"emails": [_work(address)]}
    if name is not None:
        attributes |= _named(line(name, field="name"))
    return MembershipDraft(user_name=address, grants=grants_for(role), profile=Profile.of(attributes))


def described_anew(*, email: str | None, name: str | None) -> Change:
    """The change that gives a member another name or e-mail and keeps the rest of the profile. Raises `InvalidValue`.

    userName follows the e-mail where the two were the same.
    """
    address = None if email is None else checked_address(email)
    called = None if name is None else line(name, field="name")

    def change(before: Membership) -> Membership:
        attributes = dict(before.profile.attributes)
        user_name = before.user_name
        if address is not None:
            attributes["emails"] = _with_address(attributes.get("emails") or [], before.email, address)
            if before.email is None or key(user_name) == key(before.email):
                user_name = address
        if called is not None:
            attributes |= _named(called)
        return before.described(
            user_name=user_name,
            external_id=before.external_id,
            active=before.active,
            profile=Profile.of(attributes),
        )

    return change


def checked_address(email: str) -> str:
    """The address without outer spaces, or `InvalidValue`."""
    address = line(email, field="email", longest=MAX_EMAIL)
    if not is_address(address):
        raise InvalidValue(f"{address!r} is not an e-mail address.", field="email")
    return address


def _work(address: str) -> Attributes:
    return {"value": address, "type": "work", "primary": True}


def _with_address(emails: list[Attributes], current: str | None, address: str) -> list[Attributes]:
    """The e-mails with the one that counts replaced; the others stay as they are."""
    if not any(email.get("value") == current for email in emails):
        return [_work(address), *emails]
    return [email | {"value": address} if email.get("value") == current else email for email in emails]


def _named(name: str) -> Attributes:
    """A whole name as SCIM has it: the last word is taken for the family name."""
    given_name, _, family_name = name.rpartition(" ")
    parts = {"givenName": given_name.strip(), "familyName": family_name} if given_name else {"givenName": name}
    return {"displayName": name, "name": {"formatted": name} | parts}

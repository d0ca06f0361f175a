"""A membership: a user's place in one organization, and the rules of its life cycle that need no database."""

import re
from collections.abc import Callable
from dataclasses import field, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from rollbook.domain.errors import InvalidValue, VersionMismatch
from rollbook.domain.immutable import immutable
from rollbook.domain.profiles import Profile, email_of, name_of
from rollbook.domain.roles import Grants, Role, effective, grants_for

MAX_USER_NAME = 256
MAX_EXTERNAL_ID = 256
MAX_EMAIL = 320

_UNWELCOME = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Source(StrEnum):
    """Who looks after a membership's profile."""

    MANUAL = "manual"
    SCIM = "scim"
    SSO = "sso"


@immutable
class Membership:
    """A user's place in one organization; the SCIM User of that organization.

    `email` and `name` follow from `user_name` and `profile`. `grants` are what counts, whatever roles the
    profile names. Equality leaves out `version` and the times, so an unchanged membership
    equals the one it was made from.
    """

    id: str
    organization_id: str
    user_id: str
    user_name: str
    external_id: str | None
    email: str | None
    name: str
    active: bool
    grants: Grants
    source: Source
    profile: Profile
    version: int = field(compare=False)
    created_at: datetime = field(compare=False)
    updated_at: datetime = field(compare=False)

    @property
    def role(self) -> Role | None:
        """The effective role: the highest grant, or None when inactive or without a grant (then: no access)."""
        return effective(self.grants) if self.active else None

    @property
    def is_active_admin(self) -> bool:
        """Whether this membership counts as one of its organization's admins."""
        return self.role is Role.ADMIN

    def described(self, *, user_name: str, external_id: str | None, active: bool, profile: Profile) -> Self:
        """This membership with another description; e-mail and name follow."""
        if user_name == self.user_name and profile is self.profile:
            return replace(self, external_id=external_id, active=active)
        return replace(
            self,
            user_name=user_name,
            external_id=external_id,
            active=active,
            profile=profile,
            email=email_of(user_name, profile),
            name=name_of(user_name, profile),
        )

    def with_role(self, role: Role) -> Self:
        """This membership with the grants that naming `role` writes."""
        return replace(self, grants=grants_for(role))

    def with_active(self, active: bool) -> Self:
        """This membership activated or deactivated; the grants stay and count again when it is active."""
        return replace(self, active=active)

    def expect(self, version: int | None) -> Self:
        """This membership, or `VersionMismatch` if the caller read another version of it."""
        if version is not None and version != self.version:
            raise VersionMismatch(
                f"The member changed in the meantime: you sent version {version}, it is now at {self.version}. "
                "Read it again and repeat the change.",
                current=self.version,
                membership_id=self.id,
            )
        return self


Change = Callable[[Membership], Membership]
"""A pure function from a membership to the membership it should become; may run more than once."""


@immutable
class MembershipDraft:
    """What a caller says of a person who shall become a member. Without grants the role is `user`."""

    user_name: str
    external_id: str | None = None
    active: bool = True
    grants: Grants | None = None
    profile: Profile = field(default_factory=Profile)
    email: str | None = field(init=False, repr=False, compare=False)
    """The person's e-mail address, if one can be read from what was said."""
    name: str = field(init=False, repr=False, compare=False)
    """The name by which the person is listed."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "email", email_of(self.user_name, self.profile))
        object.__setattr__(self, "name", name_of(self.user_name, self.profile))


def checked(subject: Membership | MembershipDraft) -> None:
    """Return if the keys of a membership can be kept; otherwise raise `InvalidValue` naming the attribute."""
    _check_key("userName", subject.user_name, MAX_USER_NAME)
    if subject.external_id is not None:
        _check_key("externalId", subject.external_id, MAX_EXTERNAL_ID)
    if subject.email is not None:
        _check_key("emails.value", subject.email, MAX_EMAIL)


def _check_key(attribute: str, value: str, longest: int) -> None:
    if not value.strip():
        raise InvalidValue(f"{attribute} is blank; it must have a character that is not a space.", field=attribute)
    if len(value) > longest:
        raise InvalidValue(f"{attribute} has {len(value)} characters; at most {longest} are allowed.", field=attribute)
    if unwelcome := _UNWELCOME.search(value):
        code = f"U+{ord(unwelcome[0]):04X}"
        raise InvalidValue(
            f"{attribute} holds {code}, a control character or lone surrogate; send it without.", field=attribute
        )
